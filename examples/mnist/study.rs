//! One seed of the experiment, from the teacher to the student that never saw a 3.

use std::time::Instant;

use burn::nn::loss::CrossEntropyLossConfig;
use burn::prelude::*;
use kd::prelude::*;

use crate::answers::Answers;
use crate::distil::{Mix, distil};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::missing_digit::{MISSING, bias_by_prior, bias_by_test};
use crate::model::{Mlp, in_batches};
use crate::score::{Score, Who};
use crate::train::{Run, train};

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps the score of a finished network.
    ///
    /// # Errors
    ///
    /// [`Failure::Write`] when there is nowhere to keep it.
    fn keep(&mut self, score: Score) -> Result<(), Failure>;

    /// Looks at a teacher's answers to the test images.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to draw what it sees.
    fn look_at_teacher(&mut self, answers: &Answers) -> Result<(), Failure>;
}

/// Trains all networks with this seed.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is; what was finished before has been kept.
pub fn run_seed(lab: &Lab, seed: u64, keeper: &mut impl Keeper) -> Result<(), Failure> {
    let recipe = &lab.recipe;
    let ce = CrossEntropyLossConfig::new().init(&lab.device);
    let cross_entropy = |model: &Mlp, batch: crate::train::Batch| ce.forward(model.forward(batch.images), batch.labels);
    let run = |name: &str| Run {
        lab,
        name: format!("seed {seed}: {name}"),
        seed,
    };

    let started = Instant::now();
    lab.device.seed(seed);
    let network = recipe.teacher.init(&lab.device);
    let teacher = train(
        &run("teacher"),
        network,
        &lab.train,
        recipe.teacher_training,
        cross_entropy,
    )?;
    let answers = lab.ask(&teacher, &lab.test);
    let score = |who, own: &Answers, started: Instant| Score {
        seed,
        who,
        images: lab.test.len(),
        errors: own.errors(&lab.test),
        threes: lab.test.labels().iter().filter(|label| **label == MISSING).count(),
        threes_right: own.right(&lab.test, MISSING),
        agreement: own.agreement(&answers),
        raised_bias: 0.0,
        seconds: started.elapsed().as_secs_f64(),
    };
    keeper.look_at_teacher(&answers)?;
    keeper.keep(score(Who::Teacher, &answers, started))?;

    // All three students begin with the same weights and see the images in the same order.
    let student = || {
        lab.device.seed(seed);
        recipe.student.init(&lab.device)
    };
    let started = Instant::now();
    let alone = train(
        &run("student"),
        student(),
        &lab.train,
        recipe.student_training,
        cross_entropy,
    )?;
    keeper.keep(score(Who::Student, &lab.ask(&alone, &lab.test), started))?;

    let started = Instant::now();
    let teacher = Frozen::new(teacher, |teacher: &Mlp, images| teacher.forward(images));
    let teacher_logits = in_batches(lab.train.images(&lab.device), |images| teacher.teach(images));
    let mix = Mix {
        temperature: recipe.temperature,
        alpha: recipe.alpha,
    };
    let distilled = distil(
        &run("distilled"),
        student(),
        teacher_logits.clone(),
        &lab.train,
        recipe.distillation,
        mix,
    )?;
    keeper.keep(score(Who::Distilled, &lab.ask(&distilled, &lab.test), started))?;

    let started = Instant::now();
    let rows: Vec<usize> = (0..lab.train.len())
        .filter(|row| lab.train.labels()[*row] != MISSING)
        .collect();
    let others = lab.train.select(rows.iter().copied());
    let rows: Vec<i32> = rows.into_iter().map(|row| row as i32).collect();
    let rows = Tensor::<1, Int>::from_data(TensorData::new(rows, [others.len()]), &teacher_logits.device());
    // Soft targets alone: labels know nothing about 3s, and would only say that there are none.
    let mix = Mix { alpha: 1.0, ..mix };
    let blind = distil(
        &run("no 3"),
        student(),
        teacher_logits.select(0, rows),
        &others,
        recipe.distillation,
        mix,
    )?;
    let before = lab.ask(&blind, &lab.test);
    let score = |who, own: &Answers, raised_bias: f32| Score {
        raised_bias: raised_bias.into(),
        ..score(who, own, started)
    };
    keeper.keep(score(Who::NoThree, &before, 0.0))?;

    let share = lab.train.labels().iter().filter(|label| **label == MISSING).count() as f64 / lab.train.len() as f64;
    let by_prior = bias_by_prior(&lab.ask(&blind, &lab.train), share);
    let corrected = blind.with_raised_bias(MISSING.into(), by_prior);
    keeper.keep(score(Who::NoThreePrior, &lab.ask(&corrected, &lab.test), by_prior))?;
    let by_test = bias_by_test(&before, &lab.test);
    keeper.keep(score(Who::NoThreePaper, &before.raised(MISSING, by_test), by_test))?;
    Ok(())
}
