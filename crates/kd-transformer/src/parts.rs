use burn::tensor::Tensor;
use kd_core::LossTerms;

/// The parts of an objective, each with a value for each sequence. Add none without weight: 0 · NaN would not be 0.
///
/// Values are handed over and not made in a closure here, for what is checked in a closure is told with a line of this crate.
#[derive(Default)]
pub(crate) struct Parts(Vec<(String, f64, Tensor<1>)>);

impl Parts {
    /// Adds a part of these values, `[batch]`.
    pub fn add(&mut self, name: impl Into<String>, weight: f64, per_sample: Tensor<1>) {
        self.0.push((name.into(), weight, per_sample));
    }

    /// Each part's mean over sequences, by name.
    pub fn terms(self) -> LossTerms {
        let parts = self.0.into_iter();
        parts.fold(LossTerms::new(), |terms, (name, weight, values)| {
            terms.with(name, weight, values.mean())
        })
    }

    /// Σ weight · value, `[batch]`.
    pub fn per_sample(self) -> Tensor<1> {
        let weighed = self.0.into_iter().map(|(_, weight, values)| values * weight);
        weighed.reduce(|sum, values| sum + values).expect("a weight is above 0")
    }
}
