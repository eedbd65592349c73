//! One seed of the experiment, from the members to the last student.

use std::time::Instant;

use burn::prelude::*;
use kd::ensemble::{
    Diversity, Ensemble, FittedWeights, GeometricMean, MeanOfLogits, Members, Weighted, WeightedByEntropy, rule,
};
use kd_examples::failure::Failure;

use crate::distil::School;
use crate::keeper::{Keeper, Looks};
use crate::lab::Lab;
use crate::members::{Recording, live, member, record};
use crate::score::{Score, Who};
use crate::students::students;
use crate::views::Views;
use crate::way::Way;

/// Trains all networks with this seed.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is, [`Failure::Diverged`] where a loss is no number any more; what was finished before has
/// been kept.
pub fn run_seed(lab: &Lab, seed: u64, keeper: &mut impl Keeper) -> Result<(), Failure> {
    let views = Views {
        count: lab.recipe.views,
        mixtures: lab.recipe.mixtures,
        seed,
    };
    let labels = labels(lab);
    let (mut networks, mut says, mut recorded, mut cost) = (vec![], vec![], vec![], Recording::default());
    for index in 0..lab.recipe.members {
        let started = Instant::now();
        let network = member(lab, views, seed, index)?;
        let seconds = started.elapsed().as_secs_f64();
        let logits = lab.ask(&network, &lab.data.test);
        let score = Score::new(seed, Who::Member(index + 1), logits.clone(), labels.clone(), None);
        keeper.keep(score.with_seconds(seconds))?;
        let (replay, recording) = record(lab, views, &network)?;
        cost.bytes += recording.bytes;
        cost.seconds += recording.seconds;
        recorded.push(replay);
        says.push(logits);
        networks.push(network);
    }

    let validated: Vec<Tensor<2>> = networks
        .iter()
        .map(|network| lab.ask(network, &lab.data.validation))
        .collect();
    let rows: Vec<usize> = (0..lab.data.validation.len()).collect();
    let fitted = FittedWeights::of(&validated, lab.data.validation.targets(&rows, &lab.plain_device()))?.weights;
    let mut diversity = Diversity::new(says.len());
    diversity.update(&says, labels.clone());
    let looks = Looks {
        diversity: diversity.report().expect("there are images to be tested on"),
        recording: cost,
        fitted: fitted.shares().to_vec(),
    };
    keeper.look_at_members(seed, looks)?;

    let together = |rule: &dyn rule::Rule<Labels = ()>| rule.combine(&Members::recorded(says.clone()), ());
    let mean = together(&kd::ensemble::MeanOfProbs);
    let combinations: [(Way, Tensor<2>); 5] = [
        (Way::MeanOfProbs, mean.clone()),
        (Way::GeometricMean, together(&GeometricMean)),
        (Way::MeanOfLogits, together(&MeanOfLogits)),
        (Way::Fitted, together(&Weighted::new(fitted.clone()))),
        (Way::ByEntropy, together(&WeightedByEntropy)),
    ];
    for (way, logits) in combinations {
        keeper.keep(Score::new(
            seed,
            Who::Ensemble(way),
            logits,
            labels.clone(),
            Some(&mean),
        ))?;
    }

    let (members, asked) = (Ensemble::new(recorded), Ensemble::new(networks.into_iter().map(live)));
    let school = School {
        lab,
        members: &members,
        fitted: &fitted,
        views,
    };
    students(&school, &asked, &labels, &mean, keeper)
}

fn labels(lab: &Lab) -> Tensor<1, Int> {
    let rows: Vec<usize> = (0..lab.data.test.len()).collect();
    lab.data.test.targets(&rows, &lab.plain_device())
}

#[cfg(test)]
mod tests {
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::bands::lab;

    /// Keeps scores, and presses Ctrl-C when there are this many.
    struct Pressing {
        interrupt: Interrupt,
        at: usize,
        scores: Vec<Score>,
        looks: Vec<Looks>,
    }

    impl Keeper for Pressing {
        fn keep(&mut self, score: Score) -> Result<(), Failure> {
            self.scores.push(score);
            if self.scores.len() == self.at {
                self.interrupt.raise();
            }
            Ok(())
        }

        fn look_at_members(&mut self, _seed: u64, looks: Looks) -> Result<(), Failure> {
            self.looks.push(looks);
            Ok(())
        }
    }

    fn study(cache: &std::path::Path, at: usize) -> (Result<(), Failure>, Pressing) {
        let _alone = kd_examples::alone::alone();
        let interrupt = Interrupt::default();
        let lab = lab(cache, &interrupt);
        let mut keeper = Pressing {
            interrupt,
            at,
            scores: Vec::new(),
            looks: Vec::new(),
        };
        (run_seed(&lab, 5, &mut keeper), keeper)
    }

    #[test]
    fn everybody_learns_and_a_cache_is_as_good_as_its_members() {
        let folder = tempfile::tempdir().unwrap();
        let (result, kept) = study(folder.path(), usize::MAX);
        assert!(result.is_ok(), "{}", result.unwrap_err());
        assert_eq!(kept.scores.len(), 2 + 5 + 2 + Way::ALL.len() + 1);
        for score in &kept.scores {
            let Score { who, errors, .. } = score;
            assert!(*errors < 10, "{} did not learn bands: {errors} errors", who.name());
        }
        let of = |who| {
            kept.scores
                .iter()
                .find(|score| score.who == who)
                .expect("it was trained")
        };
        let (cached, live) = (of(Who::Of(Way::MeanOfProbs)), of(Who::Live));
        // The same numbers went into the same steps, up to what a product of more rows at once rounds otherwise.
        let apart = |one: &Score, two: &Score| (one.report.nll - two.report.nll).abs();
        assert!(apart(cached, live) < 1e-4, "{} and {}", cached.report, live.report);
        assert!(apart(cached, of(Who::Alone)) > 1e-3);
        assert!(cached.agreement.is_some() && kept.scores[0].agreement.is_none());
        let looks = &kept.looks[0];
        assert_eq!((looks.fitted.len(), looks.diversity.samples), (2, 50));
        assert!(looks.recording.bytes > 2 * 1200 * 10 * 4);
    }

    #[test]
    fn an_interrupt_keeps_what_is_finished_and_a_second_run_asks_nobody_again() {
        let folder = tempfile::tempdir().unwrap();
        let (result, kept) = study(folder.path(), 3);
        assert!(matches!(result, Err(Failure::Interrupted(_))));
        let scored: Vec<Who> = kept.scores.iter().map(|score| score.who).collect();
        assert_eq!(scored[..2], [Who::Member(1), Who::Member(2)]);
        let members = |folder: &std::path::Path| std::fs::read_dir(folder).unwrap().count();
        assert_eq!(members(folder.path()), 2);
        let written = |folder: &std::path::Path| -> Vec<_> {
            let files = std::fs::read_dir(folder)
                .unwrap()
                .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
            files
                .map(|file| file.unwrap())
                .filter(|file| file.path().extension().is_some_and(|end| end == "safetensors"))
                .map(|file| (file.path(), file.metadata().unwrap().modified().unwrap()))
                .collect()
        };
        let before = written(folder.path());
        assert!(!before.is_empty());
        let (result, again) = study(folder.path(), 3);
        assert!(matches!(result, Err(Failure::Interrupted(_))), "it came as far");
        assert_eq!(again.scores.len(), kept.scores.len());
        assert_eq!(written(folder.path()), before);
    }
}
