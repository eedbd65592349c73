use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Device, Tensor, module::adaptive_avg_pool2d},
};
use kd_core::{DistillLoss, Error, Feature, OffGraph, ToDevice, check, rows};

/// What goes into a part of a network and what comes out of it: the features at its two ends.
///
/// # Shapes
///
/// - first: `[batch, channels of the first, height, width]`
/// - last: `[batch, channels of the last, height, width]`; height and width may be others than those of the first
#[derive(Clone, Debug)]
pub struct Flow {
    /// The map that goes in.
    pub first: Tensor<4>,
    /// The map that comes out.
    pub last: Tensor<4>,
}

impl Flow {
    /// Puts both ends together.
    pub fn new(first: Tensor<4>, last: Tensor<4>) -> Self {
        Self { first, last }
    }

    /// G, `[batch, channels of the first, channels of the last]`: both maps at the smaller size, and the mean over places
    /// of the products of their channels.
    fn matrix(self) -> Tensor<3> {
        let [_, _, height, width] = self.first.dims();
        let [_, _, last_height, last_width] = self.last.dims();
        let size = [height.min(last_height), width.min(last_width)];
        let [first, last] = [self.first, self.last].map(|map| {
            let [_, _, height, width] = map.dims();
            let map = if [height, width] == size {
                map
            } else {
                adaptive_avg_pool2d(map, size)
            };
            map.flatten::<3>(2, 3)
        });
        let places = (size[0] * size[1]) as f64;
        first.matmul(last.swap_dims(1, 2)) * places.recip()
    }
}

impl From<(Tensor<4>, Tensor<4>)> for Flow {
    fn from((first, last): (Tensor<4>, Tensor<4>)) -> Self {
        Self::new(first, last)
    }
}

impl OffGraph for Flow {
    fn off_graph(self) -> Self {
        Self::new(self.first.off_graph(), self.last.off_graph())
    }
}

impl ToDevice for Flow {
    fn home(&self) -> Option<Device> {
        self.first.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.first.bring_to(device), self.last.bring_to(device))
    }
}

/// Configuration of a [`FlowLoss`].
#[derive(Config, Debug)]
pub struct FlowLossConfig {}

impl FlowLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> FlowLoss {
        FlowLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<FlowLoss, Error> {
        Ok(self.init())
    }
}

/// How a part of the network turns what goes in into what comes out: the matrix of products between the channels at its
/// ends, the flow of the solution procedure (FSP; Yim and others, 2017).
///
/// ```text
/// G = first · lastᵀ / places    of the student, and of the teacher
/// loss = mean over the entries of (G of the student − G of the teacher)²
/// ```
///
/// Where the two ends differ in height or width, both are brought to the smaller height and the smaller width first, by
/// taking the mean over their places (adaptive pooling). Student and teacher need not have the same height and width,
/// since G has neither.
///
/// # Shapes
///
/// - student, teacher: a [`Flow`] each, with the same channels at the same end
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over the entries of G, mean over samples. For several parts add up their losses.
///
/// # Gradient
///
/// `2 · (G − G of the teacher) / (entries · batch)` for G, and through it to both ends of the student; none for the
/// teacher.
///
/// # Range
///
/// At least 0, and 0 where the matrices are equal. Quadratic in G, so of fourth order in the features: maps of zeros
/// have no gradient.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Mean of squares and averaging pooling, as RepDistiller has it (it weighs it with 50 and trains it first, alone); the
/// paper has the sum of squares, and takes the largest number where it pools; torchdistill takes norms that are not
/// squared.
///
/// # Panics
///
/// If an end of the student has other channels than that of the teacher, samples are not the same in number, or there are
/// no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::{Flow, FlowLossConfig};
///
/// # let device = burn::tensor::Device::flex();
/// let fsp = FlowLossConfig::new().init();
/// let flow = |size: usize, last: f32| {
///     let first = Tensor::<4>::ones([2, 16, size, size], &device);
///     Flow::new(first, Tensor::full([2, 32, size / 2, size / 2], last, &device))
/// };
/// // A wider student on larger images: the matrices are all 1 and all 3.
/// assert_eq!(fsp.forward(flow(8, 1.0), flow(4, 3.0)).into_scalar::<f32>(), 4.0);
/// ```
///
/// # Reference
///
/// Junho Yim, Donggyu Joo, Jihoon Bae, Junmo Kim: *A Gift from Knowledge Distillation: Fast Optimization, Network
/// Minimization and Transfer Learning*, 2017, CVPR, equations 1 and 2.
///
/// # See also
///
/// [`NeuronSelectivityLoss`](crate::NeuronSelectivityLoss), which looks at one map and leaves channels free.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct FlowLoss {}

impl DistillLoss<Flow> for FlowLoss {
    #[track_caller]
    fn per_sample(&self, student: Flow, teacher: Flow) -> Tensor<1> {
        const NAME: &str = "FlowLoss";
        check::same_channels(NAME, &student.first, &teacher.first);
        check::same_channels(NAME, &student.last, &teacher.last);
        check::same_batch_at_both_ends(NAME, &student.first, &student.last);
        let teacher = teacher.off_graph();
        let student = Flow::new(rows::widen(student.first), rows::widen(student.last));
        let dtype = student.first.dtype();
        let teacher = Flow::new(teacher.first.cast(dtype), teacher.last.cast(dtype));
        let difference = student.matrix() - teacher.matrix();
        difference.square().mean_dims(&[1, 2]).flatten(0, 2)
    }
}

/// The same of features, first and last, which must be maps.
impl DistillLoss<[Feature; 2]> for FlowLoss {
    #[track_caller]
    fn per_sample(&self, student: [Feature; 2], teacher: [Feature; 2]) -> Tensor<1> {
        use Feature::Map;
        match (student, teacher) {
            ([Map(first), Map(last)], [Map(teacher_first), Map(teacher_last)]) => {
                self.per_sample(Flow::new(first, last), Flow::new(teacher_first, teacher_last))
            }
            ([first, last], [teacher_first, teacher_last]) => {
                let first_are_maps = matches!((&first, &teacher_first), (Map(_), Map(_)));
                let culprits = if first_are_maps {
                    (last, teacher_last)
                } else {
                    (first, teacher_first)
                };
                check::not_maps("FlowLoss", &culprits.0, &culprits.1)
            }
        }
    }
}

impl ModuleDisplay for FlowLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
