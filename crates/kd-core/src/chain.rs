use serde::{Deserialize, Serialize};

use crate::{Error, check};

/// Networks that teach one another in a row, as a value: teacher, assistants, student (TAKD, Mirzadeh and others, 2019), or
/// one generation after the other.
///
/// A small student learns less from a teacher that is far above it than from one in between. So the teacher teaches an
/// assistant, which teaches a smaller one, and the last of them the student.
///
/// A stage is whatever describes a network to your own training: a width, a configuration, a name. [`run`](Self::run) trains
/// one after the other and owns no loop of its own; what is finished stays with you, if a later stage fails or the machine
/// does.
///
/// # Example
///
/// ```
/// use kd_core::Chain;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// struct Network { parameters: usize, taught_by: Option<usize> }
///
/// let chain = Chain::between(1_000_000, 10_000, 1)?;
/// assert_eq!(chain.stages(), [1_000_000, 100_000, 10_000]);
///
/// let mut networks = Vec::new();
/// chain.run(&mut networks, |before: &[Network], &parameters| {
///     let teacher = before.last(); // the first has none
///     // … train a network of this size, by the labels and by its teacher …
///     Ok::<_, String>(Network { parameters, taught_by: teacher.map(|teacher| teacher.parameters) })
/// })?;
/// assert_eq!(networks[2].taught_by, Some(100_000));
/// # Ok(())
/// # }
/// ```
///
/// # Convention
///
/// `before` holds all networks that are finished, so DGKD is the same chain: there all of them teach, and not the last
/// alone. TAKD's student learns from the last assistant only; so does a born-again network from the generation before.
///
/// # Reference
///
/// Seyed-Iman Mirzadeh and others: *Improved Knowledge Distillation via Teacher Assistant*, 2019, arXiv:1902.03393. Wonchul Son
/// and others: *Densely Guided Knowledge Distillation using Multiple Teacher Assistants*, 2021, arXiv:2009.08825 (DGKD).
///
/// # See also
///
/// [`assistants`](Self::assistants), for how many; `Generations` of `kd-self`, which keeps networks on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written<S>")]
pub struct Chain<S> {
    stages: Vec<S>,
}

/// A chain as a file has it, which may have no stages.
#[derive(Deserialize)]
#[serde(rename = "Chain")]
struct Written<S> {
    stages: Vec<S>,
}

impl<S> TryFrom<Written<S>> for Chain<S> {
    type Error = Error;

    fn try_from(written: Written<S>) -> Result<Self, Error> {
        check::count("Chain", "the number of stages", written.stages.len())?;
        Ok(Self { stages: written.stages })
    }
}

impl<S> Chain<S> {
    /// The stages, from the first teacher to the student.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn new(stages: impl IntoIterator<Item = S>) -> Self {
        let stages: Vec<S> = stages.into_iter().collect();
        check::at_least_one("Chain", "stages", stages.len());
        Self { stages }
    }

    /// The stages, from the first teacher to the student.
    pub fn stages(&self) -> &[S] {
        &self.stages
    }

    /// Trains the stages that are left: `train` gets the networks before, the one to learn from last, and the stage.
    ///
    /// `networks` are those that are finished: none at first, or a teacher that there is already. Each new one is added when it
    /// is trained, so after an error they are all there, and the same call goes on with the stage that failed.
    ///
    /// # Errors
    ///
    /// The first that `train` returns.
    ///
    /// # Panics
    ///
    /// If there are more networks than stages.
    #[track_caller]
    pub fn run<M, E>(&self, networks: &mut Vec<M>, mut train: impl FnMut(&[M], &S) -> Result<M, E>) -> Result<(), E> {
        check::no_more_networks("Chain", networks.len(), self.stages.len());
        for stage in &self.stages[networks.len()..] {
            let network = train(networks, stage)?;
            networks.push(network);
        }
        Ok(())
    }
}

impl Chain<usize> {
    /// Numbers of parameters from the teacher's down to the student's, each the same share of the one before.
    ///
    /// ```text
    /// size k of n + 1 = teacher · (student / teacher)^(k / (n + 1))              n assistants, rounded
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the student has no parameters, or more than the teacher.
    pub fn between(teacher: usize, student: usize, assistants: usize) -> Result<Self, Error> {
        sizes(teacher, student)?;
        let (steps, t, s) = (assistants + 1, teacher as f64, student as f64);
        let size = |k: usize| (t * (s / t).powf(k as f64 / steps as f64)).round() as usize;
        let between = (1..steps).map(size);
        Ok(Self::new(std::iter::once(teacher).chain(between).chain([student])))
    }

    /// How many assistants it takes for no network to have more than `most` times the parameters of the next; 0 where the
    /// student is near enough to learn from the teacher itself.
    ///
    /// Beyond 5 times or so it is worth a try: a rule of thumb of ours, for what is too far depends on the task. In the paper
    /// longer chains make better students; each assistant costs a training.
    ///
    /// ```
    /// use kd_core::Chain;
    ///
    /// # fn main() -> Result<(), kd_core::Error> {
    /// assert_eq!(Chain::assistants(1_000_000, 300_000, 5.0)?, 0);
    /// assert_eq!(Chain::assistants(1_000_000, 40_000, 5.0)?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the student has no parameters, or more than the teacher, or `most` is not a finite number
    /// above 1.
    pub fn assistants(teacher: usize, student: usize, most: f64) -> Result<usize, Error> {
        sizes(teacher, student)?;
        check::ratio("Chain", "most", most)?;
        let times = teacher as f64 / student as f64;
        let mut steps = (times.ln() / most.ln()).ceil().max(1.0);
        // Logarithms are rounded: of a ratio that is a power of `most`, or nearly one, the power itself says on which side it is.
        if most.powf(steps - 1.0) >= times {
            steps = (steps - 1.0).max(1.0);
        } else if most.powf(steps) < times {
            steps += 1.0;
        }
        Ok(steps as usize - 1)
    }
}

fn sizes(teacher: usize, student: usize) -> Result<(), Error> {
    const NAME: &str = "the student's number of parameters";
    check::count("Chain", NAME, student)?;
    let expected = "at most the teacher's (are they the wrong way round?)";
    check::at_most("Chain", NAME, student, teacher, expected)
}
