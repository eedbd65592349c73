//! A teacher's weights as a student's first ones.

mod faults;
mod parameters;
mod paths;
mod report;

use std::collections::HashMap;

use burn::module::Module;
use kd_core::Error;

use crate::LayerChoice;
use faults::faults;
use parameters::{Parameter, Read, Write, parameters};
use paths::{below, join, numbered};
pub use report::{CopiedParameter, OtherParameter, TransplantReport};

/// Copies a teacher's weights into a student, path by path: chosen layers into stacked ones, everything else into what is called
/// the same.
///
/// It works for any two Burn modules, of one type or of two. A path is what leads to a parameter, such as `layers.3.norm.gamma`; the
/// number counts through a `Vec` or an array. Paths are what `without` and the others mean whole names of: `layers` is all layers,
/// and `layer` is nothing of them.
///
/// - What the student has and the teacher has not keeps its initialisation, and is in the report; so does [`without`](Self::without)
///   what is named.
/// - Everything is checked before anything is copied. On an error the student's parameters are what they were.
/// - The student keeps its devices, float types and parameter ids, and what learns in it and what does not. Adapters (LoRA) of the
///   teacher are folded in; running statistics are copied like weights, and, as always in Burn, are one with those of the student's
///   clones.
/// - What is copied passes through the host, all of it at once.
///
/// # Example
///
/// Six of twelve layers, and a head of the student's own:
///
/// ```
/// use burn::{module::Module, nn::{Linear, LinearConfig}, tensor::Device};
/// use kd_transformer::{LayerChoice, Transplant};
///
/// #[derive(Module, Debug)]
/// struct Stack {
///     layers: Vec<Linear>,
///     head: Linear,
/// }
///
/// let device = Device::flex();
/// let stack = |layers: usize, classes| Stack {
///     layers: (0..layers).map(|_| LinearConfig::new(4, 4).init(&device)).collect(),
///     head: LinearConfig::new(4, classes).init(&device),
/// };
/// let teacher = stack(12, 1000);
///
/// let transplant = Transplant::new().with_layers("layers", "layers", LayerChoice::EvenlySpaced).without("head");
/// let (student, report) = transplant.copy(stack(6, 10), &teacher)?;
/// assert_eq!(student.layers[3].weight.val().into_data(), teacher.layers[7].weight.val().into_data());
/// println!("{report}"); // what was copied, what of the teacher was left, what of the student is fresh
///
/// // Without `without`, it would not have been copied in part:
/// let transplant = Transplant::new().with_layers("layers", "layers", LayerChoice::EvenlySpaced);
/// let error = transplant.copy(stack(6, 10), &teacher).unwrap_err().to_string();
/// assert!(error.contains("'head.weight' is [4, 10] in the student, and the teacher's 'head.weight' is [4, 1000]"));
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Convention
///
/// Everything that is called the same is copied. DistilBERT's `extract_distilbert.py` copies embeddings (its student has none for token
/// types), the chosen layers, the output matrix and its bias; the layer before them only with its switch `vocab_transform`.
///
/// # Reference
///
/// Victor Sanh, Lysandre Debut, Julien Chaumond, Thomas Wolf: *DistilBERT, a distilled version of BERT: smaller, faster, cheaper and
/// lighter*, 2019, arXiv:1910.01108, section 3; their `extract_distilbert.py`.
///
/// # See also
///
/// [`copy_layers`], where layers are called the same on both sides; [`Capacity`](crate::Capacity), how much smaller the student is.
#[derive(Clone, Debug, Default)]
pub struct Transplant {
    layers: Vec<Layers>,
    /// The student's path and the teacher's.
    parts: Vec<(String, String)>,
    fresh: Vec<String>,
}

#[derive(Clone, Debug)]
struct Layers {
    student: String,
    teacher: String,
    choice: LayerChoice,
}

impl Transplant {
    /// Everything into what is called the same.
    pub fn new() -> Self {
        Self::default()
    }

    /// The layers numbered below the student's path come from those below the teacher's that `choice` says.
    pub fn with_layers(mut self, student: &str, teacher: &str, choice: LayerChoice) -> Self {
        let (student, teacher) = (student.into(), teacher.into());
        self.layers.push(Layers {
            student,
            teacher,
            choice,
        });
        self
    }

    /// What is at the student's path, or below it, comes from the teacher's path. Of several such paths the longest counts, and one
    /// inside a layer counts before the layer.
    pub fn with_part(mut self, student: &str, teacher: &str) -> Self {
        self.parts.push((student.into(), teacher.into()));
        self
    }

