//! One seed of the experiment: along time, and within one network.

use std::time::Instant;

use burn::prelude::*;
use kd::ensemble::Ensemble;
use kd::prelude::*;
use kd::self_distillation::{Chain, EarlyExitRow, early_exit_table};
use kd_examples::failure::Failure;

use crate::lab::Lab;
use crate::network::{EXITS, Network};
use crate::options::Part;
use crate::score::{EarlyExits, Score};
use crate::teach::{born_again, byot, deep_supervision, plain};
use crate::train::{Batch, Run, train};
use crate::way::{GENERATIONS, Way};

/// How sure an exit has to be for an image to leave there.
pub const THRESHOLDS: [f64; 10] = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0];

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps the score of an exit.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to keep it.
    fn keep(&mut self, score: Score) -> Result<(), Failure>;

    /// Keeps what leaving early saves, and looks at the network.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to keep it.
    fn leave_early(&mut self, exits: EarlyExits, network: &Network) -> Result<(), Failure>;
}

/// Trains all networks of these parts with this seed.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is; what was finished before has been kept.
pub fn run_seed(lab: &Lab, seed: u64, parts: &[Part], keeper: &mut impl Keeper) -> Result<(), Failure> {
    parts.iter().try_for_each(|part| match part {
        Part::AlongTime => along_time(lab, seed, keeper),
        Part::DeepSupervision => within(lab, seed, Way::DeepSupervision, deep_supervision(), keeper),
        Part::Byot => within(lab, seed, Way::Byot, byot(lab), keeper),
    })
}

/// Plain training with an average of its weights, and generations born of it, each the teacher of the next.
fn along_time(lab: &Lab, seed: u64, keeper: &mut impl Keeper) -> Result<(), Failure> {
    let labels = lab.test.targets(&lab.plain_device());
    let mut keep = |way: Way, logits, seconds| {
        let score = Score::new(seed, way, EXITS - 1, logits, labels.clone());
        keeper.keep(score.with_seconds(seconds))
    };

    let mut generations: Vec<Network> = Vec::new();
    Chain::new(0..=GENERATIONS).run(&mut generations, |before, &number| {
        let started = Instant::now();
        // A generation is drawn anew, and sees the images in an order of its own.
        let drawn = seed.wrapping_add(1000 * number as u64);
        let run = |way: Way| run(lab, way, seed, drawn);
        let student = fresh(lab, drawn);
        let Some(teacher) = before.last() else {
            let mut ema = lab.recipe.ema.init(&student);
            let network = train(&run(Way::Plain), student, plain(), |network| ema.update(network))?;
            keep(
                Way::Plain,
                lab.ask_deepest(&network, &lab.test),
                started.elapsed().as_secs_f64(),
            )?;
            keep(Way::Ema, lab.ask_deepest(ema.module(), &lab.test), 0.0)?;
            return Ok::<_, Failure>(network);
        };
        let way = Way::Generation(number);
        let taught = lab.ask_deepest(teacher, &lab.train);
        let network = train(&run(way), student, born_again(lab, taught), |_| ())?;
        keep(
            way,
            lab.ask_deepest(&network, &lab.test),
            started.elapsed().as_secs_f64(),
        )?;
        Ok(network)
    })?;

    let frozen = generations
        .into_iter()
        .map(|network| Frozen::new(network, |network: &Network, images| network.deepest(images)));
    let ensemble = Ensemble::new(frozen);
    keep(
        Way::Ensemble,
        lab.in_batches(&lab.test, |images| ensemble.teach(images)),
        0.0,
    )
}

/// All exits of one network; the first weights and the order of the images are those of plain training.
fn within(
    lab: &Lab,
    seed: u64,
    way: Way,
    objective: impl Fn(&Network, Batch) -> Tensor<1>,
    keeper: &mut impl Keeper,
) -> Result<(), Failure> {
    let started = Instant::now();
    let network = train(&run(lab, way, seed, seed), fresh(lab, seed), objective, |_| ())?;
    let seconds = started.elapsed().as_secs_f64();
    let labels = lab.test.targets(&lab.plain_device());
    let answers = lab.ask(&network, &lab.test);
    for (exit, logits) in answers.iter().enumerate() {
        let score = Score::new(seed, way, exit, logits.clone(), labels.clone());
        keeper.keep(score.with_seconds(seconds))?;
    }
    let rows = early_exits(lab, &answers, labels)?;
    keeper.leave_early(EarlyExits { seed, way, rows }, &network)
}

