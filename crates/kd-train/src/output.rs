use burn::{
    tensor::{Bool, Int, Tensor},
    train::{
        ItemLazy,
        metric::{AccuracyInput, Adaptor, ConfusionStatsInput, LossInput, PerplexityInput, TopKAccuracyInput},
    },
};
use burn_std::ExecutionError;
use kd_core::{LossTerms, OffGraph};

use crate::{AnswersInput, TermInput};

/// What a step of a [`Distillation`](crate::Distillation) shows to the metrics.
///
/// It serves the metrics of this crate and, with the student's logits, those of Burn: `LossMetric`, `AccuracyMetric`,
/// `TopKAccuracyMetric`, `PerplexityMetric`, `PrecisionMetric`, `RecallMetric`, `FBetaScoreMetric`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DistillationOutput {
    /// The objective's terms.
    pub terms: LossTerms,
    /// Their weighted sum, `[1]`.
    pub loss: Tensor<1>,
    /// The student's logits, `[rows, classes]`, if it has any.
    pub student: Option<Tensor<2>>,
    /// The teacher's, if it has any.
    pub teacher: Option<Tensor<2>>,
    /// The true classes, `[rows]`, if the batch knows them.
    pub labels: Option<Tensor<1, Int>>,
    /// Which rows of the logits count, `[rows]`, if not all do. Burn's own metrics do not know of it.
    pub counted: Option<Tensor<1, Bool>>,
    /// How many samples count.
    pub rows: usize,
}

impl DistillationOutput {
    /// For Burn's metrics, which have no way to say that something is missing.
    #[track_caller]
    fn student_and_labels(&self) -> (Tensor<2>, Tensor<1, Int>) {
        let student = self.student.clone().expect(
            "DistillationOutput: this metric needs the student's logits; return them from `Logits::logits`, or take it out",
        );
        let labels = self
            .labels
            .clone()
            .expect("DistillationOutput: this metric needs labels; return them from `Batch::labels`, or take it out");
        (student, labels)
    }
}

impl ItemLazy for DistillationOutput {
    fn sync(self) -> Result<Self, ExecutionError> {
        // Sends the work off, and reads nothing back. What is kept is off the graph, which would otherwise live on in the
        // metrics' thread.
        self.loss.device().flush()?;
        Ok(Self {
            terms: self.terms.off_graph(),
            loss: self.loss.off_graph(),
            student: self.student.off_graph(),
            teacher: self.teacher.off_graph(),
            labels: self.labels.off_graph(),
            counted: self.counted.off_graph(),
            rows: self.rows,
        })
    }
}

impl Adaptor<LossInput> for DistillationOutput {
    /// As often as there are samples, for Burn's metric weighs a batch by the number of its values.
    fn adapt(&self) -> LossInput {
        LossInput::new(self.loss.clone().repeat_dim(0, self.rows.max(1)))
    }
}

impl Adaptor<TermInput> for DistillationOutput {
    fn adapt(&self) -> TermInput {
        TermInput::new(self.terms.clone(), self.rows)
    }
}

impl Adaptor<AnswersInput> for DistillationOutput {
    fn adapt(&self) -> AnswersInput {
        AnswersInput::new()
            .with_student(self.student.clone())
            .with_teacher(self.teacher.clone())
            .with_labels(self.labels.clone())
            .with_counted(self.counted.clone())
    }
}

impl Adaptor<AccuracyInput> for DistillationOutput {
    fn adapt(&self) -> AccuracyInput {
        let (student, labels) = self.student_and_labels();
        AccuracyInput::new(student, labels)
    }
}

impl Adaptor<TopKAccuracyInput> for DistillationOutput {
    fn adapt(&self) -> TopKAccuracyInput {
        let (student, labels) = self.student_and_labels();
        TopKAccuracyInput::new(student, labels)
    }
}

impl Adaptor<PerplexityInput> for DistillationOutput {
    fn adapt(&self) -> PerplexityInput {
        let (student, labels) = self.student_and_labels();
        PerplexityInput::new(student, labels)
    }
}

impl Adaptor<ConfusionStatsInput> for DistillationOutput {
    fn adapt(&self) -> ConfusionStatsInput {
        let (student, labels) = self.student_and_labels();
        let [_, classes] = student.dims();
        ConfusionStatsInput::new(student, labels.one_hot(classes).bool())
    }
}
