use burn::tensor::{Bool, Tensor};
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::{
    Predictions,
    log_probs::of_logits,
    mean::Mean,
    ranking::{best, share},
};

/// How alike a student and its teacher are, whatever the labels: the number that distillation is about.
///
/// ```text
/// top-1   = 1/n · #{ i : both find the same class likeliest }
/// KL      = 1/n · Σ KL(p ‖ q)          p teacher, q student, at T = 1, in nats
/// overlap = 1/n · Σ |Kₚ ∩ K_q| / k     Kₚ, K_q: the k classes each finds likeliest
/// mass    = 1/n · Σ Σ_{c ∈ Kₚ} q_c
/// ```
///
/// # Shapes
///
/// - student, teacher: logits `[batch, classes]`, of any float type
///
/// # Range
///
/// Top-1, overlap and mass from 0 to 1; KL from 0, where both are equal, to infinity, where the student rules out what the
/// teacher does not. `None` of no samples, and NaN if a logit is NaN.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `k` | 1 | of how many classes overlap and mass are; at 1 overlap is top-1 | 1 to the number of classes |
///
/// # Convention
///
/// The KL is that of Hinton's loss at T = 1, forward and without labels; it is comparable between runs trained at
/// different temperatures, as their losses are not. Of equally likely classes the first is before the others.
///
/// # Panics
///
/// [`update`](Self::update) does if the shapes differ, there are no classes, or k is above their number.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::Agreement;
///
/// # let device = burn::tensor::Device::flex();
/// let student = Tensor::from_floats([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]], &device);
/// let teacher = Tensor::from_floats([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0]], &device);
/// let mut agreement = Agreement::top(2);
/// agreement.update(student, teacher);
/// assert_eq!(agreement.top_1(), Some(0.5));
/// assert_eq!(agreement.overlap(), Some(0.75));
/// assert!(agreement.kl().unwrap() > 0.0);
/// ```
///
/// # See also
///
/// [`Accuracy`](crate::Accuracy), with labels instead of a teacher.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    k: usize,
    top_1: Mean,
    kl: Mean,
    overlap: Mean,
    mass: Mean,
}

impl Default for Agreement {
    fn default() -> Self {
        Self::new()
    }
}

impl Agreement {
    /// With overlap and mass of the likeliest class.
    pub fn new() -> Self {
        Self {
            k: 1,
            top_1: Mean::default(),
            kl: Mean::default(),
            overlap: Mean::default(),
            mass: Mean::default(),
        }
    }

    /// With overlap and mass of the k likeliest classes.
    ///
    /// # Panics
    ///
    /// If k is 0.
    #[track_caller]
    pub fn top(k: usize) -> Self {
        kd_core::check::must(Self::try_top(k))
    }

    /// The same, where k comes from a flag or a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if k is 0.
    pub fn try_top(k: usize) -> Result<Self, Error> {
        check::count("Agreement", "k", k)?;
        Ok(Self { k, ..Self::new() })
    }

    /// Compares the logits of a batch, `[batch, classes]` each. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, student: Tensor<2>, teacher: Tensor<2>) {
        self.compare(student, teacher, |_| true);
    }

    /// Compares only the samples for which the mask, `[batch]`, is true.
    #[track_caller]
    pub fn update_masked(&mut self, student: Tensor<2>, teacher: Tensor<2>, mask: Tensor<1, Bool>) {
        check::mask("Agreement", &mask, student.dims()[0]);
        if student.dims()[0] == 0 {
            return;
        }
        let mask: Vec<bool> = mask.into_data().iter().collect();
        self.compare(student, teacher, |sample| mask[sample]);
    }

    /// Compares predictions that were read already, of the same samples; their labels are not looked at.
    ///
    /// # Panics
    ///
    /// If there are other samples or classes on one side than on the other, or k is above the number of classes.
    #[track_caller]
    pub fn add(&mut self, student: &Predictions, teacher: &Predictions) {
        let [of_student, of_teacher] = [student, teacher].map(|side| [side.len(), side.classes()]);
        assert!(
            of_student == of_teacher,
            "Agreement: the student's predictions are {of_student:?} samples and classes, and the teacher's {of_teacher:?}; \
             give both the same samples"
        );
        if student.is_empty() {
            return;
        }
        check::top_k("Agreement", self.k, student.classes());
        for ((q, _), (p, _)) in student.iter().zip(teacher.iter()) {
            self.count(q, p);
        }
    }

    #[track_caller]
    fn compare(&mut self, student: Tensor<2>, teacher: Tensor<2>, counts: impl Fn(usize) -> bool) {
        check::same_shape("Agreement", &student, &teacher);
        let [rows, classes] = student.dims();
        if rows == 0 {
            return;
        }
        check::has_classes("Agreement", classes);
        check::top_k("Agreement", self.k, classes);
        let (student, teacher) = (of_logits(student), of_logits(teacher));
        let rows = student.chunks(classes).zip(teacher.chunks(classes)).enumerate();
        for (_, (q, p)) in rows.filter(|(sample, _)| counts(*sample)) {
            self.count(q, p);
        }
    }

    /// One sample's log-probabilities.
    fn count(&mut self, q: &[f64], p: &[f64]) {
        self.kl.add(kl(p, q));
        let chosen = best(q, self.k).zip(best(p, self.k));
        self.top_1
            .add(share(chosen.as_ref().map(|(of_q, of_p)| of_q[0] == of_p[0])));
        let common = chosen.as_ref().map_or(f64::NAN, |(of_q, of_p)| {
            of_p.iter().filter(|class| of_q.contains(class)).count() as f64
        });
        self.overlap.add(common / self.k as f64);
        let mass = chosen.map_or(f64::NAN, |(_, of_p)| of_p.iter().map(|&class| q[class].exp()).sum());
        self.mass.add(mass);
    }

    /// Counts what another has counted, of other samples.
    ///
    /// # Panics
    ///
    /// If it has another k.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        assert!(
            self.k == other.k,
            "Agreement: the k likeliest were compared with k = {} and {}; merge what has the same k",
            self.k,
            other.k
        );
        self.top_1.merge(&other.top_1);
        self.kl.merge(&other.kl);
        self.overlap.merge(&other.overlap);
        self.mass.merge(&other.mass);
    }

    /// How often both find the same class likeliest.
    pub fn top_1(&self) -> Option<f64> {
        self.top_1.value()
    }

    /// The divergence of the student from its teacher, KL(teacher ‖ student), in nats.
    pub fn kl(&self) -> Option<f64> {
        self.kl.value()
    }

    /// How many of the teacher's k likeliest classes are among the student's, as a share of k.
    pub fn overlap(&self) -> Option<f64> {
        self.overlap.value()
    }

    /// How likely the student finds the teacher's k likeliest classes together.
    pub fn mass(&self) -> Option<f64> {
        self.mass.value()
    }
}

