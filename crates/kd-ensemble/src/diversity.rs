use burn::tensor::{Int, Tensor};
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::{
    DiversityReport, MemberTable,
    pair_counts::PairCounts,
    probabilities::{distance, likeliest, of_logits},
};

/// How unlike the members of an ensemble are, counted over any number of batches: what an ensemble is better by than its members.
///
/// ```text
/// disagreement(a, b) = 1/n · #{ i : a and b say different classes }
/// correlation(a, b)  = Pearson's of [a errs] and [b errs]
/// Q(a, b)            = (n₁₁ n₀₀ − n₁₀ n₀₁) / (n₁₁ n₀₀ + n₁₀ n₀₁)     n₁₁ both right, n₁₀ only a, n₀₁ only b, n₀₀ neither
/// double fault(a, b) = n₀₀ / n
/// ambiguity          = 1/n · Σ 1/M · Σₘ ‖pₘ − p̄‖²                    p̄ = 1/M · Σₘ pₘ, what the ensemble says
/// Brier of p̄         = mean Brier of the members − ambiguity
/// ```
///
/// The last line holds exactly (Krogh & Vedelsby, 1995): an ensemble is better than its members on average by as much as they
/// contradict each other. Members that are all alike gain nothing, however good they are.
///
/// # Shapes
///
/// - members: each logits, `[batch, classes]`, of any float type
/// - labels: `[batch]`
///
/// # Range
///
/// Disagreement and double fault from 0 to 1, correlation and Q from −1 to 1, ambiguity from 0 to 2. Correlation and Q are 0/0, and
/// no number, where a member always errs or never. A member that is NaN for a sample, or has no class there, leaves no number that
/// it has a part in, and the report says which member it is.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `members` | | M | ≥ 1 |
///
/// # Convention
///
/// The ensemble is the mean of probabilities at a temperature of 1, all members with the same weight. Disagreement is between
/// classes: two members that err in two ways disagree; Kuncheva's, on who is right, does not count that. Of equally likely
/// classes the first is what a member says.
///
/// Everything is counted on the host, in f64: an update waits for its device. How samples are cut into batches changes nothing
/// but the rounding of the ambiguity, and memory is that of one batch. It can be saved with serde and go on.
///
/// # Panics
///
/// [`new`](Self::new), if there are no members. [`update`](Self::update), if there are not as many as said, they do not have the same
/// samples and classes, there is not one label per row, there are no classes, or a label is not one of them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::Diversity;
///
/// # let device = burn::tensor::Device::flex();
/// # let logits = |rows: [[f32; 2]; 3]| Tensor::<2>::from_floats(rows, &device);
/// let members = [ // each wrong once
///     logits([[0.0, 1.0], [3.0, 0.0], [3.0, 0.0]]),
///     logits([[3.0, 0.0], [0.0, 1.0], [3.0, 0.0]]),
///     logits([[3.0, 0.0], [3.0, 0.0], [0.0, 1.0]]),
/// ];
/// let mut diversity = Diversity::new(3);
/// diversity.update(&members, Tensor::from_ints([0, 0, 0], &device)); // for every batch
/// let report = diversity.report().unwrap();
/// assert_eq!(report.accuracies, [Some(2.0 / 3.0); 3]);
/// assert_eq!(report.ensemble_accuracy, Some(1.0));
/// assert_eq!(report.disagreement.mean(), Some(2.0 / 3.0));
/// assert!((report.correlation.mean().unwrap() + 0.5).abs() < 1e-12);
/// ```
///
/// # Reference
///
/// Ludmila I. Kuncheva, Christopher J. Whitaker: *Measures of Diversity in Classifier Ensembles and Their Relationship with the
/// Ensemble Accuracy*, Machine Learning 51, 2003. Anders Krogh, Jesper Vedelsby: *Neural Network Ensembles, Cross Validation, and
/// Active Learning*, 1995. Disagreement between networks: Stanislav Fort, Huiyi Hu, Balaji Lakshminarayanan: *Deep Ensembles: A Loss
/// Landscape Perspective*, 2019, arXiv:1912.02757.
///
/// # See also
///
/// [`DiversityReport`], what comes out; `Agreement` of `kd-metrics`, between a student and its teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diversity {
    samples: u64,
    /// Of each member: of how many samples it said nothing that is a number.
    lost: Vec<u64>,
    /// Of each member with each.
    pairs: Vec<Vec<PairCounts>>,
    /// How often the ensemble was right.
    right: u64,
    // Sums over samples that no member was lost on, so never NaN.
    members_brier: f64,
    ensemble_brier: f64,
    ambiguity: f64,
}

