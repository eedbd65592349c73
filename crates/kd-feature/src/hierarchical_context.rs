use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Tensor, module::adaptive_avg_pool2d},
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`HierarchicalContextLoss`].
#[derive(Config, Debug)]
pub struct HierarchicalContextLossConfig {
    /// How many places across the maps are pooled to, from fine to coarse. Each at least 1; with none it is the hint loss.
    #[config(default = "vec![4, 2, 1]")]
    pub levels: Vec<usize>,
}

impl HierarchicalContextLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If a level is 0.
    #[track_caller]
    pub fn init(&self) -> HierarchicalContextLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for levels that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a level is 0.
    pub fn try_init(&self) -> Result<HierarchicalContextLoss, Error> {
        for &level in &self.levels {
            check::count("HierarchicalContextLossConfig", "a level", level)?;
        }
        Ok(HierarchicalContextLoss {
            levels: self.levels.clone(),
        })
    }
}

/// Mean squared difference of maps at several sizes, the whole and what is left of it after pooling: the hierarchical
/// context loss of ReviewKD (Chen and others, 2021).
///
/// ```text
/// d = student − teacher
/// loss = (Σ over i of 2⁻ⁱ · mean of pool[i](d)²) / Σ over i of 2⁻ⁱ    pool[0] = whole, then 4 × 4, 2 × 2, 1 × 1
/// ```
///
/// A level that is no smaller than the map is left out, and does not count in the weights: a map of 4 × 4 has the weights
/// 1, ½ and ¼ for the whole, 2 × 2 and 1 × 1. Along an axis that is shorter than a level nothing is pooled.
///
/// # Shapes
///
/// - student, teacher: `[batch, channels, height, width]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over a level's numbers, weighted mean over levels, mean over samples.
///
/// # Gradient
///
/// Flows to the student by way of each level; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where the maps are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `levels` | 4, 2, 1 | places across, from fine to coarse | each ≥ 1 |
///
/// # Convention
///
/// Means of squares and normalised weights, from the authors' code, with which it agrees on square maps. Pooling is linear,
/// so the difference is pooled once instead of both maps.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no samples or no numbers in them. `init` panics if a level is 0.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::HierarchicalContextLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let hcl = HierarchicalContextLossConfig::new().init();
/// let teacher = Tensor::<4>::zeros([1, 1, 2, 2], &device);
/// // The same everywhere: it is 1 at each of both levels, the whole and 1 × 1.
/// assert_eq!(hcl.forward(teacher.ones_like(), teacher.clone()).into_scalar::<f32>(), 1.0);
/// // Differences that cancel have no context: the whole counts 1 of 1½.
/// let student = Tensor::from_floats([[[[1.0, -1.0], [1.0, -1.0]]]], &device);
/// assert!((hcl.forward(student, teacher).into_scalar::<f32>() - 2.0 / 3.0).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Pengguang Chen, Shu Liu, Hengshuang Zhao, Jiaya Jia: *Distilling Knowledge via Knowledge Review*, 2021,
/// arXiv:2104.09044, section 3.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which is its first level; [`ReviewLoss`](crate::ReviewLoss), which is made of it.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct HierarchicalContextLoss {
    levels: Vec<usize>,
}

impl DistillLoss<Tensor<4>> for HierarchicalContextLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::features("HierarchicalContextLoss", &student, &teacher);
        let student = rows::widen(student);
        let d = student.clone() - teacher.without_autodiff().cast(student.dtype());
        let [_, _, height, width] = d.dims();
        let (mut sum, mut weight, mut weights) = (mean_square(d.clone()), 1.0, 1.0);
        for &level in &self.levels {
            let size = [level.min(height), level.min(width)];
            if size == [height, width] {
                continue;
            }
            weight *= 0.5;
            weights += weight;
            sum = sum + mean_square(adaptive_avg_pool2d(d.clone(), size)) * weight;
        }
        sum * f64::recip(weights)
    }
}

fn mean_square(d: Tensor<4>) -> Tensor<1> {
    rows::samples(d).square().mean_dim(1).squeeze_dim(1)
}

of_maps!(HierarchicalContextLoss);

impl ModuleDisplay for HierarchicalContextLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add_debug_attribute("levels", &self.levels).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let hcl = HierarchicalContextLossConfig::new().init();
        assert_eq!(format!("{hcl}"), "HierarchicalContextLoss {levels: [4, 2, 1]}");
    }

    #[test]
    fn a_level_of_no_places_is_an_error() {
        let error = HierarchicalContextLossConfig::new()
            .with_levels(vec![2, 0])
            .try_init()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "HierarchicalContextLossConfig: a level is 0, but must be at least 1"
        );
    }
}
