use kd_core::check;
use kd_kernels::Divergence;

use crate::divergence_loss::{divergence_loss, squared};

divergence_loss! {
    /// Both directions of KL, mixed.
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)
    /// loss = T² · (forward_share · KL(p ‖ q) + (1 − forward_share) · KL(q ‖ p))
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
    /// `T · (forward_share · (q − p) + (1 − forward_share) · q · (log q/p − KL(q ‖ p))) / rows`; none for the teacher.
    ///
    /// # Range
    ///
    /// At least 0, and 0 where the distributions are equal. Infinite where one side excludes a class (a logit of −∞)
    /// that the other does not.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `forward_share` | 0.5 | the share of KL(p ‖ q) | `[0, 1]` |
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// A weighted mean and not a sum: at 0.5 it is half of Jeffreys' divergence. torchtune calls the share
    /// `sym_kd_ratio` (0.5), DistiLLM `lam` (0.9); neither has T².
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
    /// use kd_soft_label::SymmetricKlLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = SymmetricKlLossConfig::new().with_forward_share(0.5).init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 0.4537).abs() < 1e-3);
    /// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
    /// ```
    ///
    /// # Reference
    ///
    /// Harold Jeffreys: *An invariant form for the prior probability in estimation problems*, 1946; as a distillation
    /// loss in torchtune and DistiLLM (arXiv:2402.03898).
    ///
    /// # See also
    ///
    /// [`JensenShannonLoss`](crate::JensenShannonLoss), which stays finite; [`AdaptiveKlLoss`](crate::AdaptiveKlLoss),
    /// whose share is chosen row by row.
    SymmetricKlLoss, SymmetricKlLossConfig {
        /// The share of the forward direction, KL(teacher ‖ student); the rest goes the other way. In `[0, 1]`.
        forward_share = 0.5, checked by |owner, value| check::share(owner, "forward_share", value, "in [0, 1] (1 is KL from the teacher to the student alone, 0 the other way round)");
    }
    divergence: |loss| Divergence::SymmetricKl { forward: loss.forward_share },
    times: squared,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", SymmetricKlLossConfig::new().init()),
            "SymmetricKlLoss {forward_share: 0.5, temperature: 1}"
        );
    }

    #[test]
    fn an_impossible_forward_share_is_an_error_that_says_what_to_do() {
        for forward_share in [-0.1, 1.1, f64::NAN] {
            let error = SymmetricKlLossConfig::new()
                .with_forward_share(forward_share)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "SymmetricKlLossConfig: forward_share is {forward_share}, but must be in [0, 1] (1 is KL from the teacher to the student alone, 0 the other way round)"
                )
            );
        }
    }
}
