use burn::tensor::{Device, Int, Tensor, TensorData};
use kd_core::{check, seed_for};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::MemoryBank;

/// A teacher's features, and what student and teacher are to be told apart from: made by [`MemoryBank::contrast`].
#[derive(Clone, Debug)]
pub struct Contrast {
    /// The teacher's features, `[batch, features]`.
    pub(crate) teacher: Tensor<2>,
    /// The indices of each sample's negatives, `[batch, negatives]`.
    pub(crate) negatives: Tensor<2, Int>,
    /// The memory as it was, `[samples, embedding]` of the student and of the teacher.
    pub(crate) memory: [Tensor<2>; 2],
    pub(crate) indices: Vec<usize>,
}

impl MemoryBank {
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
    /// If there are no samples, there is not one index for each, or an index is not below the number of samples; if the
    /// teacher's features are a number a sample, or none.
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
    /// If there are no samples, there is not one index for each, or an index is not below the number of samples; if the
    /// teacher's features are a number a sample, or none; or if there is not a row of negatives for each sample.
    #[track_caller]
    pub fn contrast_with<const D: usize>(
        &self,
        teacher: Tensor<D>,
        indices: &[usize],
        negatives: Tensor<2, Int>,
    ) -> Contrast {
        check::dataset_indices("MemoryBank", indices, teacher.dims()[0], self.samples());
        check::relations("MemoryBank", &teacher, &teacher);
        let [rows, count] = negatives.dims();
        assert!(
            rows == indices.len() && count > 0,
            "MemoryBank: the negatives have shape [{rows}, {count}] for {} samples; give each sample a row of at least one",
            indices.len()
        );
        Contrast {
            teacher: teacher.without_autodiff().flatten(1, D - 1),
            negatives: negatives.without_autodiff(),
            memory: [
                self.student.val().without_autodiff(),
                self.teacher.val().without_autodiff(),
            ],
            indices: indices.to_vec(),
        }
    }
}

/// A source of random numbers for a seed and what it is for.
pub(crate) fn seeded(seed: usize, purpose: &[usize]) -> StdRng {
    StdRng::from_seed(seed_for(seed as u64, purpose))
}

/// Indices as a tensor.
pub(crate) fn index_tensor(indices: &[usize], device: &Device) -> Tensor<1, Int> {
    let indices: Vec<i32> = indices.iter().map(|&index| index as i32).collect();
    let count = indices.len();
    Tensor::from_data(TensorData::new(indices, [count]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryBankConfig;

    fn bank(seed: usize) -> MemoryBank {
        let config = MemoryBankConfig::new(10).with_embedding(4).with_negatives(6);
        config.with_seed(seed).init(&Device::flex())
    }

    fn ids(bank: &MemoryBank, indices: &[usize], step: usize) -> Vec<i64> {
        let teacher = Tensor::<2>::ones([indices.len(), 3], &Device::flex());
        let negatives = bank.contrast(teacher, indices, step).negatives;
        negatives.into_data().iter::<i64>().collect()
    }

    #[test]
    fn negatives_are_of_the_seed_the_step_and_the_sample_alone() {
        let of_both = ids(&bank(1), &[7, 2], 3);
        assert!(of_both.iter().all(|id| (0..10).contains(id)));
        assert_eq!(of_both[..6], ids(&bank(1), &[7], 3));
        for (seed, step) in [(2, 3), (1, 4)] {
            assert_ne!(of_both[..6], ids(&bank(seed), &[7], step));
        }
    }

    #[test]
    #[should_panic(expected = "the negatives have shape [3, 2] for 2 samples; give each sample a row of at least one")]
    fn negatives_of_another_batch_panic() {
        let device = Device::flex();
        let negatives = Tensor::<2, Int>::zeros([3, 2], &device);
        let _ = bank(1).contrast_with(Tensor::<2>::ones([2, 3], &device), &[3, 4], negatives);
    }

    #[test]
    #[should_panic(expected = "features of shape [2] are a number a sample")]
    fn a_teacher_of_one_axis_panics() {
        let _ = bank(1).contrast(Tensor::<1>::ones([2], &Device::flex()), &[3, 4], 0);
    }

    #[test]
    #[should_panic(
        expected = "MemoryBank: sample 10 is none of the 10 samples that this was made for; make it as large as the dataset"
    )]
    fn an_index_that_is_none_panics() {
        let _ = ids(&bank(1), &[3, 10], 0);
    }
}
