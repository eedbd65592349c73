//! The training loop, the same for every network: shuffled batches of views, momentum, a learning rate that decays to zero.

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::prelude::*;
use kd::prelude::*;
use kd_examples::failure::Failure;
use kd_examples::progress::Progress;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::lab::Lab;
use crate::network::Network;
use crate::views::Views;

/// One training: whose, on which images, with which seeds.
pub struct Run<'a> {
    /// Where it takes place.
    pub lab: &'a Lab,
    /// Who learns.
    pub name: String,
    /// The views it learns from.
    pub views: Views,
    /// The training images it learns from; one that comes twice counts twice.
    pub rows: &'a [usize],
    /// Passes over the images, each in another view while there are some.
    pub epochs: usize,
    /// Whether it is taught, and so sees mixtures, which nobody has labelled.
    pub taught: bool,
    /// Length that no parameter's gradient exceeds.
    pub longest: Option<f32>,
    /// Of the first weights.
    pub weights: u64,
    /// Of the order of the images.
    pub order: u64,
}

/// What a step learns from.
pub struct Batch {
    /// `[batch, channels, side, side]`
    pub images: Tensor<4>,
    /// `[batch]`
    pub labels: Tensor<1, Int>,
    /// Which views these are.
    pub ids: Vec<u64>,
    /// Steps before this one.
    pub step: usize,
}

/// Trains a fresh network: every step goes down the slope of `objective`, a `[1]`.
///
/// # Errors
///
/// [`Failure::Interrupted`] at the step at which the lab's interrupt is raised, and [`Failure::Diverged`] after an epoch whose
/// loss is not a number.
pub fn train(run: &Run<'_>, objective: impl Fn(&Network, Batch) -> Tensor<1>) -> Result<Network, Failure> {
    let Run {
        lab,
        views,
        rows,
        epochs,
        taught,
        ..
    } = run;
    let see = match taught {
        true => Views::taught,
        false => Views::labelled,
    };
    let (training, device) = (lab.recipe.training, &lab.device);
    device.seed(run.weights);
    let mut network = lab.recipe.shape.init(device);
    let mut rng = StdRng::seed_from_u64(run.order);
    let momentum = MomentumConfig::new().with_dampening(0.0).with_nesterov(true);
    let decay = (training.weight_decay > 0.0).then(|| WeightDecayConfig::new(training.weight_decay as f32));
    let optimizer = SgdConfig::new()
        .with_momentum(Some(momentum))
        .with_weight_decay(decay)
        .init();
    let mut optimizer = match run.longest {
        Some(norm) => optimizer.with_grad_clipping(GradientClippingConfig::Norm(norm).init()),
        None => optimizer,
    };
    let steps = rows.len().div_ceil(training.batch);
    let (all_steps, warm_up) = (epochs * steps, epochs * steps / 10);
    let learning_rate = Schedule::cosine(training.learning_rate, 0.0, all_steps - warm_up).warm_up(warm_up);
    let progress = Progress::new(run.name.as_str(), *epochs, steps);
    let mut order = rows.to_vec();
    let mut step = 0;

    for epoch in 0..*epochs {
        order.shuffle(&mut rng);
        let mut total = Tensor::<1>::zeros([1], &lab.plain_device());
        for chosen in order.chunks(training.batch) {
            lab.interrupt.check()?;
            let ids: Vec<u64> = chosen.iter().map(|row| see(views, *row, epoch)).collect();
            let batch = Batch {
                images: lab.data.train.views(views, &ids, device),
                labels: lab.data.train.targets(chosen, device),
                ids,
                step,
            };
            let loss = objective(&network, batch);
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            step += 1;
            network = optimizer.step(learning_rate.at(step), network, gradients);

            // Summed on the device: reading it back at every step would hold up a GPU.
            total = total + loss.without_autodiff() * chosen.len() as f32;
            progress.step();
        }
        let loss = f64::from(total.into_scalar::<f32>()) / rows.len() as f64;
        if !loss.is_finite() {
            return Err(Failure::Diverged {
                who: run.name.clone(),
                epoch: epoch + 1,
                loss,
            });
        }
        progress.epoch(epoch + 1, loss, lab.glance(&network));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::bands::lab;

    fn run<'a>(lab: &'a Lab, rows: &'a [usize], longest: Option<f32>) -> Run<'a> {
        let views = Views {
            count: 1,
            mixtures: 0,
            seed: 1,
        };
        Run {
            lab,
            name: "seed 1: the student".into(),
            views,
            rows,
            epochs: 5,
            taught: false,
            longest,
            weights: 1,
            order: 1,
        }
    }

    #[test]
    fn a_loss_that_is_no_number_ends_the_training_and_says_whose() {
        let _alone = kd_examples::alone::alone();
        let folder = tempfile::tempdir().unwrap();
        let lab = lab(folder.path(), &Interrupt::default());
        let rows: Vec<usize> = (0..40).collect();
        // From the second epoch's first step on.
        let objective = |network: &Network, batch: Batch| {
            let logits = network.forward(batch.images);
            let loss = logits.sum() * 0.0;
            if batch.step < 4 { loss } else { loss / 0.0 }
        };
        let failure = train(&run(&lab, &rows, None), objective).unwrap_err().to_string();
        assert!(
            failure.starts_with("seed 1: the student: the loss of epoch 2 is NaN") && failure.contains("--ways"),
            "{failure}"
        );
    }

    #[test]
    fn no_gradient_is_longer_than_it_may_be() {
        let _alone = kd_examples::alone::alone();
        let folder = tempfile::tempdir().unwrap();
        let lab = lab(folder.path(), &Interrupt::default());
        let rows: Vec<usize> = (0..40).collect();
        let steep = |network: &Network, batch: Batch| network.forward(batch.images).square().mean() * 1e6;
        assert!(matches!(
            train(&run(&lab, &rows, None), steep),
            Err(Failure::Diverged { .. })
        ));
        assert!(train(&run(&lab, &rows, Some(0.01)), steep).is_ok());
    }
}
