use burn::tensor::Tensor;

use crate::{OffGraph, rows};

/// One term of an objective.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LossTerm {
    /// What it is called in logs and plots.
    pub name: String,
    /// What it is multiplied with in the total.
    pub weight: f64,
    /// Its value before the weight, `[1]`.
    pub value: Tensor<1>,
}

/// Named, weighted losses: the total to call `backward` on, and the names to log and plot.
///
/// ```text
/// total = Σ weight · value
/// ```
///
/// A term of weight 0 takes no part in the total or in its gradient, whatever its value (even NaN or infinite); it is
/// still there to be logged.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::LossTerms;
///
/// # let device = burn::tensor::Device::flex();
/// # let (soft, hard) = (Tensor::<1>::from_floats([2.0], &device), Tensor::<1>::from_floats([4.0], &device));
/// let terms = LossTerms::new().with("soft", 0.75, soft).with("hard", 0.25, hard);
/// assert_eq!(terms.values(), [("soft", 2.0), ("hard", 4.0)]);
/// assert_eq!(terms.total().into_scalar::<f32>(), 2.5);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LossTerms {
    terms: Vec<LossTerm>,
}

impl LossTerms {
    /// No terms yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a term: a mean over samples, such as [`DistillLoss::forward`](crate::DistillLoss::forward) gives.
    ///
    /// # Shapes
    ///
    /// - value: `[1]`
    ///
    /// # Panics
    ///
    /// If `weight` is not finite, if `value` is not of shape `[1]`, or if there is a term of this name already.
    #[track_caller]
    pub fn with(mut self, name: impl Into<String>, weight: f64, value: Tensor<1>) -> Self {
        let name = name.into();
        assert!(
            weight.is_finite(),
            "LossTerms: the weight of '{name}' is {weight}, but must be finite"
        );
        assert!(
            value.dims() == [1],
            "LossTerms: '{name}' has shape {:?}, but must be [1]; reduce it first, for example with `.mean()`",
            value.dims()
        );
        assert!(
            self.terms.iter().all(|term| term.name != name),
            "LossTerms: there is a term '{name}' already; give each its own name"
        );
        self.terms.push(LossTerm { name, weight, value });
        self
    }

    /// These terms and `others`, such as those of several layers ([`scaled`](Self::scaled) to a weight of their own).
    ///
    /// ```
    /// use burn::tensor::Tensor;
    /// use kd_core::LossTerms;
    ///
    /// # let device = burn::tensor::Device::flex();
    /// # let value = |value: f32| Tensor::<1>::from_floats([value], &device);
    /// let hints = LossTerms::new().with("stage 1", 1.0, value(2.0)).with("stage 2", 1.0, value(4.0));
    /// let terms = LossTerms::new().with("soft", 0.9, value(1.0)).and(hints.scaled(0.1));
    /// assert_eq!(terms.values(), [("soft", 1.0), ("stage 1", 2.0), ("stage 2", 4.0)]);
    /// assert_eq!(terms.total().into_scalar::<f32>(), 1.5);
    /// ```
    ///
    /// # Panics
    ///
    /// If two have the same name.
    #[track_caller]
    pub fn and(mut self, others: Self) -> Self {
        for LossTerm { name, weight, value } in others.terms {
            self = self.with(name, weight, value);
        }
        self
    }

    /// The same terms, each weight times `factor`.
    ///
    /// # Panics
    ///
    /// If a weight is not finite any more.
    #[track_caller]
    pub fn scaled(self, factor: f64) -> Self {
        let mut scaled = Self::new();
        for LossTerm { name, weight, value } in self.terms {
            scaled = scaled.with(name, weight * factor, value);
        }
        scaled
    }

