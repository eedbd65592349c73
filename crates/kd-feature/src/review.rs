use burn::{
    config::Config,
    module::Module,
    tensor::{Device, Tensor},
};
use kd_core::{DistillLoss, Error, Feature, check, rows};

use crate::{HierarchicalContextLoss, HierarchicalContextLossConfig, ReviewFusion, ReviewFusionConfig};

/// Configuration of a [`ReviewLoss`].
#[derive(Config, Debug)]
pub struct ReviewLossConfig {
    /// What mixes the student's maps.
    pub fusion: ReviewFusionConfig,
    /// What compares each with the teacher's.
    #[config(default = "HierarchicalContextLossConfig::new()")]
    pub context: HierarchicalContextLossConfig,
}

impl ReviewLossConfig {
    /// Makes the loss, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If one of its parts cannot be made.
    #[track_caller]
    pub fn init(&self, device: &Device) -> ReviewLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for numbers that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if one of its parts cannot be made.
    pub fn try_init(&self, device: &Device) -> Result<ReviewLoss, Error> {
        Ok(ReviewLoss {
            fusion: self.fusion.try_init(device)?,
            context: self.context.try_init()?,
        })
    }
}

/// The teacher's maps reviewed by the student's deeper ones: each is compared with a mix of the student's map at that
/// level and all deeper ones (ReviewKD; Chen and others, 2021).
///
/// ```text
/// loss = Σ over levels of HCL(fusion(student)[level], teacher[level])
/// ```
///
/// The loss owns the weights of the fusion. Make it a field of the module that the optimizer trains; the student does
/// without it afterwards.
///
/// # Shapes
///
/// - student, teacher: a map for each level, from shallow to deep, `[batch, channels, height, width]`; channels as the
///   fusion was made for, height and width as they come. A vector as the deepest level is a map of 1 × 1.
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over levels, mean over samples; within a level as [`HierarchicalContextLoss`] says. The fusion's batch
/// normalisation couples the samples while it trains, so masks after the fact and gradient accumulation do not commute
/// with it; after `valid()` each sample stands alone.
///
/// # Gradient
///
/// Flows through the fusion to the student's maps (to a deep one from all levels) and to its weights; none for the teacher.
///
/// # Range
///
/// At least 0. It is not 0 where student and teacher are equal, but where the fusion restores the teacher.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `fusion` | | channels on both sides, and between levels | each ≥ 1 |
/// | `context` | levels 4, 2, 1 | sizes at which maps are compared | each ≥ 1 |
///
/// # Convention
///
/// Sum over levels and the order of resizing from the authors' code, which for CIFAR-100 warms the loss up over 20 epochs
/// and gives each pair of networks a weight of its own (5 for ResNet32x4 to ResNet8x4); so should you.
///
/// # Panics
///
/// If the number of maps is not that of levels, a map has other channels than its level was made for, not all maps are of the
/// same samples, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::{ReviewFusionConfig, ReviewLossConfig};
///
/// let device = Device::flex().autodiff();
/// let review = ReviewLossConfig::new(ReviewFusionConfig::new(vec![4, 8], vec![16, 32])).init(&device);
/// let map = |channels, size| Tensor::<4>::ones([2, channels, size, size], &device);
/// let loss = review.forward(vec![map(4, 8), map(8, 4)], vec![map(16, 8), map(32, 4)]);
/// // The student's maps are constant, so the norms make zeros of them: a difference of 1 at both levels.
/// assert!((loss.into_scalar::<f32>() - 2.0).abs() < 0.5);
/// ```
///
/// # Reference
///
/// Pengguang Chen, Shu Liu, Hengshuang Zhao, Jiaya Jia: *Distilling Knowledge via Knowledge Review*, 2021,
/// arXiv:2104.09044.
///
/// # See also
///
/// [`HierarchicalContextLoss`], for one pair of maps.
#[derive(Module, Debug)]
pub struct ReviewLoss {
    /// Mixes the student's maps.
    pub fusion: ReviewFusion,
    /// Compares each with the teacher's.
    pub context: HierarchicalContextLoss,
}

impl DistillLoss<Vec<Tensor<4>>> for ReviewLoss {
    #[track_caller]
    fn per_sample(&self, student: Vec<Tensor<4>>, teacher: Vec<Tensor<4>>) -> Tensor<1> {
        const NAME: &str = "ReviewLoss";
        check::levels(NAME, self.fusion.stages.len(), student.len(), teacher.len());
        check::same_batch_at_all_levels(NAME, &student);
        check::same_batch_at_all_levels(NAME, &teacher);
        check::same_batch(NAME, &student[0], &teacher[0]);
        for (stage, teacher) in self.fusion.stages.iter().zip(&teacher) {
            check::channels_of_weights(NAME, "teacher", stage.expand.weight.dims()[0], teacher);
        }
        let sizes: Vec<_> = teacher.iter().map(|map| [map.dims()[2], map.dims()[3]]).collect();
        let fused = self.fusion.forward(student, &sizes);
        let of_levels = fused.into_iter().zip(teacher);
        let values = of_levels.map(|(student, teacher)| self.context.per_sample(rows::widen(student), teacher));
        values.reduce(|sum, value| sum + value).expect("there is a level")
    }
}

/// The same of features, which must be maps.
impl DistillLoss<Vec<Feature>> for ReviewLoss {
    #[track_caller]
    fn per_sample(&self, student: Vec<Feature>, teacher: Vec<Feature>) -> Tensor<1> {
        check::levels("ReviewLoss", self.fusion.stages.len(), student.len(), teacher.len());
        let pairs = student.into_iter().zip(teacher).map(|pair| match pair {
            (Feature::Map(student), Feature::Map(teacher)) => (student, teacher),
            (student, teacher) => check::not_maps("ReviewLoss", &student, &teacher),
        });
        let (student, teacher): (Vec<_>, Vec<_>) = pairs.unzip();
        self.per_sample(student, teacher)
    }
}
