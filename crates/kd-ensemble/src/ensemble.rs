use std::fmt;

use burn::tensor::Tensor;
use kd_core::{Error, Teacher, check};

use crate::{MeanOfProbs, Members, Question, Rule, SideBySide};

/// Many teachers as one (Hansen & Salamon, 1990; as teacher of one network: Hinton and others, 2015).
///
/// ```text
/// logits = log of what the rule makes of softmax(logits of member 0), softmax(logits of member 1), …
/// ```
///
/// How members become one is the rule's: the [mean of their probabilities](MeanOfProbs) unless another one is named. The
/// rules are different objectives; [`rule`](crate::rule) compares them.
///
/// Members may be of any kind, and of different kinds behind pointers (`Box<dyn Teacher<I, Output = Tensor<2>>>`): networks of
/// other architectures, recorded logits, ensembles.
///
/// # Shapes
///
/// - input: what each member takes; for a rule that looks at labels, [`WithLabels`](crate::WithLabels)
/// - output: `[batch, classes]`, logits for any loss
///
/// # Gradient
///
/// None: it is a teacher, and so are its members.
///
/// # Convention
///
/// Rules work at a temperature of 1. A loss softens their logarithm afterwards, as it would any logits: the combined,
/// softened, and not the combination of what was softened. [`PerTeacher`](crate::PerTeacher) softens members before they
/// are combined.
///
/// Members run one after the other, so their activations take the memory of one; members with devices of their own can run
/// [`side_by_side`](Self::side_by_side). Where the rule adds as it goes, logits take the memory of two: one member's beside the
/// sum. What each says is brought to the device and the float type of member 0 (for [`RandomMember`](crate::RandomMember), of the
/// one that speaks); [`OnDevice`](crate::OnDevice) brings a member's input to where it lives, and what it says back.
///
/// NaN in, NaN out, in the rows where it was; [`checked`](Self::checked) names the member.
///
/// # Panics
///
/// `teach`, if members speak of unequal samples or classes: both are named by their index. [`new`](Self::new), if there are
/// none, and [`with_rule`](Self::with_rule), if the rule was made for another number of members.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Teacher, teacher_fn};
/// use kd_ensemble::{Ensemble, GeometricMean};
///
/// # let device = burn::tensor::Device::flex();
/// let member = |probs: [f32; 2]| {
///     teacher_fn(move |image: Tensor<2>| Tensor::<2>::from_floats([probs], &image.device()).log())
/// };
/// let ensemble = Ensemble::new([member([0.5, 0.5]), member([0.9, 0.1])]);
///
/// let image = Tensor::<2>::zeros([1, 784], &device);
/// let probs: Vec<f32> = ensemble.teach(image.clone()).exp().into_data().try_to_vec().unwrap();
/// assert!((probs[0] - 0.7).abs() < 1e-6);
///
/// // The same members by another rule: √(0.5 · 0.9) against √(0.5 · 0.1), so 3 to 1.
/// let probs: Vec<f32> = ensemble.by(GeometricMean).teach(image).exp().into_data().try_to_vec().unwrap();
/// assert!((probs[0] - 0.75).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Lars Kai Hansen, Peter Salamon: *Neural network ensembles*, 1990. Geoffrey Hinton, Oriol Vinyals, Jeff Dean: *Distilling the
/// Knowledge in a Neural Network*, 2015, arXiv:1503.02531. Of the generations of one network (BANE): Tommaso Furlanello and others:
/// *Born Again Neural Networks*, 2018, arXiv:1805.04770.
///
/// # See also
///
/// [`PerTeacher`](crate::PerTeacher) and [`DirichletLoss`](crate::DirichletLoss), which keep members apart;
/// [`log_mean_probs`](kd_core::rows::log_mean_probs), the mean of logits that are at hand, with a gradient.
#[derive(Clone)]
pub struct Ensemble<T, R = MeanOfProbs> {
    members: Vec<T>,
    rule: R,
    checked: bool,
}

