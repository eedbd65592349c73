use burn::tensor::Tensor;
use kd_core::rows;
use rand::RngExt;

use super::Rule;
use crate::{
    Members,
    seeded::{Purpose, seeded},
};

/// One member for the whole batch, drawn anew at every step.
///
/// ```text
/// log p = log p_r    r drawn evenly from the members, by seed and step
/// ```
///
/// A step costs one member and not all of them, and in expectation the gradient is that of the mean over the members.
///
/// It holds no state: seed and step say who speaks, so a run that goes on where it stopped asks whom it would have asked.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
///
/// # Convention
///
/// Who speaks depends on the order of the members and on nothing else of them. The numbers are those of `rand`'s `StdRng`,
/// which may be others in another version of it.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Teacher, teacher_fn};
/// use kd_ensemble::{Ensemble, RandomMember};
///
/// # let device = burn::tensor::Device::flex();
/// let member = |factor: f32| teacher_fn(move |logits: Tensor<2>| logits * factor);
/// let ensemble = Ensemble::new([member(1.0), member(-1.0)]);
/// let random = RandomMember::new(7);
/// for step in 0..10 {
///     let logits = ensemble.by(random.at(step)).teach(Tensor::<2>::ones([8, 10], &device));
///     // … a step of training …
/// #   assert_eq!(logits.dims(), [8, 10]);
/// }
/// assert_eq!(random.at(3).index(2), random.at(3).index(2));
/// ```
///
/// # See also
///
/// [`MeanOfProbs`](super::MeanOfProbs), which it is an estimate of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomMember {
    seed: u64,
    step: usize,
}

impl RandomMember {
    /// At step 0.
    pub fn new(seed: u64) -> Self {
        Self { seed, step: 0 }
    }

    /// The same seed at another step.
    pub fn at(self, step: usize) -> Self {
        Self { step, ..self }
    }

    /// Which of so many members speaks.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn index(&self, members: usize) -> usize {
        seeded(self.seed, Purpose::Speaker, 0, self.step).random_range(0..members)
    }
}

impl Rule for RandomMember {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        rows::log_soften(members.says(self.index(members.len())), 1.0)
    }

    fn asks(&self, member: usize, members: usize) -> bool {
        member == self.index(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 6,000 draws of 1 of 3: a count is off 2,000 by more than 200 once in 20,000,000 seeds.
    #[test]
    fn all_members_speak_equally_often() {
        for seed in [0, 1, u64::MAX] {
            let mut counts = [0; 3];
            for step in 0..6000 {
                counts[RandomMember::new(seed).at(step).index(3)] += 1;
            }
            assert!(counts.iter().all(|count| (1800..2200).contains(count)), "{counts:?}");
        }
    }

    #[test]
    fn another_seed_is_another_order() {
        let order = |seed| {
            (0..64)
                .map(|step| RandomMember::new(seed).at(step).index(2))
                .collect::<Vec<_>>()
        };
        assert_ne!(order(0), order(1));
        assert_eq!(order(0), order(0));
    }
}
