/// A divergence between two distributions over classes, the teacher's p and the student's q.
///
/// | Variant | Value | 0 at p = q |
/// |---|---|---|
/// | `ForwardKl` | KL(p ‖ q) | yes |
/// | `ReverseKl` | KL(q ‖ p) | yes |
/// | `SymmetricKl` | λ · KL(p ‖ q) + (1 − λ) · KL(q ‖ p) | yes |
/// | `JensenShannon` | β · KL(p ‖ m) + (1 − β) · KL(q ‖ m), m = β · p + (1 − β) · q | yes |
/// | `SkewKl` | KL(p ‖ m), m = α · p + (1 − α) · q | yes |
/// | `SkewReverseKl` | KL(q ‖ m), m = (1 − α) · p + α · q | yes |
/// | `TotalVariation` | ½ · Σ abs(p − q) | yes |
/// | `SoftCrossEntropy` | −Σ p · log q | no: the teacher's entropy is left |
///
/// All but the last are sums over classes of terms that are at least 0: KL(a ‖ b) is summed as a · log(a / b) + b − a,
/// whose second part is 0 over a whole distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Divergence {
    /// KL(p ‖ q): the student covers all the teacher does.
    ForwardKl,
    /// KL(q ‖ p): the student keeps to what the teacher does most.
    ReverseKl,
    /// A mix of both directions.
    SymmetricKl {
        /// λ, the share of the forward direction, in `[0, 1]`.
        forward: f64,
    },
    /// The generalised Jensen–Shannon divergence. At the ends of β it is 0 whatever p and q are.
    JensenShannon {
        /// β, the teacher's share of the mixture, in `(0, 1)`.
        beta: f64,
    },
    /// Forward KL to a mixture that holds some of the teacher.
    SkewKl {
        /// α, the teacher's share of the mixture, in `[0, 1)`.
        alpha: f64,
    },
    /// Reverse KL to a mixture that holds some of the student.
    SkewReverseKl {
        /// α, the student's share of the mixture, in `[0, 1)`.
        alpha: f64,
    },
    /// Half the sum of absolute differences, in `[0, 1]`.
    TotalVariation,
    /// Cross-entropy of the student against soft targets.
    SoftCrossEntropy,
}
