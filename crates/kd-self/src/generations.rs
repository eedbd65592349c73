use std::{
    fs, io,
    path::{Path, PathBuf},
};

use burn::module::Module;
use kd_core::Error;

use crate::record;

/// Networks by number in a folder: the generations of born-again networks (Furlanello and others, 2018), the anchors of a
/// teacher's training, the snapshots of a schedule.
///
/// Generation k + 1 is a new network, as large as generation k, which teaches it. Each is a file `generation-k.bpk` in
/// Burn's own format, written whole or not at all. Nothing is kept in memory, so a run goes on after the latest of them.
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use kd_core::Frozen;
/// use kd_self::Generations;
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # let folder = std::env::temp_dir().join(format!("kd-self-generations-{}", std::process::id()));
/// let device = Device::flex().autodiff();
/// let network = || LinearConfig::new(4, 2).init(&device);
/// let frozen = |network| Frozen::new(network, |network: &burn::nn::Linear, images: Tensor<2>| network.forward(images));
/// let generations = Generations::in_folder(&folder)?;
///
/// for k in generations.next_number()?..4 {
///     let teacher = match k.checked_sub(1) {
///         Some(before) => Some(frozen(generations.load(before, &network())?)),
///         None => None, // the first one learns from the labels alone
///     };
///     let student = network();
///     // … train the student, by the labels and by its teacher, if it has one …
///     generations.save(k, &student)?;
/// }
///
/// // All of them together: the members of an `Ensemble` of `kd-ensemble`.
/// let members: Vec<_> = generations.load_all(&network())?.into_iter().map(frozen).collect();
/// assert_eq!(members.len(), 4);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Tommaso Furlanello and others: *Born Again Neural Networks*, 2018, arXiv:1805.04770.
///
/// # See also
///
/// [`Chain`](crate::Chain), for networks of different sizes; `Ensemble` of `kd-ensemble`, all of them as one teacher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generations {
    folder: PathBuf,
}

impl Generations {
    /// The generations of this folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if it cannot be made.
    pub fn in_folder(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref().to_owned();
        match fs::create_dir_all(&folder) {
            Ok(()) => Ok(Self { folder }),
            Err(source) => Err(Error::Write { path: folder, source }),
        }
    }

    /// Where generation `number` is, or would be.
    pub fn file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("generation-{number}.bpk"))
    }

    /// Which generations there are, in ascending order. Files of other names are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the folder cannot be read.
    pub fn numbers(&self) -> Result<Vec<usize>, Error> {
        let unreadable = |source| Error::Read {
            path: self.folder.clone(),
            source,
        };
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            numbers.extend(name.to_str().and_then(number));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The number of the latest, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the folder cannot be read.
    pub fn latest(&self) -> Result<Option<usize>, Error> {
        Ok(self.numbers()?.pop())
    }

    /// The number of the one to train next: 0, or one more than the latest.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the folder cannot be read.
    pub fn next_number(&self) -> Result<usize, Error> {
        Ok(self.latest()?.map_or(0, |latest| latest + 1))
    }

    /// Keeps `network` as generation `number`, in the place of what was there.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save<M: Module>(&self, number: usize, network: &M) -> Result<(), Error> {
        // Batch normalisation shows its latest statistics only after `valid`.
        record::save(network.valid(), &self.file(number))
    }

    /// Generation `number`, off the autodiff graph and not in training mode, ready to teach.
    ///
    /// `like` is any network of its architecture, such as a new one, whose weights are then drawn. It is not changed, and says
    /// on which device the generation is to be. `train` makes of the generation one that learns.
    ///
    /// # Errors
    ///
    /// [`Error::MissingGeneration`] if there is no such generation, [`Error::Read`] if it cannot be read, [`Error::Config`] if
    /// it is not a record, and [`Error::OtherNetwork`] if it is of another architecture.
    pub fn load<M: Module>(&self, number: usize, like: &M) -> Result<M, Error> {
        match record::load(like.valid(), &self.file(number)) {
            Err(Error::Read { path, source }) if source.kind() == io::ErrorKind::NotFound => {
                let known = self.numbers()?;
                Err(Error::MissingGeneration { path, known })
            }
            loaded => loaded,
        }
    }

    /// All generations there are, in ascending order: the members of an ensemble.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    pub fn load_all<M: Module>(&self, like: &M) -> Result<Vec<M>, Error> {
        let numbers = self.numbers()?.into_iter();
        numbers.map(|number| self.load(number, like)).collect()
    }
}

/// Which generation a file is.
fn number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("generation-")?.strip_suffix(".bpk")?;
    let number = digits.parse().ok()?;
    // `+1` and `01` are numbers as well, but not those of the files that are read.
    (format!("{number}") == digits).then_some(number)
}
