use burn::train::{
    InferenceStep, LearnerModel, MetricRegistration, SupervisedTraining, TrainStep,
    metric::{AccuracyInput, AccuracyMetric, Adaptor, LossInput, LossMetric},
};

use super::{AnswersInput, CalibrationErrorMetric, TeacherMetric, TermInput, TermMetric};

/// All there is to see of a distillation, in training and in validation: the loss and its terms, accuracy and calibration of
/// student and teacher, and how often they agree.
///
/// ```text
/// let training = SupervisedTraining::new(folder, train, valid).metrics(DistillationMetrics::new(["soft", "hard"]));
/// ```
///
/// Labels are needed. Without them, register Burn's [`LossMetric`], [`TermMetric`] and [`TeacherMetric::agreement`] by hand.
#[derive(Clone, Debug)]
pub struct DistillationMetrics {
    terms: Vec<String>,
}

impl DistillationMetrics {
    /// With these terms of the loss.
    pub fn new<T: Into<String>>(terms: impl IntoIterator<Item = T>) -> Self {
        Self {
            terms: terms.into_iter().map(T::into).collect(),
        }
    }
}

impl<L> MetricRegistration<L> for DistillationMetrics
where
    L: LearnerModel,
    <L as TrainStep>::Output: Adaptor<LossInput> + Adaptor<TermInput> + Adaptor<AccuracyInput> + Adaptor<AnswersInput>,
    <L as InferenceStep>::Output:
        Adaptor<LossInput> + Adaptor<TermInput> + Adaptor<AccuracyInput> + Adaptor<AnswersInput>,
{
    fn register(self, training: SupervisedTraining<L>) -> SupervisedTraining<L> {
        let training = training.metrics((
            LossMetric::new(),
            AccuracyMetric::new(),
            TeacherMetric::accuracy(),
            TeacherMetric::agreement(),
            CalibrationErrorMetric::student(),
            CalibrationErrorMetric::teacher(),
        ));
        self.terms
            .into_iter()
            .fold(training, |training, term| training.metrics((TermMetric::new(term),)))
    }
}
