//! What a masked language model learns from: its teacher and the tokens, or the tokens alone.

use burn::prelude::*;
use clap::ValueEnum;
use kd::feature::{CosineLoss, CosineLossConfig};
use kd::prelude::*;
use kd::rows;
use kd::transformer::bert::{Bert, BertInput};
use kd::transformer::mlm::MaskedBatch;
use kd::transformer::{
    DistilBertCounts, DistilBertLoss, DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets, PickedTokens,
    SoftTokens,
};
use serde::{Deserialize, Serialize};

use crate::corpus::{asked, input};

/// What a student learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Objective {
    /// DistilBERT's three losses: the teacher's soft labels of the tokens asked for, these tokens, and the angle to the
    /// teacher's last hidden states.
    Triple,
    /// The tokens asked for, without a teacher.
    Mlm,
}

/// DistilBERT's three losses. The teacher is asked what each hidden token may be; at a large vocabulary that is most of
/// the work, so of the others only the hidden states are looked at.
pub struct Triple {
    asked: DistilBertLoss,
    cosine: CosineLoss,
}

impl Triple {
    /// With the weights of the paper's code, 5, 2 and 1.
    pub fn new() -> Self {
        let config = DistilBertLossConfig::new()
            .with_cosine(0.0)
            .with_soft_tokens(SoftTokens::Asked);
        Self {
            asked: config.init(),
            cosine: CosineLossConfig::new().init(),
        }
    }

    /// How many tokens count in each loss, of a batch or of a piece of one.
    pub fn counts(&self, batch: &MaskedBatch) -> DistilBertCounts {
        self.asked.counts(&batch.targets, &batch.attended)
    }

    /// The losses of a batch by name; of a piece, its shares of those of the whole batch, in which so many tokens count.
    pub fn terms<T>(&self, student: &Bert, teacher: &T, batch: &MaskedBatch, whole: &DistilBertCounts) -> LossTerms
    where
        T: Teacher<(BertInput, PickedTokens), Output = Taught>,
    {
        let picked = asked(batch);
        let taught = teacher.teach((input(batch), picked.clone()));
        let hidden = last(student.encode(input(batch)));
        let of_asked = one_sequence(picked.vectors(hidden.clone()));
        let shown = MaskedLanguage::new(student.token_logits(of_asked.clone()), of_asked);
        let [_, count, _] = shown.logits.dims();
        let tokens = picked.numbers(batch.targets.tokens.clone()).reshape([1, count]);
        let all = Tensor::<2, Int>::ones([1, count], &tokens.device()).equal_elem(1);
        let lesson = MaskedLesson::new(taught.of_asked, MaskedTargets::new(tokens, all.clone()), all);
        let terms = self.asked.sums(shown, lesson).shares(self.asked.config(), whole);

        let attended = PickedTokens::new(batch.attended.clone()).expect("a sequence has tokens");
        let cosine = self
            .cosine
            .per_sample(attended.vectors(hidden), attended.vectors(taught.hidden));
        terms.with("cosine", 1.0, cosine.sum() * (whole.cosine as f64).recip())
    }
}

/// What the teacher shows.
pub struct Taught {
    /// Of the tokens asked for, as one sequence.
    of_asked: MaskedLanguage,
    /// The last hidden states of all, `[batch, seq, hidden]`.
    hidden: Tensor<3>,
}

impl kd::OffGraph for Taught {
    fn off_graph(self) -> Self {
        Self {
            of_asked: self.of_asked.off_graph(),
            hidden: self.hidden.off_graph(),
        }
    }
}

/// What a network with a head for tokens shows of a batch when it is asked about some of them.
pub fn show(bert: &Bert, (input, picked): (BertInput, PickedTokens)) -> Taught {
    let hidden = last(bert.encode(input));
    let of_asked = one_sequence(picked.vectors(hidden.clone()));
    Taught {
        of_asked: MaskedLanguage::new(bert.token_logits(of_asked.clone()), of_asked),
        hidden,
    }
}

/// The mean cross-entropy of the tokens that are asked for, `[1]`, given the last hidden states.
pub fn masked_language(bert: &Bert, hidden: Tensor<3>, batch: &MaskedBatch) -> Tensor<1> {
    let picked = asked(batch);
    let logits = bert.token_logits(one_sequence(picked.vectors(hidden)));
    let tokens = picked.numbers(batch.targets.tokens.clone());
    rows::cross_entropy(logits.squeeze_dim(0), tokens).mean()
}

/// The last of the hidden states.
pub fn last(mut states: Vec<Tensor<3>>) -> Tensor<3> {
    states.pop().expect("the embeddings' states are always there")
}

fn one_sequence(vectors: Tensor<2>) -> Tensor<3> {
    vectors.unsqueeze()
}

#[cfg(test)]
mod tests {
    use kd_examples::text::embedded;

    use super::*;
    use crate::corpus::Corpus;
    use crate::reader::Reader;

    /// What is computed of the tokens asked for alone is what the loss makes of all.
    #[test]
    fn asking_about_some_tokens_is_the_loss_of_all() {
        let device = Device::flex();
        let (student, teacher) = (Reader::tiny(&device), Reader::tiny(&device));
        let corpus = Corpus::new(&embedded::corpus(), &teacher.tokenizer, 16, 1).unwrap();
        let batch = corpus.batch(0, 4, &device).unwrap();
        let frozen = Frozen::new(teacher.bert.clone(), show);
        let triple = Triple::new();
        let actual = triple.terms(&student.bert, &frozen, &batch, &triple.counts(&batch));

        let shown = |bert: &Bert| bert.forward(input(&batch)).masked_language().unwrap();
        let lesson = MaskedLesson::new(shown(&teacher.bert), batch.targets.clone(), batch.attended.clone());
        let config = DistilBertLossConfig::new().with_soft_tokens(SoftTokens::Asked);
        let expected = config.init().terms(shown(&student.bert), lesson);
        assert_eq!((actual.iter().len(), expected.iter().len()), (3, 3));
        for (actual, expected) in actual.iter().zip(expected.iter()) {
            assert_eq!((&actual.name, actual.weight), (&expected.name, expected.weight));
            let [actual, expected] = [actual, expected].map(|term| term.value.clone().into_scalar::<f64>());
            assert!(
                (actual - expected).abs() < 1e-5 * expected.abs().max(1e-3),
                "{actual} {expected}"
            );
        }
        let pieces = corpus.pieces(0, 4, 3, &device).unwrap();
        let whole: DistilBertCounts = pieces.iter().map(|piece| triple.counts(piece)).sum();
        let shares = pieces
            .iter()
            .map(|piece| triple.terms(&student.bert, &frozen, piece, &whole));
        let sum = shares.fold([0.0; 3], |mut sum, share| {
            for (sum, (_, value)) in sum.iter_mut().zip(share.values()) {
                *sum += value;
            }
            sum
        });
        for (sum, (name, value)) in sum.iter().zip(expected.values()) {
            assert!(
                (sum - value).abs() < 1e-5 * value.abs().max(1e-3),
                "{name} in pieces: {sum} {value}"
            );
        }

        let hidden = last(student.bert.encode(input(&batch)));
        let alone = masked_language(&student.bert, hidden, &batch);
        let term = expected.values()[1].1;
        assert!((alone.into_scalar::<f64>() - term).abs() < 1e-5 * term);
    }
}
