use std::fmt;

use kd_core::thousands;

use super::{parameters::Parameter, paths::below};

/// What became of each parameter in a [`Transplant`](crate::Transplant).
///
/// Shown, it is a list in which what belongs together is one line:
///
/// ```
/// use burn::{module::Module, nn::{Linear, LinearConfig}, tensor::Device};
/// use kd_transformer::{LayerChoice, Transplant};
///
/// #[derive(Module, Debug)]
/// struct Stack {
///     embedding: Linear,
///     layers: Vec<Linear>,
///     head: Linear,
/// }
///
/// # let device = Device::flex();
/// # let linear = || LinearConfig::new(40, 40).init(&device);
/// # let stack = |layers: usize| Stack { embedding: linear(), layers: (0..layers).map(|_| linear()).collect(), head: linear() };
/// let (student, teacher) = (stack(2), stack(4));
/// let transplant = Transplant::new().with_layers("layers", "layers", LayerChoice::EvenlySpaced).without("head");
/// let (_student, report) = transplant.copy(student, &teacher)?;
/// assert_eq!(
///     report.to_string(),
///     "copied: 4,920 of the student's 6,560 parameters
///   embedding
///   layers.0
///   layers.1 from the teacher's layers.3
/// left: 4,920 of the teacher's 9,840 parameters
///   layers.1
///   layers.2
///   head
/// fresh: 1,640 of the student's 6,560 parameters
///   head
/// ",
/// );
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransplantReport {
    /// What was copied, in the student's order.
    pub copied: Vec<CopiedParameter>,
    /// What of the teacher was copied nowhere, in its order.
    pub left: Vec<OtherParameter>,
    /// What of the student is as it was, in its order.
    pub fresh: Vec<OtherParameter>,
}

/// A parameter that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopiedParameter {
    /// Its path in the student.
    pub student: String,
    /// Its path in the teacher.
    pub teacher: String,
    /// How many numbers it is.
    pub count: usize,
}

/// A parameter that was not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherParameter {
    /// Its path.
    pub path: String,
    /// How many numbers it is.
    pub count: usize,
}

impl TransplantReport {
    pub(super) fn new(pairs: &[(&Parameter, Option<&Parameter>)], theirs: &[Parameter]) -> Self {
        let other = |parameter: &Parameter| OtherParameter {
            path: parameter.path.clone(),
            count: parameter.count(),
        };
        let copied = pairs.iter().filter_map(|(ours, source)| {
            Some(CopiedParameter {
                student: ours.path.clone(),
                teacher: (*source)?.path.clone(),
                count: ours.count(),
            })
        });
        let copied: Vec<CopiedParameter> = copied.collect();
        let left = theirs
            .iter()
            .filter(|theirs| copied.iter().all(|copied| copied.teacher != theirs.path));
        let fresh = pairs.iter().filter(|(_, source)| source.is_none());
        Self {
            left: left.map(other).collect(),
            fresh: fresh.map(|(ours, _)| other(ours)).collect(),
            copied,
        }
    }

    /// The lines for what was copied: a line for a layer or a part, and none for what is in it.
    fn copied_lines(&self) -> Vec<String> {
        let fresh = self.fresh.iter().map(|other| &*other.path);
        let moved = self.copied.iter().filter(|copied| copied.student != copied.teacher);
        let others: Vec<&str> = fresh.chain(moved.map(|copied| &*copied.student)).collect();
        let mut lines = Vec::new();
        for copied in &self.copied {
            lines.push(if copied.student == copied.teacher {
                whole(&copied.student, &others).into()
            } else {
                let (student, teacher) = without_common_end(&copied.student, &copied.teacher);
                format!("{student} from the teacher's {teacher}")
            });
        }
        lines.dedup();
        lines
    }
}

impl fmt::Display for TransplantReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |others: &[OtherParameter]| others.iter().map(|other| other.count).sum::<usize>();
        let copied: usize = self.copied.iter().map(|copied| copied.count).sum();
        let (fresh, left) = (sum(&self.fresh), sum(&self.left));
        // A parameter of the teacher's may have been copied to several places.
        let mut taken: Vec<(&str, usize)> = self
            .copied
            .iter()
            .map(|copied| (&*copied.teacher, copied.count))
            .collect();
        taken.sort_unstable();
        taken.dedup();
        let teacher = left + taken.iter().map(|(_, count)| count).sum::<usize>();
        let student = thousands(copied + fresh);

        writeln!(f, "copied: {} of the student's {student} parameters", thousands(copied))?;
        list(f, &self.copied_lines())?;
        let (shown, all) = (thousands(left), thousands(teacher));
        writeln!(f, "left: {shown} of the teacher's {all} parameters")?;
        let taken: Vec<&str> = taken.into_iter().map(|(path, _)| path).collect();
        list(f, &lines(&self.left, &taken))?;
        writeln!(f, "fresh: {} of the student's {student} parameters", thousands(fresh))?;
        let copied: Vec<&str> = self.copied.iter().map(|copied| &*copied.student).collect();
        list(f, &lines(&self.fresh, &copied))
    }
}

fn list(f: &mut fmt::Formatter<'_>, lines: &[String]) -> fmt::Result {
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}

/// A line for each part that has nothing of `others` in it.
fn lines(these: &[OtherParameter], others: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = these.iter().map(|other| whole(&other.path, others).into()).collect();
    lines.dedup();
    lines
}

/// The shortest beginning of `path` below which there is nothing of `others`.
fn whole<'a>(path: &'a str, others: &[&str]) -> &'a str {
    let mut ends = path.match_indices('.').map(|(end, _)| &path[..end]);
    ends.find(|part| others.iter().all(|other| below(other, part).is_none()))
        .unwrap_or(path)
}

fn without_common_end<'a>(mut student: &'a str, mut teacher: &'a str) -> (&'a str, &'a str) {
    while let (Some((ours, end)), Some((theirs, other_end))) = (student.rsplit_once('.'), teacher.rsplit_once('.')) {
        if end != other_end {
            break;
        }
        (student, teacher) = (ours, theirs);
    }
    (student, teacher)
}
