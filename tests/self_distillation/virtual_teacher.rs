//! A teacher that knows nothing but labels, and what is learnt from it.

use burn::{
    config::Config,
    tensor::{Int, Tensor, TensorData},
};
use kd::{
    DistillLoss, Labelled, Teacher, rows,
    self_distillation::VirtualTeacherConfig,
    soft_label::{KnowledgeDistillationLossConfig, SmoothedLabelsConfig, SoftLabelLossConfig},
};
use kd_testkit::{Subject, assert_close, device, for_each, golden, read, whole_batches, within};

/// Labels, and a student that learns from them alone: the whole method.
#[derive(Config, Debug)]
struct TfKd {
    #[config(default = 0.1)]
    alpha: f64,
    #[config(default = 20.0)]
    temperature: f64,
    #[config(default = 0.99)]
    confidence: f64,
}

impl DistillLoss<Tensor<2>, Labelled> for TfKd {
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let virtual_teacher = VirtualTeacherConfig::new(student.dims()[1])
            .with_confidence(self.confidence)
            .init();
        let kd = KnowledgeDistillationLossConfig::new()
            .with_alpha(self.alpha)
            .with_temperature(self.temperature)
            .init();
        let labels = teacher.labels;
        kd.per_sample(student, Labelled::new(virtual_teacher.teach(labels.clone()), labels))
    }
}

#[test]
fn golden() {
    golden::check("virtual_teacher.json", &device(), &TfKd::new(), |config| {
        Subject::new::<Tensor<2>, Labelled>(config.clone())
    });
}

/// Label smoothing, which spreads its ε over all classes and not over the others, is the same teacher by another name.
#[test]
fn at_temperature_1_it_is_label_smoothing() {
    for_each(whole_batches(), |batch| {
        let (classes, confidence) = (batch.width as f64, 0.9);
        let labels: Vec<i32> = batch.labels.iter().map(|&label| label as i32).collect();
        let labels = Tensor::<1, Int>::from_data(TensorData::new(labels, [batch.rows()]), &device());
        let student = TensorData::new(batch.student.clone(), [batch.rows(), batch.width]);
        let student = Tensor::<2>::from_data(student, &device());

        let told = VirtualTeacherConfig::new(batch.width)
            .with_confidence(confidence)
            .init();
        let epsilon = (1.0 - confidence) * classes / (classes - 1.0);
        let smoothed = SmoothedLabelsConfig::new(batch.width).with_epsilon(epsilon).init();
        let (told, smoothed) = (told.teach(labels.clone()), smoothed.teach(labels));
        for t in [1.0, 20.0] {
            let soft = SoftLabelLossConfig::new().with_temperature(t).init();
            let learnt = read(soft.per_sample(student.clone(), told.clone()));
            let expected = read(soft.per_sample(student.clone(), smoothed.clone()));
            assert_close("the same teacher", &learnt, &expected, within(1e-5).of_at_least(1.0));
        }
    });
}

/// What the authors' code makes its target of: probabilities over T, as if they were logits.
#[test]
fn the_target_of_the_authors_code_is_another_confidence() {
    let labels = || Tensor::<1, Int>::from_ints([3], &device());
    let (a, other, t) = (0.99f64, 0.01 / 99.0, 20.0);
    let [label, rest] = [a, other].map(|p| (p / t).exp());
    let theirs = label / (label + 99.0 * rest);
    assert!((theirs - 0.0105).abs() < 1e-5, "{theirs}");
    let teacher = VirtualTeacherConfig::new(100).with_confidence(theirs).init();
    let logits = read(teacher.teach(labels()));
    assert!((logits[3] - (a - other) / t).abs() < 1e-6, "{}", logits[3]);
}

/// The paper's formula has no T²: its soft part is that of `KnowledgeDistillationLoss` over T², so that a smaller alpha
/// there is the same loss up to a factor of the whole.
#[test]
fn without_t_squared_it_is_a_smaller_alpha_and_a_factor() {
    let (alpha, t) = (0.3, 20.0);
    let labels = Tensor::<1, Int>::from_ints([2, 0], &device());
    let student = Tensor::<2>::from_floats([[0.5, 4.0, 1.0], [3.0, 1.0, 0.0]], &device());
    let told = VirtualTeacherConfig::new(3).init().teach(labels.clone());
    let taught = rows::log_soften(told.clone(), t);
    let paper = rows::cross_entropy(student.clone(), labels.clone()) * (1.0 - alpha)
        + rows::kl(taught, rows::log_soften(student.clone(), t)) * alpha;

    let whole = 1.0 - alpha + alpha / (t * t);
    let smaller = KnowledgeDistillationLossConfig::new()
        .with_alpha(alpha / (t * t) / whole)
        .with_temperature(t)
        .init();
    let with_t_squared = smaller.per_sample(student, Labelled::new(told, labels)) * whole;
    assert_close("the paper's", &read(paper), &read(with_t_squared), within(1e-6));
}

#[test]
fn labels_on_the_graph_teach_constants() {
    let labels = Tensor::<1, Int>::from_ints([0, 1], &device().autodiff());
    assert!(!VirtualTeacherConfig::new(3).init().teach(labels).is_autodiff());
}

#[test]
#[should_panic(expected = "VirtualTeacher: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_too_high() {
    let labels = Tensor::<1, Int>::from_ints([0, 3], &device());
    let _ = VirtualTeacherConfig::new(3).init().teach(labels);
}
