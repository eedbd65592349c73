//! What places the channels select.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    feature::{NeuronSelectivityLoss, NeuronSelectivityLossConfig},
};
use kd_testkit::{Subject, device, golden, laws, read};

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
