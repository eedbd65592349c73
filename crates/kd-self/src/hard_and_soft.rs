use burn::{
    module::{Content, Module},
    tensor::Tensor,
};
use kd_core::{Error, check};
use kd_kernels::{Divergence, divergence};

/// What losses share that are a hard part, of the labels, and a weighted soft one, of what the network says or said elsewhere.
#[derive(Module, Debug)]
pub(crate) struct HardAndSoft {
    pub temperature: f64,
    pub weight: f64,
    pub check_labels: bool,
}

impl HardAndSoft {
    /// With values that `owner` was given.
    pub fn try_new(owner: &'static str, temperature: f64, weight: f64, check_labels: bool) -> Result<Self, Error> {
        check::temperature(owner, temperature)?;
        check::weight(owner, "weight", weight)?;
        Ok(Self {
            temperature,
            weight,
            check_labels,
        })
    }

    #[track_caller]
    pub fn with_temperature(self, owner: &'static str, temperature: f64) -> Self {
        kd_core::check::must(check::temperature(owner, temperature));
        Self { temperature, ..self }
    }

    #[track_caller]
    pub fn with_weight(self, owner: &'static str, weight: f64) -> Self {
        kd_core::check::must(check::weight(owner, "weight", weight));
        Self { weight, ..self }
    }

    /// `weight · T² · KL(softmax(taught / T) ‖ softmax(student / T))` of each row, times `factor`.
    pub fn soft(&self, student: Tensor<2>, taught: Tensor<2>, factor: f64) -> Tensor<1> {
        let t = self.temperature;
        divergence(student, taught, Divergence::ForwardKl, t) * (self.weight * t * t * factor)
    }

    /// What is shown of it.
    pub fn content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("weight", &self.weight)
            .optional()
    }
}