    /// What is at this path of the student's, or below it, stays as it is.
    pub fn without(mut self, student: &str) -> Self {
        self.fresh.push(student.into());
        self
    }

    /// The student with the teacher's weights, and what became of each parameter.
    ///
    /// # Errors
    ///
    /// [`Error::LayerChoice`] if there are not the layers that were chosen; [`Error::Transplant`], with all reasons at once, if shapes
    /// or kinds differ, a path that was named leads nowhere, a layer or part gets nothing, or nothing would be copied at all.
    pub fn copy<S: Module, T: Module>(&self, student: S, teacher: &T) -> Result<(S, TransplantReport), Error> {
        // The effective weights, and the latest running statistics.
        let teacher = teacher.valid().materialize();
        let (ours, theirs) = (parameters(&student), parameters(&teacher));
        let chosen = self.choose(&ours, &theirs)?;
        let pairs: Vec<(&Parameter, Option<&Parameter>)> = ours
            .iter()
            .map(|parameter| {
                let source = self.source(&parameter.path, &chosen);
                let source = source.and_then(|source| theirs.iter().find(|other| other.path == source));
                (parameter, source)
            })
            .collect();
        let faults = faults(self, &pairs, &theirs);
        if !faults.is_empty() {
            return Err(Error::Transplant { faults });
        }
        let report = TransplantReport::new(&pairs, &theirs);
        let sources = report.copied.iter();
        let sources: HashMap<&str, &str> = sources.map(|copied| (&*copied.student, &*copied.teacher)).collect();
        let read = Read::of(&teacher, sources.values().copied());
        let student = student.map(&mut Write::new(&sources, &read));
        Ok((student, report))
    }

    /// For each pair of stacked layers: the teacher's layer for each of the student's.
    fn choose(&self, ours: &[Parameter], theirs: &[Parameter]) -> Result<Vec<Vec<usize>>, Error> {
        let count = |parameters: &[Parameter], path: &str| {
            let numbers = parameters
                .iter()
                .filter_map(|parameter| numbered(&parameter.path, path));
            numbers.map(|(number, _)| number + 1).max().unwrap_or(0)
        };
        let chosen = self.layers.iter().map(|layers| {
            let (student, teacher) = (count(ours, &layers.student), count(theirs, &layers.teacher));
            // That a path leads nowhere is said with all other faults.
            if student == 0 || teacher == 0 {
                return Ok(Vec::new());
            }
            layers.choice.choose(student, teacher)
        });
        chosen.collect()
    }

    /// The teacher's path for a student's; none for what is to stay.
    fn source(&self, path: &str, chosen: &[Vec<usize>]) -> Option<String> {
        if self.fresh.iter().any(|part| below(path, part).is_some()) {
            return None;
        }
        // Each with how much of the path it was said of; of two that were said of as much, the last counts.
        let layers = self.layers.iter().zip(chosen).filter_map(|(layers, chosen)| {
            let (number, rest) = numbered(path, &layers.student)?;
            let layer = chosen.get(number).map(usize::to_string);
            let source = layer.map(|layer| join(&[&layers.teacher, &layer, rest]));
            Some((path.len() - rest.len(), source))
        });
        let parts = self.parts.iter().filter_map(|(student, teacher)| {
            let rest = below(path, student)?;
            Some((path.len() - rest.len(), Some(join(&[teacher, rest]))))
        });
        match layers.chain(parts).max_by_key(|(length, _)| *length) {
            Some((_, source)) => source,
            None => Some(path.into()),
        }
    }
}

/// Copies a teacher's weights into a student: those of the layers numbered below `layers` that `choice` says, and all else that is
/// called the same.
///
/// ```
/// use burn::{nn::transformer::TransformerEncoderConfig, tensor::Device};
/// use kd_transformer::{LayerChoice, copy_layers};
///
/// let device = Device::flex();
/// let encoder = |layers| TransformerEncoderConfig::new(8, 16, 2, layers).init(&device);
/// let (student, report) = copy_layers(encoder(2), &encoder(4), "layers", LayerChoice::EvenlySpaced)?;
/// assert_eq!(student.layers.len(), 2);
/// assert_eq!(report.fresh, []);
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`Transplant::copy`].
pub fn copy_layers<S: Module, T: Module>(
    student: S,
    teacher: &T,
    layers: &str,
    choice: LayerChoice,
) -> Result<(S, TransplantReport), Error> {
    Transplant::new()
        .with_layers(layers, layers, choice)
        .copy(student, teacher)
}
