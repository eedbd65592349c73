//! What someone who knows `kd-core` alone can write: a loss that no crate of the family has.

use burn::tensor::Tensor;
use kd_core::{DistillLoss, check, rows::soften};

/// Squared Hellinger distance between softened outputs: `½ Σ_c (√p_s − √p_t)²`, from 0 to 1.
pub struct Hellinger {
    /// The temperature of both distributions.
    pub temperature: f64,
}

impl DistillLoss<Tensor<2>> for Hellinger {
    fn per_sample(&self, student_logits: Tensor<2>, teacher_logits: Tensor<2>) -> Tensor<1> {
        check::same_shape("Hellinger", &student_logits, &teacher_logits);
        let student_probs = soften(student_logits, self.temperature);
        let teacher_probs = soften(teacher_logits.without_autodiff(), self.temperature);
        let gap = student_probs.sqrt() - teacher_probs.sqrt();
        gap.square().sum_dim(1).squeeze_dim(1) / 2.0
    }
}
