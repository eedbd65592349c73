use std::fmt;

use burn::{
    config::Config,
    tensor::{DType, Device, Int, Tensor, TensorData},
};
use kd_core::{Error, Labelled, check, rows};

mod saved;

const NAME: &str = "PastPredictions";

/// Configuration of a [`PastPredictions`].
#[derive(Config, Debug)]
pub struct PastPredictionsConfig {
    /// Samples in the dataset. At least 1.
    pub samples: usize,
    /// Classes. At least 1.
    pub classes: usize,
    /// Whether half precision is enough: half the memory, and logits right to three digits of how far each is below its
    /// row's largest.
    #[config(default = false)]
    pub half: bool,
}

impl PastPredictionsConfig {
    /// Makes the memory, with nothing in it, in epoch 1.
    ///
    /// # Panics
    ///
    /// If a number is 0, or a table of both is beyond what can be addressed.
    #[track_caller]
    pub fn init(&self) -> PastPredictions {
        kd_core::check::must(self.try_init())
    }

    /// Makes the memory, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a number is 0, or a table of both is beyond what can be addressed.
    pub fn try_init(&self) -> Result<PastPredictions, Error> {
        const NAME: &str = "PastPredictionsConfig";
        check::count(NAME, "samples", self.samples)?;
        check::count(NAME, "classes", self.classes)?;
        let bytes = check::table(NAME, self.samples, self.classes, self.dtype().size())?;
        let nothing = || Epoch {
            logits: vec![0; bytes],
            seen: vec![0; self.samples],
        };
        Ok(PastPredictions {
            config: self.clone(),
            epoch: 1,
            last: nothing(),
            this: nothing(),
        })
    }

    fn dtype(&self) -> DType {
        if self.half { DType::F16 } else { DType::F32 }
    }

    /// Bytes of a sample.
    fn width(&self) -> usize {
        self.classes * self.dtype().size()
    }
}

/// What a student said of each sample of a dataset an epoch ago: the teacher of a [`ProgressiveLoss`](crate::ProgressiveLoss).
///
/// Two tables of logits, `[samples, classes]` each: the last epoch's is read, this epoch's is written, and
/// [`next_epoch`](Self::next_epoch) makes the one the other. A sample that an epoch left out keeps what it had. They stand
/// in the host's memory, since they can be larger than a device's: 2 · 4 bytes a number, or 2 · 2 in half precision.
///
/// Logits, not probabilities as the authors store, so that any loss on logits can be taught by them, at any temperature.
/// In f32 they come back to the bit. In half precision each row's largest is taken off first, which changes no
/// distribution: large logits are no overflow, and only one that lies more than 65504 below the largest becomes −∞.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Schedule};
/// use kd_self::{PastPredictionsConfig, ProgressiveLossConfig};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// let device = Device::flex().autodiff();
/// # let batches = [([4, 0], [1, 0]), ([2, 3], [2, 2])];
/// # let forward = || Tensor::<2>::from_floats([[1.0, 0.0, 0.5], [0.0, 2.0, 0.5]], &device).require_grad();
/// let alpha = Schedule::linear(0.0, 0.8, 3);
/// let mut past = PastPredictionsConfig::new(5, 3).init(); // samples, classes
/// for epoch in 1..=3 {
///     let loss = ProgressiveLossConfig::new().with_alpha(alpha.at(epoch)).init();
///     for (ids, labels) in batches {
///         let student = forward();
///         let teacher = past.teach(&ids, Tensor::from_ints(labels, &device))?; // the labels alone in epoch 1
///         let gradients = loss.forward(student.clone(), teacher).backward();
///         # assert!(student.grad(&gradients).is_some());
///         past.put(&ids, student)?;
///     }
///     past.next_epoch();
/// }
/// assert_eq!(past.epoch(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PastPredictions {
    config: PastPredictionsConfig,
    epoch: usize,
    last: Epoch,
    this: Epoch,
}

/// What was said in one epoch.
#[derive(Clone)]
struct Epoch {
    /// Rows of logits, as bytes: what a file holds.
    logits: Vec<u8>,
    /// 1 for a sample that has a row, and 0 for one that has none.
    seen: Vec<u8>,
}

impl PastPredictions {
    /// How many samples it is for.
    pub fn samples(&self) -> usize {
        self.config.samples
    }

    /// How many classes it is for.
    pub fn classes(&self) -> usize {
        self.config.classes
    }

