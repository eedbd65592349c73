use kd_kernels::Divergence;

use crate::divergence_loss::{divergence_loss, squared};

divergence_loss! {
    /// Cross-entropy against the teacher's soft targets: KL without the teacher's entropy taken off.
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)
    /// loss = T² · −Σ p · log q = T² · (KL(p ‖ q) + H(p))
    /// ```
    ///
    /// # Shapes
    ///
    /// - student, teacher: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
    /// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
    /// - [`LinearLogits`](kd_core::LinearLogits) in place of logits: `forward` and `forward_masked` never make all of them
    ///
    /// # Reduction
    ///
    /// Sum over classes, mean over rows.
    ///
    /// # Gradient
    ///
    /// `T · (q − p) / rows`, the same as [`SoftLabelLoss`](crate::SoftLabelLoss)'s; none for the teacher.
    ///
    /// # Range
    ///
    /// At least T² times the teacher's entropy, which is what it is where the distributions are equal: *not* 0.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// For those who compare with code that reports this number, as torchtune, DistiLLM's `forward_kl`, TextBrewer and
    /// TAID do (all without T²; PyTorch's tutorial has it). Where there is a choice, take
    /// [`SoftLabelLoss`](crate::SoftLabelLoss): its value says how far the student still is. TinyBERT divides by the
    /// number of classes as well.
    ///
    /// # Panics
    ///
    /// If student and teacher differ in shape, or there are no rows or no classes.
    ///
    /// # Example
    ///
    /// ```
    /// use burn::tensor::{Device, Tensor};
    /// use kd_core::DistillLoss;
    /// use kd_soft_label::SoftCrossEntropyLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = SoftCrossEntropyLossConfig::new().init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 3f32.ln()).abs() < 1e-6); // a uniform student
    /// ```
    ///
    /// # Reference
    ///
    /// Geoffrey Hinton, Oriol Vinyals, Jeff Dean: *Distilling the Knowledge in a Neural Network*, 2015,
    /// arXiv:1503.02531, section 2.
    ///
    /// # See also
    ///
    /// [`SoftLabelLoss`](crate::SoftLabelLoss).
    SoftCrossEntropyLoss, SoftCrossEntropyLossConfig {
    }
    divergence: |_| Divergence::SoftCrossEntropy,
    times: squared,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", SoftCrossEntropyLossConfig::new().init()),
            "SoftCrossEntropyLoss {temperature: 1}"
        );
    }
}
