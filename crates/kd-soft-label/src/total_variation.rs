use kd_kernels::Divergence;

use crate::divergence_loss::divergence_loss;

divergence_loss! {
    /// Total variation distance: half the sum of what the probabilities differ by (f-distill: Wen et al., 2023).
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)
    /// loss = T · ½ · Σ abs(p − q)
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
    /// `½ · q · (sign(q − p) − Σ q · sign(q − p)) / rows`; none for the teacher, and 0 for a class on which both agree.
    ///
    /// # Range
    ///
    /// In `[0, T]`, and 0 where the distributions are equal. It has a kink there: near equality the gradient does not
    /// get small.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// Times T and not T²: a distance is of first order in the logits where a divergence is of second, so it is T that
    /// keeps the gradient about as large at any temperature. DistillKit takes T² (multiply its weight by T here),
    /// DistiLLM and Liger neither. Liger's gradient at p = q is −½ · q for each class; here it is 0.
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
    /// use kd_soft_label::TotalVariationLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = TotalVariationLossConfig::new().init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 0.4537).abs() < 1e-3);
    /// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
    /// ```
    ///
    /// # Reference
    ///
    /// Yuqiao Wen, Zichao Li, Wenyu Du, Lili Mou: *f-Divergence Minimization for Sequence-Level Knowledge
    /// Distillation*, 2023, arXiv:2307.15190, section 3.
    ///
    /// # See also
    ///
    /// [`JensenShannonLoss`](crate::JensenShannonLoss), which is bounded, too, and smooth.
    TotalVariationLoss, TotalVariationLossConfig {
    }
    divergence: |_| Divergence::TotalVariation,
    times: |t| t,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", TotalVariationLossConfig::new().init()),
            "TotalVariationLoss {temperature: 1}"
        );
    }
}
