//! A student of fewer layers: made of its teacher's, or of nothing.

use burn::module::Param;
use burn::prelude::*;
use clap::ValueEnum;
use kd::Error;
use kd::transformer::bert::{Bert, BertConfig, BertHead};
use kd::transformer::{LayerChoice, Transplant, TransplantReport};
use serde::{Deserialize, Serialize};

/// What a student begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// Evenly spaced layers of the teacher's, and its embeddings and head.
    Layers,
    /// The teacher's first layers, and its embeddings and head.
    First,
    /// Weights at random.
    Random,
}

/// A student of so many layers with a head for tokens, and what became of the teacher's weights.
///
/// As DistilBERT it has no pooler and no token types. The embedding of the first type, which the teacher adds to every
/// token, goes into that of the places. A head that the teacher lacks is new.
///
/// # Errors
///
/// [`Error`] when the teacher has fewer layers.
pub fn student(
    teacher: &Bert,
    layers: usize,
    start: Start,
    device: &Device,
) -> Result<(Bert, Option<TransplantReport>), Error> {
    let config = BertConfig {
        num_hidden_layers: layers,
        type_vocab_size: 0,
        pooler: false,
        head: BertHead::MaskedLanguage,
        ..teacher.config().clone()
    };
    let student = config.try_init(device)?;
    let choice = match start {
        Start::Layers => LayerChoice::EvenlySpaced,
        Start::First => LayerChoice::First,
        Start::Random => {
            LayerChoice::EvenlySpaced.choose(layers, teacher.layers.len())?;
            return Ok((student, None));
        }
    };
    let transplant = Transplant::new().with_layers("layers", "layers", choice);
    let (student, report) = transplant.copy(student, teacher)?;
    Ok((with_first_type(student, teacher), Some(report)))
}

fn with_first_type(mut student: Bert, teacher: &Bert) -> Bert {
    let Some(types) = &teacher.embeddings.token_type_embeddings else {
        return student;
    };
    let places = &mut student.embeddings.position_embeddings.weight;
    let device = places.val().device();
    let first = types.weight.val().narrow(0, 0, 1);
    let first = Tensor::<2>::from_data(first.into_data(), &device);
    let sum = (places.val().detach() + first).detach();
    let sum = if sum.is_autodiff() { sum.require_grad() } else { sum };
    *places = Param::initialized(places.id, sum);
    student
}

#[cfg(test)]
mod tests {
    use kd::transformer::bert::BertInput;

    use super::*;

    #[test]
    fn a_student_of_all_layers_says_what_its_teacher_says() {
        let device = Device::flex();
        let config = BertConfig::new()
            .with_vocab_size(30)
            .with_hidden_size(8)
            .with_num_hidden_layers(2)
            .with_num_attention_heads(2)
            .with_intermediate_size(16)
            .with_max_position_embeddings(6)
            .with_initializer_range(0.5)
            .with_head(BertHead::MaskedLanguage);
        let teacher = config.init(&device);
        let ids = Tensor::<2, Int>::from_ints([[2, 17, 9, 3]], &device);
        let says = |bert: &Bert| bert.forward(BertInput::new(ids.clone())).token_logits.unwrap();
        let (student, report) = student(&teacher, 2, Start::Layers, &device.clone().autodiff()).unwrap();
        let apart = (says(&student.valid()) - says(&teacher))
            .abs()
            .max()
            .into_scalar::<f32>();
        assert!(apart < 1e-5, "{apart}");
        assert_eq!(report.unwrap().fresh, []);
        assert!(student.embeddings.position_embeddings.weight.val().is_require_grad());
    }

    #[test]
    fn a_student_begins_with_the_layers_it_is_said_to_begin_with() {
        let device = Device::flex();
        let teacher = crate::reader::Reader::tiny(&device).bert;
        let from = |start| -> Vec<String> {
            let (_, report) = student(&teacher, 2, start, &device).unwrap();
            let copied = report.map(|report| report.copied).unwrap_or_default().into_iter();
            let layers = copied.filter(|parameter| parameter.student.starts_with("layers"));
            let names = layers.map(|parameter| parameter.teacher.split('.').take(2).collect::<Vec<_>>().join("."));
            let mut names: Vec<String> = names.collect();
            names.dedup();
            names
        };
        assert_eq!(from(Start::Layers), ["layers.0", "layers.3"]);
        assert_eq!(from(Start::First), ["layers.0", "layers.1"]);
        assert!(from(Start::Random).is_empty());
    }

    #[test]
    fn a_student_larger_than_its_teacher_is_refused_whatever_it_begins_with() {
        let device = Device::flex();
        let teacher = crate::reader::Reader::tiny(&device).bert;
        for start in [Start::Layers, Start::First, Start::Random] {
            let error = student(&teacher, 5, start, &device).unwrap_err().to_string();
            assert!(error.contains("of at most 4"), "{error}");
        }
    }
}
