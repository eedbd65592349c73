//! A teacher of half precision: its lessons are rounded, and nothing else.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig},
    tensor::{DType, Device, FloatDType, Int, Tensor, activation::relu},
};
use kd::{
    feature::HintLossConfig,
    prelude::*,
    transformer::bert::{Bert, BertConfig, BertHead, BertInput},
};
use kd_testkit::{assert_close, device, read, resolution, waved, waves, within};

use crate::{gradient, half};

/// How far off lessons and losses are allowed to be: so many times the type's resolution.
const ROOM: f64 = 8.0;

#[derive(Module, Debug)]
struct Network {
    inner: Linear,
    norm: BatchNorm,
    outer: Linear,
}

impl Network {
    fn new(device: &Device) -> Self {
        waved(Self {
            inner: LinearConfig::new(8, 16).init(device),
            norm: BatchNormConfig::new(16).init(device),
            outer: LinearConfig::new(16, 6).init(device),
        })
    }

    /// The same for every type: the input follows the weights.
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let hidden = self.inner.forward(x.cast(self.inner.weight.dtype()));
        self.outer.forward(relu(self.norm.forward(hidden)))
    }
}

#[test]
fn lessons_are_those_of_f32_to_the_resolution_of_the_type() {
    let device = device().autodiff();
    let teacher = Frozen::new(Network::new(&device), |network: &Network, x| network.forward(x));
    let x: Tensor<2> = waves([10, 8], 0.4, &device);
    let expected = read(teacher.teach(x.clone()));
    for dtype in half() {
        let of_half = teacher.clone().in_precision(FloatDType::from(dtype));
        let logits = of_half.teach(x.clone());
        assert_eq!((logits.dtype(), logits.is_autodiff()), (dtype, false));
        assert_close(
            &format!("{dtype:?}"),
            &read(logits),
            &expected,
            within(ROOM * resolution(dtype)),
        );
    }
    // Running statistics are shared by clones, and were not rounded in this one.
    let again = teacher.teach(x);
    assert_eq!((again.dtype(), read(again)), (DType::F32, expected));
}

#[test]
fn losses_are_finite_and_near_and_the_students_gradient_is_f32() {
    let device = device().autodiff();
    let teacher = Frozen::new(Network::new(&device), |network: &Network, x| network.forward(x));
    let x: Tensor<2> = waves([10, 8], 0.4, &device);
    let student = waves::<2>([8, 6], 2.0, &device).require_grad();
    let (soft, hint) = (SoftLabelLossConfig::new().init(), HintLossConfig::new().init());
    let losses = |taught: Tensor<2>| {
        let logits = || x.clone().matmul(student.clone());
        let losses = [soft.forward(logits(), taught.clone()), hint.forward(logits(), taught)];
        losses.map(|loss| (read(loss.clone()), gradient(&student, &loss), loss.dtype()))
    };
    let expected = losses(teacher.teach(x.clone()));
    for dtype in half() {
        let of_half = teacher.clone().in_precision(FloatDType::from(dtype));
        for ((value, slope, of), (exact, exact_slope, _)) in losses(of_half.teach(x.clone())).iter().zip(&expected) {
            assert_eq!(*of, DType::F32);
            assert!(value[0].is_finite() && slope.iter().all(|slope| slope.is_finite()));
            let near = within(ROOM * resolution(dtype));
            assert_close(&format!("{dtype:?}, value"), value, exact, near);
            assert_close(&format!("{dtype:?}, gradient"), slope, exact_slope, near);
        }
        let loss = soft.forward(x.clone().matmul(student.clone()), of_half.teach(x.clone()));
        assert_eq!(student.grad(&loss.backward()).unwrap().dtype(), DType::F32);
    }
}

/// Tokens, embeddings, attention with padding, normalisation, and the head.
#[test]
fn a_bert_teaches_in_half_precision() {
    let device = device();
    let config = BertConfig::new()
        .with_vocab_size(20)
        .with_hidden_size(8)
        .with_num_hidden_layers(2)
        .with_num_attention_heads(2)
        .with_intermediate_size(16)
        .with_max_position_embeddings(8)
        .with_pooler(false)
        .with_head(BertHead::MaskedLanguage);
    let teacher = Frozen::new(waved(config.init(&device)), Bert::forward);
    let ids = Tensor::<2, Int>::from_ints([[2, 7, 9, 3], [2, 11, 3, 0]], &device);
    let input = BertInput::new(ids.clone()).with_mask(ids.not_equal_elem(0));
    // What stands at the padded place means nothing.
    let lessons = |logits: Option<Tensor<3>>| read(logits.expect("a head for tokens").reshape([8, 20]).narrow(0, 0, 7));
    let expected = lessons(teacher.teach(input.clone()).token_logits);
    for dtype in half() {
        let taught = teacher
            .clone()
            .in_precision(FloatDType::from(dtype))
            .teach(input.clone());
        assert_eq!(taught.last_hidden_state().dtype(), dtype);
        let near = within(ROOM * resolution(dtype));
        assert_close(&format!("{dtype:?}"), &lessons(taught.token_logits), &expected, near);
    }
}
