//! What each divergence is at one class.

use super::real::Real;

/// What a divergence needs to know of one class.
#[derive(Clone, Copy)]
pub(super) struct Class<R> {
    /// The teacher's probability.
    pub p: R,
    /// The student's probability.
    pub q: R,
    /// log q − log p: more exact than the two probabilities tell where they are nearly equal.
    pub log_ratio: R,
    /// log q.
    pub log_q: R,
}

/// What a class adds to the divergence, and to its gradient.
#[derive(Clone, Copy)]
pub(super) struct Share<R> {
    pub value: R,
    /// q · ∂value / ∂q. The gradient for the class's logit is `slope − q · Σ slope`, over T.
    pub slope: R,
}

/// A divergence as a sum over classes.
pub(super) trait Pointwise<R>: Copy + Send + Sync {
    /// Whether Σ slope is 0, so that a slope is a gradient as it is.
    const CENTRED: bool = false;

    fn at(self, class: Class<R>) -> Share<R>;
}

impl<R: Real> Class<R> {
    /// q − p.
    #[inline(always)]
    fn difference(self) -> R {
        let near = self.p * self.log_ratio.times_plus(self.log_ratio.excess_per_x(), self.log_ratio);
        near.or(is_near(self.log_ratio), self.q - self.p)
    }

    /// p's and q's mixture with `share` of it q's, and how p and q stand to it.
    #[inline(always)]
    fn mixture(self, share: R) -> Mixture<R> {
        let one = R::of(1.0);
        // Seen from the larger of the two every ratio is at most 1.
        let p_is_larger = self.log_ratio <= R::default();
        let larger = self.p.or(p_is_larger, self.q);
        let of_smaller = share.or(p_is_larger, one - share);
        let log_smaller = -self.log_ratio.absolute(); // relative to the larger
        let smaller = log_smaller.exp();
        let series = log_smaller.times_plus(log_smaller.excess_per_x(), log_smaller);
        let less_1 = series.or(is_near(log_smaller), smaller - one);
        let relative = (one - of_smaller) + of_smaller * smaller;
        let log_larger = relative.ln(of_smaller * less_1);
        let log_other = log_larger - log_smaller;
        Mixture {
            mass: larger * relative,
            log_over_p: log_larger.or(p_is_larger, log_other),
            log_over_q: log_other.or(p_is_larger, log_larger),
        }
    }
}

struct Mixture<R> {
    /// m.
    mass: R,
    /// log(m / p).
    log_over_p: R,
    /// log(m / q).
    log_over_q: R,
}

/// Whether a series in x is more exact than a difference of exponentials.
#[inline(always)]
fn is_near<R: Real>(x: R) -> bool {
    x.absolute() < R::of(0.5)
}

/// a · log(a / b) + b − a, with `log_ratio` = log(b / a): one class of KL(a ‖ b).
#[inline(always)]
fn kl<R: Real>(a: R, b: R, log_ratio: R) -> R {
    let near = a * log_ratio * log_ratio.excess_per_x();
    near.or(is_near(log_ratio), b - a - product(a, log_ratio))
}

/// mass · x, and 0 where there is no mass: not even 0 · ∞ counts then.
#[inline(always)]
fn product<R: Real>(mass: R, x: R) -> R {
    R::default().or(mass == R::default(), mass * x)
}

#[derive(Clone, Copy)]
pub(super) struct ForwardKl;

impl<R: Real> Pointwise<R> for ForwardKl {
    const CENTRED: bool = true;

    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        Share {
            value: kl(class.p, class.q, class.log_ratio),
            slope: class.difference(),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct ReverseKl;

impl<R: Real> Pointwise<R> for ReverseKl {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        Share {
            value: kl(class.q, class.p, -class.log_ratio),
            slope: product(class.q, class.log_ratio),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct SymmetricKl<R> {
    pub forward: R,
}

impl<R: Real> Pointwise<R> for SymmetricKl<R> {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        let (forward, reverse) = (ForwardKl.at(class), ReverseKl.at(class));
        let rest = R::of(1.0) - self.forward;
        Share {
            value: self.forward * forward.value + rest * reverse.value,
            slope: self.forward * forward.slope + rest * reverse.slope,
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct JensenShannon<R> {
    pub beta: R,
}

impl<R: Real> Pointwise<R> for JensenShannon<R> {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        let rest = R::of(1.0) - self.beta;
        let m = class.mixture(rest);
        Share {
            value: self.beta * kl(class.p, m.mass, m.log_over_p) + rest * kl(class.q, m.mass, m.log_over_q),
            slope: -rest * product(class.q, m.log_over_q),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct SkewKl<R> {
    pub alpha: R,
}

impl<R: Real> Pointwise<R> for SkewKl<R> {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        let rest = R::of(1.0) - self.alpha;
        let m = class.mixture(rest);
        Share {
            value: kl(class.p, m.mass, m.log_over_p),
            slope: rest * rest * product(class.q, class.difference() / m.mass),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct SkewReverseKl<R> {
    pub alpha: R,
}

impl<R: Real> Pointwise<R> for SkewReverseKl<R> {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        let m = class.mixture(self.alpha);
        let rest = R::of(1.0) - self.alpha;
        // 1 − q / m = (1 − α) · (p − q) / m
        let above = -rest * class.difference() / m.mass;
        Share {
            value: kl(class.q, m.mass, m.log_over_q),
            slope: product(class.q, self.alpha * above - m.log_over_q),
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct TotalVariation;

impl<R: Real> Pointwise<R> for TotalVariation {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        let (zero, half) = (R::default(), R::of(0.5));
        let difference = class.difference();
        let sign = half.or(difference > zero, (-half).or(difference < zero, zero));
        Share {
            value: half * difference.absolute(),
            slope: sign * class.q,
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct SoftCrossEntropy;

impl<R: Real> Pointwise<R> for SoftCrossEntropy {
    #[inline(always)]
    fn at(self, class: Class<R>) -> Share<R> {
        Share {
            value: -product(class.p, class.log_q),
            // −p; with q added the gradient is the same, and of numbers that nearly cancel there is none.
            slope: class.difference(),
        }
    }
}
