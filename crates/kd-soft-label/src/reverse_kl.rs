use kd_kernels::Divergence;

use crate::divergence_loss::{divergence_loss, squared};

divergence_loss! {
    /// Reverse KL: the student keeps to what the teacher does most (MiniLLM: Gu et al., 2023).
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)
    /// loss = T² · KL(q ‖ p) = T² · Σ q · (log q − log p)
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
    /// `T · q · (log q/p − KL(q ‖ p)) / rows` for each of the student's logits: through both q and log q. None for the teacher.
    ///
    /// # Range
    ///
    /// At least 0, and 0 where the distributions are equal. Infinite where the teacher excludes a class (a logit of −∞)
    /// that the student does not.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// KL from the student to the teacher; with T², which at the default of 1 changes nothing; divided by rows
    /// (tokens). This is the exact sum over the vocabulary and not an estimate on sampled tokens. "Reverse" is used the
    /// other way round in some places; the arguments of KL above are what counts. So do MiniLLM's single-step term,
    /// torchtune, DistiLLM and TRL at beta = 1, all without T².
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
    /// use kd_soft_label::ReverseKlLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = ReverseKlLossConfig::new().init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 0.4743).abs() < 1e-3); // KL of a uniform student to the teacher
    /// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
    /// ```
    ///
    /// # Reference
    ///
    /// Yuxian Gu, Li Dong, Furu Wei, Minlie Huang: *MiniLLM: Knowledge Distillation of Large Language Models*, 2023,
    /// arXiv:2306.08543, equation 1.
    ///
    /// # See also
    ///
    /// [`SoftLabelLoss`](crate::SoftLabelLoss), the other direction; [`SymmetricKlLoss`](crate::SymmetricKlLoss), both.
    ReverseKlLoss, ReverseKlLossConfig {
    }
    divergence: |_| Divergence::ReverseKl,
    times: squared,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", ReverseKlLossConfig::new().init()),
            "ReverseKlLoss {temperature: 1}"
        );
    }
}