/// As [`rows::kl`](kd_core::rows::kl) has it, in f64; no class adds less than 0.
fn kl(p: &[f64], q: &[f64]) -> f64 {
    let classes = p.iter().zip(q);
    classes.map(|(&log_p, &log_q)| of_class(log_p, log_q)).sum()
}

/// p · (log p − log q) + q − p, which is p · (eʳ − 1 − r) at r = log q − log p.
fn of_class(log_p: f64, log_q: f64) -> f64 {
    let (p, q) = (log_p.exp(), log_q.exp());
    // 0 · (−∞ − …) is not a number.
    if p == 0.0 {
        return q;
    }
    let r = log_q - log_p;
    if r.abs() < 0.5 {
        // Near r = 0 the difference of p and q would be rounding alone. eʳ − 1 is no less than r, to the last digit too.
        p * (r.exp_m1().max(r) - r)
    } else {
        p * -r + q - p
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_probs::normalize;

    fn log_probs(mut logits: [f64; 3]) -> [f64; 3] {
        normalize(&mut logits, 3);
        logits
    }

    /// ½ · p · (1 − p) · δ² to first order, where one logit is δ larger.
    #[test]
    fn of_near_equals_there_are_digits_left() {
        let logits = [0.3, 1.0, -2.0];
        let p = log_probs(logits);
        let share = p[0].exp();
        for delta in [1e-4, 1e-5, 1e-6, 1e-7] {
            let q = log_probs([logits[0] + delta, logits[1], logits[2]]);
            let expected = 0.5 * share * (1.0 - share) * delta * delta;
            let off = kl(&p, &q) / expected - 1.0;
            // The next order is δ; log-probabilities are rounded to a few 1e-16, against an r of a third of δ.
            assert!(off.abs() < delta + 1e-14 / delta, "{off} at {delta}");
        }
    }

    #[test]
    fn it_is_never_below_zero() {
        for step in 0..1000 {
            let logits = [0.017, 0.31, -0.23].map(|speed| 9.0 * (speed * f64::from(step)).sin());
            let p = log_probs(logits);
            assert_eq!(kl(&p, &p), 0.0);
            for delta in [1e-16, 3e-16, 1e-15, 1e-13, 1e-9, 1e-3, 0.4, 0.6, 30.0] {
                let q = log_probs([logits[0] + delta, logits[1], logits[2] * (1.0 - delta)]);
                assert!(kl(&p, &q) >= 0.0, "{p:?} and {q:?}");
            }
        }
    }

    #[test]
    fn what_is_ruled_out_and_what_is_nan_stay() {
        let (none, half) = (f64::NEG_INFINITY, 0.5f64.ln());
        assert_eq!(kl(&[none, 0.0], &[none, 0.0]), 0.0);
        assert_eq!(kl(&[half, half], &[none, 0.0]), f64::INFINITY);
        assert!((kl(&[none, 0.0], &[half, half]) - 2f64.ln()).abs() < 1e-15);
        assert!(kl(&[f64::NAN, half], &[half, half]).is_nan());
        assert!(kl(&[half, half], &[f64::NAN, half]).is_nan());
    }
}
