//! How the tests make each loss: one short function per loss, shared by laws and golden files.

use burn::{
    config::Config,
    tensor::{Int, Tensor},
};
use kd::{
    DistillLoss, Labelled, LinearLogits, TopK, check, rows,
    soft_label::{
        AdaptiveKlLossConfig, CorrectedSoftLabelLossConfig, CtkdLossConfig, DecoupledKdLossConfig, DistLossConfig,
        JensenShannonLossConfig, KnowledgeDistillationLossConfig, LogitMseLossConfig, MultiLevelLossConfig,
        NormalizedKdLossConfig, ReverseKlLossConfig, SkewKlLossConfig, SkewReverseKlLossConfig,
        SoftCrossEntropyLossConfig, SoftLabelLossConfig, SparseRule, SparseSoftLabelLoss, SparseSoftLabelLossConfig,
        Standardized, SymmetricKlLossConfig, TaidLossConfig, TotalVariationLossConfig, UldLossConfig,
        WeightedSoftLabelLossConfig,
    },
};
use kd_testkit::Subject;

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on `[batch, classes]`.
pub fn soft_label(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on `[batch, seq, vocab]`.
pub fn soft_label_of_tokens(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<3>, Tensor<3>>(config.init())
}

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on logits that are made some rows at a time.
pub fn soft_label_linear(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<LinearLogits, LinearLogits>(config.init())
}

/// [`KnowledgeDistillationLoss`](kd::soft_label::KnowledgeDistillationLoss).
pub fn knowledge_distillation(config: &KnowledgeDistillationLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`ReverseKlLoss`](kd::soft_label::ReverseKlLoss).
pub fn reverse_kl(config: &ReverseKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SymmetricKlLoss`](kd::soft_label::SymmetricKlLoss).
pub fn symmetric_kl(config: &SymmetricKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`JensenShannonLoss`](kd::soft_label::JensenShannonLoss).
pub fn jensen_shannon(config: &JensenShannonLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SkewKlLoss`](kd::soft_label::SkewKlLoss).
pub fn skew_kl(config: &SkewKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SkewReverseKlLoss`](kd::soft_label::SkewReverseKlLoss).
pub fn skew_reverse_kl(config: &SkewReverseKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`TotalVariationLoss`](kd::soft_label::TotalVariationLoss).
pub fn total_variation(config: &TotalVariationLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SoftCrossEntropyLoss`](kd::soft_label::SoftCrossEntropyLoss).
pub fn soft_cross_entropy(config: &SoftCrossEntropyLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`AdaptiveKlLoss`](kd::soft_label::AdaptiveKlLoss).
pub fn adaptive_kl(config: &AdaptiveKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`LogitMseLoss`](kd::soft_label::LogitMseLoss).
pub fn logit_mse(config: &LogitMseLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`DecoupledKdLoss`](kd::soft_label::DecoupledKdLoss).
pub fn decoupled(config: &DecoupledKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`NormalizedKdLoss`](kd::soft_label::NormalizedKdLoss).
pub fn normalized(config: &NormalizedKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`WeightedSoftLabelLoss`](kd::soft_label::WeightedSoftLabelLoss).
pub fn weighted(config: &WeightedSoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`CorrectedSoftLabelLoss`](kd::soft_label::CorrectedSoftLabelLoss).
pub fn corrected(config: &CorrectedSoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`Standardized`] around a [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss).
pub fn standardized(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Standardized::new(config.init()))
}

/// [`Standardized`] around a [`DecoupledKdLoss`](kd::soft_label::DecoupledKdLoss), whose teacher has labels.
pub fn standardized_decoupled(config: &DecoupledKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(Standardized::new(config.init()))
}

/// [`TaidLoss`](kd::soft_label::TaidLoss).
pub fn interpolated_teacher(config: &TaidLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`DistLoss`](kd::soft_label::DistLoss).
pub fn correlation(config: &DistLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`MultiLevelLoss`](kd::soft_label::MultiLevelLoss).
pub fn multi_level(config: &MultiLevelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`CtkdLoss`](kd::soft_label::CtkdLoss), made anew where the student is.
pub fn curriculum_temperature(config: &CtkdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Anew(config.clone()))
}

