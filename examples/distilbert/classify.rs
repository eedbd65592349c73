//! A network tells of which class a text is: it learns from labels, and from a teacher that was taught so itself.

use burn::prelude::*;
use burn::tensor::TensorData;
use kd::feature::CosineLossConfig;
use kd::metrics::{Report, Scores};
use kd::prelude::*;
use kd::rows;
use kd::transformer::PickedTokens;
use kd::transformer::bert::{Bert, BertOutput};
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use kd_examples::text::labelled::Sentence;
use kd_examples::text::tokenizer::TextTokenizer;
use serde::Serialize;

use crate::lab::Lab;
use crate::texts::{TextBatch, of_step};
use crate::trainer::{Lesson, Run, train};

/// What the order of the texts is drawn for.
const ORDER: usize = 3;
/// T of what a taught teacher says of the classes.
const TEMPERATURE: f64 = 2.0;
/// Its share in what is learned; the labels have the rest.
const ALPHA: f64 = 0.5;

/// Texts as tokens, with their classes.
pub struct ClassTexts {
    texts: Vec<Vec<u32>>,
    classes: Vec<usize>,
    pad: u32,
}

impl ClassTexts {
    /// Cut off after `length` tokens.
    pub fn new(sentences: &[Sentence], tokenizer: &TextTokenizer, length: usize) -> Self {
        let framed = |sentence: &Sentence| tokenizer.framed(&sentence.text, length);
        Self {
            texts: sentences.iter().map(framed).collect(),
            classes: sentences.iter().map(|sentence| sentence.class).collect(),
            pad: tokenizer.vocabulary().special().pad,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// These of them, and their classes, `[batch]`.
    pub fn batch(&self, chosen: &[usize], device: &Device) -> (TextBatch, Tensor<1, Int>) {
        let batch = TextBatch::new(chosen.iter().map(|text| &*self.texts[*text]), self.pad, device);
        let classes: Vec<i64> = chosen.iter().map(|text| self.classes[*text] as i64).collect();
        let classes = TensorData::new(classes, [chosen.len()]);
        (batch, Tensor::from_data(classes, device))
    }
}

/// Trains a network with a head for classes, all but the vectors of its words, which are most of a small network and
/// seldom seen; without them a step is done in half the time. A teacher that was trained so before gives its soft
/// labels and shows its last hidden states.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint.
pub fn finetune<P: Serialize>(
    run: &Run<'_, P>,
    student: Bert,
    teacher: Option<&Bert>,
    texts: &ClassTexts,
) -> Result<(Bert, Course), Failure> {
    let student = with_frozen_words(student);
    let soft = SoftLabelLossConfig::new().with_temperature(TEMPERATURE).init();
    let cosine = CosineLossConfig::new().init();
    let teacher = teacher.map(|teacher| Frozen::new(teacher.clone(), Bert::forward));
    train(run, student, |student, step| {
        let chosen = of_step(&texts.texts, step, run.training, ORDER);
        let (batch, classes) = texts.batch(&chosen, &run.lab.device);
        let output = student.forward(batch.input());
        let logits = class_logits(&output);
        let labels = rows::cross_entropy(logits.clone(), classes).mean();
        let terms = match &teacher {
            None => LossTerms::new().with("labels", 1.0, labels),
            Some(teacher) => {
                let taught = teacher.teach(batch.input());
                let tokens = PickedTokens::new(batch.mask.clone()).expect("a text has tokens");
                let hidden = |output: &BertOutput| tokens.vectors(output.last_hidden_state());
                LossTerms::new()
                    .with("labels", 1.0 - ALPHA, labels)
                    .with("soft", ALPHA, soft.forward(logits, class_logits(&taught)))
                    .with("cosine", 1.0, cosine.forward(hidden(&output), hidden(&taught)))
            }
        };
        Ok(Lesson {
            terms,
            tokens: batch.tokens,
        })
    })
}

/// How good a network is at texts it has not learned from.
///
/// # Errors
///
/// [`Failure::Interrupted`] when it is interrupted.
///
/// # Panics
///
/// Panics when there are no texts.
pub fn evaluate(lab: &Lab, bert: &Bert, texts: &ClassTexts) -> Result<Report, Failure> {
    const BATCH: usize = 64;
    let bert = bert.valid();
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|text| texts.texts[*text].len());
    let mut scores = Scores::new();
    for chosen in order.chunks(BATCH) {
        lab.interrupt.check()?;
        let (batch, classes) = texts.batch(chosen, &lab.plain_device());
        scores.update(class_logits(&bert.forward(batch.input())), classes);
    }
    Ok(scores.report().expect("there are texts to be tested on"))
}

fn with_frozen_words(mut bert: Bert) -> Bert {
    bert.embeddings.word_embeddings = bert.embeddings.word_embeddings.no_grad();
    bert
}

fn class_logits(output: &BertOutput) -> Tensor<2> {
    output.class_logits.clone().expect("the network has a head for classes")
}
