use kd_core::check;
use kd_kernels::Divergence;

use crate::divergence_loss::{divergence_loss, squared};

divergence_loss! {
    /// Generalised Jensen–Shannon divergence: both sides against their mixture (GKD: Agarwal et al., 2023).
    ///
    /// ```text
    /// p = softmax(teacher / T)    q = softmax(student / T)    m = beta · p + (1 − beta) · q
    /// loss = T² · (beta · KL(p ‖ m) + (1 − beta) · KL(q ‖ m))        0 < beta < 1
    /// loss = T² · KL(p ‖ q) at beta = 0,   T² · KL(q ‖ p) at beta = 1
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
    /// `T · (1 − beta) · q · (log q/m − Σ q · log q/m) / rows`; none for the teacher.
    ///
    /// # Range
    ///
    /// At least 0, and 0 where the distributions are equal; inside the ends at most T² · log 2, even where one side
    /// excludes what the other does not.
    ///
    /// # Parameters
    ///
    /// | Name | Default | Purpose | Range |
    /// |---|---|---|---|
    /// | `beta` | 0.5 | the teacher's share of the mixture | `[0, 1]`, the ends by the rule below |
    /// | `temperature` | 1 | flattens both distributions | finite, > 0 |
    ///
    /// # Convention
    ///
    /// **The ends are a jump.** As beta goes to 0 the mixture becomes the student and the loss vanishes like beta ·
    /// KL(p ‖ q); the paper's code nevertheless takes KL(p ‖ q) itself *at* 0, and KL(q ‖ p) at 1, and so does this
    /// loss. Between 0.01 and 0 it therefore grows a hundredfold: do not anneal beta into an end. TRL and Liger have
    /// the same rule; DistiLLM's `lam` is 1 − beta, with a default of
    /// 0.9; none has T². TRL's `temperature` of 0.9 is for sampling, its loss is at 1.
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
    /// use kd_soft_label::JensenShannonLossConfig;
    ///
    /// # let device = Device::flex();
    /// let loss = JensenShannonLossConfig::new().with_beta(0.5).init();
    /// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
    /// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
    /// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
    /// assert!((value - 0.1087).abs() < 1e-3);
    /// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
    /// ```
    ///
    /// # Reference
    ///
    /// Rishabh Agarwal, Nino Vieillard, Yongchao Zhou, Piotr Stanczyk, Sabela Ramos, Matthieu Geist, Olivier Bachem:
    /// *On-Policy Distillation of Language Models: Learning from Self-Generated Mistakes*, 2023, arXiv:2306.13649,
    /// equation 1.
    ///
    /// # See also
    ///
    /// [`SkewKlLoss`](crate::SkewKlLoss), one side against a mixture.
    JensenShannonLoss, JensenShannonLossConfig {
        /// The teacher's share of the mixture, in `[0, 1]`; at the ends the loss is forward and reverse KL.
        beta = 0.5, checked by |owner, value| check::share(owner, "beta", value, "in [0, 1] (0.5 is usual; the ends are forward and reverse KL)");
    }
    divergence: |loss| match loss.beta {
        0.0 => Divergence::ForwardKl,
        1.0 => Divergence::ReverseKl,
        beta => Divergence::JensenShannon { beta },
    },
    times: squared,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", JensenShannonLossConfig::new().init()),
            "JensenShannonLoss {beta: 0.5, temperature: 1}"
        );
    }

    #[test]
    fn an_impossible_beta_is_an_error_that_says_what_to_do() {
        for beta in [-0.1, 1.1, f64::NAN] {
            let error = JensenShannonLossConfig::new().with_beta(beta).try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "JensenShannonLossConfig: beta is {beta}, but must be in [0, 1] (0.5 is usual; the ends are forward and reverse KL)"
                )
            );
        }
    }
}
