use burn::tensor::{Int, Tensor};
use kd_core::{Error, check, rows};

use super::{Weights, mixture::fitting};

/// Gaps of less than this, in nats, are not closed any further.
const GAP: f64 = 1e-6;
/// How often weights are improved at most.
const ROUNDS: usize = 10_000;

/// The weights whose mixture finds the labels of validation data likeliest.
///
/// ```text
/// nll(w) = −mean over n of log Σ_m w_m · p_m[y_n]    y: the labels
/// w_m ← w_m · slope_m    slope_m = mean over n of p_m[y_n] / Σ_k w_k · p_k[y_n]
/// ```
///
/// That is expectation maximisation for the weights of a mixture: it begins with equal weights, no round makes `nll` worse,
/// there is no learning rate, and the same numbers give the same weights. The problem is convex, and `max slope − 1` bounds
/// how far `nll` is from the best there is; it stops where that bound is 1e-6, or after 10,000 rounds, when `nll` is within
/// `log(M) / 10,000` of the best.
///
/// # Shapes
///
/// - members: the logits of each for the validation data, `[samples, classes]`
/// - labels: `[samples]`
///
/// # Convention
///
/// For [`MeanOfProbs`](super::MeanOfProbs); other means have other best weights. Do not fit on what the members were trained
/// with, where the one that remembers most is the best.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{Ensemble, FittedWeights, Weighted};
///
/// # let device = burn::tensor::Device::flex();
/// // The first member is right in three cases of four, and says so; the second tosses a coin.
/// let knows = Tensor::<2>::from_floats([[0.75, 0.25]; 4], &device).log();
/// let tosses = Tensor::<2>::zeros([4, 2], &device);
/// let labels = Tensor::from_ints([0, 0, 0, 1], &device);
/// let fitted = FittedWeights::of(&[knows, tosses], labels).unwrap();
/// assert!(fitted.weights.shares()[0] > 0.99);
/// let rule = Weighted::new(fitted.weights);
/// ```
///
/// # Reference
///
/// Arthur Dempster, Nan Laird, Donald Rubin: *Maximum Likelihood from Incomplete Data via the EM Algorithm*, 1977.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FittedWeights {
    /// One for each member.
    pub weights: Weights,
    /// The mean negative log-likelihood of the labels with these weights, in nats.
    pub nll: f64,
    /// By how much the best weights could be better at most, in nats.
    pub gap: f64,
    /// How many rounds it took.
    pub rounds: usize,
}

impl FittedWeights {
    /// Fits them.
    ///
    /// # Errors
    ///
    /// [`Error::BadMember`] if a member's likelihood of a label is NaN; [`Error::InvalidValue`] if there are no members or
    /// no samples, or no member finds the label of some sample possible, so that all weights are as bad.
    ///
    /// # Panics
    ///
    /// If members speak of unequal samples or classes, or the labels do not fit them.
    #[track_caller]
    pub fn of(members: &[Tensor<2>], labels: Tensor<1, Int>) -> Result<Self, Error> {
        const OWNER: &str = "FittedWeights";
        check::count(OWNER, "members", members.len())?;
        check::same_members(OWNER, members);
        check::count(OWNER, "samples", members[0].dims()[0])?;
        let labels = fitting(OWNER, labels, &members[0], true);
        let mut log_probs = Vec::new();
        for (member, logits) in members.iter().enumerate() {
            let logits = logits.clone().without_autodiff();
            let of_labels: Vec<f64> = rows::cross_entropy(logits, labels.clone())
                .neg()
                .into_data()
                .iter::<f64>()
                .collect();
            if let Some(sample) = of_labels.iter().position(|log_prob| log_prob.is_nan()) {
                let reason = format!("says NaN of sample {sample}; look at that member's weights and at its input");
                return Err(Error::BadMember {
                    owner: OWNER,
                    member,
                    reason,
                });
            }
            log_probs.push(of_labels);
        }
        fit(OWNER, log_probs)
    }
}