/// What each threshold costs, and what it is worth. Whoever goes on has paid for the exits it asked, so an image that goes all
/// the way costs more than the deepest exit alone, of which the costs are shares.
fn early_exits(lab: &Lab, answers: &[Tensor<2>], labels: Tensor<1, Int>) -> Result<Vec<EarlyExitRow>, Failure> {
    let network = &lab.recipe.network;
    let costs = network.multiply_adds_asking_all().map(|cost| cost as f64);
    let more = costs[EXITS - 1] / network.multiply_adds()[EXITS - 1] as f64;
    let mut rows = early_exit_table(answers, labels, &costs, &THRESHOLDS)?;
    rows.iter_mut().for_each(|row| row.cost *= more);
    Ok(rows)
}

fn run(lab: &Lab, way: Way, seed: u64, order: u64) -> Run<'_> {
    Run {
        lab,
        name: format!("seed {seed}: {}", way.name()),
        seed: order,
    }
}

fn fresh(lab: &Lab, seed: u64) -> Network {
    lab.device.seed(seed);
    lab.recipe.network.init(&lab.device)
}

#[cfg(test)]
mod tests {
    use kd_examples::data::{Data, Source};
    use kd_examples::digits::{Digits, PIXELS};
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::network::NetworkConfig;
    use crate::recipe::Recipe;
    use crate::train::Training;

    /// Keeps scores, and presses Ctrl-C when there are this many.
    struct Pressing {
        interrupt: Interrupt,
        at: usize,
        scores: Vec<Score>,
        early: Vec<EarlyExits>,
    }

    impl Keeper for Pressing {
        fn keep(&mut self, score: Score) -> Result<(), Failure> {
            self.scores.push(score);
            if self.scores.len() == self.at {
                self.interrupt.raise();
            }
            Ok(())
        }

        fn leave_early(&mut self, exits: EarlyExits, _network: &Network) -> Result<(), Failure> {
            self.early.push(exits);
            Ok(())
        }
    }

    /// Each class is a bright band of its own, which any network can learn.
    fn bands(count: usize) -> Digits {
        let labels: Vec<u8> = (0..count).map(|row| (row % 10) as u8).collect();
        let image = |label: &u8| {
            let mut pixels = vec![0; PIXELS];
            pixels[usize::from(*label) * 56..][..56].fill(255);
            pixels
        };
        Digits::new(labels.iter().flat_map(image).collect(), labels)
    }

    fn study(at: usize) -> (Result<(), Failure>, Pressing) {
        let _alone = kd_examples::alone::alone();
        let source = Source {
            name: "bands".into(),
            train: 100,
            test: 50,
            held_out: false,
        };
        let data = Data {
            train: bands(100),
            test: bands(50),
            source,
        };
        let recipe = Recipe {
            network: NetworkConfig::new([4, 4, 8]),
            training: Training::new(12, 10, 0.1),
            ..Recipe::quick()
        };
        let interrupt = Interrupt::default();
        let lab = Lab::new(recipe, data, Device::flex(), interrupt.clone());
        let mut keeper = Pressing {
            interrupt,
            at,
            scores: Vec::new(),
            early: Vec::new(),
        };
        (run_seed(&lab, 5, &Part::ALL, &mut keeper), keeper)
    }

    #[test]
    fn all_networks_are_trained_and_scored_in_order() {
        let (result, kept) = study(usize::MAX);
        assert!(result.is_ok());
        let scored: Vec<_> = kept.scores.iter().map(|score| (score.way, score.exit)).collect();
        let all = Way::ALL
            .into_iter()
            .flat_map(|way| way.exits().map(move |exit| (way, exit + 1)));
        assert_eq!(scored, all.collect::<Vec<_>>());
        for score in &kept.scores {
            let deepest = score.exit == EXITS;
            assert!(
                !deepest || score.errors < 10,
                "{} did not learn bands: {} errors",
                score.way.name(),
                score.errors
            );
        }
        let early: Vec<Way> = kept.early.iter().map(|exits| exits.way).collect();
        assert_eq!(early, [Way::DeepSupervision, Way::Byot]);
        // Whoever asks for the impossible is answered by the deepest exit.
        let (last, byot) = (kept.early[1].rows.last().unwrap(), kept.scores.last().unwrap());
        assert_eq!(last.samples.iter().sum::<usize>(), 50);
        assert!((last.accuracy - byot.report.accuracy).abs() < 1e-9);
        let network = NetworkConfig::new([4, 4, 8]);
        let (alone, all) = (network.multiply_adds(), network.multiply_adds_asking_all());
        assert_eq!(last.samples[EXITS - 1], 50, "nobody is wholly sure");
        assert!((last.cost - all[EXITS - 1] as f64 / alone[EXITS - 1] as f64).abs() < 1e-9);
    }

    #[test]
    fn an_interrupt_keeps_what_is_finished() {
        let (result, kept) = study(3);
        assert!(matches!(result, Err(Failure::Interrupted(_))));
        let scored: Vec<Way> = kept.scores.iter().map(|score| score.way).collect();
        assert_eq!(scored, [Way::Plain, Way::Ema, Way::Generation(1)]);
        assert!(kept.early.is_empty());
    }
}
