use std::f64::consts::PI;

use burn::config::Config;
use kd_core::{Error, check};

/// Configuration of a [`CyclicSchedule`].
#[derive(Config, Debug)]
pub struct CyclicScheduleConfig {
    /// lr₀: the learning rate at the start of each cycle. Above 0.
    pub peak: f64,
    /// N: how many steps the training has. At least 1.
    pub steps: usize,
    /// M: how many cycles. At least 1, at most one a step.
    pub cycles: usize,
}

impl CyclicScheduleConfig {
    /// Makes the schedule.
    ///
    /// # Panics
    ///
    /// If a value is outside its range.
    #[track_caller]
    pub fn init(&self) -> CyclicSchedule {
        kd_core::check::must(self.try_init())
    }

    /// Makes the schedule, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a value is outside its range.
    pub fn try_init(&self) -> Result<CyclicSchedule, Error> {
        const NAME: &str = "CyclicScheduleConfig";
        check::positive(NAME, "peak", self.peak)?;
        check::count(NAME, "steps", self.steps)?;
        check::count(NAME, "cycles", self.cycles)?;
        check::at_most(NAME, "cycles", self.cycles, self.steps, "at most the number of steps")?;
        Ok(CyclicSchedule {
            peak: self.peak,
            steps: self.steps,
            length: self.steps.div_ceil(self.cycles),
        })
    }
}

/// Learning rates that fall and start again, and when to take a snapshot: at the end of each cycle the network has settled
/// (snapshot ensembles, Huang and others, 2017), and can teach the next cycle (snapshot distillation, Yang and others, 2019).
///
/// ```text
/// lr(t) = lr₀ / 2 · (cos(π · mod(t − 1, ⌈N/M⌉) / ⌈N/M⌉) + 1)         t counted from 1; `at` counts from 0
/// ```
///
/// It holds no state, and the snapshots are files: a run that goes on asks for its step, and loads the snapshot before.
///
/// # Range
///
/// `lr₀` at the start of each cycle; above 0 everywhere.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `peak` | | lr₀; larger than usual, so that a cycle leaves where the last one settled | above 0 |
/// | `steps` | | N, the steps of all cycles together | ≥ 1 |
/// | `cycles` | | M | `[1, steps]` |
///
/// # Convention
///
/// The paper's formula, and PyTorch's `CosineAnnealingWarmRestarts` with `T_0` = ⌈N/M⌉ and a last rate of 0. Where M does not
/// divide N, the last cycle is cut short, and takes its snapshot all the same; where M is large, ⌈N/M⌉ steps a cycle can make
/// fewer cycles than M: 10 steps in 6 cycles are 5 of 2.
///
/// # Example
///
/// Snapshot distillation: the first cycle learns from the labels alone, every other one also from the end of the one before.
///
/// ```
/// use burn::{
///     nn::{Linear, LinearConfig},
///     optim::{GradientsParams, SgdConfig},
///     tensor::{Device, Distribution, Tensor},
/// };
/// use kd_core::{Frozen, Teacher};
/// use kd_self::{CyclicScheduleConfig, Generations};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # let folder = std::env::temp_dir().join(format!("kd-self-snapshots-{}", std::process::id()));
/// let device = Device::flex().autodiff();
/// let mut network = LinearConfig::new(4, 2).init(&device);
/// let mut optimizer = SgdConfig::new().init();
/// let rates = CyclicScheduleConfig::new(0.1, 12, 3).init();
/// let snapshots = Generations::in_folder(&folder)?;
/// let mut teacher: Option<Frozen<Linear, fn(&Linear, Tensor<2>) -> Tensor<2>>> = None;
///
/// for step in 0..12 {
///     let images = Tensor::random([8, 4], Distribution::Default, &device);
///     let logits = network.forward(images.clone());
///     let mut loss = logits.clone().square().mean(); // in place of the labels' loss
///     if let Some(teacher) = &teacher {
///         loss = loss + (logits - teacher.teach(images)).square().mean();
///     }
///     let gradients = GradientsParams::from_grads(loss.backward(), &network);
///     network = optimizer.step(rates.at(step), network, gradients);
///     if let Some(cycle) = rates.snapshot(step) {
///         snapshots.save(cycle, &network)?;
///         teacher = Some(Frozen::new(network.clone(), Linear::forward as _));
///     }
/// }
/// assert_eq!(snapshots.numbers()?, [0, 1, 2]); // the members of the ensemble
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Gao Huang and others: *Snapshot Ensembles: Train 1, get M for free*, 2017, arXiv:1704.00109, equation 2. Chenglin Yang and
/// others: *Snapshot Distillation: Teacher-Student Optimization in One Generation*, 2019, arXiv:1812.00123.
///
/// # See also
///
/// [`Generations`](crate::Generations), which keeps the snapshots; `Ensemble` of `kd-ensemble`, all of them together;
/// [`Ema`](crate::Ema), a teacher that is never behind by a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CyclicSchedule {
    peak: f64,
    steps: usize,
    length: usize,
}

impl CyclicSchedule {
    /// The learning rate at `step`, counted from 0. After the last step the cycles go on.
    pub fn at(&self, step: usize) -> f64 {
        let way = (step % self.length) as f64 / self.length as f64;
        self.peak / 2.0 * ((PI * way).cos() + 1.0)
    }

    /// Which cycle `step` is in, counted from 0; the snapshot before it has the number before.
    pub fn cycle(&self, step: usize) -> usize {
        step / self.length
    }

    /// The cycle that ends with `step`, if one does: take a snapshot when that step is done.
    pub fn snapshot(&self, step: usize) -> Option<usize> {
        let next = step + 1;
        (next.is_multiple_of(self.length) || next == self.steps).then(|| self.cycle(step))
    }
}