/// Of each member's log-probabilities of the labels.
fn fit(owner: &'static str, mut log_probs: Vec<Vec<f64>>) -> Result<FittedWeights, Error> {
    let (members, samples) = (log_probs.len(), log_probs[0].len());
    // Relative to the best member's of each sample, likelihoods are in [0, 1], and one is 1.
    let mut best = vec![f64::NEG_INFINITY; samples];
    for of_labels in &log_probs {
        best.iter_mut()
            .zip(of_labels)
            .for_each(|(best, x)| *best = best.max(*x));
    }
    if let Some(sample) = best.iter().position(|best| *best == f64::NEG_INFINITY) {
        return Err(Error::InvalidValue {
            owner,
            name: "a sample whose label no member finds possible",
            value: sample as f64,
            expected: "left out: no weights make it likelier",
        });
    }
    for of_labels in &mut log_probs {
        of_labels
            .iter_mut()
            .zip(&best)
            .for_each(|(x, best)| *x = (*x - best).exp());
    }
    let (probs, offset) = (log_probs, best.iter().sum::<f64>() / samples as f64);

    let mut weights = vec![1.0 / members as f64; members];
    let mut rounds = 0;
    loop {
        let mut mixture = vec![0.0; samples];
        for (of_labels, weight) in probs.iter().zip(&weights) {
            mixture
                .iter_mut()
                .zip(of_labels)
                .for_each(|(sum, p)| *sum += weight * p);
        }
        let slope = |of_labels: &Vec<f64>| {
            let ratios = of_labels.iter().zip(&mixture).map(|(p, sum)| p / sum);
            ratios.sum::<f64>() / samples as f64
        };
        let slopes: Vec<f64> = probs.iter().map(slope).collect();
        let gap = (slopes.iter().copied().fold(f64::NEG_INFINITY, f64::max) - 1.0).max(0.0);
        if gap <= GAP || rounds == ROUNDS {
            let nll = -(offset + mixture.iter().map(|sum| sum.ln()).sum::<f64>() / samples as f64);
            let weights = Weights::try_new(weights)?;
            return Ok(FittedWeights {
                weights,
                nll,
                gap,
                rounds,
            });
        }
        weights
            .iter_mut()
            .zip(&slopes)
            .for_each(|(weight, slope)| *weight *= slope);
        rounds += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two members, 60 samples: the best weight by bisection of the slope, which falls.
    #[test]
    fn two_members_as_by_bisection() {
        let probs: [Vec<f64>; 2] =
            [17, 29].map(|step: usize| (1..=60).map(|n| ((n * step) % 61) as f64 / 61.0).collect());
        let slope = |w: f64| -> f64 {
            let of_sample = |(a, b): (&f64, &f64)| (a - b) / (w * a + (1.0 - w) * b);
            probs[0].iter().zip(&probs[1]).map(of_sample).sum()
        };
        let (mut low, mut high) = (0.0, 1.0);
        assert!(slope(low) > 0.0 && slope(high) < 0.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if slope(middle) > 0.0 {
                low = middle
            } else {
                high = middle
            }
        }
        let nll = |w: f64| -> f64 {
            let mixture = probs[0]
                .iter()
                .zip(&probs[1])
                .map(|(a, b)| (w * a + (1.0 - w) * b).ln());
            -mixture.sum::<f64>() / 60.0
        };
        let logs = probs
            .iter()
            .map(|of_labels| of_labels.iter().map(|p| p.ln()).collect())
            .collect();
        let fitted = fit("test", logs).unwrap();
        assert!(fitted.gap <= GAP && fitted.rounds < ROUNDS, "{fitted:?}");
        // As near as it says it is, and no better than the best.
        let off = fitted.nll - nll(low);
        assert!(
            (-1e-12..=fitted.gap).contains(&off),
            "off by {off:e}, said {:e}",
            fitted.gap
        );
        assert!((nll(fitted.weights.shares()[0]) - fitted.nll).abs() < 1e-12);
    }

    #[test]
    fn likelihoods_that_no_number_holds_have_weights() {
        let fitted = fit("test", vec![vec![-2000.0, -1000.0], vec![-1000.0, -2000.0]]).unwrap();
        assert_eq!(fitted.weights.shares(), [0.5, 0.5]);
        assert!((fitted.nll - (1000.0 + 2f64.ln())).abs() < 1e-9);
    }

    #[test]
    fn a_label_that_nobody_finds_possible_is_an_error() {
        let none = f64::NEG_INFINITY;
        let error = fit("FittedWeights", vec![vec![-1.0, none], vec![-2.0, none]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "FittedWeights: a sample whose label no member finds possible is 1, but must be left out: no weights make it \
             likelier"
        );
    }
}
