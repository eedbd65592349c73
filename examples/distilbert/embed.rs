//! A sentence encoder: one vector for each text, the mean of its tokens' last hidden states. The student learns its teacher's
//! vectors, or how much nearer one text is than another.

use burn::prelude::*;
use clap::ValueEnum;
use kd::feature::{CosineLossConfig, HintLossConfig};
use kd::prelude::*;
use kd::seed_for;
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

use crate::lab::Lab;
use crate::objective::last;
use crate::texts::{TextBatch, batches};
use crate::trainer::{Lesson, Run, train};

/// Of every so many texts, one is tested on.
const TESTED: usize = 10;
/// No more than so many: their pairs are compared.
const MOST_TESTED: usize = 256;
/// What the order of the texts is drawn for.
const ORDER: usize = 4;

/// What a student's vectors are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingLoss {
    /// The teacher's, by the mean squared difference.
    Mse,
    /// The teacher's, by their angle.
    Cosine,
    /// How much nearer a text is to the next in the batch than to all others, in the teacher's eyes: MarginMSE.
    Margin,
}

/// Texts to learn from and others to be tested on.
pub struct Passages {
    train: Vec<Vec<u32>>,
    test: Vec<Vec<u32>>,
    pad: u32,
}

impl Passages {
    /// Cut off after `length` tokens.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there are too few to learn from some and be tested on others.
    pub fn new(texts: &[String], tokenizer: &TextTokenizer, length: usize) -> Result<Self, TextError> {
        if texts.len() < 3 * TESTED {
            return Err(TextError::TooFew {
                texts: texts.len(),
                needed: 3 * TESTED,
            });
        }
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

    fn of_step(&self, step: usize, size: usize, seed: u64) -> Vec<usize> {
        let steps = self.train.len().div_ceil(size);
        let lengths: Vec<usize> = self.train.iter().map(Vec::len).collect();
        let mut rng = StdRng::from_seed(seed_for(seed, &[ORDER, step / steps]));
        batches(&lengths, size, &mut rng).swap_remove(step % steps)
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
    let training = run.training;
    let (mse, cosine) = (HintLossConfig::new().init(), CosineLossConfig::new().init());
    let margin = MarginMseLossConfig::new().init();
    let teacher = Frozen::new(teacher.clone(), |bert: &Bert, batch: TextBatch| embed(bert, &batch));
    train(run, student, |student, step| {
        let chosen = passages.of_step(step, training.batch, training.seed);
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

/// Each text as a query: the next one in the batch is taken for its answer, and the ones after that are not. What is right does not
/// matter, for it is the teacher's margins that are learned.
fn scores(embeddings: Tensor<2>) -> PassageScores {
    let [texts, _] = embeddings.dims();
    let shifted = |by: usize| {
        let by = by % texts;
        let parts = vec![
            embeddings.clone().slice(by..texts),
            embeddings.clone().slice(0..by.max(1)),
        ];
        let other = if by == 0 {
            embeddings.clone()
        } else {
            Tensor::cat(parts, 0)
        };
        (embeddings.clone() * other).sum_dim(1)
    };
    const NEGATIVES: usize = 4;
    let negatives = (2..2 + NEGATIVES).map(shifted).collect();
    PassageScores::new(shifted(1).squeeze_dim(1), Tensor::cat(negatives, 1))
}

/// How near a student's vectors are to its teacher's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// The mean cosine of a text's two vectors.
    pub cosine: f64,
    /// How the cosines of all pairs of texts correlate (Pearson): whether both find the same texts alike.
    pub pairs: f64,
}

impl std::fmt::Display for Likeness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cosine, pairs } = self;
        write!(
            f,
            "cosine to the teacher's vectors {cosine:.4}, correlation of all pairs' cosines {pairs:.4}"
        )
    }
}

/// Compares on texts that nobody learned from.
///
/// # Errors
///
/// [`Failure::Interrupted`] when it is interrupted.
pub fn likeness(lab: &Lab, student: &Bert, teacher: &Bert, passages: &Passages) -> Result<Likeness, Failure> {
    let device = lab.plain_device();
    let all = |bert: &Bert| {
        let bert = bert.valid();
        let parts: Result<Vec<Tensor<2>>, Failure> = passages
            .test
            .chunks(64)
            .map(|texts| {
                lab.interrupt.check()?;
                let batch = TextBatch::new(texts.iter().map(|text| &**text), passages.pad, &device);
                let vectors = embed(&bert, &batch);
                let lengths = vectors.clone().square().sum_dim(1).sqrt().clamp_min(1e-12);
                Ok(vectors / lengths)
            })
            .collect();
        Ok::<_, Failure>(Tensor::cat(parts?, 0))
    };
    let [student, teacher] = [all(student)?, all(teacher)?];
    let cosine = (student.clone() * teacher.clone())
        .sum_dim(1)
        .mean()
        .into_scalar::<f64>();
    let pairs = |vectors: Tensor<2>| -> Vec<f64> {
        let [texts, _] = vectors.dims();
        let cosines: Vec<f64> = vectors
            .clone()
            .matmul(vectors.transpose())
            .into_data()
            .iter::<f64>()
            .collect();
        (0..texts)
            .flat_map(|row| cosines[row * texts + row + 1..(row + 1) * texts].to_vec())
            .collect()
    };
    Ok(Likeness {
        cosine,
        pairs: pearson(&pairs(student), &pairs(teacher)),
    })
}

/// NaN where one side is constant, or there is nothing.
fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xy += (x - x_mean) * (y - y_mean);
        xx += (x - x_mean).powi(2);
        yy += (y - y_mean).powi(2);
    }
    xy / (xx * yy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_is_of_what_goes_together() {
        assert!((pearson(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]) - 1.0).abs() < 1e-12);
        assert!((pearson(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]) + 1.0).abs() < 1e-12);
        assert!(pearson(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }

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
    }
}