    /// The epoch that is being written, counted from 1.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// What the student said of these samples in the last epoch.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, classes]` in f32, off the autodiff graph
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if a sample is none of the dataset's, or was not seen in an earlier epoch (none was before epoch 2).
    ///
    /// # Panics
    ///
    /// If there are no ids.
    #[track_caller]
    pub fn get(&self, ids: &[usize], device: &Device) -> Result<Tensor<2>, Error> {
        check::not_empty(NAME, ids.len());
        check::known_samples(NAME, ids, self.samples())?;
        if let Some(&sample) = ids.iter().find(|&&id| self.last.seen[id] == 0) {
            return Err(Error::Sample {
                owner: NAME,
                sample,
                reason: format!(
                    "was not seen before epoch {}, so it has no past; put what the student says of every sample in each epoch",
                    self.epoch
                ),
            });
        }
        let mut bytes = Vec::with_capacity(ids.len() * self.config.width());
        for &id in ids {
            bytes.extend_from_slice(&self.last.logits[self.place(id)]);
        }
        let data = TensorData::from_bytes_vec(bytes, [ids.len(), self.classes()], self.config.dtype());
        let logits = Tensor::from_data(data.convert_dtype(DType::F32), (device, DType::F32));
        Ok(logits.without_autodiff())
    }

    /// [`get`](Self::get) with labels, for losses that take both, on the labels' device.
    ///
    /// In epoch 1 there is no past, and the labels stand in for it: a logit of 0 for the label and −∞ for all other classes,
    /// so that whatever share the past has in a target, it is the label alone.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if a sample is none of the dataset's, or was not seen in an earlier epoch, after the first.
    ///
    /// # Panics
    ///
    /// If there is not one label for each id, or no ids.
    #[track_caller]
    pub fn teach(&self, ids: &[usize], labels: Tensor<1, Int>) -> Result<Labelled, Error> {
        check::not_empty(NAME, ids.len());
        check::label_count(NAME, &labels, ids.len());
        let logits = if self.epoch == 1 {
            check::known_samples(NAME, ids, self.samples())?;
            let absent = Tensor::full(
                [ids.len(), self.classes()],
                f64::NEG_INFINITY,
                (&labels.device(), DType::F32),
            );
            let at_label = rows::at_label(labels.clone().without_autodiff(), self.classes());
            absent.without_autodiff().mask_fill(at_label, 0.0)
        } else {
            self.get(ids, &labels.device())?
        };
        Ok(Labelled::new(logits, labels))
    }

    /// Remembers what the student says of these samples now, for the next epoch. Waits for the device.
    ///
    /// # Shapes
    ///
    /// - logits: `[batch, classes]`, of any float type
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if a sample is none of the dataset's, or was put in this epoch already. Nothing is written then.
    ///
    /// # Panics
    ///
    /// If there is not one row of logits for each id, none at all, or the classes are others.
    #[track_caller]
    pub fn put(&mut self, ids: &[usize], logits: Tensor<2>) -> Result<(), Error> {
        check::remembered(NAME, logits.dims(), ids, self.classes());
        check::known_samples(NAME, ids, self.samples())?;
        check::put_once(NAME, ids, self.epoch, |id| self.this.seen[id] == 1)?;
        let rows = self.on_host(logits);
        for (&id, row) in ids.iter().zip(rows.as_bytes().chunks_exact(self.config.width())) {
            let place = self.place(id);
            self.this.logits[place].copy_from_slice(row);
            self.this.seen[id] = 1;
        }
        Ok(())
    }

    /// Ends the epoch: what was written is what is read from now on. A sample that was not put keeps what it had.
    pub fn next_epoch(&mut self) {
        for id in 0..self.samples() {
            if self.this.seen[id] == 0 && self.last.seen[id] == 1 {
                let place = self.place(id);
                self.this.logits[place.clone()].copy_from_slice(&self.last.logits[place]);
                self.this.seen[id] = 1;
            }
        }
        std::mem::swap(&mut self.last, &mut self.this);
        self.this.seen.fill(0);
        self.epoch += 1;
    }

    /// Where the logits of a sample stand.
    fn place(&self, id: usize) -> std::ops::Range<usize> {
        let width = self.config.width();
        id * width..(id + 1) * width
    }

    fn on_host(&self, logits: Tensor<2>) -> TensorData {
        let logits = rows::widen(logits.without_autodiff());
        let logits = if self.config.half {
            logits.clone() - logits.max_dim(1)
        } else {
            logits
        };
        logits.into_data().convert_dtype(self.config.dtype())
    }
}

impl fmt::Debug for PastPredictions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(NAME)
            .field("samples", &self.samples())
            .field("classes", &self.classes())
            .field("half", &self.config.half)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}
