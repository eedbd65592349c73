//! Teachers that live elsewhere, and on several devices.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig},
    tensor::{Bool, Device, Int, Tensor},
};
use kd::{Frozen, Labelled, OnDevice, Replicas, Teacher, ToDevice, ensemble::Ensemble, teacher_fn};
use kd_testkit::{device, waved, waves};

/// Another device than the one under test, if there is one.
fn elsewhere() -> Device {
    #[cfg(feature = "ndarray")]
    #[allow(deprecated, reason = "deprecated upstream, still supported here")]
    if device() == Device::flex() {
        return Device::ndarray();
    }
    Device::flex()
}

fn network(device: &Device) -> Linear {
    waved(LinearConfig::new(6, 4).init(device))
}

fn run(network: &Linear, input: Tensor<2>) -> Tensor<2> {
    network.forward(input)
}

fn assert_close<const D: usize>(left: Tensor<D>, right: Tensor<D>) {
    left.into_data()
        .assert_approx_eq::<f32>(&right.into_data(), Default::default());
}

#[test]
fn a_teacher_elsewhere_says_the_same() {
    let near = Frozen::new(network(&device()), run);
    let far = OnDevice::new(near.clone().to_device(&elsewhere()), &elsewhere());
    let input = waves([3, 6], 0.3, &device().autodiff()).require_grad();
    let said = far.teach(input.clone());
    assert!(!said.is_autodiff());
    assert_eq!(said.device(), device());
    assert_close(said, near.teach(input));
}

/// Numbers that came back mix with those that never left, though backends differ in the types they give them.
#[test]
fn what_came_back_mixes_with_what_is_here() {
    let counts = |logits: Tensor<2>| (logits.clone().argmax(1), logits.greater_elem(0.0));
    let far = OnDevice::new(teacher_fn(counts), &elsewhere());
    let logits = waves([5, 3], 0.1, &device());
    let (classes, signs) = far.teach(logits.clone());
    let (expected_classes, expected_signs) = counts(logits.clone());

    assert_eq!(classes.dtype(), expected_classes.dtype());
    let same: Tensor<2, Bool> = classes.clone().equal(expected_classes.clone());
    assert!(same.all().into_scalar::<bool>());
    assert_eq!(
        (classes + expected_classes.clone()).into_data(),
        (expected_classes * 2).into_data()
    );

    assert_eq!(signs.dtype(), expected_signs.dtype());
    assert!(signs.clone().equal(expected_signs).all().into_scalar::<bool>());
    assert_eq!(logits.mask_fill(signs.bool_not(), 0.0).dims(), [5, 3]);
}

/// A type that was chosen is kept, there and back.
#[test]
fn a_chosen_type_stays() {
    if !kd_testkit::computes_in(&device(), burn::tensor::DType::F64) {
        return;
    }
    let input = waves::<2>([2, 6], 0.2, &device()).cast(burn::tensor::FloatDType::F64);
    let seen = input.clone().bring_to(&elsewhere());
    assert_eq!(seen.dtype(), burn::tensor::DType::F64);
    assert_eq!(seen.bring_to(&device()).into_data(), input.into_data());
}

/// Masks and classes of every origin go everywhere.
#[test]
fn masks_and_classes_travel() {
    for (from, to) in [(device(), elsewhere()), (elsewhere(), device())] {
        let mask = Tensor::<1, Bool>::from_bool([true, false, true], &from).bring_to(&to);
        assert_eq!(mask.device(), to);
        assert_eq!(mask.dtype(), Tensor::<1, Bool>::from_bool([true], &to).dtype());
        let labels = Tensor::<1, Int>::from_ints([3, 1, 2], &from).bring_to(&to);
        assert_eq!(labels.dtype(), Tensor::<1, Int>::from_ints([1], &to).dtype());
        let chosen = labels.mask_fill(mask, 0);
        assert_eq!(chosen.into_data().iter::<i64>().collect::<Vec<_>>(), [0, 1, 0]);
    }
}

/// Structs of the family go as a whole, into an ensemble of teachers that live apart.
#[test]
fn structs_and_ensembles() {
    let labelled = teacher_fn(|input: Tensor<2>| {
        let labels = input.clone().argmax(1).squeeze_dim(1);
        Labelled::new(input, labels)
    });
    let input = waves([4, 3], 0.7, &device());
    let said = OnDevice::new(labelled, &elsewhere()).teach(input.clone());
    assert_eq!((said.logits.device(), said.labels.device()), (device(), device()));
    assert_close(said.logits, input);

    let member = |device: &Device| OnDevice::new(Frozen::new(network(device), run), device);
    let apart = Ensemble::new([member(&device()), member(&elsewhere())]);
    let together = Ensemble::new([member(&device()), member(&device())]);
    let input = waves([4, 6], 0.7, &device());
    assert_close(apart.teach(input.clone()), together.teach(input));
}

#[test]
fn the_copy_where_the_input_is_answers() {
    let devices = [device(), elsewhere(), device().autodiff()];
    let teacher = Frozen::new(network(&device()), run);
    let mut made = Vec::new();
    let replicas = Replicas::new(&devices, |device| {
        made.push(device.clone());
        teacher.clone().to_device(device)
    });
    let known = if device() == elsewhere() {
        vec![device()]
    } else {
        vec![device(), elsewhere()]
    };
    assert_eq!(
        (&made, replicas.devices()),
        (&known, known.clone()),
        "one for each device, autodiff or not"
    );
    for device in devices {
        let said = replicas.teach(waves([3, 6], 0.3, &device));
        assert_eq!(said.device(), device);
        assert_close(
            said.bring_to(&elsewhere()),
            teacher
                .teach(waves([3, 6], 0.3, &kd_testkit::device()))
                .bring_to(&elsewhere()),
        );
    }
}

/// Clones share running statistics in Burn; a copy that is brought elsewhere takes none of them along.
#[test]
fn running_statistics_stay_with_each_copy() {
    let norm = BatchNormConfig::new(6).init(&device());
    let teacher = Frozen::new(norm, |norm: &BatchNorm, input: Tensor<2>| norm.forward(input));
    let far = teacher.clone().to_device(&elsewhere());
    assert_eq!(far.module().devices(), [elsewhere()]);
    assert_eq!(teacher.module().devices(), [device()]);
}

#[test]
#[should_panic(expected = "Replicas: there is no device; give those that the training uses")]
fn replicas_on_no_device() {
    Replicas::new(&[], |device| Frozen::new(network(device), run));
}

#[cfg(feature = "ndarray")]
#[test]
#[should_panic(
    expected = "make a copy for every device that the training uses, or take one teacher for all of them with `OnDevice`"
)]
fn an_input_where_no_copy_is() {
    let replicas = Replicas::new(&[device()], |device| Frozen::new(network(device), run));
    replicas.teach(waves([3, 6], 0.3, &elsewhere()));
}
