use burn::tensor::{Int, Tensor};
use kd_core::{Error, check};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    Predictions,
    calibration_bin::{Bin, CalibrationBin},
    mean::Mean,
    ranking::rank,
};

/// How honest confidences are: expected and maximum calibration error over bins of equal width (Naeini et al., 2015; Guo et
/// al., 2017).
///
/// ```text
/// confidence = p of the likeliest class
/// bin b      = the samples whose confidence is in ((b − 1)/B, b/B]
/// ECE        = Σ_b n_b/n · |accuracy_b − confidence_b|
/// MCE        = max_b |accuracy_b − confidence_b|        over bins with samples
/// ```
///
/// # Range
///
/// `|accuracy − confidence| ≤ ECE ≤ MCE ≤ 1`; 0 where in every bin the model is right as often as it says. `None` of no
/// samples, and NaN if a prediction is NaN.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `bins` | 15 | how finely confidences are told apart | at least 1 |
///
/// # Convention
///
/// Bins are open below and closed above, as the second paper defines them, so a confidence of 1 is in the last one. `torchmetrics`
/// (1.9) closes them below, and puts a confidence of exactly 1 into a bin of its own: there two samples at 1, one of them
/// wrong, and two right ones at .95 have an ECE of .275, here and by the definition .225. Where no confidence is at an
/// edge, both agree.
///
/// Confidences are put into bins with f32's digits, so that .2 is not above .2 because of how it was computed, and summed
/// in f64. ECE depends on the number of bins, and MCE even more, since a bin with a single sample counts as much as any:
/// compare only what was counted with the same.
///
/// # Panics
///
/// [`update`](Self::update) does as [`Predictions::from_logits`].
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::{Calibration, Predictions};
///
/// # let device = burn::tensor::Device::flex();
/// // Says 90 % four times, and is right three times.
/// let probs = Tensor::from_floats([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.9, 0.1]], &device);
/// let labels = Tensor::from_ints([0, 0, 0, 1], &device);
/// let mut calibration = Calibration::default();
/// calibration.add(&Predictions::from_probs(probs, labels));
/// assert!((calibration.expected_error().unwrap() - 0.15).abs() < 1e-6);
/// assert_eq!(calibration.accuracy(), Some(0.75));
/// assert_eq!(calibration.bins().filter(|bin| bin.samples > 0).count(), 1);
/// ```
///
/// # Reference
///
/// Mahdi Pakdaman Naeini, Gregory F. Cooper, Milos Hauskrecht: *Obtaining Well Calibrated Probabilities Using Bayesian
/// Binning*, 2015. Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger: *On Calibration of Modern Neural Networks*, 2017,
/// arXiv:1706.04599, equations 2, 3 and 5.
///
/// # See also
///
/// [`best_temperature`](crate::best_temperature), which makes confidences honest; `ReliabilityDiagram` (feature `plot`),
/// which shows the bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    #[serde(deserialize_with = "some_bins")]
    bins: Vec<Bin>,
}

fn some_bins<'de, D: Deserializer<'de>>(file: D) -> Result<Vec<Bin>, D::Error> {
    let bins = Vec::deserialize(file)?;
    check::count("Calibration", "the number of bins", bins.len()).map_err(de::Error::custom)?;
    Ok(bins)
}

impl Default for Calibration {
    /// 15 bins.
    fn default() -> Self {
        Self::new(15)
    }
}

impl Calibration {
    /// This many bins of nothing yet.
    ///
    /// # Panics
    ///
    /// If there are to be none.
    #[track_caller]
    pub fn new(bins: usize) -> Self {
        kd_core::check::must(Self::try_new(bins))
    }

    /// The same, where the number comes from a flag or a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are to be none.
    pub fn try_new(bins: usize) -> Result<Self, Error> {
        check::count("Calibration", "the number of bins", bins)?;
        Ok(Self {
            bins: vec![Bin::default(); bins],
        })
    }

