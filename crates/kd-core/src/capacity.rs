use std::fmt;

use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::Tensor,
};
use serde::{Deserialize, Serialize};

use crate::thousands;

/// How large a student and its teacher are, in all and part by part.
///
/// A part is what a path begins with: a field of the network. Floats count, those of running statistics too, and integers and booleans
/// do not, as in Burn's `num_params`. Nothing is drawn to be counted.
///
/// # Convention
///
/// ```text
/// ratio = parameters of the teacher / parameters of the student
/// ```
///
/// A student of half its teacher to a fifth is what is usually advised; it is a rule of thumb. DistilBERT is at 1.7, MiniLM of 6
/// layers at 5, and TinyBERT of 4 layers at 7.5 with data augmentation to make up for it. Beyond, a student often learns less from
/// this teacher than from a smaller one, which is the capacity gap of the papers below.
///
/// # Example
///
/// ```
/// use burn::{nn::transformer::TransformerEncoderConfig, tensor::Device};
/// use kd_core::Capacity;
///
/// let device = Device::flex();
/// let encoder = |layers| TransformerEncoderConfig::new(8, 16, 2, layers).init(&device);
/// let capacity = Capacity::of(&encoder(2), &encoder(12));
/// assert_eq!(capacity.ratio(), 6.0);
/// assert_eq!(
///     capacity.to_string(),
///     "| part | student | teacher | teacher / student |
/// |---|--:|--:|--:|
/// | layers | 1,200 | 7,200 | 6.0 |
/// | total | 1,200 | 7,200 | 6.0 |
///
/// The teacher is 6.0 times the student, and 2 to 5 times is usual: a student so small may learn more from a smaller teacher, or by \
/// way of an assistant in between.
/// ",
/// );
/// ```
///
/// # Reference
///
/// Seyed-Iman Mirzadeh and others: *Improved Knowledge Distillation via Teacher Assistant*, 2019, arXiv:1902.03393. Jang Hyun Cho,
/// Bharath Hariharan: *On the Efficacy of Knowledge Distillation*, 2019, arXiv:1910.01348.
///
/// # See also
///
/// [`Chain`](crate::Chain), for assistants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capacity {
    /// What paths begin with, in the student's order, and then what the teacher alone has.
    pub parts: Vec<CapacityPart>,
}

/// How large one part is on either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CapacityPart {
    /// What its paths begin with.
    pub name: String,
    /// Parameters of the student's part; 0 if it has none.
    pub student: usize,
    /// Parameters of the teacher's part; 0 if it has none.
    pub teacher: usize,
}

impl CapacityPart {
    fn ratio(&self) -> f64 {
        self.teacher as f64 / self.student as f64
    }
}

impl Capacity {
    /// Up to so many times the student the teacher may be without a word; a rule of thumb.
    pub const USUAL: f64 = 5.0;

    /// Counts.
    pub fn of<S: Module, T: Module>(student: &S, teacher: &T) -> Self {
        let mut parts: Vec<CapacityPart> = Vec::new();
        let mut add = |(name, count): (String, usize), side: fn(&mut CapacityPart) -> &mut usize| {
            let known = parts.iter().position(|part| part.name == name);
            let place = known.unwrap_or_else(|| {
                parts.push(CapacityPart {
                    name,
                    student: 0,
                    teacher: 0,
                });
                parts.len() - 1
            });
            *side(&mut parts[place]) += count;
        };
        for parameter in floats(student) {
            add(parameter, |part| &mut part.student);
        }
        for parameter in floats(teacher) {
            add(parameter, |part| &mut part.teacher);
        }
        Self { parts }
    }

    /// Parameters of the student.
    pub fn student(&self) -> usize {
        self.parts.iter().map(|part| part.student).sum()
    }

    /// Parameters of the teacher.
    pub fn teacher(&self) -> usize {
        self.parts.iter().map(|part| part.teacher).sum()
    }

    /// How many times the student the teacher is; infinite if the student has no parameters, and NaN if neither has.
    pub fn ratio(&self) -> f64 {
        self.total().ratio()
    }

    /// What speaks against the two sizes, if anything does.
    pub fn warning(&self) -> Option<String> {
        let ratio = self.ratio();
        if ratio > Self::USUAL {
            Some(format!(
                "The teacher is {ratio:.1} times the student, and 2 to 5 times is usual: a student so small may learn more from a \
                 smaller teacher, or by way of an assistant in between."
            ))
        } else if ratio < 1.0 {
            Some(format!(
                "The student is larger than the teacher ({} against {} parameters): look whether they are given as (student, teacher).",
                thousands(self.student()),
                thousands(self.teacher())
            ))
        } else {
            None
        }
    }

    fn total(&self) -> CapacityPart {
        CapacityPart {
            name: "total".into(),
            student: self.student(),
            teacher: self.teacher(),
        }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| part | student | teacher | teacher / student |\n|---|--:|--:|--:|")?;
        for part in self.parts.iter().chain([&self.total()]) {
            let (student, teacher) = (thousands(part.student), thousands(part.teacher));
            let ratio = if part.student == 0 || part.teacher == 0 {
                String::new()
            } else {
                format!("{:.1}", part.ratio())
            };
            writeln!(f, "| {} | {student} | {teacher} | {ratio} |", part.name)?;
        }
        self.warning().map_or(Ok(()), |warning| writeln!(f, "\n{warning}"))
    }
}

/// Of each parameter of floats: what its path begins with, and how many numbers it is.
fn floats<M: Module>(module: &M) -> Vec<(String, usize)> {
    let mut list = List::default();
    module.visit(&mut list);
    list.parameters
}

#[derive(Default)]
struct List {
    path: Vec<String>,
    parameters: Vec<(String, usize)>,
}

impl ModuleVisitor for List {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let begin = self.path.first().cloned().unwrap_or_default();
        self.parameters.push((begin, param.lazy_shape().num_elements()));
    }
}
