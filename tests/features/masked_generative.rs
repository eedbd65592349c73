//! The teacher's map generated from a part of the student's.

use burn::{
    config::Config,
    module::Param,
    nn::conv::Conv2d,
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Device, Tensor, TensorData},
};
use kd::{
    DistillLoss,
    feature::{MaskedGenerativeLoss, MaskedGenerativeLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waved, waves, within};

/// The weights and the mask that a golden case names.
#[derive(Config, Debug)]
struct GivenConfig {
    first: Vec<f64>,
    first_bias: Vec<f64>,
    second: Vec<f64>,
    second_bias: Vec<f64>,
    kept: Vec<f64>,
    kept_shape: [usize; 4],
}

/// The loss with given weights, made where the student is.
#[derive(Clone)]
struct Given(GivenConfig);

impl DistillLoss<Tensor<4>> for Given {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let given = &self.0;
        let device = student.device();
        let mut mgd = MaskedGenerativeLossConfig::new(student.dims()[1]).init(&device);
        set(&mut mgd.first, &given.first, &given.first_bias);
        set(&mut mgd.second, &given.second, &given.second_bias);
        let kept = Tensor::<4>::from_data(TensorData::new(given.kept.clone(), given.kept_shape), &device);
        mgd.per_sample_of(student, teacher, kept.greater_elem(0.5))
    }
}

fn set(convolution: &mut Conv2d, weight: &[f64], bias: &[f64]) {
    let device = convolution.weight.val().device();
    let [shape, bias_shape] = [convolution.weight.dims().to_vec(), vec![bias.len()]];
    convolution.weight = Param::from_data(TensorData::new(weight.to_vec(), shape), &device);
    convolution.bias = Some(Param::from_data(TensorData::new(bias.to_vec(), bias_shape), &device));
}

#[test]
fn golden() {
    let none = GivenConfig::new(vec![], vec![], vec![], vec![], vec![], [1; 4]);
    golden::check_features("masked_generative.json", &device(), &none, |given, shapes| {
        Subject::shaped::<4, 4>(Given(given.clone()), shapes)
    });
}

/// For however many channels come, hiding nothing, so that no call differs from another.
#[derive(Clone)]
struct AllKept;

impl DistillLoss<Tensor<4>> for AllKept {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let channels = student.dims()[1];
        let mut mgd = MaskedGenerativeLossConfig::new(channels)
            .with_ratio(0.0)
            .init(&student.device());
        let wave = |count: usize, phase: f64| (0..count).map(|i| (i as f64 + phase).sin() * 0.2).collect::<Vec<_>>();
        for (convolution, phase) in [(&mut mgd.first, 0.1), (&mut mgd.second, 0.7)] {
            set(
                convolution,
                &wave(channels * channels * 9, phase),
                &wave(channels, phase),
            );
        }
        mgd.per_sample(student, teacher)
    }
}

// Equal sides are no minimum: the generated map is not the student's.
laws!(masked_generative: [any], Subject::new::<Tensor<4>, Tensor<4>>(AllKept));

fn mgd(device: &Device) -> MaskedGenerativeLoss {
    waved(MaskedGenerativeLossConfig::new(3).with_ratio(0.0).init(device))
}

fn sides(device: &Device) -> [Tensor<4>; 2] {
    [0.3, 2.1].map(|phase| waves([4, 3, 6, 6], phase, device))
}

#[test]
fn every_weight_learns() {
    let device = device().autodiff();
    let [student, teacher] = sides(&device);
    laws::every_parameter_learns(mgd(&device), |mgd: &MaskedGenerativeLoss| mgd.forward(student, teacher));
}

/// The gradient of each weight against central differences, both in f64.
#[test]
fn the_gradient_of_the_weights_is_the_slope() {
    let device = Device::flex().autodiff();
    let wave = |shape: [usize; 4], phase: f64| {
        let numbers = (0..shape.iter().product())
            .map(|i| (i as f64 * 1.7 + phase).sin())
            .collect();
        Tensor::<4>::from_data(TensorData::new(numbers, shape), (&device, DType::F64))
    };
    let [student, teacher] = [0.3, 2.1].map(|phase| wave([2, 2, 3, 3], phase));
    let weights = [wave([2, 2, 3, 3], 0.1), wave([2, 2, 3, 3], 0.5)];
    let loss = |weights: &[Tensor<4>; 2]| {
        let mut mgd = MaskedGenerativeLossConfig::new(2).with_ratio(0.0).init(&device);
        mgd.first.weight = Param::from_tensor(weights[0].clone());
        mgd.second.weight = Param::from_tensor(weights[1].clone());
        mgd.first.bias = None;
        mgd.second.bias = None;
        let value = mgd.forward(student.clone(), teacher.clone());
        (value, mgd)
    };
    let (value, mgd) = loss(&weights);
    let gradients = value.backward();
    for (of, convolution) in [&mgd.first, &mgd.second].into_iter().enumerate() {
        let gradient = read(convolution.weight.val().grad(&gradients).unwrap());
        let slope = |at: usize| {
            let mut unit = vec![0.0; 36];
            unit[at] = 1e-5;
            let step = Tensor::<4>::from_data(TensorData::new(unit, [2, 2, 3, 3]), (&device, DType::F64));
            let moved = |sign: f64| {
                let mut moved = weights.clone();
                moved[of] = moved[of].clone() + step.clone() * sign;
                read(loss(&moved).0)[0]
            };
            (moved(1.0) - moved(-1.0)) / 2e-5
        };
        let slopes: Vec<f64> = (0..36).map(slope).collect();
        assert_close("gradient", &gradient, &slopes, within(1e-7));
    }
}

#[test]
fn a_step_of_the_weights_lowers_the_loss() {
    let device = device().autodiff();
    let [student, teacher] = sides(&device);
    let before = mgd(&device);
    let loss = before.forward(student.clone(), teacher.clone());
    let gradients = GradientsParams::from_grads(loss.backward(), &before);
    let after = SgdConfig::new().init().step(0.01, before, gradients);
    assert!(read(after.forward(student, teacher)) < read(loss));
}

/// Where all is hidden the student has no part, and no gradient.
#[test]
fn what_is_hidden_has_no_gradient() {
    let device = device().autodiff();
    let all_hidden = MaskedGenerativeLossConfig::new(3).with_ratio(1.0).init(&device);
    let [student, teacher] = sides(&device);
    let student = student.require_grad();
    let gradients = all_hidden.forward(student.clone(), teacher.clone()).backward();
    assert!(
        read(student.grad(&gradients).unwrap())
            .iter()
            .all(|&number| number == 0.0)
    );
    let other = all_hidden.forward(student.clone() * 3.0, teacher.clone());
    assert_eq!(read(all_hidden.forward(student, teacher)), read(other));
}

#[test]
#[should_panic(
    expected = "MaskedGenerativeLoss: the student has shape [2, 8, 4, 4], but the weights are for 3 channels"
)]
fn other_channels_than_it_was_made_for_panic() {
    let map = Tensor::<4>::zeros([2, 8, 4, 4], &device());
    let _ = mgd(&device()).forward(map.clone(), map);
}
