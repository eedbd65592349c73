use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay, Param},
    tensor::{Device, IndexingUpdateOp, Tensor, TensorData},
};
use kd_core::{Error, check};
use rand::RngExt;

use crate::{
    Contrast, ContrastiveLoss,
    contrast::{index_tensor, seeded},
    unit::unit,
};

/// Configuration of a [`MemoryBank`].
#[derive(Config, Debug)]
pub struct MemoryBankConfig {
    /// Samples in the dataset. At least 1.
    pub samples: usize,
    /// Numbers in an embedding: the [`ContrastiveLoss`]'s. At least 1.
    #[config(default = 128)]
    pub embedding: usize,
    /// K: how many negatives are drawn for each sample. At least 1.
    #[config(default = 16384)]
    pub negatives: usize,
    /// The share of the old in what an update writes. In `[0, 1]`.
    #[config(default = 0.5)]
    pub momentum: f64,
    /// What the first embeddings and the negatives are drawn from.
    #[config(default = 0)]
    pub seed: usize,
}

impl MemoryBankConfig {
    /// Makes the memory, filled with random embeddings.
    ///
    /// # Panics
    ///
    /// If a number is 0, or the momentum is not in `[0, 1]`.
    #[track_caller]
    pub fn init(&self, device: &Device) -> MemoryBank {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the memory, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a number is 0, or the momentum is not in `[0, 1]`.
    pub fn try_init(&self, device: &Device) -> Result<MemoryBank, Error> {
        const NAME: &str = "MemoryBankConfig";
        check::count(NAME, "samples", self.samples)?;
        check::count(NAME, "embedding", self.embedding)?;
        check::count(NAME, "negatives", self.negatives)?;
        let expected = "in [0, 1] (0 keeps nothing of the old, 0.5 is usual)";
        check::share(NAME, "momentum", self.momentum, expected)?;
        let mut source = seeded(self.seed, &[]);
        let bound = (3.0 / self.embedding as f32).sqrt();
        let mut filled = || {
            let numbers = (0..self.samples * self.embedding).map(|_| source.random_range(-bound..bound));
            let data = TensorData::new(numbers.collect::<Vec<f32>>(), [self.samples, self.embedding]);
            let memory = Tensor::from_data(data, device).without_autodiff();
            Param::from_tensor(memory).set_require_grad(false)
        };
        Ok(MemoryBank {
            student: filled(),
            teacher: filled(),
            negatives: self.negatives,
            momentum: self.momentum,
            seed: self.seed,
        })
    }
}

/// What student and teacher last made of each sample of a dataset: where a [`ContrastiveLoss`] gets its negatives.
///
/// It takes `2 · samples · embedding` numbers, however long the training. It is a Burn module whose parameters no optimizer
/// moves, so it is saved and loaded like any other. Which negatives are drawn depends on seed, step and sample and on
/// nothing that is counted inside: a run that goes on from a checkpoint draws the same ones, and so do several devices
/// that share a batch. (They come from `rand`'s `StdRng`, which another version may make otherwise.)
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::{ContrastiveLossConfig, MemoryBankConfig};
///
/// let device = Device::flex().autodiff();
/// let crd = ContrastiveLossConfig::new(64, 256).init(&device);
/// let mut bank = MemoryBankConfig::new(1000).with_negatives(50).init(&device);
///
/// for step in 0..2 {
///     let indices = [17, 4, 999]; // which samples of the dataset these are
///     let student = Tensor::<2>::random([3, 64], Distribution::Default, &device);
///     let teacher = Tensor::<2>::random([3, 256], Distribution::Default, &device);
///     let contrast = bank.contrast(teacher, &indices, step);
///     let gradients = crd.forward(student.clone(), contrast.clone()).backward();
///     assert!(crd.embed_student.weight.grad(&gradients).is_some());
///     bank = bank.update(&crd, student, contrast);
/// }
/// ```
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MemoryBank {
    /// The student's embedding of each sample, `[samples, embedding]`.
    pub student: Param<Tensor<2>>,
    /// The teacher's, `[samples, embedding]`.
    pub teacher: Param<Tensor<2>>,
    pub(crate) negatives: usize,
    momentum: f64,
    pub(crate) seed: usize,
}

impl MemoryBank {
    /// How many samples it remembers.
    pub fn samples(&self) -> usize {
        self.student.dims()[0]
    }

    /// Writes what `loss` makes of these samples: `momentum` of the old and the rest of the new, at length 1.
    ///
    /// The loss reads the memory as it was when the contrast was made; update it after that, once a step. A sample whose new
    /// embedding is not a number keeps the old one: every later loss would be NaN that has it for a negative.
    ///
    /// # Panics
    ///
    /// If the contrast is of another number of samples, one comes twice, or an index is not below the number of samples; if
    /// the student's features are a number a sample, or none.
    #[track_caller]
    pub fn update<const D: usize>(self, loss: &ContrastiveLoss, student: Tensor<D>, contrast: Contrast) -> Self {
        let Contrast {
            teacher,
            indices,
            memory,
            ..
        } = contrast;
        // With two owners the first write would copy all of it.
        drop(memory);
        check::dataset_indices("MemoryBank", &indices, student.dims()[0], self.samples());
        check::distinct_indices("MemoryBank", &indices);
        check::relations("MemoryBank", &student, &teacher);
        let (student, teacher) = loss.embeddings(student.flatten(1, D - 1), teacher);
        let ids = index_tensor(&indices, &self.student.device()).without_autodiff();
        let written = |memory: Tensor<2>, new: Tensor<2>| {
            let memory = memory.without_autodiff();
            let new = new.without_autodiff().cast(memory.dtype());
            let old = memory.clone().select(0, ids.clone());
            let mixed = old.clone() * self.momentum + new * (1.0 - self.momentum);
            let change = unit(mixed, 1) - old;
            let broken = change.clone().sum_dim(1).is_nan().expand(change.dims());
            // Not all backends can assign; all can add, and no index comes twice.
            memory.select_assign(0, ids.clone(), change.mask_fill(broken, 0.0), IndexingUpdateOp::Add)
        };
        Self {
            student: self.student.map(|memory| written(memory, student)),
            teacher: self.teacher.map(|memory| written(memory, teacher)),
            ..self
        }
    }
}

impl ModuleDisplay for MemoryBank {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("samples", &self.samples())
            .add("negatives", &self.negatives)
            .add("momentum", &self.momentum)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContrastiveLossConfig;

