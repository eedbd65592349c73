use kd_core::{Error, check};

/// The way that a teacher went, for its student to go: route-constrained optimisation (RCO, Jin and others, 2019).
///
/// A teacher at the end of its training is hard to follow. What it was earlier is easier, so the student learns from that first
/// and climbs from anchor to anchor. The anchors are the teacher's checkpoints, known by their numbers; here is who teaches
/// when, and nothing else. It holds no state: a run that goes on asks for its epoch.
///
/// ```text
/// anchor i of n  →  checkpoint ⌊(i + 1) · c / n⌋ − 1 of c    evenly spaced, and the last is the last
/// epoch e        →  anchor min(⌊e / each⌋, n − 1)            all counted from 0
/// ```
///
/// # Convention
///
/// [`evenly`](Self::evenly) is the paper's equal epoch interval, if the teacher was saved every so many epochs. How long a
/// student stays with an anchor is yours to say, and so is its learning rate there. The paper also searches anchors greedily,
/// by how much harder each is than the last: [`next_anchor`](crate::next_anchor) is such a search's step, and
/// [`new`](Self::new) takes what it has found.
///
/// # Example
///
/// ```
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, Teacher};
/// use kd_self::{Generations, Route};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # let folder = std::env::temp_dir().join(format!("kd-self-route-{}", std::process::id()));
/// # let device = Device::flex().autodiff();
/// # let images = Tensor::<2>::ones([8, 4], &device);
/// let network = || LinearConfig::new(4, 2).init(&device);
/// let teacher = network();
/// let checkpoints = Generations::in_folder(&folder)?;
/// for epoch in 0..8 {
///     // … train the teacher …
///     checkpoints.save(epoch, &teacher)?;
/// }
///
/// let route = Route::evenly(&checkpoints.numbers()?, 4, 10)?;
/// assert_eq!(route.anchors(), [1, 3, 5, 7]);
/// for epoch in 0..route.epochs() {
///     let anchor = checkpoints.load(route.at(epoch), &teacher)?;
///     let teacher = Frozen::new(anchor, |network: &Linear, images: Tensor<2>| network.forward(images));
///     // … an epoch of the student, who learns from this teacher …
///     assert_eq!(teacher.teach(images.clone()).dims(), [8, 2]);
/// }
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Xiao Jin and others: *Knowledge Distillation via Route Constrained Optimization*, 2019, arXiv:1904.09149.
///
/// # See also
///
/// [`next_anchor`](crate::next_anchor), which looks for anchors; [`Generations`](crate::Generations), which keeps the checkpoints; [`Chain`](crate::Chain), where the teachers are smaller and
/// not younger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    anchors: Vec<usize>,
    each: usize,
}

impl Route {
    /// Along these checkpoints, the earliest first, with `each` epochs of the student at every one of them.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there is no anchor, one does not come after the one before, or `each` is 0.
    pub fn new(anchors: impl IntoIterator<Item = usize>, each: usize) -> Result<Self, Error> {
        let anchors: Vec<usize> = anchors.into_iter().collect();
        check::count("Route", "the number of anchors", anchors.len())?;
        check::rising("Route", "an anchor", &anchors)?;
        check::count("Route", "each", each)?;
        Ok(Self { anchors, each })
    }

    /// Along `anchors` of the checkpoints that there are, evenly spaced; the last checkpoint, the finished teacher, is the last
    /// anchor.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are fewer checkpoints than anchors, or they do not rise, or a number is 0.
    pub fn evenly(checkpoints: &[usize], anchors: usize, each: usize) -> Result<Self, Error> {
        let expected = "at most the number of checkpoints there are";
        check::at_most("Route", "the number of anchors", anchors, checkpoints.len(), expected)?;
        check::rising("Route", "a checkpoint", checkpoints)?;
        let anchor = |i: usize| checkpoints[(i + 1) * checkpoints.len() / anchors - 1];
        Self::new((0..anchors).map(anchor), each)
    }

    /// The checkpoint that teaches in this epoch of the student's, counted from 0. After the end it is the last.
    pub fn at(&self, epoch: usize) -> usize {
        let last = self.anchors.len() - 1;
        self.anchors[last.min(epoch / self.each)]
    }

    /// The checkpoints that teach, in their order.
    pub fn anchors(&self) -> &[usize] {
        &self.anchors
    }

    /// How many epochs of the student the whole way takes.
    pub fn epochs(&self) -> usize {
        self.anchors.len() * self.each
    }
}