/// A loss whose parameter is wherever the law computes.
#[derive(Clone)]
struct Anew(CtkdLossConfig);

impl DistillLoss<Tensor<2>> for Anew {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.init(&student.device()).per_sample(student, teacher)
    }
}

/// [`UldLoss`](kd::soft_label::UldLoss).
pub fn universal_logit(config: &UldLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`UldLoss`](kd::soft_label::UldLoss) away from its kinks, which are where two of the student's classes are equally
/// likely.
pub fn universal_logit_without_ties(config: &UldLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Apart(config.init()))
}

/// [`DistLoss`](kd::soft_label::DistLoss) away from where a correlation is undefined, in rows and columns of equal
/// numbers.
pub fn correlation_without_ties(config: &DistLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Apart(config.init()))
}

/// A loss that sees the laws' logits, which are often equal, moved apart: by other amounts in each row and class, and
/// for the student than for the teacher.
#[derive(Clone)]
struct Apart<L>(L);

impl<L: DistillLoss<Tensor<2>>> DistillLoss<Tensor<2>> for Apart<L> {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let apart = |logits: Tensor<2>, by: f64| {
            let [count, classes] = logits.dims();
            let logits = rows::widen(logits);
            let line = |length: usize| Tensor::<1, Int>::arange(0..length as i64, &logits.device()).float();
            let row: Tensor<2> = line(count).cast(logits.dtype()).unsqueeze_dim(1);
            let class: Tensor<2> = line(classes).cast(logits.dtype()).unsqueeze_dim(0);
            logits + class * (row * 0.1 + 1.0) * by
        };
        self.0.per_sample(apart(student, 1.1e-3), apart(teacher, 0.7e-3))
    }
}

/// A sparse loss, and how many classes its teacher is cut to.
#[derive(Config, Debug)]
pub struct TopKConfig {
    /// How many classes are left of the teacher.
    #[config(default = 3)]
    pub k: usize,
    /// The temperature of both.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// What becomes of the other classes.
    #[config(default = "SparseRule::TailBucket")]
    pub rule: SparseRule,
}

/// [`SparseSoftLabelLoss`], its teacher the best `k` classes.
pub fn top_k(config: &TopKConfig) -> Subject {
    let (k, temperature) = (config.k, config.temperature);
    let loss = SparseSoftLabelLossConfig::new()
        .with_temperature(temperature)
        .with_rule(config.rule)
        .init();
    Subject::new::<Tensor<2>, Tensor<2>>(Cut {
        loss,
        cut: move |teacher| TopK::of(teacher, k, temperature),
    })
}

/// [`SparseSoftLabelLoss`], its teacher the classes that are nearly as likely as the best.
///
/// Unlike the best `k`, these are the same classes in whatever order they come, even where some are equally likely.
pub fn nearly_best(config: &SparseSoftLabelLossConfig) -> Subject {
    let temperature = config.temperature;
    let cut = move |teacher: Tensor<2>| {
        let [count, classes] = teacher.dims();
        check::not_empty("nearly_best", count);
        let log_probs = rows::log_soften(teacher.without_autodiff(), temperature);
        let behind = log_probs.clone() - log_probs.clone().max_dim(1);
        let ids = Tensor::<1, Int>::arange(0..classes as i64, &log_probs.device());
        // No difference of the laws' logits is 3.03, at no temperature they use, so rounding decides nothing.
        let kept = log_probs.mask_fill(behind.lower_elem(-3.03), f64::NEG_INFINITY);
        TopK::new(ids.unsqueeze_dim::<2>(0).expand([count, classes]), kept)
    };
    Subject::new::<Tensor<2>, Tensor<2>>(Cut {
        loss: config.init(),
        cut,
    })
}

/// A loss whose teacher is cut from dense logits.
#[derive(Clone)]
struct Cut<F> {
    loss: SparseSoftLabelLoss,
    cut: F,
}

impl<F: Fn(Tensor<2>) -> TopK> DistillLoss<Tensor<2>> for Cut<F> {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.loss.per_sample(student, (self.cut)(teacher))
    }
}
