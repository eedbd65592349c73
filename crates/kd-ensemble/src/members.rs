use std::{cell::OnceCell, fmt};

use burn::tensor::{DType, Device, Tensor};
use kd_core::{check, rows};

/// What the members of an ensemble say about one batch: asked one by one, as a [`Rule`](crate::Rule) wants them.
///
/// A member runs when it is asked, so a rule that adds as it goes never has more than one member's logits beside its sum,
/// and a rule that asks one member runs one. What comes out is off the autodiff graph, no less than f32, and on the device
/// and of the float type of the member that was asked first.
///
/// # Example
///
/// What was said before, and kept, is combined like what is said now:
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{MeanOfProbs, Members, Rule};
///
/// # let device = burn::tensor::Device::flex();
/// let recorded = vec![
///     Tensor::<2>::from_floats([[0.5, 0.5]], &device).log(),
///     Tensor::<2>::from_floats([[0.9, 0.1]], &device).log(),
/// ];
/// let probs = MeanOfProbs.combine(&Members::recorded(recorded), ()).exp();
/// let expected = Tensor::<2>::from_floats([[0.7, 0.3]], &device);
/// probs.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
pub struct Members<'a> {
    count: usize,
    ask: Box<dyn Fn(usize) -> Tensor<2> + 'a>,
    first: OnceCell<First>,
    checked: bool,
}

/// What the others are compared with, and brought to.
struct First {
    index: usize,
    shape: [usize; 2],
    device: Device,
    dtype: DType,
}

impl<'a> Members<'a> {
    /// So many members, each of which speaks when it is asked.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn new(count: usize, ask: impl Fn(usize) -> Tensor<2> + 'a) -> Self {
        check::at_least_one("Members", "members", count);
        Self {
            count,
            ask: Box::new(ask),
            first: OnceCell::new(),
            checked: false,
        }
    }

    /// Members that have spoken: the logits of each, `[batch, classes]`.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn recorded(logits: Vec<Tensor<2>>) -> Self {
        Self::new(logits.len(), move |index| logits[index].clone())
    }

    /// The same, but whoever does not say distributions is named: see [`Ensemble::checked`](crate::Ensemble::checked).
    pub fn checked(self, checked: bool) -> Self {
        Self { checked, ..self }
    }

    /// How many there are; at least one.
    #[allow(clippy::len_without_is_empty, reason = "there is always a member")]
    pub fn len(&self) -> usize {
        self.count
    }

    /// The logits of one member, `[batch, classes]`.
    ///
    /// # Panics
    ///
    /// If there is no such member, if it speaks of other samples or classes than the first that was asked, or if it says no
    /// distribution and the members are [`checked`](Self::checked).
    #[track_caller]
    pub fn says(&self, index: usize) -> Tensor<2> {
        assert!(
            index < self.count,
            "Members: there is no member {index}; there are {}, counted from 0",
            self.count
        );
        let logits = rows::widen((self.ask)(index).without_autodiff());
        let first = self.first.get_or_init(|| First {
            index,
            shape: logits.dims(),
            device: logits.device(),
            dtype: logits.dtype(),
        });
        check::same_member("Ensemble", (first.index, first.shape), (index, logits.dims()));
        let logits = logits.to_device(&first.device).cast(first.dtype);
        if self.checked {
            check::distributions("Ensemble", index, &logits);
        }
        logits
    }

    /// The logits of all of them, for rules that compare members: they take the memory of as many logits as there are members.
    ///
    /// # Panics
    ///
    /// As [`says`](Self::says).
    #[track_caller]
    pub fn all(&self) -> Vec<Tensor<2>> {
        (0..self.count).map(|index| self.says(index)).collect()
    }
}

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members").field("count", &self.count).finish()
    }
}
