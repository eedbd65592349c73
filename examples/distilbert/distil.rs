//! A student learns the language from its teacher: DistilBERT's recipe.

use kd::prelude::*;
use kd::transformer::bert::Bert;
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use serde::Serialize;

use crate::corpus::{Corpus, input};
use crate::objective::{Objective, Triple, last, masked_language, show};
use crate::prepare::{lesson, tokens};
use crate::trainer::{Lesson, Run, train};

/// Trains the student on a corpus.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint.
pub fn distil<P: Serialize>(
    run: &Run<'_, P>,
    student: Bert,
    teacher: &Bert,
    objective: Objective,
    corpus: &Corpus,
) -> Result<(Bert, Course), Failure> {
    let size = run.training.batch;
    match objective {
        Objective::Mlm => train(run, student, |student, step| {
            let batch = corpus.batch(step, size, &run.lab.device)?;
            let hidden = last(student.encode(input(&batch)));
            Ok(lesson(masked_language(student, hidden, &batch), &batch))
        }),
        Objective::Triple => {
            let teacher = Frozen::new(teacher.clone(), show);
            let triple = Triple::new();
            train(run, student, |student, step| {
                let batch = corpus.batch(step, size, &run.lab.device)?;
                Ok(Lesson {
                    terms: triple.terms(student, &teacher, &batch),
                    tokens: tokens(&batch),
                })
            })
        }
    }
}
