//! A sample's own teacher against those of other samples.

use burn::{
    config::Config,
    module::Param,
    nn::Linear,
    tensor::{DType, Device, Int, Tensor, TensorData},
};
use kd::{
    DistillLoss,
    feature::{ContrastiveLoss, ContrastiveLossConfig, MemoryBankConfig},
};
use kd_testkit::{Subject, computes_in, device, golden, laws};

use super::{autodiff, random};

/// Everything that the loss would draw or learn, given.
#[derive(Config, Debug)]
struct GivenConfig {
    #[config(default = 0.07)]
    temperature: f64,
    #[config(default = "Vec::new()")]
    student_weight: Vec<f64>,
    #[config(default = "Vec::new()")]
    student_bias: Vec<f64>,
    #[config(default = "Vec::new()")]
    teacher_weight: Vec<f64>,
    #[config(default = "Vec::new()")]
    teacher_bias: Vec<f64>,
    #[config(default = "Vec::new()")]
    student_memory: Vec<f64>,
    #[config(default = "Vec::new()")]
    teacher_memory: Vec<f64>,
    #[config(default = "Vec::new()")]
    indices: Vec<usize>,
    #[config(default = "Vec::new()")]
    negatives: Vec<i32>,
}

impl DistillLoss<Tensor<2>> for GivenConfig {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let (device, dtype) = (student.device(), student.dtype());
        let ([batch, of_student], [_, of_teacher]) = (student.dims(), teacher.dims());
        let embedding = self.student_bias.len();
        let matrix = |numbers: &[f64], rows: usize| param::<2>(numbers, [rows, numbers.len() / rows], &device, dtype);
        let linear = |weight: &[f64], bias: &[f64], width: usize| Linear {
            weight: matrix(weight, width),
            bias: Some(param::<1>(bias, [embedding], &device, dtype)),
        };
        let mut loss = ContrastiveLossConfig::new(of_student, of_teacher)
            .with_temperature(self.temperature)
            .init(&device);
        loss.embed_student = linear(&self.student_weight, &self.student_bias, of_student);
        loss.embed_teacher = linear(&self.teacher_weight, &self.teacher_bias, of_teacher);

        let samples = self.student_memory.len() / embedding;
        let mut bank = MemoryBankConfig::new(samples).init(&device);
        bank.student = matrix(&self.student_memory, samples);
        bank.teacher = matrix(&self.teacher_memory, samples);
        let negatives = TensorData::new(self.negatives.clone(), [batch, self.negatives.len() / batch]);
        let negatives = Tensor::<2, Int>::from_data(negatives, &device);
        loss.per_sample(student, bank.contrast_with(teacher, &self.indices, negatives))
    }
}

fn param<const D: usize>(numbers: &[f64], shape: [usize; D], device: &Device, dtype: DType) -> Param<Tensor<D>> {
    let data = TensorData::new(numbers.to_vec(), shape);
    Param::from_tensor(Tensor::from_data(data, (device, dtype)))
}

#[test]
fn golden() {
    golden::check_features("contrastive.json", &device(), &GivenConfig::new(), |config, shapes| {
        Subject::shaped::<2, 2>(config.clone(), shapes)
    });
}

/// The loss in the law's precision, with one memory and the same negatives for every sample.
#[derive(Clone)]
struct Anew;

impl DistillLoss<Tensor<2>> for Anew {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let dtype = kd::rows::widen(student.clone()).dtype();
        let (loss, device) = (of_widths(student.dims()[1], teacher.dims()[1], dtype), student.device());
        let bank = MemoryBankConfig::new(20)
            .with_embedding(4)
            .with_negatives(6)
            .init(&device);
        let indices = vec![3; teacher.dims()[0]];
        loss.per_sample(student, bank.contrast(teacher, &indices, 0))
    }
}

/// The same embeddings for the same widths.
fn of_widths(student: usize, teacher: usize, dtype: DType) -> ContrastiveLoss {
    let device = autodiff();
    let mut loss = ContrastiveLossConfig::new(student, teacher)
        .with_embedding(4)
        .with_temperature(0.5)
        .init(&device);
    let linear = |width: usize| Linear {
        weight: Param::from_tensor(random([width, 4]).cast(dtype)),
        bias: Some(Param::from_tensor(random([4]).cast(dtype))),
    };
    loss.embed_student = linear(student);
    loss.embed_teacher = linear(teacher);
    loss
}

laws!(of_vectors: [coupled, independent, mean], Subject::new::<Tensor<2>, Tensor<2>>(Anew));

#[test]
fn both_embeddings_learn_and_the_memory_does_not() {
    let device = autodiff();
    let bank = MemoryBankConfig::new(20)
        .with_embedding(4)
        .with_negatives(6)
        .init(&device);
    laws::every_parameter_learns(of_widths(5, 7, DType::F32), |loss| {
        let value: Tensor<1> = loss.forward(random([3, 5]), bank.contrast(random([3, 7]), &[1, 2, 3], 0));
        let gradients = value.backward();
        assert!(bank.student.val().grad(&gradients).is_none());
        loss.forward(random([3, 5]), bank.contrast(random([3, 7]), &[1, 2, 3], 0))
    });
}

#[test]
fn features_of_zeros_stay_finite() {
    let device = autodiff();
    let mut loss = of_widths(5, 7, DType::F32);
    loss.embed_student.bias = None;
    let bank = MemoryBankConfig::new(20)
        .with_embedding(4)
        .with_negatives(6)
        .init(&device);
    let student = Tensor::<2>::zeros([2, 5], &device).require_grad();
    let value: Tensor<1> = loss.forward(student.clone(), bank.contrast(random([2, 7]), &[1, 2], 0));
    let gradient = student.grad(&value.clone().backward()).unwrap();
    assert!(value.into_scalar::<f64>().is_finite());
    assert_eq!(gradient.abs().max().into_scalar::<f64>(), 0.0);
}

#[test]
fn embeddings_of_half_precision_are_compared_in_f32() {
    let device = autodiff();
    for dtype in [DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            continue;
        }
        let loss = of_widths(5, 7, dtype);
        let bank = MemoryBankConfig::new(20)
            .with_embedding(4)
            .with_negatives(6)
            .init(&device);
        let student = random([3, 5]).require_grad();
        let value: Tensor<1> = loss.forward(student.clone(), bank.contrast(random([3, 7]), &[1, 2, 3], 0));
        assert_eq!(value.dtype(), DType::F32);
        let gradient = student.grad(&value.clone().backward()).expect("it has a gradient");
        assert!(value.into_scalar::<f32>().is_finite() && gradient.abs().max().into_scalar::<f32>() > 0.0);
    }
}
