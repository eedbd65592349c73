use burn::tensor::{Bool, Int, Tensor, TensorData};
use kd_core::{Error, check};
use kd_metrics::{Agreement, Predictions, Scores};
use serde::{Deserialize, Serialize};

use crate::{
    ClassAgreement, LostSamples, Report,
    by_class::count,
    report::{AgreementReport, ModelReport},
    softness_sums::SoftnessSums,
};

/// What student and teacher say of a few batches, counted: how soft the targets are, how good and honest both are, how alike, and in
/// which classes not.
///
/// # Shapes
///
/// - student, teacher: logits `[batch, classes]`, of any float type, before any temperature
/// - labels: `[batch]`, or `None`
///
/// # Convention
///
/// Everything is a sum over samples, on the host and in f64: how the samples are cut into batches, and their order, change nothing
/// but the last digit, and memory is that of a row of numbers for each class and temperature. An update waits for its device.
///
/// A sample whose logits have no softmax, on either side (NaN, +∞, or nothing but −∞), is left out of every number, and
/// [`LostSamples`] names it. A logit of −∞ is a class that does not exist.
///
/// A batch takes 16 bytes for each class of each sample while it is counted; give a vocabulary some rows at a time, and leave padding out.
///
/// Of batches with labels and batches without, what needs labels is of the former alone; [`Report::labelled`] says how many
/// samples that are.
///
/// # Panics
///
/// [`update`](Self::update) does if the shapes differ, the batch is empty, there are other classes than were said, or a label is not one
/// of them; nothing of the batch is counted then.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_diagnose::Diagnosis;
///
/// # let device = burn::tensor::Device::flex();
/// let mut diagnosis = Diagnosis::new(3);
/// # let batches = [(
/// #     Tensor::from_floats([[5.0, 3.0, 0.0], [0.0, 4.0, 1.0]], &device),
/// #     Tensor::from_floats([[9.0, 3.0, 0.0], [0.0, 8.0, 5.0]], &device),
/// #     Tensor::from_ints([0, 1], &device),
/// # )];
/// for (student, teacher, labels) in batches {
///     diagnosis.update(student, teacher, labels); // or `None`
/// }
/// let report = diagnosis.report();
/// let softness = report.softness.as_ref().unwrap();
/// // At T = 1 the teacher's second choice has next to nothing, and at T = 2 a tenth.
/// assert!(softness.points[0].second < 0.05);
/// assert!((softness.second_choice_temperature(0.1).unwrap() - 2.0).abs() < 0.2);
/// for advice in report.advice() {
///     println!("{advice}");
/// }
/// ```
///
/// # See also
///
/// `TermGradients` (feature `autodiff`), which looks at the terms of a loss; [`CapacityReport`](crate::CapacityReport), at the sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    softness: SoftnessSums,
    agreement: Agreement,
    student: Scores,
    teacher: Scores,
    by_class: Vec<ClassAgreement>,
    lost: LostSamples,
    /// All samples that were given, of which the lost ones are numbered.
    given: u64,
}

impl Diagnosis {
    /// Of nothing yet, for this many classes, at the temperatures 1 to 32 in 20 steps, each of a quarter of an octave.
    ///
    /// # Panics
    ///
    /// If there are no classes.
    #[track_caller]
    pub fn new(classes: usize) -> Self {
        let quarters: Vec<f64> = (0..=20).map(|step| f64::from(step) / 4.0).map(f64::exp2).collect();
        kd_core::check::must(Self::try_new(classes, &quarters))
    }

    /// The same at other temperatures.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no classes or no temperatures, or these are not finite, above 0, and each above the one
    /// before it.
    pub fn try_new(classes: usize, temperatures: &[f64]) -> Result<Self, Error> {
        check::count("Diagnosis", "the number of classes", classes)?;
        check::temperatures("Diagnosis", temperatures)?;
        Ok(Self {
            softness: SoftnessSums::new(temperatures),
            agreement: Agreement::new(),
            student: Scores::new(),
            teacher: Scores::new(),
            by_class: vec![ClassAgreement::default(); classes],
            lost: LostSamples::default(),
            given: 0,
        })
    }

    /// Counts a batch; labels may be `None`.
    #[track_caller]
    pub fn update(&mut self, student: Tensor<2>, teacher: Tensor<2>, labels: impl Into<Option<Tensor<1, Int>>>) {
        check::logits("Diagnosis", &student, &teacher);
        let [rows, classes] = student.dims();
        check::said_classes("Diagnosis", classes, self.by_class.len());
        let labels = labels.into();
        let labelled = labels.is_some();
        // Predictions want labels; nobody looks at these.
        let labels = labels.unwrap_or_else(|| Tensor::zeros([rows], &student.device()));
        let device = student.device();
        let mut student = Predictions::from_logits(student, labels.clone());
        let mut teacher = Predictions::from_logits(teacher, labels);
        let kept = self.lost.look(&student, &teacher, self.given);
        self.given += rows as u64;
        if kept.contains(&false) {
            let kept = Tensor::<1, Bool>::from_bool(TensorData::from(kept.as_slice()), &device);
            student = student.masked(kept.clone());
            teacher = teacher.masked(kept);
        }
        self.softness.add(&teacher);
        self.agreement.add(&student, &teacher);
        count(&mut self.by_class, &student, &teacher, labelled);
        if labelled {
            self.student.add(&student);
            self.teacher.add(&teacher);
        }
    }

    /// Counts what another has counted, of other samples; its samples are numbered after these.
    ///
    /// # Panics
    ///
    /// If it has other classes or temperatures.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        check::said_classes("Diagnosis", other.by_class.len(), self.by_class.len());
        self.softness.merge(&other.softness);
        self.agreement.merge(&other.agreement);
        self.student.merge(&other.student);
        self.teacher.merge(&other.teacher);
        for (class, other) in self.by_class.iter_mut().zip(&other.by_class) {
            class.merge(other);
        }
        self.lost.merge(&other.lost, self.given);
        self.given += other.given;
    }

    /// What was found so far; gradients and sizes can be added to it.
    pub fn report(&self) -> Report {
        let agreement = self.agreement.top_1().zip(self.agreement.kl());
        let of = |scores: &Scores| {
            Some(ModelReport {
                scores: scores.report()?,
                calibration: scores.calibration().clone(),
            })
        };
        Report {
            samples: self.given - self.lost.samples,
            labelled: self.teacher.calibration().samples(),
            softness: self.softness.means(self.by_class.len()),
            agreement: agreement.map(|(top_1, kl)| AgreementReport { top_1, kl }),
            student: of(&self.student),
            teacher: of(&self.teacher),
            by_class: self.by_class.clone(),
            lost: self.lost.clone(),
            gradients: None,
            capacity: None,
        }
    }
}
