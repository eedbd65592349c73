//! What one may get wrong with layers, and what one is told.

use burn::tensor::{Device, Tensor};
use kd::{
    DistillLoss,
    transformer::{Attended, EncoderLayers, TinyBertLossConfig},
};
use kd_testkit::device;

use crate::{
    sequences::first,
    tiny_bert_layers::{config, projectors, student, teacher},
};

fn run(change: impl FnOnce(&mut EncoderLayers, &mut Attended<EncoderLayers>, &Device)) {
    let device = device().autodiff();
    let (mut student, mut teacher) = (student(&device), teacher(&device));
    change(&mut student, &mut teacher, &device);
    let loss = config().init_with_projectors(projectors(1, &device));
    loss.forward(student, teacher);
}

#[test]
#[should_panic(
    expected = "TinyBertLoss: the student shows 2 hidden states and 3 are wanted; give all layers from the first to the last, the embeddings before the first"
)]
fn no_embeddings() {
    run(|student, _, _| drop(student.hidden.pop()));
}

#[test]
#[should_panic(expected = "TinyBertLoss: the teacher shows 3 hidden states and at least 4 are wanted")]
fn a_shallow_teacher() {
    run(|_, teacher, _| drop(teacher.shown.hidden.pop()));
}

#[test]
#[should_panic(expected = "TinyBertLoss: the student shows 1 layers' scores and 2 are wanted")]
fn scores_of_fewer_layers() {
    run(|student, _, _| drop(student.scores.pop()));
}

#[test]
#[should_panic(expected = "TinyBertLoss: the teacher shows 0 layers' scores and at least 3 are wanted")]
fn no_scores() {
    run(|_, teacher, _| teacher.shown.scores.clear());
}

#[test]
#[should_panic(expected = "TinyBertLoss: the student has shape [2, 3, 5] and the teacher [2, 3, 6]")]
fn another_width() {
    run(|_, teacher, device| teacher.shown.hidden[3] = Tensor::ones([2, 3, 6], device));
}

#[test]
#[should_panic(
    expected = "TinyBertLoss: the shape of the mask of attended tokens is [2, 4] and that of the tokens [2, 3]"
)]
fn a_mask_of_other_tokens() {
    run(|_, teacher, device| teacher.attended = first(4, [2, 4], device));
}

#[test]
#[should_panic(
    expected = "TinyBertLoss: the teacher's scores have shape [2, 2, 3, 4] and the mask of tokens [2, 3]; give them as [batch, heads, seq, seq], padding included"
)]
fn scores_of_other_tokens() {
    run(|_, teacher, device| teacher.shown.scores[2] = Tensor::ones([2, 2, 3, 4], device));
}

#[test]
#[should_panic(
    expected = "they differ at axis 1 (2 against 4) and nothing is broadcast: give the student as many heads as its teacher has"
)]
fn other_heads() {
    run(|_, teacher, device| teacher.shown.scores[0] = Tensor::ones([2, 4, 3, 3], device));
}

#[test]
#[should_panic(expected = "TinyBertLoss: the student shows no logits, but predictions have a weight")]
fn no_answers() {
    run(|student, _, _| student.logits = None);
}

#[test]
#[should_panic(expected = "TinyBertLoss: the student's logits have shape [1, 4] for 2 sequences; give a row for each")]
fn answers_of_another_batch() {
    run(|student, teacher, device| {
        student.logits = Some(Tensor::ones([1, 4], device));
        teacher.shown.logits = Some(Tensor::ones([1, 4], device));
    });
}

#[test]
#[should_panic(
    expected = "TinyBertLossConfig: there are 2 projectors for embeddings and 2 layers; give none, one for all, or 3"
)]
fn a_projector_too_few() {
    let _ = config().init_with_projectors(projectors(2, &device()));
}

#[test]
#[should_panic(expected = "the sequences are empty")]
fn no_tokens() {
    let device = device().autodiff();
    let attended = Tensor::from_data(burn::tensor::TensorData::new(Vec::<bool>::new(), [2, 0]), &device);
    config()
        .answers()
        .init()
        .forward(student(&device), Attended::new(student(&device), attended));
}

#[test]
fn the_config_is_checked() {
    let said = |config: TinyBertLossConfig| config.try_init().unwrap_err().to_string();
    assert_eq!(
        said(TinyBertLossConfig::new(vec![])),
        "TinyBertLossConfig: the number of layers is 0, but must be at least 1"
    );
    assert!(said(TinyBertLossConfig::new(vec![1, 0])).contains("a layer is 0, but must be at least 1"));
    assert!(said(config().with_hidden(-1.0)).contains("hidden is -1"));
    assert!(said(config().with_temperature(-1.0)).contains("temperature is -1"));
    assert_eq!(
        TinyBertLossConfig::uniform(5, 12).unwrap_err().to_string(),
        "TinyBertLossConfig: the teacher's number of layers is 12, but must be a multiple of the student's; name the teacher's \
         layer for each of the student's instead"
    );
    assert!(TinyBertLossConfig::uniform(0, 12).is_err());
    assert!(TinyBertLossConfig::uniform(4, 0).is_err());
    // A student with more layers than its teacher.
    assert!(
        TinyBertLossConfig::uniform(12, 6)
            .unwrap_err()
            .to_string()
            .contains("the teacher's number of layers is 6, but must be a multiple of the student's")
    );
}