impl<T> Ensemble<T> {
    /// Of these teachers, by the mean of their probabilities.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn new(members: impl IntoIterator<Item = T>) -> Self {
        kd_core::check::must(Self::try_new(members))
    }

    /// Of these teachers, where it is the world that says which: files in a folder, names on a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are none.
    pub fn try_new(members: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let members: Vec<T> = members.into_iter().collect();
        check::count("Ensemble", "members", members.len())?;
        Ok(Self {
            members,
            rule: MeanOfProbs,
            checked: false,
        })
    }
}

impl<T, R> Ensemble<T, R> {
    /// The same members, combined by another rule.
    ///
    /// # Panics
    ///
    /// If the rule was made for another number of members.
    #[track_caller]
    pub fn with_rule<Q: Rule>(self, rule: Q) -> Ensemble<T, Q> {
        kd_core::check::must(self.try_with_rule(rule))
    }

    /// The same members, combined by a rule that comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// What the rule says: [`Error::InvalidValue`] if it was made for another number of members.
    pub fn try_with_rule<Q: Rule>(self, rule: Q) -> Result<Ensemble<T, Q>, Error> {
        rule.fits(self.members.len())?;
        Ok(Ensemble {
            members: self.members,
            rule,
            checked: self.checked,
        })
    }

    /// These members by another rule, for one question or many: `ensemble.by(random.at(step)).teach(input)`.
    ///
    /// # Panics
    ///
    /// If the rule was made for another number of members.
    #[track_caller]
    pub fn by<Q: Rule>(&self, rule: Q) -> Ensemble<&T, Q> {
        let members = self.members.iter().collect();
        Ensemble {
            members,
            rule: MeanOfProbs,
            checked: self.checked,
        }
        .with_rule(rule)
    }

    /// The same, but each member is looked at when it has spoken, and one that says no distribution (NaN, +∞, or a row
    /// without any class) is named in a panic.
    ///
    /// That waits for the device once for each member, at every call; it is off unless you ask for it.
    pub fn checked(self, checked: bool) -> Self {
        Self { checked, ..self }
    }

    /// The same, but members run at the same time, each on a thread of its own: for members that have devices of their own.
    ///
    /// All their logits and activations are held at once; [`SideBySide`] says what that means.
    pub fn side_by_side(self) -> SideBySide<T, R> {
        SideBySide::new(self)
    }

    /// The members.
    pub fn members(&self) -> &[T] {
        &self.members
    }

    /// How they are combined.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.checked
    }

    /// What each member says, in their order, for losses that keep members apart.
    ///
    /// # Panics
    ///
    /// As `teach`.
    #[track_caller]
    pub fn each<I>(&self, input: I) -> Vec<Tensor<2>>
    where
        I: Clone,
        T: Teacher<I, Output = Tensor<2>>,
    {
        self.asked(&input).all()
    }

    fn asked<'a, I>(&'a self, input: &'a I) -> Members<'a>
    where
        I: Clone,
        T: Teacher<I, Output = Tensor<2>>,
    {
        let ask = |index: usize| self.members[index].teach(input.clone());
        Members::new(self.members.len(), ask).checked(self.checked)
    }
}

impl<I, T, R> Teacher<I> for Ensemble<T, R>
where
    R: Rule,
    I: Question<R::Labels>,
    T: Teacher<I::Asked, Output = Tensor<2>>,
{
    type Output = Tensor<2>;

    #[track_caller]
    fn teach(&self, input: I) -> Tensor<2> {
        let (asked, labels) = input.split();
        self.rule.combine(&self.asked(&asked), labels)
    }
}

impl<T, R: fmt::Debug> fmt::Debug for Ensemble<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Members behind pointers seldom can be shown.
        f.debug_struct("Ensemble")
            .field("members", &self.members.len())
            .field("rule", &self.rule)
            .field("checked", &self.checked)
            .finish()
    }
}
