//! The training loop: augmented batches, momentum, weight decay, a learning rate that falls.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::prelude::*;
use kd::prelude::*;
use kd_examples::cifar10::batch;
use kd_examples::interrupt::Interrupted;
use kd_examples::progress::Progress;
use kd_examples::residual::Network;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;

use crate::lab::Lab;

/// How a network is trained: SGD with momentum 0.9.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Training {
    /// Passes over the images.
    pub epochs: usize,
    /// Images in a step.
    pub batch: usize,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// How it falls.
    pub decay: Decay,
    /// Share of every weight that is added to its gradient.
    pub weight_decay: f64,
}

/// How the learning rate falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decay {
    /// Up for a tenth of the steps, and from there along a cosine to 0: for few epochs.
    Cosine,
    /// To a tenth after 5/8, 6/8 and 7/8 of the epochs: at 150, 180 and 210 of 240.
    Steps,
}

impl Training {
    /// The learning rate of a step, counted from 1, of so many.
    fn learning_rate(&self, step: usize, steps: usize) -> f64 {
        match self.decay {
            Decay::Cosine => {
                let warm_up = steps / 10;
                let rate = Schedule::cosine(self.learning_rate, 0.0, steps - warm_up).warm_up(warm_up);
                rate.at(step)
            }
            Decay::Steps => {
                let falls = (5..8).filter(|eighths| 8 * (step - 1) >= eighths * steps).count();
                self.learning_rate * 0.1f64.powi(falls as i32)
            }
        }
    }
}

/// One training: whose, and with which seed for the order of the images and how they are cut out.
pub struct Run<'a> {
    /// Where it takes place.
    pub lab: &'a Lab,
    /// Who learns.
    pub name: String,
    /// Orders and augments the images.
    pub seed: u64,
    /// How.
    pub training: Training,
}

/// What a step learns from.
pub struct Batch {
    /// `[batch, 3, side, side]`
    pub images: Tensor<4>,
    /// `[batch]`
    pub labels: Tensor<1, Int>,
}

/// What can be trained: a network, alone or with what helps it to learn.
pub trait Learner: Module {
    /// The network.
    fn network(&self) -> &Network;
}

impl Learner for Network {
    fn network(&self) -> &Network {
        self
    }
}

/// Trains `model` on the lab's images: every step goes down the slope of `objective`, a `[1]`.
///
/// # Errors
///
/// [`Interrupted`] at the step at which the lab's interrupt is raised.
pub fn train<M: Learner>(
    run: &Run<'_>,
    mut model: M,
    objective: impl Fn(&M, Batch) -> Tensor<1>,
) -> Result<M, Interrupted> {
    let Run { lab, training, .. } = run;
    let (photos, device, side) = (&lab.train, &lab.device, lab.recipe.side);
    let mut rng = StdRng::seed_from_u64(run.seed);
    let momentum = MomentumConfig::new().with_momentum(0.9).with_dampening(0.0);
    let mut optimizer = SgdConfig::new()
        .with_momentum(Some(momentum))
        .with_weight_decay(Some(WeightDecayConfig::new(training.weight_decay as f32)))
        .init();
    let steps = photos.len().div_ceil(training.batch);
    let progress = Progress::new(run.name.as_str(), training.epochs, steps);
    let mut order: Vec<usize> = (0..photos.len()).collect();
    let mut step = 0;

    for epoch in 1..=training.epochs {
        order.shuffle(&mut rng);
        let mut total = Tensor::<1>::zeros([1], &device.clone().without_autodiff());
        for chosen in order.chunks(training.batch) {
            lab.interrupt.check()?;
            let batch = Batch {
                images: batch::augmented(photos, chosen, side, &mut rng, device),
                labels: batch::labels(photos, chosen, device),
            };
            let loss = objective(&model, batch);
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            step += 1;
            let rate = training.learning_rate(step, training.epochs * steps);
            model = optimizer.step(rate, model, gradients);

            // Summed on the device: reading it back at every step would hold up a GPU.
            total = total + loss.without_autodiff() * chosen.len() as f32;
            progress.step();
        }
        let loss = f64::from(total.into_scalar::<f32>()) / photos.len() as f64;
        progress.epoch(epoch, loss, lab.glance(model.network()));
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fall_where_the_published_recipe_says() {
        let training = Training {
            epochs: 240,
            batch: 64,
            learning_rate: 0.05,
            decay: Decay::Steps,
            weight_decay: 5e-4,
        };
        // Two steps an epoch: the last of epoch 150 is step 300.
        let rate = |step| training.learning_rate(step, 480);
        for (step, expected) in [
            (1, 0.05),
            (300, 0.05),
            (301, 5e-3),
            (361, 5e-4),
            (420, 5e-4),
            (421, 5e-5),
            (480, 5e-5),
        ] {
            assert!(
                (rate(step) / expected - 1.0).abs() < 1e-9,
                "step {step}: {}",
                rate(step)
            );
        }
    }

    #[test]
    fn a_cosine_rises_and_ends_at_zero() {
        let training = Training {
            epochs: 1,
            batch: 1,
            learning_rate: 0.1,
            decay: Decay::Cosine,
            weight_decay: 0.0,
        };
        let rate = |step| training.learning_rate(step, 100);
        assert!((rate(5) - 0.05).abs() < 1e-12 && (rate(10) - 0.1).abs() < 1e-12 && rate(100) < 1e-12);
        assert!(training.learning_rate(1, 1) < 1e-12);
    }
}
