//! A student that computes in half precision and learns in full.

use burn::{
    module::Module,
    nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Device, FloatDType, Tensor},
};
use kd::{MixedPrecision, prelude::*};
use kd_testkit::{assert_close, device, read, resolution, waved, waves, within};

use crate::half;

/// The weight of a loss of which f16 loses every gradient.
const SMALL: f64 = 1.0 / (1u64 << 30) as f64;

#[derive(Module, Debug)]
struct Student {
    inner: Linear,
    norm: LayerNorm,
    outer: Linear,
}

impl Student {
    fn new() -> Self {
        let device = device().autodiff();
        waved(Self {
            inner: LinearConfig::new(8, 16).init(&device),
            norm: LayerNormConfig::new(16).init(&device),
            outer: LinearConfig::new(16, 6).init(&device),
        })
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let hidden = self.inner.forward(x.cast(self.inner.weight.dtype()));
        self.outer.forward(self.norm.forward(hidden))
    }

    /// The masters' gradients of `weight` times the loss, f32 each: of both matrices.
    fn gradients(&self, by: MixedPrecision, weight: f64) -> [Vec<f64>; 2] {
        let device: Device = device().autodiff();
        let kd = SoftLabelLossConfig::new().init();
        let logits = by.working(self).forward(waves([10, 8], 0.4, &device));
        assert_eq!(logits.dtype(), DType::from(by.dtype()));
        let loss = kd.forward(logits, waves([10, 6], 1.3, &device)) * weight;
        assert_eq!(loss.dtype(), DType::F32);
        let gradients = GradientsParams::from_grads(by.scaled(loss).backward(), self);
        [&self.inner, &self.outer].map(|layer| {
            let gradient = gradients.get::<2>(layer.weight.id).expect("a master's gradient");
            assert_eq!(gradient.dtype(), DType::F32);
            read(gradient)
        })
    }
}

fn mixed(dtype: DType) -> MixedPrecision {
    MixedPrecision::new(FloatDType::from(dtype))
}

#[test]
fn the_masters_gradients_are_near_those_of_f32() {
    let student = Student::new();
    let expected = student.gradients(mixed(DType::F32), 1.0);
    for dtype in half() {
        let gradients = student.gradients(mixed(dtype), 1.0);
        for (gradient, expected) in gradients.iter().zip(&expected) {
            assert_close(
                &format!("{dtype:?}"),
                gradient,
                expected,
                within(16.0 * resolution(dtype)),
            );
        }
    }
}

/// What a step adds to a weight of 1 is less than half precision can tell from nothing.
#[test]
fn masters_keep_what_half_precision_rounds_away() {
    for dtype in half() {
        let mut student = Student::new();
        let before = read(student.inner.weight.val());
        let rounded = |student: &Student| read(mixed(dtype).working(student).norm.gamma.val());
        let copy = rounded(&student);
        let mut optimizer = SgdConfig::new().init();
        for _ in 0..3 {
            let working = mixed(dtype).working(&student);
            let loss = working.norm.gamma.val().cast(FloatDType::F32).mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &student);
            student = optimizer.step(1e-4, student, gradients);
        }
        let gamma = read(student.norm.gamma.val());
        assert_eq!(gamma.len(), 16);
        assert_ne!(
            gamma,
            read(Student::new().norm.gamma.val()),
            "{dtype:?}: a master did not move"
        );
        assert_close(
            &format!("{dtype:?}"),
            &rounded(&student),
            &copy,
            within(resolution(dtype)),
        );
        assert_eq!(read(student.inner.weight.val()), before, "what took no part stays");
    }
}

/// f16 has no number that small. The loss times 2³⁰ has gradients of ordinary size, which are divided by it in f32.
#[test]
fn a_scaled_loss_saves_what_f16_has_no_number_for() {
    if !half().contains(&DType::F16) {
        return;
    }
    let student = Student::new();
    let half = mixed(DType::F16);
    let vanished = student.gradients(half, SMALL);
    assert!(
        vanished.iter().flatten().all(|slope| *slope == 0.0),
        "there was nothing to save"
    );

    let saved = student.gradients(half.with_loss_scale(SMALL.recip()), SMALL);
    let small = |gradient: Vec<f64>| -> Vec<f64> { gradient.iter().map(|slope| slope * SMALL).collect() };
    let expected = student.gradients(half, 1.0).map(small);
    assert_eq!(saved, expected, "a power of two rounds nothing");
}

/// bf16 reaches as far down as f32.
#[test]
fn bf16_needs_no_scale() {
    if !half().contains(&DType::BF16) {
        return;
    }
    let student = Student::new();
    let small = student.gradients(mixed(DType::BF16), SMALL);
    let expected = student.gradients(mixed(DType::BF16), 1.0);
    for (small, expected) in small.iter().zip(&expected) {
        let small: Vec<f64> = small.iter().map(|slope| slope / SMALL).collect();
        assert_close("gradient", &small, expected, within(resolution(DType::BF16)));
    }
}

/// A scale that is too large is seen at once: gradients that are no numbers, and no step that looks like one.
#[test]
fn a_scale_too_large_is_not_hidden() {
    if !half().contains(&DType::F16) {
        return;
    }
    let gradients = Student::new().gradients(mixed(DType::F16).with_loss_scale(SMALL.recip()), 1.0);
    assert!(gradients.iter().flatten().any(|slope| !slope.is_finite()));
}
