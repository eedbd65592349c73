use burn::{
    module::{Module, Param, ParamId},
    tensor::{Device, Int, Tensor},
};

/// How many steps the optimizer has taken, and what they were for: what a checkpoint has to know besides the parameters.
///
/// Both are numbers on the host while training goes on, so that nobody waits for a device. The tensor is for the
/// checkpoint, which holds tensors only.
#[derive(Module, Debug)]
pub struct Steps {
    /// `[steps taken, mark of the objective]`
    record: Param<Tensor<1, Int>>,
    taken: usize,
    objective: i32,
}

impl Steps {
    /// None yet, for the objective that is shown as `objective`.
    pub fn new(objective: &str, device: &Device) -> Self {
        let objective = mark(objective);
        Self {
            record: Param::initialized(ParamId::new(), record(0, objective, device)),
            taken: 0,
            objective,
        }
    }

    pub fn taken(&self) -> usize {
        self.taken
    }

    /// One more.
    pub fn advance(self) -> Self {
        let taken = self.taken + 1;
        let objective = self.objective;
        Self {
            record: self.record.map(|old| record(taken, objective, &old.device())),
            taken,
            objective,
        }
    }

    /// Believes the record that was loaded, unless it is another objective's.
    pub fn loaded(self) -> Option<Self> {
        let record = self.record.val().into_data();
        let mut numbers = record.iter::<i64>();
        let (taken, objective) = (numbers.next()?, numbers.next()?);
        (objective == i64::from(self.objective)).then_some(Self {
            taken: usize::try_from(taken).ok()?,
            ..self
        })
    }
}

fn record(taken: usize, objective: i32, device: &Device) -> Tensor<1, Int> {
    // i32 on every backend: 2 billion steps are more than anyone takes.
    Tensor::from_ints([taken as i32, objective], device)
}

/// FNV-1a, folded to what an i32 holds without a sign: the standard library's hash may change with its version.
fn mark(text: &str) -> i32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((hash ^ (hash >> 32)) & 0x7fff_ffff) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_survive_a_record() {
        let device = Device::flex();
        let steps = Steps::new("soft", &device).advance().advance();
        let record = steps.into_record();
        let other = Steps::new("soft", &device).load_record(record.clone()).loaded();
        assert_eq!(other.unwrap().taken(), 2);
        assert!(Steps::new("hard", &device).load_record(record).loaded().is_none());
    }

    #[test]
    fn marks_are_of_the_text() {
        assert_eq!(
            mark(""),
            ((0xcbf2_9ce4_8422_2325_u64 ^ 0xcbf2_9ce4) & 0x7fff_ffff) as i32
        );
        assert_ne!(mark("T = 4"), mark("T = 5"));
    }
}
