//! What places the channels select.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::{
    DistillLoss,
    feature::{NeuronSelectivityLoss, NeuronSelectivityLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, within};

/// Maps with the axis of channels last: few channels and many places, where the laws' own maps have it the other way.
#[derive(Clone)]
struct FewChannels(NeuronSelectivityLoss);

impl DistillLoss<Tensor<4>> for FewChannels {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        self.0.per_sample(student.swap_dims(1, 3), teacher.swap_dims(1, 3))
    }
}

fn nst() -> NeuronSelectivityLoss {
    NeuronSelectivityLossConfig::new().init()
}

#[test]
fn golden() {
    let default = NeuronSelectivityLossConfig::new();
    golden::check_features("neuron_selectivity.json", &device(), &default, |config, shapes| {
        Subject::shaped::<4, 4>(config.init(), shapes)
    });
}

// Channels may differ, so `same_classes` is not promised.
laws!(many_channels: [coupled, independent, mean, smooth, divergence], Subject::new::<Tensor<4>, Tensor<4>>(nst()));
laws!(few_channels: [coupled, independent, mean, smooth, divergence],
    Subject::new::<Tensor<4>, Tensor<4>>(FewChannels(nst())));

/// Near the teacher, where the three means are equal in all digits but the last, in both forms. In f64 they still differ.
#[test]
fn a_student_that_is_nearly_there_keeps_its_digits() {
    let device = Device::flex().autodiff();
    let wave = |step: f64, shape: [usize; 4]| {
        let numbers = (0..shape.iter().product()).map(|i| (i as f64 * step).sin()).collect();
        Tensor::<4>::from_data(TensorData::new(numbers, shape), (&device, DType::F32))
    };
    for shape in [[2, 16, 5, 5], [2, 16, 3, 3]] {
        let teacher = wave(1.7, shape);
        let student = teacher.clone() + wave(2.3, shape) * 1e-3;
        let outcome = |dtype: DType| {
            let student = student.clone().cast(dtype).require_grad();
            let value = nst().per_sample(student.clone(), teacher.clone().cast(dtype));
            let gradients = value.clone().sum().backward();
            (read(value), read(student.grad(&gradients).unwrap()))
        };
        let ((value, gradient), (exact, slope)) = (outcome(DType::F32), outcome(DType::F64));
        assert_close("value", &value, &exact, within(1e-3));
        assert_close("gradient", &gradient, &slope, within(1e-3));
    }
}

/// Zeros on either side or on both, in maps of either form.
#[test]
fn zeros_are_finite_in_value_and_gradient() {
    for shape in [[2, 4, 1, 2], [2, 2, 3, 3]] {
        let maps = || [Tensor::<4>::zeros(shape, &device()), Tensor::ones(shape, &device())];
        for student in maps() {
            for teacher in maps() {
                let student = student.clone().autodiff().require_grad();
                let value = nst().forward(student.clone(), teacher);
                let gradient = student.grad(&value.backward()).unwrap();
                let numbers = [read(value), read(gradient)].concat();
                assert!(numbers.iter().all(|number| number.is_finite()), "{numbers:?}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "bring the student to the teacher's height and width with a projector, such as `Resize`")]
fn another_size_names_the_projector() {
    let map = |size| Tensor::<4>::zeros([2, 3, size, size], &device());
    let _ = nst().forward(map(4), map(8));
}
