//! What is drawn: a teacher draws nothing, so the student's dropout is the same with and without one; a projector's weights are
//! drawn as large as they should be; a mask is that of the seed.
//!
//! A file of its own, in which one test runs at a time: the random numbers are the whole process's, and other tests draw some
//! too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::{
    nn::DropoutConfig,
    tensor::{Device, Distribution, Tensor},
};
use kd::{
    Feature, FeatureProjector,
    feature::{
        AdapterConfig, ConvProjectorConfig, MaskOver, MaskedGenerativeLossConfig, MlpProjectorConfig, Projector,
    },
    prelude::*,
    self_distillation::EmaConfig,
};
use kd_testkit::{assert_close, device, read, within};

/// Nobody else draws while one test does.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The mask of the loss as it is shipped is that of the seed: places or channels are kept where a number is at least λ.
#[test]
fn a_masked_loss_hides_what_the_seed_says() {
    let _alone = alone();
    let device = device();
    let map = |phase: f64| {
        let numbers = Tensor::<1, burn::tensor::Int>::arange(0..2 * 8 * 4 * 4, &device).float();
        ((numbers + phase) * 1.7).sin().reshape([2, 8, 4, 4])
    };
    let (student, teacher) = (map(0.3), map(2.1));
    for (over, shape) in [(MaskOver::Places, [2, 1, 4, 4]), (MaskOver::Channels, [2, 8, 1, 1])] {
        let mgd = MaskedGenerativeLossConfig::new(8).with_over(over).init(&device);
        device.seed(7);
        let values = read(mgd.per_sample(student.clone(), teacher.clone()));
        device.seed(7);
        let kept = Tensor::<4>::random(shape, Distribution::Uniform(0.0, 1.0), &device).greater_equal_elem(0.65);
        let share = kept.clone().float().mean().into_scalar::<f64>();
        assert!(
            share > 0.0 && share < 1.0,
            "the seed keeps {share}, which tests nothing"
        );
        let given = |kept| read(mgd.per_sample_of(student.clone(), teacher.clone(), kept));
        assert_eq!(values, given(kept.clone()));
        assert_ne!(values, given(kept.bool_not()));
    }
}

/// So the student's dropout is the same with and without a teacher.
#[test]
fn a_frozen_teacher_leaves_the_random_numbers_alone() {
    let _alone = alone();
    let device = device().autodiff();
    let dropout = DropoutConfig::new(0.5).init();
    let teacher = Frozen::new(dropout.clone(), |dropout, x: Tensor<2>| dropout.forward(x));
    let x = Tensor::<2>::ones([8, 8], &device);
    let draw = || read(Tensor::<1>::random([8], Distribution::Default, &device));

    device.seed(7);
    let without = draw();
    device.seed(7);
    let _ = read(teacher.teach(x.clone()));
    assert_eq!(without, draw());

    device.seed(7);
    let mut ema = EmaConfig::new().init(&dropout);
    ema.update(&dropout);
    let teacher = ema.teacher(|dropout, x: Tensor<2>| dropout.forward(x));
    let _ = read(teacher.teach(x.clone()));
    assert_eq!(without, draw());

    device.seed(7);
    let _ = read(dropout.forward(x));
    assert_ne!(without, draw(), "a module that is not frozen does draw");
}

/// What goes in with mean square 1 comes out so. The least number of weights here is 64 · 96, whose mean square is off by
/// √(2 / 6144), 1.8 %; four times that is allowed.
#[test]
fn features_start_as_large_as_they_were() {
    let _alone = alone();
    let device = device();
    device.seed(7);
    let square = |features: Feature| read(features.flatten_samples().square().mean())[0];
    let maps = || Feature::from(normal([16, 64, 8, 8], &device));
    let conv = |config: ConvProjectorConfig| square(Projector::from(config.init(&device)).project(maps()));
    let vectors = Feature::from(normal([512, 64], &device));
    let mlp = Projector::from(MlpProjectorConfig::new(64, 1024).with_hidden(Some(256)).init(&device));
    let adapted = AdapterConfig::new(vec![1, 64], vec![1, 96]).init(&device);
    let squares = [
        conv(ConvProjectorConfig::new(64, 96)),
        conv(ConvProjectorConfig::new(64, 96).with_relu(true)),
        square(mlp.project(vectors.clone())),
        square(adapted.project(vectors)),
    ];
    assert_close("mean square", &squares, &[1.0; 4], within(0.072));
}

fn normal<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}
