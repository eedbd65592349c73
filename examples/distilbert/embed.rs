//! A sentence encoder: one vector for each text, the mean of its tokens' last hidden states. The student learns its
//! teacher's vectors, or how much nearer one text is than another.

use burn::prelude::*;
use clap::ValueEnum;
use kd::feature::{CosineLossConfig, HintLossConfig};
use kd::prelude::*;
use kd::transformer::bert::Bert;
use kd::transformer::{MarginMseLossConfig, PassageScores, mean_pool};
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use kd_examples::text::text_error::TextError;
use kd_examples::text::tokenizer::TextTokenizer;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::objective::last;
use crate::texts::{TextBatch, of_step};
use crate::trainer::{Lesson, Run, train};

/// Of every so many texts, one is tested on.
const TESTED: usize = 10;
/// No more than so many: their pairs are compared.
const MOST_TESTED: usize = 256;
/// What the order of the texts is drawn for.
const ORDER: usize = 4;
/// The fewest texts of which one has an answer and something else.
const FEWEST: usize = 3;
/// So many texts are no answer to another, at most.
const NEGATIVES: usize = 4;

/// What a student's vectors are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingLoss {
    /// The teacher's, by the mean squared difference.
    Mse,
    /// The teacher's, by their angle.
    Cosine,
    /// How much nearer a text is to the next in the batch than to some others, in the teacher's eyes: MarginMSE.
    Margin,
}

impl EmbeddingLoss {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mse, Self::Cosine, Self::Margin];

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mse => "mse",
            Self::Cosine => "cosine",
            Self::Margin => "margin",
        }
    }
}

/// Texts to learn from and others to be tested on.
pub struct Passages {
    train: Vec<Vec<u32>>,
    /// Those to be tested on, as framed tokens.
    pub test: Vec<Vec<u32>>,
    /// The token that fills them up.
    pub pad: u32,
}

impl Passages {
    /// Cut off after `length` tokens.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there are too few to learn from some and be tested on others.
    pub fn new(texts: &[String], tokenizer: &TextTokenizer, length: usize) -> Result<Self, TextError> {
        Self::check(texts.len())?;
        let mut framed: Vec<Vec<u32>> = texts.iter().map(|text| tokenizer.framed(text, length)).collect();
        // Not by the seed of a run: all runs are tested on the same.
        framed.shuffle(&mut StdRng::seed_from_u64(0));
        let tested = (framed.len() / TESTED).min(MOST_TESTED);
        let train = framed.split_off(tested);
        Ok(Self {
            train,
            test: framed,
            pad: tokenizer.vocabulary().special().pad,
        })
    }

    /// That there are enough of them.
    ///
    /// # Errors
    ///
    /// [`TextError::TooFew`] otherwise.
    pub fn check(texts: usize) -> Result<(), TextError> {
        let needed = 3 * TESTED;
        if texts < needed {
            return Err(TextError::TooFew { texts, needed });
        }
        Ok(())
    }

    /// These of the texts to learn from, and others, so that there are at least so many.
    fn filled_up(&self, mut chosen: Vec<usize>, fewest: usize) -> Vec<usize> {
        let others = (0..self.train.len()).filter(|text| !chosen.contains(text));
        let others: Vec<usize> = others.take(fewest.saturating_sub(chosen.len())).collect();
        chosen.extend(others);
        chosen
    }
}

/// A vector for each text, `[batch, hidden]`.
pub fn embed(bert: &Bert, batch: &TextBatch) -> Tensor<2> {
    mean_pool(last(bert.encode(batch.input())), batch.mask.clone())
}

/// Trains a student of its teacher's width.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint.
pub fn distil<P: Serialize>(
    run: &Run<'_, P>,
    student: Bert,
    teacher: &Bert,
    loss: EmbeddingLoss,
    passages: &Passages,
) -> Result<(Bert, Course), Failure> {
    let (mse, cosine) = (HintLossConfig::new().init(), CosineLossConfig::new().init());
    let margin = MarginMseLossConfig::new().init();
    let teacher = Frozen::new(teacher.clone(), |bert: &Bert, batch: TextBatch| embed(bert, &batch));
    train(run, student, |student, step| {
        let chosen = of_step(&passages.train, step, run.training, ORDER);
        let chosen = match loss {
            EmbeddingLoss::Margin => passages.filled_up(chosen, FEWEST),
            _ => chosen,
        };
        let texts = chosen.iter().map(|text| &*passages.train[*text]);
        let batch = TextBatch::new(texts, passages.pad, &run.lab.device);
        let tokens = batch.tokens;
        let student = embed(student, &batch);
        let teacher = teacher.teach(batch);
        let terms = LossTerms::new();
        let terms = match loss {
            EmbeddingLoss::Mse => terms.with("mse", 1.0, mse.forward(student, teacher)),
            EmbeddingLoss::Cosine => terms.with("cosine", 1.0, cosine.forward(student, teacher)),
            EmbeddingLoss::Margin => terms.with("margin", 1.0, margin.forward(scores(student), scores(teacher))),
        };
        Ok(Lesson { terms, tokens })
    })
}

/// Each text as a query: the next one in the batch is taken for its answer, and the ones after that are not. What is
/// right does not matter, for it is the teacher's margins that are learned. No text is held against itself.
fn scores(embeddings: Tensor<2>) -> PassageScores {
    let [texts, _] = embeddings.dims();
    let ahead = |by: usize| {
        let others = vec![embeddings.clone().slice(by..texts), embeddings.clone().slice(0..by)];
        (embeddings.clone() * Tensor::cat(others, 0)).sum_dim(1)
    };
    let negatives = (2..texts.min(2 + NEGATIVES)).map(ahead).collect();
    PassageScores::new(ahead(1).squeeze_dim(1), Tensor::cat(negatives, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_asked_for_with_those_after_it() {
        let device = Device::flex();
        let scores = scores(Tensor::<2>::eye(6, &device).mul_scalar(2.0));
        assert_eq!((scores.positive.dims(), scores.negatives.dims()), ([6], [6, 4]));
        assert_eq!(scores.negatives.sum().into_scalar::<f32>(), 0.0);
        let rising = Tensor::<2>::from_floats([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]], &device);
        let scores = super::scores(rising);
        let positive: Vec<f32> = scores.positive.into_data().try_to_vec().unwrap();
        assert_eq!(positive, [2.0, 6.0, 12.0, 20.0, 30.0, 6.0]);
        let first: Vec<f32> = scores.negatives.slice(0..1).into_data().try_to_vec().unwrap();
        assert_eq!(first, [3.0, 4.0, 5.0, 6.0]);
        let few = super::scores(Tensor::<2>::eye(FEWEST, &device));
        assert_eq!(few.negatives.dims(), [3, 1], "neither a text itself nor its answer");
        assert_eq!(few.negatives.sum().into_scalar::<f32>(), 0.0);
    }

    #[test]
    fn too_few_texts_are_filled_up_with_others() {
        let passages = Passages {
            train: vec![vec![2, 3]; 5],
            test: Vec::new(),
            pad: 0,
        };
        assert_eq!(passages.filled_up(vec![1], 3), [1, 0, 2]);
        assert_eq!(passages.filled_up(vec![4, 3, 2, 1], 3), [4, 3, 2, 1]);
    }
}
