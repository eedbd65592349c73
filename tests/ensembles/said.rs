//! What the tests of ensembles share: what members say, as a golden file holds it, and the rules by name.

use burn::{
    config::Config,
    tensor::{Int, Tensor, TensorData},
};
use kd::ensemble::{
    BestMember, GeometricMean, MeanOfLogits, MeanOfProbs, Members, Rule, Weighted, WeightedByConfidence,
    WeightedByEntropy, Weights,
};
use kd_testkit::device;

/// The configuration of a golden case: a rule, and the loss it goes before.
#[derive(Config, Debug)]
pub struct Settings {
    #[config(default = "String::new()")]
    pub rule: String,
    #[config(default = "Vec::new()")]
    pub weights: Vec<f64>,
    #[config(default = "Vec::new()")]
    pub labels: Vec<usize>,
    #[config(default = 1.0)]
    pub temperature: f64,
    #[config(default = 1e-3)]
    pub smoothing: f64,
}

impl Settings {
    pub fn labels(&self) -> Tensor<1, Int> {
        labels(&self.labels)
    }
}

pub fn labels(classes: &[usize]) -> Tensor<1, Int> {
    let classes: Vec<i32> = classes.iter().map(|&class| class as i32).collect();
    Tensor::from_data(TensorData::new(classes.clone(), [classes.len()]), &device())
}

/// Rows of one class a number, as a tensor.
pub fn logits<const R: usize, const C: usize>(rows: [[f32; C]; R]) -> Tensor<2> {
    Tensor::from_data(TensorData::from(rows), &device())
}

/// The members of a golden case: `[rows, members, classes]`, one by one.
pub fn one_by_one(teacher: Tensor<3>) -> Vec<Tensor<2>> {
    let [_, members, _] = teacher.dims();
    let member = |index| teacher.clone().narrow(1, index, 1).squeeze_dim::<2>(1);
    (0..members).map(member).collect()
}

/// What the named rule makes of what members say.
pub fn combined(settings: &Settings, said: Vec<Tensor<2>>) -> Tensor<2> {
    let members = Members::recorded(said);
    let weights = || Weights::new(settings.weights.iter().copied());
    let rule: Box<dyn Rule<Labels = ()>> = match (settings.rule.as_str(), settings.weights.is_empty()) {
        ("weighted_by_confidence", _) => return WeightedByConfidence::new().combine(&members, settings.labels()),
        ("best_member", _) => return BestMember::new().combine(&members, settings.labels()),
        ("mean_of_probs", true) => Box::new(MeanOfProbs),
        ("mean_of_probs", false) => Box::new(Weighted::new(weights())),
        ("geometric_mean", true) => Box::new(GeometricMean),
        ("geometric_mean", false) => Box::new(Weighted::of(GeometricMean, weights())),
        ("mean_of_logits", true) => Box::new(MeanOfLogits),
        ("mean_of_logits", false) => Box::new(Weighted::of(MeanOfLogits, weights())),
        ("weighted_by_entropy", _) => Box::new(WeightedByEntropy),
        (other, _) => panic!("there is no rule '{other}'"),
    };
    rule.combine(&members, ())
}

/// Every rule but the random one, for samples with these labels.
pub fn every_rule(labels: &[usize]) -> Vec<Settings> {
    let names = [
        "mean_of_probs",
        "geometric_mean",
        "mean_of_logits",
        "weighted_by_entropy",
        "weighted_by_confidence",
        "best_member",
    ];
    let settings = |name: &str| Settings::new().with_rule(name.into()).with_labels(labels.to_vec());
    names.into_iter().map(settings).collect()
}
