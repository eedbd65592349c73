use burn::{config::Config, tensor::Device};
use kd_core::{Error, Identity};

use super::{
    ConvProjectorConfig, PoolMap, PoolTokensConfig, Projector, ResampleTokensConfig, ResizeConfig,
    initial::{Then, linear},
};

/// Chooses a [`Projector`] from two shapes: whatever brings the student's features to the teacher's shape, and no more.
///
/// | Student | Teacher | Steps, each only where it changes something |
/// |---|---|---|
/// | `[batch, hidden]` | `[batch, hidden]` | linear |
/// | `[batch, seq, hidden]` | `[batch, seq, hidden]` | resampled tokens, linear |
/// | `[batch, channels, height, width]` | `[batch, channels, height, width]` | resize, 1×1 convolution |
/// | `[batch, seq, hidden]` | `[batch, hidden]` | mean of the tokens, linear |
/// | `[batch, channels, height, width]` | `[batch, hidden]` | mean over height and width, linear |
///
/// Where the features grow in length or size, the width is changed first: the outcome is the same, and there is less to compute. The
/// learned steps have neither normalisation nor activation; for those, and for deeper projectors, make a
/// [`ConvProjector`](crate::ConvProjector), [`BottleneckProjector`](crate::BottleneckProjector) or
/// [`MlpProjector`](crate::MlpProjector) yourself.
///
/// Nothing else has an answer that two shapes could give, and the error says so: a vector cannot be spread over places, and
/// where tokens lie in a map only the model knows.
///
/// # Start
///
/// Features come out as large as they went in: weights of variance 1 / fan-in, biases 0. (Burn's own
/// [`Linear`](burn::nn::Linear) starts with a third of that variance.)
///
/// # Parameters
///
/// | Name | Purpose | Range |
/// |---|---|---|
/// | `student` | the shape of the student's features, batch first; the batch itself is not looked at | 2, 3 or 4 axes of at least 1 |
/// | `teacher` | that of the teacher's | the same |
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{Feature, FeatureProjector};
/// use kd_feature::AdapterConfig;
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # let device = Device::flex();
/// let student = Feature::from(Tensor::<4>::zeros([2, 16, 8, 8], &device));
/// let teacher = Feature::from(Tensor::<4>::zeros([2, 64, 4, 4], &device));
/// let projector = AdapterConfig::new(student.shape(), teacher.shape()).try_init(&device)?;
/// assert_eq!(projector.project(student).shape(), teacher.shape());
///
/// let error = AdapterConfig::new(vec![2, 64], teacher.shape()).try_init(&device).unwrap_err();
/// assert!(error.to_string().contains("pool the teacher's features to a vector"));
/// # Ok(())
/// # }
/// ```
#[derive(Config, Debug)]
pub struct AdapterConfig {
    /// The shape of the student's features, batch first, as [`Feature::shape`](kd_core::Feature::shape) gives it.
    pub student: Vec<usize>,
    /// The shape of the teacher's features, batch first.
    pub teacher: Vec<usize>,
}

impl AdapterConfig {
    /// Makes the projector, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If no projector leads from one shape to the other.
    #[track_caller]
    pub fn init(&self, device: &Device) -> Projector {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the projector, for shapes that come from models.
    ///
    /// # Errors
    ///
    /// [`Error::NoAdapter`] if no projector leads from one shape to the other; it says why not, and what to do instead.
    pub fn try_init(&self, device: &Device) -> Result<Projector, Error> {
        if let Some(reason) = self.obstacle() {
            return Err(Error::NoAdapter {
                student: self.student.clone(),
                teacher: self.teacher.clone(),
                reason,
            });
        }
        let [student, teacher] = [&self.student, &self.teacher].map(|shape| &shape[1..]);
        // The axis that is a sample's width comes first in a map, last elsewhere.
        let width = |shape: &[usize]| {
            if shape.len() == 3 {
                shape[0]
            } else {
                shape[shape.len() - 1]
            }
        };
        let (from, to) = (width(student), width(teacher));
        let widen: Option<Projector> = (from != to).then(|| match teacher.len() {
            3 => ConvProjectorConfig::new(from, to).init(device).into(),
            _ => linear([from, to], Then::Nothing, device).into(),
        });
        let (reshape, grows): (Option<Projector>, bool) = match (student, teacher) {
            (&[_, old_height, old_width], &[_, height, width]) => (
                ([old_height, old_width] != [height, width]).then(|| ResizeConfig::new(height, width).init().into()),
                height * width > old_height * old_width,
            ),
            (&[old_seq, _], &[seq, _]) => (
                (old_seq != seq).then(|| ResampleTokensConfig::new(seq).init().into()),
                seq > old_seq,
            ),
            (&[_, _, _], _) => (Some(PoolMap.into()), false),
            (&[_, _], _) => (Some(PoolTokensConfig::new().init().into()), false),
            _ => (None, false),
        };
        let steps = if grows { [widen, reshape] } else { [reshape, widen] };
        Ok(chain(steps.into_iter().flatten().collect()))
    }

    /// Why there is no way, if there is none.
    fn obstacle(&self) -> Option<&'static str> {
        let (student, teacher) = (self.student.len(), self.teacher.len());
        let ranks = 2..=4;
        if !ranks.contains(&student) || !ranks.contains(&teacher) {
            return Some("a feature is [batch, hidden], [batch, seq, hidden] or [batch, channels, height, width]");
        }
        if self.student[1..].contains(&0) || self.teacher[1..].contains(&0) {
            return Some("an axis is empty, and each needs at least 1");
        }
        match (student, teacher) {
            (2, 3 | 4) => Some(
                "one vector says nothing about places; pool the teacher's features to a vector as well (`PoolMap`, \
                 `PoolTokens`), or compare the samples with one another (a relational loss, such as `SimilarityLoss`)",
            ),
            (3, 4) => Some(
                "only the model knows which token lies where in a map, and which lie nowhere; lay them out with a \
                 `projector_fn`, or pool both to vectors (`PoolTokens`, `PoolMap`)",
            ),
            (4, 3) => Some(
                "only the model knows in which order places become tokens, and which tokens are no places; lay them out with a \
                 `projector_fn`, or pool both to vectors (`PoolMap`, `PoolTokens`)",
            ),
            _ => None,
        }
    }
}

fn chain(mut steps: Vec<Projector>) -> Projector {
    match steps.len() {
        0 => Identity.into(),
        1 => steps.remove(0),
        _ => Projector::Chain(steps),
    }
}
