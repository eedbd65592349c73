use std::path::Path;

use burn::{
    config::Config,
    module::{Module, ModuleDisplay, Param, ParamId},
    tensor::{Int, Tensor},
};
use kd_core::{Error, Frozen, OffGraph, Schedule, check};
use serde::{Deserialize, Serialize};

use crate::{
    average::{Average, Visited, Widened},
    record,
};

/// What becomes of the running statistics of batch normalisation in an [`Ema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Buffers {
    /// They are averaged as the weights are, as in timm: they belong to the averaged weights.
    Average,
    /// They are the student's latest, as PyTorch's `AveragedModel` has it if nothing is said.
    Copy,
}

/// Configuration of an [`Ema`].
#[derive(Config, Debug)]
pub struct EmaConfig {
    /// a: the share of the average that an update keeps, at each step. Every value in `[0, 1)`.
    #[config(default = "Schedule::Constant(0.999)")]
    pub decay: Schedule,
    /// Whether a is at most (1 + t) / (10 + t), so that the initial weights are soon forgotten.
    #[config(default = true)]
    pub warm_up: bool,
    /// What becomes of the running statistics of batch normalisation.
    #[config(default = "Buffers::Average")]
    pub buffers: Buffers,
}

impl EmaConfig {
    /// Makes the average, which begins with the weights of `module` as they are.
    ///
    /// # Panics
    ///
    /// If the decay is not in `[0, 1)` all along.
    #[track_caller]
    pub fn init<M: Module>(&self, module: &M) -> Ema<M> {
        kd_core::check::must(self.try_init(module))
    }

    /// Makes the average, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the decay is not in `[0, 1)` all along.
    pub fn try_init<M: Module>(&self, module: &M) -> Result<Ema<M>, Error> {
        check::decay("EmaConfig", &self.decay)?;
        Ok(Ema {
            average: module.valid().map(&mut Widened),
            config: self.clone(),
            step: 0,
        })
    }

    /// a at step t, counted from 0.
    pub fn decay_at(&self, step: usize) -> f64 {
        let decay = self.decay.at(step);
        let t = step as f64;
        if self.warm_up {
            decay.min((1.0 + t) / (10.0 + t))
        } else {
            decay
        }
    }
}

/// An exponential moving average of a network's weights: the mean teacher (Tarvainen and Valpola, 2017), and often the better
/// network to keep.
///
/// ```text
/// θ' = a · θ' + (1 − a) · θ         after each step t of the student's, whose weights are θ
/// a  = min(decay(t), (1 + t) / (10 + t))                                  with warm-up
/// ```
///
/// The average is never in training mode: dropout is off, batch normalisation uses its running statistics, and nothing is on
/// the autodiff graph. It is not a [`Module`] and reaches no optimizer. Nothing of the student changes with an update.
///
/// - Parameters are found by their path. Those that are frozen are averaged like the others, and stay what they are.
/// - Running statistics are averaged or copied, as [`Buffers`] says. Batch normalisation is known by the name of its type, as
///   in [`Frozen`].
/// - Integers and booleans are copied: there is nothing between two of them. Tensors that are no parameters stay as they were
///   when the average was made.
/// - f16 and bf16 become f32. In bf16 an average with a decay of 0.999 would stand still, for its steps are less than half a
///   unit in the last place. Cast the inputs accordingly.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `decay` | 0.999 | a: how much an update keeps; it looks back about 1 / (1 − a) steps | `[0, 1)`, a [`Schedule`] |
/// | `warm_up` | true | keeps less at first | |
/// | `buffers` | [`Average`](Buffers::Average) | what becomes of running statistics | |
///
/// # Convention
///
/// a is what is kept, as in the paper; KD_Lib takes min(0.001, …) for it, and so has the student and no average. The sum is
/// computed as θ' + (1 − a) · (θ − θ'), so of weights that no longer move the average is these weights, to the bit.
///
/// The average starts at the student's weights and not at 0, so there is no bias towards 0 to correct. But without warm-up
/// aᵗ of the random initialisation is left, a third after 1000 steps at 0.999. The warm-up is TensorFlow's: after ten steps
/// 1e-5 of the initialisation is left. The paper's authors take 1 − 1 / (1 + t) for it, a plain mean at first.
///
/// # Panics
///
/// [`update`](Self::update), if the student is of another shape than what the average was made of.
///
/// # Example
///
/// A mean teacher, in a loop. Its average is saved and goes on elsewhere.
///
/// ```
/// use burn::{
///     nn::{Linear, LinearConfig},
///     optim::{GradientsParams, SgdConfig},
///     tensor::{Device, Distribution, Tensor},
/// };
/// use kd_core::Teacher;
/// use kd_self::EmaConfig;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("kd-self-ema-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("ema.bpk");
/// let device = Device::flex().autodiff();
/// let mut student = LinearConfig::new(4, 2).init(&device);
/// let mut optimizer = SgdConfig::new().init();
/// let mut ema = EmaConfig::new().init(&student);
/// let run = |network: &Linear, images: Tensor<2>| network.forward(images);
///
/// for _ in 0..3 {
///     let images = Tensor::random([8, 4], Distribution::Default, &device);
///     let taught = ema.teacher(run).teach(images.clone());
///     let consistency = (student.forward(images) - taught).square().mean();
///     let gradients = GradientsParams::from_grads(consistency.backward(), &student);
///     student = optimizer.step(0.1, student, gradients);
///     ema.update(&student);
/// }
/// ema.save(&file)?;
///
/// let mut again = EmaConfig::new().init(&student);
/// again.load(&file)?;
/// assert_eq!(again.step(), 3);
/// assert_eq!(again.module().weight.val().into_data(), ema.module().weight.val().into_data());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Antti Tarvainen, Harri Valpola: *Mean teachers are better role models: Weight-averaged consistency targets improve
/// semi-supervised deep learning results*, 2017, arXiv:1703.01780, equation 2.
///
/// # See also
///
/// [`Frozen`], the teacher that does not follow its student.
#[derive(Clone, Debug)]
pub struct Ema<M> {
    average: M,
    config: EmaConfig,
    step: usize,
}

