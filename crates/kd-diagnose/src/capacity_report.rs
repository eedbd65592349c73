use burn::{module::Module, tensor::Device};
use kd_core::{Capacity, Chain, check};
use serde::{Deserialize, Serialize};

use crate::{
    Advice, advice,
    timing::{Timing, take_turns},
};

/// How far a student is from its teacher: in parameters, in operations, in time; and who may stand in between.
///
/// # Convention
///
/// Every ratio is teacher / student. A Burn module does not say what it computes, so operations are as you count them;
/// [`operations`](crate::operations) has the formulas of the usual layers.
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use kd_diagnose::{CapacityReport, operations};
///
/// let device = Device::flex();
/// let (student, teacher) = (LinearConfig::new(64, 10).init(&device), LinearConfig::new(64, 1000).init(&device));
/// let batch = Tensor::<2>::ones([32, 64], &device);
/// let capacity = CapacityReport::of(&student, &teacher)
///     .with_operations(operations::linear(1, 64, 10), operations::linear(1, 64, 1000))
///     .timed(&device, 10, || student.forward(batch.clone()), || teacher.forward(batch.clone()));
/// assert_eq!(capacity.ratio(), 100.0);
/// assert!(capacity.timing.unwrap().teacher > 0.0);
/// // From 65,000 parameters to 650 by steps of at most 5 times.
/// assert_eq!(capacity.chain().unwrap().stages(), [65_000, 14_004, 3_017, 650]);
/// ```
///
/// # See also
///
/// [`Chain`], which trains the assistants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CapacityReport {
    /// Parameters, part by part.
    pub parameters: Capacity,
    /// Operations of one sample, if they were counted.
    pub operations: Option<Operations>,
    /// Time, if it was measured.
    pub timing: Option<Timing>,
}

/// What one sample costs, in multiplications with an addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Operations {
    /// Of the student.
    pub student: usize,
    /// Of the teacher.
    pub teacher: usize,
}

impl Operations {
    /// How many times the student's the teacher's are.
    pub fn ratio(&self) -> f64 {
        self.teacher as f64 / self.student as f64
    }
}

impl CapacityReport {
    /// Counts parameters.
    pub fn of<S: Module, T: Module>(student: &S, teacher: &T) -> Self {
        Self {
            parameters: Capacity::of(student, teacher),
            operations: None,
            timing: None,
        }
    }

    /// With the operations of one sample.
    ///
    /// # Panics
    ///
    /// If one of them is 0.
    #[track_caller]
    pub fn with_operations(mut self, student: usize, teacher: usize) -> Self {
        for (name, value) in [
            ("the student's operations", student),
            ("the teacher's operations", teacher),
        ] {
            kd_core::check::must(check::count("CapacityReport", name, value));
        }
        self.operations = Some(Operations { student, teacher });
        self
    }

    /// With the time that one pass of each takes, measured in turns: first two rounds that do not count, then as many as `rounds`.
    ///
    /// Give each the batch that it will get in use, and the modules as they will be used, after `valid()`. Both run on this device, which is
    /// waited for after each pass; where one runs elsewhere, let its pass read what it has computed.
    ///
    /// # Panics
    ///
    /// If there are no rounds, or the device fails.
    #[track_caller]
    pub fn timed<S, T>(
        mut self,
        device: &Device,
        rounds: usize,
        student: impl FnMut() -> S,
        teacher: impl FnMut() -> T,
    ) -> Self {
        kd_core::check::must(check::count("CapacityReport", "the number of rounds", rounds));
        self.timing = Some(take_turns(device, rounds, student, teacher));
        self
    }

    /// How many times the student's parameters the teacher's are.
    pub fn ratio(&self) -> f64 {
        self.parameters.ratio()
    }

    /// Numbers of parameters from the teacher's to the student's, none more than 5 times the next, where a student is further away than
    /// that; `None` if it needs no assistant.
    pub fn chain(&self) -> Option<Chain<usize>> {
        let (teacher, student) = (self.parameters.teacher(), self.parameters.student());
        let assistants = Chain::assistants(teacher, student, Capacity::USUAL).ok()?;
        let chain = Chain::between(teacher, student, assistants).ok()?;
        (assistants > 0).then_some(chain)
    }

    /// What the numbers mean and what to do, the most pressing first; a [`Report`](crate::Report) has it among its own.
    pub fn advice(&self) -> Vec<Advice> {
        advice::of_capacity(self)
    }
}
