use std::{any::Any, fmt, thread};

use burn::tensor::Tensor;
use kd_core::{OffGraph, Teacher};

use crate::{Ensemble, MeanOfProbs, Members, Question, Rule};

/// An [`Ensemble`] whose members run at the same time, each on a thread of its own: for members that have devices of their
/// own. [`Ensemble::side_by_side`] makes it.
///
/// A step then takes the time of the slowest member, and not of all of them together. What it says is what the ensemble says,
/// bit for bit, and the members are combined in their order, whoever was done first.
///
/// # Shapes
///
/// As of the [`Ensemble`]. The input is cloned for each member and brought to its thread, so it has to be [`Send`]; members are
/// shared with the threads, so they have to be [`Sync`], as Burn's modules are. Behind pointers that is
/// `Box<dyn Teacher<I, Output = Tensor<2>> + Sync>`.
///
/// # Gradient
///
/// None. The input is taken off the graph before the threads begin, so that no member records anything.
///
/// # Convention
///
/// Members that the rule does not [ask](Rule::asks) are not run: of [`RandomMember`](crate::RandomMember) one, and none of
/// weight 0.
///
/// **Memory.** All members' logits are held at once, by any rule, and beside them the activations of all members at once, where
/// an ensemble that runs them one after the other takes as much as one. On devices of their own that is what each has room for.
///
/// **One device.** Members that share a graphics card gain little or nothing, and need room for all of them; on a processor they gain as
/// far as one of them alone would leave cores idle. So give each device one member. Several small ones can be an ensemble, which
/// is one member here and runs them one after the other; [`Weighted`](crate::Weighted), it counts as often as it has members.
///
/// **Random numbers.** A backend's are the whole process's. Members that draw some while they teach mix theirs up, and what they
/// say is not the same each time; networks in a [`Frozen`](kd_core::Frozen) draw none.
///
/// # Panics
///
/// `teach` and `each` as those of the ensemble do. If a member panics, with its index and its words, after the others are done;
/// of several it is the first in their order.
///
/// # Example
///
/// ```
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, Teacher};
/// use kd_ensemble::{Ensemble, OnDevice};
///
/// let devices = [Device::flex(), Device::flex()]; // or `Device::cuda(0)` and `Device::cuda(1)`
/// let ensemble = Ensemble::new(devices.each_ref().map(|device| {
///     let network = LinearConfig::new(784, 10).init(device);
///     let teacher = Frozen::new(network, |network: &Linear, images: Tensor<2>| network.forward(images));
///     OnDevice::new(teacher, device)
/// }));
///
/// let images = Tensor::<2>::ones([8, 784], &devices[0]);
/// let one_by_one = ensemble.teach(images.clone());
/// let at_once = ensemble.side_by_side().teach(images);
/// assert_eq!(at_once.into_data(), one_by_one.into_data());
/// ```
///
/// # See also
///
/// [`OnDevice`](crate::OnDevice), a member that brings its input to where it lives.
#[derive(Clone)]
pub struct SideBySide<T, R = MeanOfProbs> {
    ensemble: Ensemble<T, R>,
}

impl<T, R> SideBySide<T, R> {
    pub(crate) fn new(ensemble: Ensemble<T, R>) -> Self {
        Self { ensemble }
    }

    /// The ensemble, which runs its members one after the other.
    pub fn ensemble(&self) -> &Ensemble<T, R> {
        &self.ensemble
    }

    /// What each member says, in their order, for losses that keep members apart.
    ///
    /// # Panics
    ///
    /// As `teach`.
    #[track_caller]
    pub fn each<I>(&self, input: I) -> Vec<Tensor<2>>
    where
        I: OffGraph + Clone + Send,
        T: Teacher<I, Output = Tensor<2>> + Sync,
    {
        self.asked(input, |_| true).all()
    }

    /// The wanted members have spoken; another one that is asked all the same speaks then.
    fn asked<'a, I>(&'a self, input: I, wanted: impl Fn(usize) -> bool) -> Members<'a>
    where
        I: OffGraph + Clone + Send + 'a,
        T: Teacher<I, Output = Tensor<2>> + Sync,
    {
        let members = self.ensemble.members();
        let input = input.off_graph();
        let said = all_at_once(members, &input, wanted);
        let answer = move |index: usize| match &said[index] {
            Some(said) => said.clone(),
            None => members[index].teach(input.clone()),
        };
        Members::new(members.len(), answer).checked(self.ensemble.is_checked())
    }
}

/// What the wanted members say, each asked on a thread of its own.
fn all_at_once<I, T>(members: &[T], input: &I, wanted: impl Fn(usize) -> bool) -> Vec<Option<Tensor<2>>>
where
    I: Clone + Send,
    T: Teacher<I, Output = Tensor<2>> + Sync,
{
    let ends: Vec<_> = thread::scope(|scope| {
        let begin = |index: usize| {
            let (member, input) = (&members[index], input.clone());
            thread::Builder::new()
                .name(format!("member {index}"))
                .spawn_scoped(scope, move || member.teach(input).off_graph())
                .unwrap_or_else(|error| panic!("SideBySide: there is no thread for member {index}: {error}"))
        };
        // All begin before the first is waited for, and all are waited for before a panic is passed on.
        let threads: Vec<_> = (0..members.len())
            .map(|index| wanted(index).then(|| begin(index)))
            .collect();
        let end = |thread: Option<thread::ScopedJoinHandle<'_, _>>| thread.map(|thread| thread.join());
        threads.into_iter().map(end).collect()
    });
    let said = |(index, end): (usize, Option<thread::Result<_>>)| {
        end.map(|end| end.unwrap_or_else(|cause| panic!("SideBySide: member {index} panicked: {}", words(&*cause))))
    };
    ends.into_iter().enumerate().map(said).collect()
}

/// What a panic said.
fn words(cause: &(dyn Any + Send)) -> &str {
    let literal = cause.downcast_ref::<&str>().copied();
    let words = literal.or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without words")
}

impl<I, T, R> Teacher<I> for SideBySide<T, R>
where
    R: Rule,
    I: Question<R::Labels>,
    I::Asked: OffGraph + Send,
    T: Teacher<I::Asked, Output = Tensor<2>> + Sync,
{
    type Output = Tensor<2>;

    #[track_caller]
    fn teach(&self, input: I) -> Tensor<2> {
        let (asked, labels) = input.split();
        let (rule, count) = (self.ensemble.rule(), self.ensemble.members().len());
        rule.combine(&self.asked(asked, |index| rule.asks(index, count)), labels)
    }
}

impl<T, R: fmt::Debug> fmt::Debug for SideBySide<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SideBySide").field(&self.ensemble).finish()
    }
}
