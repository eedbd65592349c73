//! A student learns the language from its teacher: DistilBERT's recipe.

use kd::prelude::*;
use kd::rows;
use kd::transformer::DistilBertCounts;
use kd::transformer::bert::Bert;
use kd::transformer::mlm::MaskedBatch;
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use serde::Serialize;

use crate::corpus::{Corpus, input};
use crate::objective::{Objective, Triple, last, masked_language, show};
use crate::prepare::{lesson, tokens};
use crate::thrift::Thrift;
use crate::trainer::{Lesson, Run, train_in_pieces};

/// Trains the student on a corpus.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint, or the device does not compute in the teacher's precision.
pub fn distil<P: Serialize>(
    run: &Run<'_, P>,
    student: Bert,
    teacher: &Bert,
    objective: Objective,
    corpus: &Corpus,
    thrift: Thrift,
) -> Result<(Bert, Course), Failure> {
    let device = &run.lab.device;
    let pieces = |step: usize| corpus.pieces(step, run.training.batch, thrift.accumulate, device);
    match objective {
        Objective::Mlm => train_in_pieces(run, student, |student, step, learn| {
            let pieces = pieces(step)?;
            let asked = |piece: &MaskedBatch| rows::count(&piece.targets.asked) as f64;
            let whole: f64 = pieces.iter().map(asked).sum();
            for piece in &pieces {
                let hidden = last(student.encode(input(piece)));
                let share = asked(piece) / whole;
                learn(lesson(masked_language(student, hidden, piece) * share, piece));
            }
            Ok(())
        }),
        Objective::Triple => {
            let precision = thrift.teacher_precision.on(device)?;
            let teacher = Frozen::new(teacher.clone(), show).in_precision(precision);
            let triple = Triple::new();
            train_in_pieces(run, student, |student, step, learn| {
                let pieces = pieces(step)?;
                let whole: DistilBertCounts = pieces.iter().map(|piece| triple.counts(piece)).sum();
                for piece in &pieces {
                    learn(Lesson {
                        terms: triple.terms(student, &teacher, piece, &whole),
                        tokens: tokens(piece),
                    });
                }
                Ok(())
            })
        }
    }
}