    fn bank(seed: usize) -> MemoryBank {
        let config = MemoryBankConfig::new(10).with_embedding(4).with_negatives(6);
        config.with_seed(seed).init(&Device::flex())
    }

    fn numbers(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn an_update_writes_where_it_should_and_loads_back_to_the_bit() {
        let device = Device::flex().autodiff();
        let loss = ContrastiveLossConfig::new(3, 3).with_embedding(4).init(&device);
        let before = bank(1);
        let features = Tensor::<2>::from_floats([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]], &device);
        let contrast = before.contrast(features.clone(), &[7, 2], 0);
        let after = before.clone().update(&loss, features.clone(), contrast);
        let (embedded, _) = loss.embeddings(features.clone(), features);
        let (old, new, embedded) = (
            numbers(before.student.val()),
            numbers(after.student.val()),
            numbers(embedded.without_autodiff()),
        );
        for row in 0..10 {
            let at = |numbers: &[f32], row: usize| numbers[row * 4..][..4].to_vec();
            let place = [7, 2].iter().position(|&index| index == row);
            let mixed = place.map(|place| -> Vec<f32> {
                let mixed = at(&old, row)
                    .into_iter()
                    .zip(at(&embedded, place))
                    .map(|(old, new)| (old + new) / 2.0);
                let mixed: Vec<f32> = mixed.collect();
                let length = mixed.iter().map(|x| x * x).sum::<f32>().sqrt();
                mixed.iter().map(|x| x / length).collect()
            });
            for (found, expected) in at(&new, row).iter().zip(mixed.unwrap_or(at(&old, row))) {
                assert!((found - expected).abs() < 1e-6, "row {row}: {found} and not {expected}");
            }
        }

        let bytes = after.clone().into_record().into_bytes().unwrap();
        let record = burn::store::ModuleRecord::from_bytes(bytes).unwrap();
        let loaded = bank(5).load_record(record);
        assert_eq!(numbers(loaded.student.val()), new);
        assert_eq!(numbers(loaded.teacher.val()), numbers(after.teacher.val()));
    }

    /// One bad batch is not to be the end of a training.
    #[test]
    fn what_is_not_a_number_is_not_remembered() {
        let device = Device::flex().autodiff();
        let loss = ContrastiveLossConfig::new(3, 3).with_embedding(4).init(&device);
        let whole = Tensor::<2>::from_floats([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]], &device);
        for bad in [f32::NAN, f32::INFINITY] {
            let broken = whole.clone().slice_fill([0..1, 1..2], bad);
            let update = |student: &Tensor<2>, teacher: &Tensor<2>| {
                let before = bank(1);
                let contrast = before.contrast(teacher.clone(), &[7, 2], 0);
                let after = before.update(&loss, student.clone(), contrast);
                [numbers(after.student.val()), numbers(after.teacher.val())]
            };
            let (good, found) = (update(&whole, &whole), update(&broken, &broken));
            let old = [numbers(bank(1).student.val()), numbers(bank(1).teacher.val())];
            for ((found, good), old) in found.iter().zip(&good).zip(&old) {
                assert_eq!(found[28..32], old[28..32], "{bad}");
                assert_eq!(found[8..12], good[8..12], "{bad}");
                assert_ne!(found[8..12], old[8..12]);
            }
        }
    }

    #[test]
    #[should_panic(expected = "features of shape [2] are a number a sample")]
    fn a_number_a_sample_cannot_be_written() {
        let device = Device::flex();
        let loss = ContrastiveLossConfig::new(3, 3).with_embedding(4).init(&device);
        let contrast = bank(1).contrast(Tensor::<2>::ones([2, 3], &device), &[3, 4], 0);
        let _ = bank(1).update(&loss, Tensor::<1>::ones([2], &device), contrast);
    }

    #[test]
    #[should_panic(expected = "sample 3 comes twice in one batch")]
    fn a_sample_twice_cannot_be_written() {
        let device = Device::flex();
        let loss = ContrastiveLossConfig::new(3, 3).with_embedding(4).init(&device);
        let features = Tensor::<2>::ones([2, 3], &device);
        let contrast = bank(1).contrast(features.clone(), &[3, 3], 0);
        let _ = bank(1).update(&loss, features, contrast);
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let error = MemoryBankConfig::new(0).try_init(&Device::flex()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "MemoryBankConfig: samples is 0, but must be at least 1"
        );
    }
}