    /// The weighted sum, `[1]`: what one calls `backward` on.
    ///
    /// If every weight is 0 the total is 0, and differentiable; no parameter gets a gradient of it.
    ///
    /// # Panics
    ///
    /// If there are no terms.
    #[track_caller]
    pub fn total(&self) -> Tensor<1> {
        assert!(
            !self.terms.is_empty(),
            "LossTerms: there is no term to add up; add one with `.with(name, weight, value)`"
        );
        self.terms
            .iter()
            .filter(|term| term.weight != 0.0)
            .map(|term| term.value.clone() * term.weight)
            .reduce(|sum, term| sum + term)
            .unwrap_or_else(|| rows::nothing(&self.terms[0].value))
    }

    /// The terms in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &LossTerm> {
        self.terms.iter()
    }

    /// Each term's name and its value before the weight, read back from the device.
    pub fn values(&self) -> Vec<(&str, f64)> {
        self.terms
            .iter()
            .map(|term| (term.name.as_str(), term.value.clone().into_scalar::<f64>()))
            .collect()
    }
}

impl OffGraph for LossTerms {
    /// The same terms as constants: what a log keeps, so that it does not keep the graph.
    fn off_graph(self) -> Self {
        let constant = |term: LossTerm| LossTerm {
            value: term.value.off_graph(),
            ..term
        };
        Self {
            terms: self.terms.into_iter().map(constant).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn off_the_graph_nothing_is_a_zero_as_well() {
        let value = Tensor::<1>::from_floats([f32::NAN], &Device::flex());
        let total = LossTerms::new().with("a", 0.0, value).total();
        assert_eq!(total.into_scalar::<f32>(), 0.0);
    }

    fn scalar(value: f32) -> Tensor<1> {
        Tensor::from_floats([value], &Device::flex().autodiff()).require_grad()
    }

    #[test]
    fn each_value_gets_its_weight_as_gradient() {
        let (a, b) = (scalar(2.0), scalar(3.0));
        let terms = LossTerms::new().with("a", 0.5, a.clone()).with("b", -2.0, b.clone());
        let total = terms.total();
        let gradients = total.backward();
        assert_eq!(total.into_scalar::<f32>(), -5.0);
        assert_eq!(a.grad(&gradients).unwrap().into_scalar::<f32>(), 0.5);
        assert_eq!(b.grad(&gradients).unwrap().into_scalar::<f32>(), -2.0);
    }

    #[test]
    fn a_weight_of_zero_shuts_out_nan() {
        let (a, b) = (scalar(2.0), scalar(f32::NAN));
        let terms = LossTerms::new().with("a", 1.0, a).with("b", 0.0, b.clone());
        let gradients = terms.total().backward();
        assert_eq!(terms.total().into_scalar::<f32>(), 2.0);
        assert!(b.grad(&gradients).is_none());
        assert!(terms.values()[1].1.is_nan());
    }

    #[test]
    fn only_zero_weights_still_differentiate() {
        for value in [1.0, f32::NAN, f32::INFINITY] {
            let a = scalar(value);
            // The square's slope at infinity is infinite, and 0 times that is NaN.
            let total = LossTerms::new().with("a", 0.0, a.clone().square()).total();
            let gradients = total.backward();
            assert_eq!(total.into_scalar::<f32>(), 0.0);
            assert!(a.grad(&gradients).is_none());
        }
    }

    #[test]
    #[should_panic(expected = "there is a term 'soft' already")]
    fn a_name_twice_panics() {
        let _ = LossTerms::new()
            .with("soft", 1.0, scalar(1.0))
            .with("soft", 1.0, scalar(1.0));
    }

    #[test]
    #[should_panic(expected = "the weight of 'soft' is NaN")]
    fn a_weight_that_is_not_a_number_panics() {
        let _ = LossTerms::new().with("soft", f64::NAN, scalar(1.0));
    }

    #[test]
    #[should_panic(expected = "reduce it first")]
    fn an_unreduced_value_panics() {
        let value = Tensor::zeros([8], &Device::flex());
        let _ = LossTerms::new().with("soft", 1.0, value);
    }

    #[test]
    #[should_panic(expected = "no term to add up")]
    fn no_terms_panic() {
        let _ = LossTerms::new().total();
    }
}