impl<M: Module> Ema<M> {
    /// Takes in the student's weights as they are after a step.
    ///
    /// What was taken from the average before, a clone or a teacher, stays as it is.
    ///
    /// # Panics
    ///
    /// If the student has other parameters than the average, or of other shapes; the average is then what it was.
    #[track_caller]
    pub fn update(&mut self, student: &M) {
        let decay = self.config.decay_at(self.step);
        // Clones share running statistics, so what is written to is a copy; `valid` also makes the latest ones visible.
        let mut student = Visited::of(&student.valid());
        let mut average = Average::new(&mut student, decay, self.config.buffers);
        let updated = self.average.valid().map(&mut average);
        check::no_more_parameters("Ema", student.first_path());
        self.average = updated;
        self.step += 1;
    }

    /// The average, ready to be run: for validation, and to be kept in the end.
    pub fn module(&self) -> &M {
        &self.average
    }

    /// The average as it is now, as a teacher; `run` says how it turns an input into what is taught.
    ///
    /// It costs no copy. Make one for each step, to be taught by the latest average.
    pub fn teacher<I, O, F>(&self, run: F) -> Frozen<M, F>
    where
        F: Fn(&M, I) -> O,
        O: OffGraph,
    {
        Frozen::new(self.average.clone(), run)
    }

    /// How many updates there have been.
    pub fn step(&self) -> usize {
        self.step
    }
}

impl<M: Module + ModuleDisplay> Ema<M> {
    /// Writes the average and its step. Whoever reads the file finds the old ones or the new ones, and never half of them.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        record::save(self.state(), path.as_ref())
    }

    /// Goes on from what [`save`](Self::save) wrote, to the bit. The configuration is not in the file.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, [`Error::Config`] if it is not a record, and [`Error::OtherNetwork`] if it is
    /// of another network, or not of an average. The average is then what it was.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let loaded = record::load(self.state(), path.as_ref())?;
        self.step = loaded.step.val().into_scalar::<i64>() as usize;
        self.average = loaded.average;
        Ok(())
    }

    /// Shares nothing that loading writes into.
    fn state(&self) -> State<M> {
        let average = self.average.valid();
        let device = average.devices().into_iter().next().unwrap_or_default();
        let step = Tensor::<1, Int>::from_data([self.step as i64], &device);
        State {
            average,
            step: Param::initialized(ParamId::new(), step),
        }
    }
}

/// What is saved.
#[derive(Module, Debug)]
struct State<M: Module + ModuleDisplay> {
    average: M,
    step: Param<Tensor<1, Int>>,
}
