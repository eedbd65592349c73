//! A teacher with a head for tokens: the model as it is, or with a head trained on its frozen layers.

use std::path::Path;

use burn::module::Module;
use burn::prelude::*;
use kd::prelude::*;
use kd::rows;
use kd::transformer::bert::{Bert, BertConfig, BertHead, BertInput};
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, input};
use crate::lab::Lab;
use crate::objective::{last, masked_language};
use crate::reader::Reader;
use crate::trainer::{Lesson, Run, Training, train};

/// What a teacher's head for tokens is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// The model's own.
    Own,
    /// Trained here on layers that did not learn with it: it tells what such layers know of hidden tokens, and the
    /// model is no masked language model for it.
    OnFrozenLayers,
    /// Trained here together with all layers, which were at random.
    WithTheLayers,
}

impl Head {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "the model's own head for tokens",
            Self::OnFrozenLayers => "a head for tokens, trained on the model's frozen layers",
            Self::WithTheLayers => "a tiny network, trained from nothing",
        }
    }
}

/// The model in a folder, and what is left to be trained of it.
///
/// # Errors
///
/// [`Failure`] when the folder's files cannot be used.
pub fn teacher(folder: &Path, device: &Device) -> Result<(Reader, Head), Failure> {
    let config = BertConfig::from_hugging_face(folder.join("config.json"))?;
    match config.head {
        BertHead::MaskedLanguage => Ok((Reader::load(folder, device)?, Head::Own)),
        _ => {
            let reader = Reader::with_new_head(folder, BertHead::MaskedLanguage, device)?;
            Ok((reader, Head::OnFrozenLayers))
        }
    }
}

/// Trains what is left of the teacher.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint.
pub fn prepare<P: Serialize>(
    run: &Run<'_, P>,
    teacher: Bert,
    head: Head,
    corpus: &Corpus,
) -> Result<(Bert, Option<Course>), Failure> {
    let Training { batch, .. } = *run.training;
    match head {
        Head::Own => Ok((teacher, None)),
        Head::WithTheLayers => {
            let (teacher, course) = train(run, teacher, |teacher, step| {
                let batch = corpus.batch(step, batch, &run.lab.device)?;
                let hidden = last(teacher.encode(input(&batch)));
                Ok(lesson(masked_language(teacher, hidden, &batch), &batch))
            })?;
            Ok((teacher, Some(course)))
        }
        Head::OnFrozenLayers => {
            let layers = Frozen::new(teacher.clone(), |bert: &Bert, input: BertInput| {
                last(bert.encode(input))
            });
            let (teacher, course) = train(run, with_frozen_layers(teacher), |teacher, step| {
                let batch = corpus.batch(step, batch, &run.lab.device)?;
                let hidden = layers.teach(input(&batch));
                Ok(lesson(masked_language(teacher, hidden, &batch), &batch))
            })?;
            Ok((teacher, Some(course)))
        }
    }
}

/// What a masked language model learns from a batch.
pub fn lesson(loss: Tensor<1>, batch: &kd::transformer::mlm::MaskedBatch) -> Lesson {
    Lesson {
        terms: LossTerms::new().with("mlm", 1.0, loss),
        tokens: tokens(batch),
    }
}

/// How many tokens a batch has, without what fills up.
pub fn tokens(batch: &kd::transformer::mlm::MaskedBatch) -> usize {
    rows::count(&batch.attended)
}

/// The mean cross-entropy of the tokens asked for in all that is tested on, nats.
///
/// # Errors
///
/// [`Failure`] when it is interrupted.
pub fn cross_entropy(lab: &Lab, bert: &Bert, corpus: &Corpus, batch: usize) -> Result<f64, Failure> {
    let bert = bert.valid();
    let (mut sum, mut count) = (0.0, 0.0);
    for batch in corpus.tests(batch, &lab.plain_device())? {
        lab.interrupt.check()?;
        let asked = batch.targets.asked.clone().int().sum().into_scalar::<i64>() as f64;
        let hidden = last(bert.encode(input(&batch)));
        sum += asked * masked_language(&bert, hidden, &batch).into_scalar::<f64>();
        count += asked;
    }
    Ok(sum / count)
}

fn with_frozen_layers(mut bert: Bert) -> Bert {
    let head = bert.masked_language.take();
    let mut bert = bert.no_grad();
    bert.masked_language = head;
    bert
}
