//! One seed of the experiment, from the teacher to the student that learned all it could.

use std::time::Instant;

use kd::prelude::*;
use kd_examples::failure::Failure;
use kd_examples::residual::Network;

use crate::alignment::Alignment;
use crate::answers::Answers;
use crate::distil::{features, hinted, labels, soft_labels};
use crate::lab::Lab;
use crate::score::{Score, Way};
use crate::train::{Run, train};

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps the score of a finished network.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to keep it.
    fn keep(&mut self, score: Score) -> Result<(), Failure>;

    /// Keeps which block is most like which.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to keep it.
    fn align(&mut self, alignment: &Alignment) -> Result<(), Failure>;

    /// Looks at the answers of the student alone and of the one that learned all it could.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to draw what it sees.
    fn compare(&mut self, seed: u64, alone: &Answers, both: &Answers) -> Result<(), Failure>;
}

/// Trains all networks with this seed: the teacher too, so that the spread over seeds is that of the whole experiment.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is; what was finished before has been kept.
pub fn run_seed<K: Keeper>(lab: &Lab, seed: u64, keeper: &mut K) -> Result<(), Failure> {
    let Lab { recipe, device, .. } = lab;
    let run = |who: Way| Run {
        lab,
        name: format!("seed {seed}: {}", who.name()),
        seed,
        training: match who {
            Way::Teacher => recipe.teacher_training,
            _ => recipe.student_training,
        },
    };

    let started = Instant::now();
    device.seed(seed);
    let teacher = train(&run(Way::Teacher), recipe.teacher.init(device), labels(lab))?;
    let right = lab.ask(&teacher, &lab.test);
    let keep = |keeper: &mut K, who, network: &Network, started: Instant| {
        let own = lab.ask(network, &lab.test);
        let score = Score::new(seed, who, &own, &right, &lab.test);
        keeper.keep(score.with_seconds(started.elapsed().as_secs_f64()))?;
        Ok::<_, Failure>(own)
    };
    keep(keeper, Way::Teacher, &teacher, started)?;

    // All students begin with the same weights and see the same images in the same order.
    let student = || {
        device.seed(seed);
        recipe.student.init(device)
    };
    let started = Instant::now();
    let network = train(&run(Way::Alone), student(), labels(lab))?;
    let alone = keep(keeper, Way::Alone, &network, started)?;
    let alignment = Alignment::of(lab, seed, &network, &teacher)?;
    keeper.align(&alignment)?;

    let teacher = Frozen::new(teacher, |teacher: &Network, images| teacher.forward(images));
    let started = Instant::now();
    let network = train(&run(Way::SoftLabels), student(), soft_labels(lab, &teacher))?;
    keep(keeper, Way::SoftLabels, &network, started)?;

    let mut both = None;
    for (who, plan) in [
        (Way::ByIndex, &alignment.by_index),
        (Way::EvenlySpaced, &alignment.evenly_spaced),
        (Way::ByAlignment, &alignment.by_alignment),
        (Way::Both, &alignment.by_alignment),
    ] {
        let started = Instant::now();
        let model = hinted(lab, student(), &teacher, plan)?;
        let model = train(&run(who), model, features(lab, &teacher, who == Way::Both))?;
        both = Some(keep(keeper, who, &model.into_student(), started)?);
    }
    keeper.compare(seed, &alone, &both.expect("the last way is both"))
}

#[cfg(test)]
mod tests {
    use burn::prelude::Device;
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::recipe::Recipe;
    use crate::train::Training;
    use kd_examples::cifar10::data::{Data, Source};
    use kd_examples::cifar10::photos::{BYTES, Photos};
    use kd_examples::residual::Architecture;

    /// Keeps scores, and presses Ctrl-C when there are this many.
    struct Pressing {
        interrupt: Interrupt,
        at: usize,
        scores: Vec<Score>,
        aligned: Vec<Alignment>,
        compared: usize,
    }

    impl Keeper for Pressing {
        fn keep(&mut self, score: Score) -> Result<(), Failure> {
            self.scores.push(score);
            if self.scores.len() == self.at {
                self.interrupt.raise();
            }
            Ok(())
        }

        fn align(&mut self, alignment: &Alignment) -> Result<(), Failure> {
            self.aligned.push(alignment.clone());
            Ok(())
        }

        fn compare(&mut self, _seed: u64, _alone: &Answers, _both: &Answers) -> Result<(), Failure> {
            self.compared += 1;
            Ok(())
        }
    }

    /// Each class is a grey of its own, with a bright stripe that differs from image to image.
    fn photos(count: usize) -> Photos {
        let mut photos = Photos::default();
        for row in 0..count {
            let mut image = [20 * (row % 10) as u8; BYTES];
            image[64 * (row % 16)..][..32].fill(255);
            photos.push(&image, (row % 10) as u8);
        }
        photos
    }

    fn study(at: usize) -> (Result<(), Failure>, Pressing) {
        let _alone = kd_examples::alone::alone();
        let quick = Recipe::quick();
        let training = Training {
            epochs: 2,
            batch: 10,
            ..quick.student_training
        };
        let recipe = Recipe {
            teacher: Architecture::ResNet { blocks: 2 },
            side: 8,
            teacher_training: training,
            student_training: training,
            ..quick
        };
        let data = Data {
            train: photos(40),
            validation: photos(16),
            test: photos(20),
            source: Source {
                name: "greys".into(),
                train: 40,
                validation: 16,
                test: 20,
                validated: false,
            },
        };
        let interrupt = Interrupt::default();
        let lab = Lab::new(recipe, data, Device::flex(), interrupt.clone());
        let mut keeper = Pressing {
            interrupt,
            at,
            scores: Vec::new(),
            aligned: Vec::new(),
            compared: 0,
        };
        (run_seed(&lab, 5, &mut keeper), keeper)
    }

    #[test]
    fn all_networks_are_trained_and_scored_in_order() {
        let (result, kept) = study(usize::MAX);
        assert!(result.is_ok());
        let who: Vec<Way> = kept.scores.iter().map(|score| score.who).collect();
        assert_eq!(who, Way::ALL);
        assert_eq!(
            (kept.scores[0].images, kept.scores[0].agreement, kept.compared),
            (20, 1.0, 1)
        );
        let [alignment] = &kept.aligned[..] else {
            panic!("one alignment a seed")
        };
        let teachers =
            |plan: &kd::feature::align::Plan| plan.pairs.iter().map(|pair| pair.teacher.clone()).collect::<Vec<_>>();
        assert_eq!(teachers(&alignment.by_index), ["1.1", "1.2", "2.1"]);
        assert_eq!(teachers(&alignment.evenly_spaced), ["1.2", "2.2", "3.2"]);
        assert_eq!(alignment.similarity.values().len(), 3);
        assert!(
            alignment
                .similarity
                .values()
                .iter()
                .flatten()
                .all(|value| value.is_finite())
        );
    }

    #[test]
    fn an_interrupt_keeps_what_is_finished() {
        let (result, kept) = study(2);
        assert!(matches!(result, Err(Failure::Interrupted(_))));
        let who: Vec<Way> = kept.scores.iter().map(|score| score.who).collect();
        assert_eq!(who, [Way::Teacher, Way::Alone]);
        assert_eq!((kept.aligned.len(), kept.compared), (1, 0));
    }
}
