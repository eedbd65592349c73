use burn::module::Module;
use kd_core::{DistillLoss, Error, Feature, FeatureProjector, Features, LossTerms, Projected};

use crate::align::Plan;

/// A layer of a student that learns from a layer of its teacher.
#[derive(Module, Debug)]
pub struct FeaturePair<P, L> {
    /// The name of the student's layer.
    pub student: String,
    /// The name of the teacher's layer.
    pub teacher: String,
    /// What the loss is multiplied with in the total.
    pub weight: f64,
    /// Brings the student's feature to the teacher's shape, and compares the two.
    pub hint: Projected<P, L>,
}

impl<P, L> FeaturePair<P, L> {
    /// A pair of weight 1.
    pub fn new(student: impl Into<String>, teacher: impl Into<String>, hint: Projected<P, L>) -> Self {
        Self {
            student: student.into(),
            teacher: teacher.into(),
            weight: 1.0,
            hint,
        }
    }

    /// The same pair with this weight.
    pub fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }

    /// What its term is called: `student → teacher`.
    pub fn name(&self) -> String {
        format!("{} → {}", self.student, self.teacher)
    }
}

/// Several layers at once: named pairs, each with its own projector, loss and weight.
///
/// ```text
/// total = Σ over pairs of weight · loss(projector(student's layer), teacher's layer)
/// ```
///
/// It is a Burn module. Put it beside the student into a [`Distilled`](crate::Distilled), so that one optimizer trains both.
///
/// Projectors and losses of different kinds go into one `FeaturePairs` by an enum of them that is a module.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Features, Identity, Projected};
/// use kd_feature::{FeaturePair, FeaturePairs, HintLossConfig};
///
/// # let device = burn::tensor::Device::flex();
/// let hint = || Projected::new(Identity, HintLossConfig::new().init());
/// let pairs = FeaturePairs::new()
///     .with(FeaturePair::new("block1", "block2", hint()))
///     .with(FeaturePair::new("block2", "block4", hint()).with_weight(0.5));
///
/// let layer = |value| Tensor::<2>::full([8, 16], value, &device);
/// let student = Features::new().with("block1", layer(0.0)).with("block2", layer(0.0));
/// let teacher = Features::new().with("block2", layer(1.0)).with("block4", layer(2.0));
/// let terms = pairs.terms(&student, &teacher)?;
/// assert_eq!(terms.values(), [("block1 → block2", 1.0), ("block2 → block4", 4.0)]);
/// assert_eq!(terms.total().into_scalar::<f32>(), 3.0);
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Module, Debug)]
pub struct FeaturePairs<P, L> {
    pairs: Vec<FeaturePair<P, L>>,
}

impl<P, L> FeaturePairs<P, L> {
    /// No pairs yet.
    #[allow(
        clippy::new_without_default,
        reason = "without pairs there is nothing to learn: it is a beginning and no default"
    )]
    pub fn new() -> Self {
        Self { pairs: Vec::new() }
    }

    /// Adds a pair.
    ///
    /// # Panics
    ///
    /// If there is a pair of these two layers already.
    #[track_caller]
    pub fn with(mut self, pair: FeaturePair<P, L>) -> Self {
        let twice = self
            .pairs
            .iter()
            .any(|other| (&other.student, &other.teacher) == (&pair.student, &pair.teacher));
        assert!(
            !twice,
            "FeaturePairs: there is a pair '{}' already; give it one loss, or give each loss pairs of its own",
            pair.name()
        );
        self.pairs.push(pair);
        self
    }

    /// The pairs of a plan, with its weights.
    ///
    /// `make` gets the shapes of the two layers, batch included, and gives projector and loss; `student` and `teacher` are
    /// the features of any one batch.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLayer`] if the plan names a layer that is not there, and whatever `make` returns.
    ///
    /// # Panics
    ///
    /// If the plan has a pair twice.
    pub fn from_plan(
        plan: &Plan,
        student: &Features,
        teacher: &Features,
        mut make: impl FnMut(&[usize], &[usize]) -> Result<Projected<P, L>, Error>,
    ) -> Result<Self, Error> {
        plan.pairs.iter().try_fold(Self::new(), |pairs, planned| {
            let of_student = layer("student", student, &planned.student)?;
            let of_teacher = layer("teacher", teacher, &planned.teacher)?;
            let hint = make(&of_student.shape(), &of_teacher.shape())?;
            let pair = FeaturePair::new(&planned.student, &planned.teacher, hint);
            Ok(pairs.with(pair.with_weight(planned.weight)))
        })
    }

    /// The pairs, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &FeaturePair<P, L>> {
        self.pairs.iter()
    }

    /// The same pairs with the weights that `weight` gives them: for schedules, whose value it gives at a step.
    ///
    /// ```
    /// use kd_core::{Identity, Projected, Schedule};
    /// use kd_feature::{FeaturePair, FeaturePairs, HintLossConfig};
    ///
    /// let hint = Projected::new(Identity, HintLossConfig::new().init());
    /// let pairs = FeaturePairs::new().with(FeaturePair::new("last", "last", hint));
    /// let weight = Schedule::linear(1.0, 0.0, 100);
    /// let pairs = pairs.with_weights(|_| weight.at(25));
    /// assert_eq!(pairs.iter().next().unwrap().weight, 0.75);
    /// ```
    pub fn with_weights(mut self, weight: impl Fn(&FeaturePair<P, L>) -> f64) -> Self {
        for pair in &mut self.pairs {
            pair.weight = weight(pair);
        }
        self
    }
}

impl<P, L> FeaturePairs<P, L>
where
    P: FeatureProjector<Feature, Output = Feature>,
    L: DistillLoss<Feature>,
{
    /// A term for each pair, named `student's layer → teacher's layer`, with its weight. Layers in no pair take no part.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLayer`] if a pair names a layer that is not there; it says on which side.
    ///
    /// # Panics
    ///
    /// If a weight is not finite, and where a projector or a loss does.
    #[track_caller]
    pub fn terms(&self, student: &Features, teacher: &Features) -> Result<LossTerms, Error> {
        self.pairs.iter().try_fold(LossTerms::new(), |terms, pair| {
            let of_student = layer("student", student, &pair.student)?.clone();
            let of_teacher = layer("teacher", teacher, &pair.teacher)?.clone();
            Ok(terms.with(pair.name(), pair.weight, pair.hint.forward(of_student, of_teacher)))
        })
    }
}

fn layer<'a>(side: &'static str, features: &'a Features, name: &str) -> Result<&'a Feature, Error> {
    features.get(name).map_err(|_| Error::UnknownLayer {
        side: Some(side),
        name: name.into(),
        known: features.names().map(Into::into).collect(),
    })
}
