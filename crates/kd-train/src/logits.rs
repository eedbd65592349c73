use burn::tensor::Tensor;

/// Where the metrics find the logits in what a network answers.
///
/// Implement it for the struct in which your network returns its features:
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_train::Logits;
///
/// struct Answer {
///     hidden: Tensor<3>,
///     logits: Tensor<2>,
/// }
///
/// impl Logits for Answer {
///     fn logits(&self) -> Option<Tensor<2>> {
///         Some(self.logits.clone())
///     }
/// }
/// ```
pub trait Logits {
    /// The logits, `[rows, classes]`, or `None` if there are none.
    fn logits(&self) -> Option<Tensor<2>>;
}

impl Logits for Tensor<2> {
    fn logits(&self) -> Option<Tensor<2>> {
        Some(self.clone())
    }
}

impl Logits for Tensor<3> {
    /// Those of every token, `[batch · seq, vocab]`.
    fn logits(&self) -> Option<Tensor<2>> {
        Some(self.clone().flatten(0, 1))
    }
}

impl Logits for () {
    fn logits(&self) -> Option<Tensor<2>> {
        None
    }
}

impl<A: Logits, B> Logits for (A, B) {
    /// Those of the first.
    fn logits(&self) -> Option<Tensor<2>> {
        self.0.logits()
    }
}

impl<A: Logits> Logits for Option<A> {
    fn logits(&self) -> Option<Tensor<2>> {
        self.as_ref().and_then(A::logits)
    }
}