    /// Counts a batch: logits `[batch, classes]`, labels `[batch]`. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, logits: Tensor<2>, labels: Tensor<1, Int>) {
        self.add(&Predictions::from_logits(logits, labels));
    }

    /// Counts predictions that were read already.
    pub fn add(&mut self, predictions: &Predictions) {
        let bins = self.bins.len();
        for (log_probs, label) in predictions.iter() {
            let right = rank(log_probs, label).map(|rank| rank == 0);
            let confidence = log_probs.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
            // What is not a number is in no bin; the first one takes it, so that it is not lost.
            let above = |edge: &usize| confidence as f32 > (*edge as f64 / bins as f64) as f32;
            let bin = &mut self.bins[(1..bins).take_while(above).count()];
            bin.add(right, confidence);
        }
    }

    /// Counts what another has counted, of other samples.
    ///
    /// # Panics
    ///
    /// If it has another number of bins.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        assert!(
            self.bins.len() == other.bins.len(),
            "Calibration: there are {} bins and {}; merge what has as many",
            self.bins.len(),
            other.bins.len()
        );
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            bin.merge(other);
        }
    }

    /// The expected calibration error (ECE): how far accuracy and confidence are apart in the bin of a sample, on average.
    pub fn expected_error(&self) -> Option<f64> {
        let samples = self.samples();
        let gaps = self.bins().filter_map(|bin| Some(bin.samples as f64 * bin.gap()?));
        (samples > 0).then(|| gaps.sum::<f64>() / samples as f64)
    }

    /// The maximum calibration error (MCE): how far they are apart in the worst bin that has samples.
    pub fn maximum_error(&self) -> Option<f64> {
        // Not `f64::max`, which passes over NaN.
        let worse = |a: f64, b: f64| if a >= b || a.is_nan() { a } else { b };
        self.bins().filter_map(|bin| bin.gap()).reduce(worse)
    }

    /// How often it was right.
    pub fn accuracy(&self) -> Option<f64> {
        self.overall(|bin| bin.accuracy)
    }

    /// How often it said that it was.
    pub fn confidence(&self) -> Option<f64> {
        self.overall(|bin| bin.confidence)
    }

    /// How many samples it has counted.
    pub fn samples(&self) -> u64 {
        self.bins.iter().map(|bin| bin.accuracy.samples()).sum()
    }

    /// The bins, from the least confident to the most.
    pub fn bins(&self) -> impl ExactSizeIterator<Item = CalibrationBin> {
        let count = self.bins.len() as f64;
        let places = self.bins.iter().enumerate();
        places.map(move |(place, bin)| bin.between(place as f64 / count, (place + 1) as f64 / count))
    }

    fn overall(&self, part: impl Fn(&Bin) -> Mean) -> Option<f64> {
        let mut all = Mean::default();
        for bin in &self.bins {
            all.merge(&part(bin));
        }
        all.value()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn counted<const N: usize>(bins: usize, confidences: [f64; N], labels: [i32; N]) -> Calibration {
        let device = Device::flex();
        let probs = Tensor::from_floats(confidences.map(|p| [p as f32, 1.0 - p as f32]), &device);
        let mut calibration = Calibration::new(bins);
        calibration.add(&Predictions::from_probs(probs, Tensor::from_ints(labels, &device)));
        calibration
    }

    #[test]
    fn a_confidence_of_one_is_in_the_last_bin() {
        // torchmetrics 1.9.0 says .275.
        let calibration = counted(15, [1.0, 1.0, 0.95, 0.95], [1, 0, 0, 0]);
        assert!((calibration.expected_error().unwrap() - 0.225).abs() < 1e-7);
        assert!((calibration.maximum_error().unwrap() - 0.225).abs() < 1e-7);
    }

    #[test]
    fn an_edge_belongs_to_the_bin_below() {
        for bins in [5_usize, 10, 15, 20, 100] {
            // Of two classes the likelier has at least a half.
            for edge in bins.div_ceil(2)..=bins {
                let counted = counted(bins, [edge as f64 / bins as f64], [0]);
                let place = counted.bins().position(|bin| bin.samples == 1).unwrap();
                assert_eq!(place + 1, edge, "of {bins} bins");
            }
        }
    }

    #[test]
    fn gaps_do_not_cancel_between_bins() {
        // Too sure by .4 at .9 and by .3 too modest at .7, with one sample more there.
        let calibration = counted(5, [0.9, 0.9, 0.7, 0.7, 0.7], [0, 1, 0, 0, 0]);
        assert!((calibration.expected_error().unwrap() - (2.0 * 0.4 + 3.0 * 0.3) / 5.0).abs() < 1e-7);
        assert!((calibration.maximum_error().unwrap() - 0.4).abs() < 1e-7);
        assert_eq!(calibration.accuracy(), Some(0.8));
        assert!((calibration.confidence().unwrap() - 0.78).abs() < 1e-7);
    }

    #[test]
    fn nan_is_not_lost_in_any_result() {
        let calibration = counted(15, [f64::NAN, 0.9], [0, 0]);
        let results = [
            calibration.expected_error(),
            calibration.maximum_error(),
            calibration.accuracy(),
            calibration.confidence(),
        ];
        assert!(results.iter().all(|result| result.unwrap().is_nan()), "{results:?}");
        assert_eq!(calibration.samples(), 2);
    }

    #[test]
    #[should_panic(expected = "Calibration: the number of bins is 0, but must be at least 1")]
    fn no_bins_panic() {
        let _ = Calibration::new(0);
    }

    #[test]
    #[should_panic(expected = "there are 15 bins and 10")]
    fn other_bins_do_not_merge() {
        Calibration::default().merge(&Calibration::new(10));
    }
}
