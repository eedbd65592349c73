use burn::tensor::{Device, Int, Tensor};
use kd_core::{OffGraph, ToDevice};

/// An input together with its labels: what an ensemble is asked whose rule looks at the labels.
///
/// # Shapes
///
/// - input: what each member takes
/// - labels: `[batch]`, each in `0..classes`
#[derive(Clone, Debug)]
pub struct WithLabels<I> {
    /// What each member is asked.
    pub input: I,
    /// The true classes, `[batch]`.
    pub labels: Tensor<1, Int>,
}

impl<I> WithLabels<I> {
    /// Puts input and labels together. Whether they fit is checked by the rule.
    pub fn new(input: I, labels: Tensor<1, Int>) -> Self {
        Self { input, labels }
    }
}

impl<I: OffGraph> OffGraph for WithLabels<I> {
    fn off_graph(self) -> Self {
        Self::new(self.input.off_graph(), self.labels.off_graph())
    }
}

impl<I: ToDevice> ToDevice for WithLabels<I> {
    fn home(&self) -> Option<Device> {
        self.labels.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.input.bring_to(device), self.labels.bring_to(device))
    }
}

/// What an ensemble can be asked, if its rule looks at labels `L`: anything where they are `()`, and [`WithLabels`] where
/// they are classes.
///
/// It is how the compiler knows which rules want labels. There is nothing to implement.
pub trait Question<L> {
    /// What each member is asked.
    type Asked: Clone;

    /// What the members are asked, and what the rule alone gets to see.
    fn split(self) -> (Self::Asked, L);
}

impl<I: Clone> Question<()> for I {
    type Asked = I;

    fn split(self) -> (I, ()) {
        (self, ())
    }
}

impl<I: Clone> Question<Tensor<1, Int>> for WithLabels<I> {
    type Asked = I;

    fn split(self) -> (I, Tensor<1, Int>) {
        (self.input, self.labels.without_autodiff())
    }
}
