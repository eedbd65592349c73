use burn::{
    config::Config,
    tensor::{Tensor, TensorData, module::linear},
};
use kd_core::rows;

/// How an axis is brought to another length.
///
/// Either way each place of the outcome is a weighted mean of places, so what is constant stays so. Both are matrices, which
/// the axis is multiplied by: Burn's own bilinear interpolation has no gradient but on Flex (0.22.1).
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resampling {
    /// [`Average`](Self::Average) where the axis gets shorter, [`Linear`](Self::Linear) where it gets longer: nothing is
    /// left out, and nothing comes in steps.
    Fit,
    /// The mean of all places that the new one covers even in part: PyTorch's `adaptive_avg_pool`.
    Average,
    /// Between the two nearest places: PyTorch's `interpolate` with `linear` or `bilinear`, `align_corners=False`, and no
    /// antialiasing. To less than half the length it leaves places out.
    Linear,
}

impl Resampling {
    /// The features with `axis` brought to length `to`, in the type they had.
    pub(super) fn along<const D: usize>(self, features: Tensor<D>, axis: usize, to: usize) -> Tensor<D> {
        let from = features.dims()[axis];
        if from == to {
            return features;
        }
        let dtype = features.dtype();
        let features = rows::widen(features);
        let matrix = TensorData::new(self.matrix(from, to), [from, to]);
        let matrix = Tensor::<2>::from_data(matrix, (&features.device(), features.dtype()));
        let along = linear(features.swap_dims(axis, D - 1), matrix.without_autodiff(), None);
        along.swap_dims(axis, D - 1).cast(dtype)
    }

    /// What each old place (row) gives to each new one (column), row-major.
    fn matrix(self, from: usize, to: usize) -> Vec<f64> {
        let average = match self {
            Self::Fit => to < from,
            Self::Average => true,
            Self::Linear => false,
        };
        let mut matrix = vec![0.0; from * to];
        for place in 0..to {
            let mut give = |old: usize, share: f64| matrix[old * to + place] += share;
            if average {
                let covered = place * from / to..((place + 1) * from).div_ceil(to);
                let share = 1.0 / covered.len() as f64;
                covered.for_each(|old| give(old, share));
            } else {
                // Places are intervals, and their centres are what is compared.
                let centre = ((place as f64 + 0.5) * from as f64 / to as f64 - 0.5).max(0.0);
                let before = centre as usize;
                let after = (before + 1).min(from - 1);
                give(before, 1.0 - centre.fract());
                give(after, centre.fract());
            }
        }
        matrix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fit_leaves_nothing_out_and_makes_no_steps() {
        assert_eq!(Resampling::Fit.matrix(4, 1), [0.25; 4]);
        assert_eq!(Resampling::Linear.matrix(4, 1), [0.0, 0.5, 0.5, 0.0]);
        assert_eq!(
            Resampling::Fit.matrix(2, 4),
            [1.0, 0.75, 0.25, 0.0, 0.0, 0.25, 0.75, 1.0]
        );
        assert_eq!(
            Resampling::Average.matrix(2, 4),
            [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn every_place_is_a_mean() {
        for mode in [Resampling::Average, Resampling::Linear] {
            for (from, to) in [(1, 5), (7, 3), (3, 7), (5, 4)] {
                let matrix = mode.matrix(from, to);
                for place in 0..to {
                    let shares = (0..from).map(|old| matrix[old * to + place]);
                    assert!((shares.sum::<f64>() - 1.0).abs() < 1e-15, "{mode:?} {from} {to}");
                }
            }
        }
    }
}
