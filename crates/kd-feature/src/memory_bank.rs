use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay, Param},
    tensor::{Device, IndexingUpdateOp, Int, Tensor, TensorData},
};
use kd_core::{Error, check};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{ContrastiveLoss, gram::unit_rows};

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
        self.try_init(device).unwrap_or_else(|error| panic!("{error}"))
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
    negatives: usize,
    momentum: f64,
    seed: usize,
}

/// A teacher's features, and what student and teacher are to be told apart from: made by [`MemoryBank::contrast`].
#[derive(Clone, Debug)]
pub struct Contrast {
    /// The teacher's features, `[batch, features]`.
    pub(crate) teacher: Tensor<2>,
    /// Each sample's own index and those of its negatives, `[batch, 1 + negatives]`.
    pub(crate) ids: Tensor<2, Int>,
    /// The memory as it was, `[samples, embedding]` of the student and of the teacher.
    pub(crate) memory: [Tensor<2>; 2],
    indices: Vec<usize>,
}

impl MemoryBank {
    /// How many samples it remembers.
    pub fn samples(&self) -> usize {
        self.student.dims()[0]
    }

    /// The teacher's features of these samples, with negatives for each: the same ones for the same seed, sample and step.
    ///
    /// Negatives are drawn with replacement from all samples, so that now and then the sample itself is among them.
    ///
    /// # Shapes
    ///
    /// - teacher: `[batch, ...]`
    /// - indices: one for each of the batch
    ///
    /// # Panics
    ///
    /// If there are no samples, there is not one index for each, or an index is not below the number of samples.
    #[track_caller]
    pub fn contrast<const D: usize>(&self, teacher: Tensor<D>, indices: &[usize], step: usize) -> Contrast {
        let samples = self.samples();
        let drawn = indices.iter().flat_map(|&index| {
            let mut source = seeded(self.seed, &[step, index]);
            (0..self.negatives).map(move |_| source.random_range(0..samples as u64) as i32)
        });
        let negatives = TensorData::new(drawn.collect::<Vec<_>>(), [indices.len(), self.negatives]);
        let device = teacher.device();
        self.contrast_with(teacher, indices, Tensor::from_data(negatives, &device))
    }

    /// The same with negatives of your own, `[batch, negatives]`, for example of other classes.
    ///
    /// That they are samples is not looked at: they are on the device already.
    ///
    /// # Panics
    ///
    /// If there are no samples, there is not one index for each, or an index is not below the number of samples.
    #[track_caller]
    pub fn contrast_with<const D: usize>(
        &self,
        teacher: Tensor<D>,
        indices: &[usize],
        negatives: Tensor<2, Int>,
    ) -> Contrast {
        check::dataset_indices("MemoryBank", indices, teacher.dims()[0], self.samples());
        let own = int_column(indices, &negatives.device());
        Contrast {
            teacher: teacher.without_autodiff().flatten(1, D - 1),
            ids: Tensor::cat(vec![own.unsqueeze_dim(1), negatives.without_autodiff()], 1),
            memory: [
                self.student.val().without_autodiff(),
                self.teacher.val().without_autodiff(),
            ],
            indices: indices.to_vec(),
        }
    }

    /// Writes what `loss` makes of these samples: `momentum` of the old and the rest of the new, at length 1.
    ///
    /// The loss reads the memory as it was when the contrast was made; update it after that, once a step.
    ///
    /// # Panics
    ///
    /// If the contrast is of another number of samples, one comes twice, or an index is not below the number of samples.
    #[track_caller]
    pub fn update<const D: usize>(self, loss: &ContrastiveLoss, student: Tensor<D>, contrast: Contrast) -> Self {
        check::dataset_indices("MemoryBank", &contrast.indices, student.dims()[0], self.samples());
        check::distinct_indices("MemoryBank", &contrast.indices);
        let (student, teacher) = loss.embeddings(student.flatten(1, D - 1), contrast.teacher);
        let ids = int_column(&contrast.indices, &self.student.device()).without_autodiff();
        let written = |memory: Tensor<2>, new: Tensor<2>| {
            let memory = memory.without_autodiff();
            let new = new.without_autodiff().cast(memory.dtype());
            let old = memory.clone().select(0, ids.clone());
            let mixed = old.clone() * self.momentum + new * (1.0 - self.momentum);
            // Not all backends can assign; all can add, and no index comes twice.
            memory.select_assign(0, ids.clone(), unit_rows(mixed) - old, IndexingUpdateOp::Add)
        };
        Self {
            student: self.student.map(|memory| written(memory, student)),
            teacher: self.teacher.map(|memory| written(memory, teacher)),
            ..self
        }
    }
}

/// A source of random numbers for a seed and what it is for.
fn seeded(seed: usize, purpose: &[usize]) -> StdRng {
    let mut bytes = [0; 32];
    let words = [seed].into_iter().chain(purpose.iter().map(|word| word + 1));
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&(word as u64).to_le_bytes());
    }
    StdRng::from_seed(bytes)
}

fn int_column(indices: &[usize], device: &Device) -> Tensor<1, Int> {
    let indices: Vec<i32> = indices.iter().map(|&index| index as i32).collect();
    let count = indices.len();
    Tensor::from_data(TensorData::new(indices, [count]), device)
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

    fn ids(bank: &MemoryBank, indices: &[usize], step: usize) -> Vec<i64> {
        let teacher = Tensor::<2>::ones([indices.len(), 3], &Device::flex());
        let ids = bank.contrast(teacher, indices, step).ids;
        ids.into_data().iter::<i64>().collect()
    }

    fn numbers(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn negatives_are_of_the_seed_the_step_and_the_sample_alone() {
        let of_both = ids(&bank(1), &[7, 2], 3);
        assert_eq!((of_both[0], of_both[7]), (7, 2));
        assert!(of_both.iter().all(|id| (0..10).contains(id)));
        assert_eq!(of_both[..7], ids(&bank(1), &[7], 3));
        for (seed, step) in [(2, 3), (1, 4)] {
            assert_ne!(of_both[..7], ids(&bank(seed), &[7], step));
        }
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

    #[test]
    #[should_panic(
        expected = "index 10 is not one of the 10 samples that the memory was made for, which run from 0 to 9"
    )]
    fn an_index_that_is_none_panics() {
        let _ = ids(&bank(1), &[3, 10], 0);
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
