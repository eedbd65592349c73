//! The same divergences composed of Burn's own operations, as their formulas are written: what runs where no kernel does,
//! and what the kernels are compared with.

use burn::tensor::{Tensor, activation::log_softmax};

use crate::Divergence;

/// The divergence of each row, differentiable on any backend.
///
/// Shapes, arguments and panics are those of [`divergence`](crate::divergence); values differ from it by rounding.
pub fn composed(student: Tensor<2>, teacher: Tensor<2>, divergence: Divergence, temperature: f64) -> Tensor<1> {
    let soften = |logits: Tensor<2>| log_softmax(logits * temperature.recip(), 1);
    let p = Distribution::new(soften(crate::widen(teacher)));
    let q = Distribution::new(soften(crate::widen(student)));
    let per_class = match divergence {
        Divergence::ForwardKl => kl(&p, &q),
        Divergence::ReverseKl => kl(&q, &p),
        Divergence::SymmetricKl { forward } => kl(&p, &q) * forward + kl(&q, &p) * (1.0 - forward),
        Divergence::JensenShannon { beta } => {
            let m = mixture(&p, &q, 1.0 - beta);
            kl(&p, &m) * beta + kl(&q, &m) * (1.0 - beta)
        }
        Divergence::SkewKl { alpha } => kl(&p, &mixture(&p, &q, 1.0 - alpha)),
        Divergence::SkewReverseKl { alpha } => kl(&q, &mixture(&p, &q, alpha)),
        Divergence::TotalVariation => (q.probs - p.probs).abs() * 0.5,
        Divergence::SoftCrossEntropy => {
            let absent = p.probs.clone().equal_elem(0.0);
            (p.probs * q.log_probs.mask_fill(absent, 0.0)).neg()
        }
    };
    per_class.sum_dim(1).squeeze_dim(1)
}

struct Distribution {
    probs: Tensor<2>,
    log_probs: Tensor<2>,
}

impl Distribution {
    fn new(log_probs: Tensor<2>) -> Self {
        Self {
            probs: log_probs.clone().exp(),
            log_probs,
        }
    }
}

/// a · (log a − log b) + b − a, class by class; 0 where both are 0.
fn kl(a: &Distribution, b: &Distribution) -> Tensor<2> {
    // Where a is 0 the product is 0, but 0 · (−∞ − …) is not a number.
    let absent = a.probs.clone().equal_elem(0.0);
    let log_ratio = (a.log_probs.clone() - b.log_probs.clone()).mask_fill(absent, 0.0);
    a.probs.clone() * log_ratio + (b.probs.clone() - a.probs.clone())
}

/// The mixture with `share` of it q's.
fn mixture(p: &Distribution, q: &Distribution, share: f64) -> Distribution {
    let probs = p.probs.clone() * (1.0 - share) + q.probs.clone() * share;
    let absent = probs.clone().equal_elem(0.0);
    Distribution {
        log_probs: probs.clone().mask_fill(absent, 1.0).log(),
        probs,
    }
}
