//! What one may get wrong with the triple loss, and what one is told.

use burn::tensor::{Device, Tensor};
use kd::{
    DistillLoss,
    transformer::{DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets},
};
use kd_testkit::device;

use crate::{
    distil_bert_tokens::{lesson, shown},
    sequences::first,
};

fn run(change: impl FnOnce(&mut MaskedLanguage, &mut MaskedLesson, &Device)) {
    let device = device().autodiff();
    let (mut student, mut teacher) = (shown(2, 0, 1.0, &device), lesson(2, 0, &device));
    change(&mut student, &mut teacher, &device);
    DistilBertLossConfig::new().init().forward(student, teacher);
}

#[test]
#[should_panic(expected = "DistilBertLoss: the student has shape [2, 3, 9] and the teacher [2, 3, 7]")]
fn another_vocabulary() {
    run(|student, _, device| student.logits = Tensor::ones([2, 3, 9], device));
}

#[test]
#[should_panic(expected = "bring the student to the teacher's width with a projector, such as `Linear`")]
fn another_width() {
    run(|student, _, device| student.hidden = Tensor::ones([2, 3, 6], device));
}

#[test]
#[should_panic(expected = "the shape of the student's hidden states is [2, 5] and that of the tokens [2, 3]")]
fn hidden_states_of_other_tokens() {
    run(|student, teacher, device| {
        student.hidden = Tensor::ones([2, 5, 4], device);
        teacher.shown.hidden = Tensor::ones([2, 5, 4], device);
    });
}

#[test]
#[should_panic(
    expected = "the shape of the mask of attended tokens is [2, 4] and that of the tokens [2, 3]; give one entry for each token"
)]
fn a_mask_of_other_tokens() {
    run(|_, teacher, device| teacher.attended = first(4, [2, 4], device));
}

#[test]
#[should_panic(expected = "the shape of the mask of tokens asked for is [1, 3]")]
fn asked_of_another_batch() {
    run(|_, teacher, device| teacher.targets.asked = first(3, [1, 3], device));
}

#[test]
#[should_panic(expected = "the shape of the list of true tokens is [2, 2]")]
fn tokens_of_others() {
    run(|_, teacher, device| {
        let MaskedTargets { asked, .. } = teacher.targets.clone();
        teacher.targets = MaskedTargets::new(Tensor::zeros([2, 2], device), asked);
    });
}

#[test]
#[should_panic(expected = "DistilBertLoss: token 7 is asked for, and the vocabulary is from 0 to 6")]
fn a_token_that_is_not_of_the_vocabulary() {
    run(|_, teacher, device| teacher.targets.tokens = Tensor::full([2, 3], 7, device));
}

#[test]
fn weights_and_temperature_are_checked() {
    let said = |config: DistilBertLossConfig| config.try_init().unwrap_err().to_string();
    let config = DistilBertLossConfig::new;
    assert_eq!(
        said(config().with_mlm(-1.0)),
        "DistilBertLossConfig: mlm is -1, but must be a finite number of at least 0 (0 leaves its part out)"
    );
    assert!(said(config().with_soft(f64::NAN)).contains("soft is NaN"));
    assert!(said(config().with_cosine(f64::INFINITY)).contains("cosine is inf"));
    assert!(said(config().with_temperature(0.0)).contains("temperature is 0"));
    assert_eq!(
        said(config().with_soft(0.0).with_mlm(0.0).with_cosine(0.0)),
        "DistilBertLossConfig: the sum of all weights is 0, but must be above 0; without any part there is nothing to learn"
    );
}