impl Diversity {
    /// Of so many members, and of nothing yet.
    #[track_caller]
    pub fn new(members: usize) -> Self {
        kd_core::check::must(Self::try_new(members))
    }

    /// The same, where the number comes from a flag or a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no members.
    pub fn try_new(members: usize) -> Result<Self, Error> {
        check::count("Diversity", "members", members)?;
        Ok(Self {
            samples: 0,
            lost: vec![0; members],
            pairs: vec![vec![PairCounts::default(); members]; members],
            right: 0,
            members_brier: 0.0,
            ensemble_brier: 0.0,
            ambiguity: 0.0,
        })
    }

    /// Counts a batch: the logits of all members, always in the same order, and the labels. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, members: &[Tensor<2>], labels: Tensor<1, Int>) {
        check::same_members("Diversity", members);
        check::as_many_members("Diversity", members.len(), self.lost.len());
        let [rows, classes] = members[0].dims();
        check::label_count("Diversity", &labels, rows);
        if rows == 0 {
            return;
        }
        check::has_classes("Diversity", classes);
        let labels: Vec<i64> = labels.into_data().iter().collect();
        check::labels_of_samples("Diversity", &labels, classes);
        let probs: Vec<Vec<f64>> = members
            .iter()
            .map(|logits| of_logits(logits.clone(), classes))
            .collect();
        for (sample, label) in labels.into_iter().enumerate() {
            let place = sample * classes..(sample + 1) * classes;
            let said: Vec<&[f64]> = probs.iter().map(|probs| &probs[place.clone()]).collect();
            self.add(&said, label as usize);
        }
    }

    /// One sample: each member's probabilities, and the label.
    fn add(&mut self, probs: &[&[f64]], label: usize) {
        self.samples += 1;
        let said: Vec<Option<usize>> = probs.iter().map(|probs| likeliest(probs)).collect();
        for (lost, said) in self.lost.iter_mut().zip(&said) {
            *lost += u64::from(said.is_none());
        }
        for (row, first) in self.pairs.iter_mut().zip(&said) {
            for (pair, second) in row.iter_mut().zip(&said) {
                if let (Some(first), Some(second)) = (first, second) {
                    pair.add(*first, *second, label);
                }
            }
        }
        if said.contains(&None) {
            return;
        }
        let members = probs.len() as f64;
        let mean: Vec<f64> = (0..probs[0].len())
            .map(|class| probs.iter().map(|probs| probs[class]).sum::<f64>() / members)
            .collect();
        self.right += u64::from(likeliest(&mean) == Some(label));
        let truth = |class| if class == label { 1.0 } else { 0.0 };
        self.ensemble_brier += distance(&mean, truth);
        for probs in probs {
            self.members_brier += distance(probs, truth) / members;
            self.ambiguity += distance(probs, |class| mean[class]) / members;
        }
    }

    /// Counts what another has counted, of other samples and the same members.
    ///
    /// # Panics
    ///
    /// If it is of another number of members.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        check::as_many_members("Diversity", other.lost.len(), self.lost.len());
        self.samples += other.samples;
        self.right += other.right;
        self.members_brier += other.members_brier;
        self.ensemble_brier += other.ensemble_brier;
        self.ambiguity += other.ambiguity;
        for (lost, more) in self.lost.iter_mut().zip(&other.lost) {
            *lost += more;
        }
        let pairs = self.pairs.iter_mut().flatten();
        for (pair, more) in pairs.zip(other.pairs.iter().flatten()) {
            pair.merge(more);
        }
    }

    /// All of it so far; `None` of no samples.
    pub fn report(&self) -> Option<DiversityReport> {
        if self.samples == 0 {
            return None;
        }
        let samples = self.samples as f64;
        let members = self.lost.len();
        let known = |member: usize| self.lost[member] == 0;
        let table = |measure: fn(&PairCounts) -> f64| {
            MemberTable::new(members, |first, second| {
                let both = known(first) && known(second);
                if both {
                    measure(&self.pairs[first][second])
                } else {
                    f64::NAN
                }
            })
        };
        // How often a member and itself are both right is how often it is.
        let right = table(PairCounts::both_right);
        let of_all = |sum: f64| (0..members).all(known).then_some(sum / samples);
        Some(DiversityReport {
            samples: self.samples,
            lost: self.lost.clone(),
            accuracies: (0..members).map(|member| right.get(member, member)).collect(),
            ensemble_accuracy: of_all(self.right as f64),
            members_brier: of_all(self.members_brier),
            ensemble_brier: of_all(self.ensemble_brier),
            ambiguity: of_all(self.ambiguity),
            disagreement: table(PairCounts::disagreement),
            correlation: table(PairCounts::correlation),
            q: table(PairCounts::q),
            double_fault: table(PairCounts::double_fault),
        })
    }
}
