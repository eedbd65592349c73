//! What each divergence is at one class.

use burn_cubecl::cubecl::{self, prelude::*};

use super::real::{excess_per_x, exp, is_near, ln};

/// What a divergence needs to know of one class.
#[derive(CubeType)]
pub(super) struct Class {
    /// The teacher's probability.
    pub p: f32,
    /// The student's probability.
    pub q: f32,
    /// log q − log p: more exact than the two probabilities tell where they are nearly equal.
    pub log_ratio: f32,
    /// log q.
    pub log_q: f32,
}

/// What a class adds to the divergence, and to its gradient.
#[derive(CubeType)]
pub(super) struct Share {
    pub value: f32,
    /// q · ∂value / ∂q. The gradient for the class's logit is `slope − q · Σ slope`, over T.
    pub slope: f32,
}

/// A divergence as a sum over classes; `parameter` is the share it may have.
#[cube]
pub(super) trait Pointwise: 'static + Send + Sync {
    fn at(class: &Class, parameter: f32) -> Share;
}

#[cube]
impl Class {
    /// q − p.
    fn difference(&self) -> f32 {
        let near = self.p * fma(self.log_ratio, excess_per_x(self.log_ratio), self.log_ratio);
        select(is_near(self.log_ratio), near, self.q - self.p)
    }

    /// p's and q's mixture with `share` of it q's, and how p and q stand to it.
    fn mixture(&self, share: f32) -> Mixture {
        // Seen from the larger of the two every ratio is at most 1.
        let p_is_larger = self.log_ratio <= 0.0f32;
        let larger = select(p_is_larger, self.p, self.q);
        let of_smaller = select(p_is_larger, share, 1.0f32 - share);
        let log_smaller = -self.log_ratio.abs(); // relative to the larger
        let smaller = exp(log_smaller);
        let series = fma(log_smaller, excess_per_x(log_smaller), log_smaller);
        let less_1 = select(is_near(log_smaller), series, smaller - 1.0f32);
        let relative = (1.0f32 - of_smaller) + of_smaller * smaller;
        let log_larger = ln(relative, of_smaller * less_1);
        let log_other = log_larger - log_smaller;
        Mixture {
            mass: larger * relative,
            log_over_p: select(p_is_larger, log_larger, log_other),
            log_over_q: select(p_is_larger, log_other, log_larger),
        }
    }
}

#[derive(CubeType)]
struct Mixture {
    /// m.
    mass: f32,
    /// log(m / p).
    log_over_p: f32,
    /// log(m / q).
    log_over_q: f32,
}

/// a · log(a / b) + b − a, with `log_ratio` = log(b / a): one class of KL(a ‖ b).
#[cube]
fn kl(a: f32, b: f32, log_ratio: f32) -> f32 {
    let near = a * log_ratio * excess_per_x(log_ratio);
    select(is_near(log_ratio), near, b - a - product(a, log_ratio))
}

/// mass · x, and 0 where there is no mass: not even 0 · ∞ counts then.
#[cube]
fn product(mass: f32, x: f32) -> f32 {
    select(mass == 0.0f32, 0.0f32, mass * x)
}

pub(super) struct ForwardKl;

#[cube]
impl Pointwise for ForwardKl {
    fn at(class: &Class, _parameter: f32) -> Share {
        Share {
            value: kl(class.p, class.q, class.log_ratio),
            slope: class.difference(),
        }
    }
}

pub(super) struct ReverseKl;

#[cube]
impl Pointwise for ReverseKl {
    fn at(class: &Class, _parameter: f32) -> Share {
        Share {
            value: kl(class.q, class.p, -class.log_ratio),
            slope: product(class.q, class.log_ratio),
        }
    }
}

/// Its parameter is λ.
pub(super) struct SymmetricKl;

#[cube]
impl Pointwise for SymmetricKl {
    fn at(class: &Class, forward: f32) -> Share {
        let rest = 1.0f32 - forward;
        let there = ForwardKl::at(class, forward);
        let back = ReverseKl::at(class, forward);
        Share {
            value: forward * there.value + rest * back.value,
            slope: forward * there.slope + rest * back.slope,
        }
    }
}

/// Its parameter is β.
pub(super) struct JensenShannon;

#[cube]
impl Pointwise for JensenShannon {
    fn at(class: &Class, beta: f32) -> Share {
        let rest = 1.0f32 - beta;
        let m = class.mixture(rest);
        Share {
            value: beta * kl(class.p, m.mass, m.log_over_p) + rest * kl(class.q, m.mass, m.log_over_q),
            slope: -rest * product(class.q, m.log_over_q),
        }
    }
}

/// Its parameter is α.
pub(super) struct SkewKl;

#[cube]
impl Pointwise for SkewKl {
    fn at(class: &Class, alpha: f32) -> Share {
        let rest = 1.0f32 - alpha;
        let m = class.mixture(rest);
        Share {
            value: kl(class.p, m.mass, m.log_over_p),
            slope: rest * rest * product(class.q, class.difference() / m.mass),
        }
    }
}

/// Its parameter is α.
pub(super) struct SkewReverseKl;

#[cube]
impl Pointwise for SkewReverseKl {
    fn at(class: &Class, alpha: f32) -> Share {
        let m = class.mixture(alpha);
        let rest = 1.0f32 - alpha;
        // 1 − q / m = (1 − α) · (p − q) / m
        let above = -rest * class.difference() / m.mass;
        Share {
            value: kl(class.q, m.mass, m.log_over_q),
            slope: product(class.q, alpha * above - m.log_over_q),
        }
    }
}

pub(super) struct TotalVariation;

#[cube]
impl Pointwise for TotalVariation {
    fn at(class: &Class, _parameter: f32) -> Share {
        let difference = class.difference();
        let sign = select(
            difference > 0.0f32,
            0.5f32,
            select(difference < 0.0f32, -0.5f32, 0.0f32),
        );
        Share {
            value: 0.5f32 * difference.abs(),
            slope: sign * class.q,
        }
    }
}

pub(super) struct SoftCrossEntropy;

#[cube]
impl Pointwise for SoftCrossEntropy {
    fn at(class: &Class, _parameter: f32) -> Share {
        Share {
            value: -product(class.p, class.log_q),
            // −p; with q added the gradient is the same, and of numbers that nearly cancel there is none.
            slope: class.difference(),
        }
    }
}
