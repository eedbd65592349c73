use kd_core::check;
use kd_kernels::Divergence;

use crate::divergence_loss::{divergence_loss, squared};

divergence_loss! {
    /// Skew reverse KL: the student against a mixture that holds some of it (DistiLLM: Ko et al., 2024).
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)    m = (1 − alpha) · p + alpha · q
    /// loss = T² · KL(q ‖ m)
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
    /// `T · (s − q · Σ s) / rows` with `s = q · (log q/m + 1 − alpha · q / m)`; none for the teacher.
    ///
    /// # Range
    ///
    /// At least 0, and 0 where the distributions are equal; at most −T² · log alpha.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `alpha` | 0.1 | the student's share of the mixture | `[0, 1)`; 0 is reverse KL |
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// With T², which at the default of 1 changes nothing; divided by rows (tokens). The sign of the gradient printed
    /// in the paper is wrong, that of its code right.
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
    /// use kd_soft_label::SkewReverseKlLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = SkewReverseKlLossConfig::new().with_alpha(0.1).init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 0.3653).abs() < 1e-3);
    /// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
    /// ```
    ///
    /// # Reference
    ///
    /// Jongwoo Ko, Sungnyun Kim, Tianyi Chen, Se-Young Yun: *DistiLLM: Towards Streamlined Distillation for Large
    /// Language Models*, 2024, arXiv:2402.03898, section 3.1.
    ///
    /// # See also
    ///
    /// [`SkewKlLoss`](crate::SkewKlLoss), the other direction.
    SkewReverseKlLoss, SkewReverseKlLossConfig {
        /// The student's share of the mixture, in `[0, 1)`.
        alpha = 0.1, checked by check::skew;
    }
    divergence: |loss| Divergence::SkewReverseKl { alpha: loss.alpha },
    times: squared,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", SkewReverseKlLossConfig::new().init()),
            "SkewReverseKlLoss {alpha: 0.1, temperature: 1}"
        );
    }

    #[test]
    fn an_impossible_alpha_is_an_error_that_says_what_to_do() {
        for alpha in [-0.1, 1.0, f64::NAN] {
            let error = SkewReverseKlLossConfig::new().with_alpha(alpha).try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "SkewReverseKlLossConfig: alpha is {alpha}, but must be in [0, 1) (0 is without skew, 0.1 is usual; at 1 both sides are the same and nothing is \
                     learnt)"
                )
            );
        }
    }
}
