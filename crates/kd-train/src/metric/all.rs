use burn::train::{
    InferenceStep, LearnerModel, MetricRegistration, SupervisedTraining, TrainStep,
    metric::{Adaptor, LossInput, LossMetric},
};

use super::{AnswersInput, CalibrationErrorMetric, ChoicesMetric, TermInput, TermMetric};

/// All there is to see of a distillation, in training and in validation: the loss and its terms, accuracy and calibration of
/// student and teacher, and how often they agree.
///
/// ```text
/// let training = SupervisedTraining::new(folder, train, valid).metrics(DistillationMetrics::new(["soft", "hard"]));
/// ```
///
/// Labels are needed, and a batch without them ends the run with an error. Where there are none, register Burn's
/// [`LossMetric`], [`TermMetric`] and [`ChoicesMetric::agreement`] by hand. So too where there are very many classes, as in
/// a vocabulary: the two calibration errors read all logits from their device in every step, and take longer than it.
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
    <L as TrainStep>::Output: Adaptor<LossInput> + Adaptor<TermInput> + Adaptor<AnswersInput>,
    <L as InferenceStep>::Output: Adaptor<LossInput> + Adaptor<TermInput> + Adaptor<AnswersInput>,
{
    fn register(self, training: SupervisedTraining<L>) -> SupervisedTraining<L> {
        let training = training.metrics((
            LossMetric::new(),
            ChoicesMetric::accuracy(),
            ChoicesMetric::teacher_accuracy(),
            ChoicesMetric::agreement(),
            CalibrationErrorMetric::student(),
            CalibrationErrorMetric::teacher(),
        ));
        self.terms
            .into_iter()
            .fold(training, |training, term| training.metrics((TermMetric::new(term),)))
    }
}
