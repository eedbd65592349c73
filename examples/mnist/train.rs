//! The training loop: shuffled batches, momentum, a learning rate that decays to zero.

use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use kd::prelude::*;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupted;
use kd_examples::mlp::Mlp;
use kd_examples::progress::Progress;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::lab::Lab;

/// How a network is trained.
#[derive(Config, Debug, Copy)]
pub struct Training {
    /// Passes over the images.
    pub epochs: usize,
    /// Images in a step.
    pub batch: usize,
    /// Highest learning rate: reached after a tenth of the steps, from where a cosine takes it to zero.
    pub learning_rate: f64,
    /// Pixels by which an image may be shifted each way, anew in every epoch.
    #[config(default = 0)]
    pub jitter: usize,
}

impl Training {
    /// Steps in an epoch.
    pub fn steps(&self, digits: &Digits) -> usize {
        digits.len().div_ceil(self.batch)
    }

    /// The learning rate of every step, counted from 1.
    pub fn learning_rate_of(&self, digits: &Digits) -> Schedule {
        // A tenth of the way to warm up: soft targets pull hard on a network that has learned nothing yet.
        let steps = self.epochs * self.steps(digits);
        let warm_up = steps / 10;
        Schedule::cosine(self.learning_rate, 0.0, steps - warm_up).warm_up(warm_up)
    }
}

/// Gradient descent with Nesterov's momentum.
pub fn optimizer() -> ModuleOptimizer {
    let momentum = MomentumConfig::new().with_dampening(0.0).with_nesterov(true);
    SgdConfig::new().with_momentum(Some(momentum)).init()
}

/// One training: whose, and with which seed for the order of the images and their shifts.
pub struct Run<'a> {
    /// Where it takes place.
    pub lab: &'a Lab,
    /// Who learns.
    pub name: String,
    /// Orders and shifts the images.
    pub seed: u64,
}

/// What a step learns from.
pub struct Batch {
    /// `[batch, 784]`
    pub images: Tensor<2>,
    /// `[batch]`
    pub labels: Tensor<1, Int>,
    /// Where in the set the images stand: `[batch]`.
    pub rows: Tensor<1, Int>,
}

/// Trains `model` on `digits`: every step goes down the slope of `objective`, a `[1]`.
///
/// # Errors
///
/// [`Interrupted`] at the step at which the lab's interrupt is raised.
pub fn train(
    run: &Run<'_>,
    mut model: Mlp,
    digits: &Digits,
    training: Training,
    objective: impl Fn(&Mlp, Batch) -> Tensor<1>,
) -> Result<Mlp, Interrupted> {
    let device = &run.lab.device;
    let mut rng = StdRng::seed_from_u64(run.seed);
    let mut optimizer = optimizer();
    let learning_rate = training.learning_rate_of(digits);
    let progress = Progress::new(run.name.as_str(), training.epochs, training.steps(digits));

    // Unshifted images live on the device for the whole run, and a batch picks its rows from them.
    let all_images = (training.jitter == 0).then(|| digits.images(device));
    let all_labels = digits.targets(device);
    let mut step = 0;
    let mut order: Vec<usize> = (0..digits.len()).collect();

    for epoch in 1..=training.epochs {
        order.shuffle(&mut rng);
        let mut total = Tensor::<1>::zeros([1], &device.clone().without_autodiff());
        for chosen in order.chunks(training.batch) {
            run.lab.interrupt.check()?;
            let rows = rows(chosen, device);
            let images = match &all_images {
                Some(images) => images.clone().select(0, rows.clone()),
                None => digits.jittered(chosen, training.jitter, &mut rng, device),
            };
            let labels = all_labels.clone().select(0, rows.clone());

            let loss = objective(&model, Batch { images, labels, rows });
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            step += 1;
            model = optimizer.step(learning_rate.at(step), model, gradients);

            // Summed on the device: reading it back at every step would hold up a GPU.
            total = total + loss.without_autodiff() * chosen.len() as f32;
            progress.step();
        }
        let loss = f64::from(total.into_scalar::<f32>()) / digits.len() as f64;
        progress.epoch(epoch, loss, run.lab.glance(&model));
    }
    Ok(model)
}

/// Places of images as a tensor, `[batch]`.
pub fn rows(chosen: &[usize], device: &Device) -> Tensor<1, Int> {
    let rows: Vec<i32> = chosen.iter().map(|row| *row as i32).collect();
    Tensor::from_data(TensorData::new(rows, [chosen.len()]), device)
}
