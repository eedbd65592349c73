use std::path::PathBuf;

/// Everything that can go wrong where the world enters: values people chose, files they named.
///
/// Mistakes of programming (unequal shapes, an empty batch) panic instead, as they do in Burn; see [`check`](crate::check).
/// Every message names the culprit and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value outside its range.
    #[error("{owner}: {name} is {value}, but must be {expected}")]
    InvalidValue {
        /// The type that was being made, such as `SoftLabelLossConfig`.
        owner: &'static str,
        /// The name of the value.
        name: &'static str,
        /// The value itself.
        value: f64,
        /// The range it should be in, and what is usual there.
        expected: &'static str,
    },

    /// A layer that is not there.
    #[error("{} no layer '{name}'; there are {}", has(side), quoted(known))]
    UnknownLayer {
        /// Where it is not: `student` or `teacher`, if that is known.
        side: Option<&'static str>,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },

    /// Features of shapes that no projector brings together.
    #[error("no adapter leads from the student's {student:?} to the teacher's {teacher:?}: {reason}")]
    NoAdapter {
        /// The student's shape, batch first.
        student: Vec<usize>,
        /// The teacher's shape, batch first.
        teacher: Vec<usize>,
        /// Why not, and what to do instead.
        reason: &'static str,
    },

    /// Layers that are others than they were.
    #[error(
        "the {side}'s layers were {} and now are {}; give the same layers, in the same order, every time",
        quoted(known),
        quoted(found)
    )]
    OtherLayers {
        /// Whose they are: `student` or `teacher`.
        side: &'static str,
        /// The names there were at first.
        known: Vec<String>,
        /// The names there are now.
        found: Vec<String>,
    },

    /// More layers of a student than layers of its teacher, where each wants one of its own.
    #[error(
        "the student has {student} layers and the teacher {teacher}, but each of the student's wants one of its own; \
         leave some of the student's out, or let several share one with `Matching::BestForEach`"
    )]
    TooFewLayers {
        /// How many the student has.
        student: usize,
        /// How many the teacher has.
        teacher: usize,
    },

    /// Layers of a teacher that a student cannot be given.
    #[error("LayerChoice: {student} of a teacher's {teacher} layers: {reason}")]
    LayerChoice {
        /// How many layers the student has.
        student: usize,
        /// How many the teacher has.
        teacher: usize,
        /// What is wrong with the choice, and what to do.
        reason: String,
    },

    /// Parameters that cannot be copied from a teacher to its student; nothing has been copied.
    #[error("Transplant: nothing was copied, for\n  {}", faults.join("\n  "))]
    Transplant {
        /// What stands in the way, each with what to do about it.
        faults: Vec<String>,
    },

    /// A token that a tokenizer does not have.
    #[error(
        "the tokenizer has no token '{name}'; take the one that the model was trained with, or give the numbers of its special tokens with `Vocabulary::new`"
    )]
    UnknownToken {
        /// What it should be called.
        name: String,
    },

    /// A vocabulary of another size than the model's.
    #[error(
        "the tokenizer has {tokenizer} tokens and the model {model}; take the tokenizer that the model was trained with{}",
        padded(*tokenizer, *model)
    )]
    OtherVocabulary {
        /// How many tokens the tokenizer has.
        tokenizer: usize,
        /// How many rows the model's embedding has.
        model: usize,
    },

    /// A sample that cannot be served, or that nothing can be learnt from; nothing has changed.
    #[error("{owner}: sample {sample} {reason}")]
    Sample {
        /// The type that was asked, such as `PastPredictions`.
        owner: &'static str,
        /// The sample's number in the dataset, or its place among those that were given.
        sample: usize,
        /// What is wrong with it, and what to do.
        reason: String,
    },

    /// A member of a boosted ensemble that has nothing to add.
    #[error(
        "{owner}: member {member} errs on {error:.6} of the weight, and guessing one of {classes} classes errs on {:.6}; \
         nothing has changed: train it for longer, or another one, with the same weights",
        1.0 - 1.0 / *classes as f64
    )]
    NoBetterThanChance {
        /// Where it was to be added.
        owner: &'static str,
        /// Which member it would be, from 0.
        member: usize,
        /// What it gets wrong, as a share of the samples' weights.
        error: f64,
        /// How many classes there are.
        classes: usize,
    },

    /// Values that no search can try.
    #[error("Grid: {place} {reason}")]
    Grid {
        /// Where it is wrong: an axis or a point, with its name.
        place: String,
        /// What is wrong there, and what to do.
        reason: String,
    },

    /// A sample in two splits at once.
    #[error(
        "sample {sample} is among those {first} and among those {second}{}; take it out of one of them: what a network has \
         learnt from cannot tell how good it is, and what has chosen it cannot either",
        others(*count)
    )]
    Overlap {
        /// The first split, such as `to learn from`.
        first: &'static str,
        /// The second split, such as `to validate with`.
        second: &'static str,
        /// The first sample that is in both.
        sample: usize,
        /// How many samples are in both.
        count: usize,
    },

    /// A trial of a search that failed; those that were finished are kept.
    #[error(
        "the trial {trial} failed: {source}. What was finished is in {}: mend the trial and begin the same search again, which \
         goes on from there",
        journal.display()
    )]
    Trial {
        /// Which trial: its point, its seed and its budget.
        trial: String,
        /// Where the finished trials are.
        journal: PathBuf,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The journal of another search.
    #[error(
        "{} is the journal of another search.\n  asked for: {expected}\n  recorded:  {found}\nGo on with the search that was \
         recorded, or give this one a journal of its own",
        path.display()
    )]
    OtherSearch {
        /// The journal.
        path: PathBuf,
        /// The search that was to be run.
        expected: String,
        /// The search that it records.
        found: String,
    },

    /// A teacher in another process that gave no answer within the time it had: asked again later, it may.
    #[error(
        "RemoteTeacher: the teacher at {server} {stage}, and {patience:?} are over; start its server again and ask again, which \
         uploads the teacher anew, or give it longer with `with_patience`"
    )]
    NoAnswer {
        /// The address of its server.
        server: String,
        /// What it was about when the time was over.
        stage: String,
        /// The time it had.
        patience: std::time::Duration,
    },

    /// A teacher in another process that refuses to be asked, or breaks its server.
    #[error("RemoteTeacher: the teacher at {server} {reason}; {remedy}")]
    RemoteTeacher {
        /// The address of its server.
        server: String,
        /// What became of the question.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },

    /// A file that cannot be read.
    #[error("cannot read {}: {source}. Check that the file exists and may be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file that cannot be written; what was there before still is.
    #[error("cannot write {}: {source}. Choose another place, or make room there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// Something wrong with one member of an ensemble.
    #[error("{owner}: member {member} {reason}")]
    BadMember {
        /// Who combines the members.
        owner: &'static str,
        /// Which member, counted from 0.
        member: usize,
        /// What is wrong with it, and the remedy.
        reason: String,
    },

    /// A generation that was not kept.
    #[error("there is no {}; generations there: {}. Train it first, or take one of these", path.display(), numbers(known))]
    MissingGeneration {
        /// The file it would be.
        path: PathBuf,
        /// Which generations there are.
        known: Vec<usize>,
    },

    /// A file with the parameters of another network.
    #[error("{} does not fit this network: {reason}. Make the network as it was when it was saved", path.display())]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Which parameters differ, and how.
        reason: String,
    },

    /// A file with other weights than a configuration describes; nothing has been read.
    #[error(
        "{} does not have the weights that its configuration describes: {}. Take the configuration that belongs to the file; \
         if it is a head that is missing, load the encoder alone",
        path.display(),
        weights(missing, unexpected, differing)
    )]
    OtherWeights {
        /// The file.
        path: PathBuf,
        /// The names of weights that it lacks.
        missing: Vec<String>,
        /// The names of weights that nobody asked for.
        unexpected: Vec<String>,
        /// What is wrong with others, each named.
        differing: Vec<String>,
    },

    /// A file that can be read but is not the configuration it should be.
    #[error("{} is not a valid {expected}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The type that was to be read.
        expected: &'static str,
        /// What the parser said.
        reason: String,
    },

    /// A file whose contents are not what was once written.
    #[error("{} is damaged: {reason}. {remedy}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How that shows.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },

    /// A file of a later version of its format.
    #[error(
        "{} is of version {found} of its format, and this program knows versions up to {known}; read it with a newer \
         version of this library, or record it anew in another folder",
        path.display()
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// The version it says it is.
        found: u64,
        /// The latest version that is known here.
        known: u64,
    },

    /// Something recorded that belongs to another teacher, other data or another view.
    #[error(
        "{} was recorded under another key.\n  asked for: {expected}\n  recorded:  {found}\nUse the folder that was \
         recorded under this key, or record anew in an empty one",
        path.display()
    )]
    OtherKey {
        /// Where it was recorded.
        path: PathBuf,
        /// The key that was asked for.
        expected: String,
        /// The key that it was recorded under.
        found: String,
    },

    /// Something recorded that has another form than what is asked for, or than what is to be added.
    #[error("{} holds {found} for each sample, not {expected}; {remedy}", path.display())]
    OtherForm {
        /// Where it was recorded.
        path: PathBuf,
        /// What was asked for or given.
        expected: String,
        /// What there is.
        found: String,
        /// What to do about it.
        remedy: &'static str,
    },

    /// A sample of which nothing was recorded.
    #[error("{} holds nothing of sample {id} ({view}); record it first, with the teacher at hand", path.display())]
    MissingSample {
        /// Where it is not.
        path: PathBuf,
        /// The sample.
        id: u64,
        /// The view of it that was asked for.
        view: String,
    },

    /// A sample that would be recorded a second time.
    #[error(
        "sample {id} is in {} already, or comes twice in one batch; give each sample its own id, and record it once",
        path.display()
    )]
    SampleTwice {
        /// Where it is.
        path: PathBuf,
        /// The sample.
        id: u64,
    },

    /// A number that the type it should be kept in does not reach.
    #[error(
        "'{name}' of sample {id} is {value}, which {dtype} cannot hold: it would become infinite; keep floats as f32, \
         or as bf16, which reaches as far"
    )]
    OutOfReach {
        /// What the number belongs to.
        name: String,
        /// The sample.
        id: u64,
        /// The number.
        value: f32,
        /// The type.
        dtype: &'static str,
    },

    /// A number of which no student can learn; nothing of its batch is recorded.
    #[error(
        "'{name}' of sample {id} is {value}, from which nobody can learn, and recorded it would be taught in every epoch; \
         mend what the teacher is given there, let it compute in floats that reach far enough and say no more than f32 holds, \
         or leave the sample out"
    )]
    Unteachable {
        /// What the number belongs to.
        name: String,
        /// The sample.
        id: u64,
        /// The number: NaN or +∞.
        value: f32,
    },

    /// A folder that another writer is writing to.
    #[error(
        "another writer holds {}; wait until it has finished, or give each writer a folder of its own",
        path.display()
    )]
    InUse {
        /// The file that is locked.
        path: PathBuf,
    },
}

fn has(side: &Option<&'static str>) -> String {
    side.map_or("there is".into(), |side| format!("the {side} has"))
}

fn padded(tokenizer: usize, model: usize) -> String {
    if model > tokenizer {
        format!(", or say `padded_to({model})` if the model's last rows are padding")
    } else {
        String::new()
    }
}

fn others(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => ", and so is 1 other".into(),
        _ => format!(", and so are {} others", count - 1),
    }
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    if quoted.is_empty() {
        "none at all".into()
    } else {
        quoted.join(", ")
    }
}

fn weights(missing: &[String], unexpected: &[String], differing: &[String]) -> String {
    let named = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", quoted(names)));
    let parts = [named("it lacks", missing), named("it has also", unexpected)];
    let parts = parts.into_iter().flatten().chain(differing.iter().cloned());
    parts.collect::<Vec<_>>().join("; ")
}

fn numbers(known: &[usize]) -> String {
    let numbers: Vec<String> = known.iter().map(usize::to_string).collect();
    if numbers.is_empty() {
        "none".into()
    } else {
        numbers.join(", ")
    }
}
