//! One seed of the experiment, from the teacher to the student that never saw a 3.

use std::time::Instant;

use burn::prelude::*;
use kd::prelude::*;
use kd_examples::digits::Digits;
use kd_examples::failure::Failure;
use kd_examples::mlp::{Mlp, in_batches};

use crate::answers::Answers;
use crate::distil::{Mix, distil};
use crate::lab::Lab;
use crate::labels::from_labels;
use crate::learner::in_learner;
use crate::missing_digit::{MISSING, bias_by_prior, bias_by_test, others, share};
use crate::score::{Score, Who};
use crate::train::Run;

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps the score of a finished network.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
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
    let Lab { recipe, device, .. } = lab;
    let run = |name: &str| Run {
        lab,
        name: format!("seed {seed}: {name}"),
        seed,
    };

    let started = Instant::now();
    let teacher = lab.fresh(&recipe.teacher, seed);
    let teacher = from_labels(&run("teacher"), teacher, &lab.train, recipe.teacher_training)?;
    let right = lab.ask(&teacher, &lab.test);
    keeper.look_at_teacher(&right)?;
    let mut keep = |who, own: &Answers, bias: f32, started: Instant| {
        let seconds = started.elapsed().as_secs_f64();
        keeper.keep(
            Score::new(seed, who, own, &right, &lab.test)
                .with_raised_bias(bias)
                .with_seconds(seconds),
        )
    };
    keep(Who::Teacher, &right, 0.0, started)?;

    // All three students begin with the same weights.
    let student = || lab.fresh(&recipe.student, seed);
    let started = Instant::now();
    let alone = from_labels(&run("student"), student(), &lab.train, recipe.student_training)?;
    keep(Who::Student, &lab.ask(&alone, &lab.test), 0.0, started)?;

    let started = Instant::now();
    let teacher = Frozen::new(teacher, |teacher: &Mlp, images| teacher.forward(images));
    let soft = in_batches(lab.train.images(device), |images| teacher.teach(images));
    let mix = Mix {
        temperature: recipe.temperature,
        alpha: recipe.alpha,
    };
    let glance = lab.glance.images(&lab.plain_device());
    let seen = in_batches(glance, |images| teacher.teach(images));
    let distil = |name: &str, soft: Tensor<2>, digits: &Digits, mix: Mix| match lab.learner {
        false => distil(&run(name), student(), soft, digits, recipe.distillation, mix),
        true => in_learner(
            &run(name),
            student(),
            [soft, seen.clone()],
            digits,
            recipe.distillation,
            mix,
        ),
    };
    let distilled = distil("distilled", soft.clone(), &lab.train, mix)?;
    keep(Who::Distilled, &lab.ask(&distilled, &lab.test), 0.0, started)?;

    let started = Instant::now();
    let (others, soft) = others(&lab.train, soft);
    // Soft targets alone: the labels know nothing of 3s, and would only say that there are none.
    let mix = Mix { alpha: 1.0, ..mix };
    let blind = distil("no 3", soft, &others, mix)?;
    let before = lab.ask(&blind, &lab.test);
    keep(Who::NoThree, &before, 0.0, started)?;
    let bias = bias_by_prior(&lab.ask(&blind, &lab.train), share(&lab.train));
    let corrected = blind.with_raised_bias(MISSING.into(), bias);
    keep(Who::NoThreePrior, &lab.ask(&corrected, &lab.test), bias, started)?;
    let bias = bias_by_test(&before, &lab.test);
    keep(Who::NoThreePaper, &before.raised(MISSING, bias), bias, started)
}

#[cfg(test)]
mod tests {
    use burn::prelude::Device;
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::bars::bars;
    use crate::recipe::Recipe;

    /// Keeps scores, and presses Ctrl-C when there are this many.
    struct Pressing {
        interrupt: Interrupt,
        at: usize,
        scores: Vec<Score>,
    }

    impl Keeper for Pressing {
        fn keep(&mut self, score: Score) -> Result<(), Failure> {
            self.scores.push(score);
            if self.scores.len() == self.at {
                self.interrupt.raise();
            }
            Ok(())
        }

        fn look_at_teacher(&mut self, _answers: &Answers) -> Result<(), Failure> {
            Ok(())
        }
    }

    fn study(at: usize) -> (Result<(), Failure>, Vec<Score>) {
        let _alone = kd_examples::alone::alone();
        let mut recipe = Recipe::quick();
        recipe.teacher_training.jitter = 0;
        let interrupt = Interrupt::default();
        let lab = Lab::new(recipe.with_epochs(6), bars(200, 50), Device::flex(), interrupt.clone());
        let mut keeper = Pressing {
            interrupt,
            at,
            scores: Vec::new(),
        };
        let result = run_seed(&lab, 5, &mut keeper);
        (result, keeper.scores)
    }

    #[test]
    fn all_networks_are_trained_and_scored_in_order() {
        let (result, scores) = study(usize::MAX);
        assert!(result.is_ok());
        let who: Vec<Who> = scores.iter().map(|score| score.who).collect();
        assert_eq!(who, [Who::MAIN, Who::MISSING].concat());
        assert_eq!((scores[0].images, scores[0].threes, scores[0].agreement), (50, 5, 1.0));
        assert!(
            scores[0].errors < 10,
            "the teacher did not learn bars: {} errors",
            scores[0].errors
        );
        assert_eq!(scores[3].raised_bias, 0.0);
    }

    #[test]
    fn an_interrupt_keeps_what_is_finished() {
        let (result, scores) = study(2);
        assert!(matches!(result, Err(Failure::Interrupted(_))));
        let who: Vec<Who> = scores.iter().map(|score| score.who).collect();
        assert_eq!(who, [Who::Teacher, Who::Student]);
    }
}
