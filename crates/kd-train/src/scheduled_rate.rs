use burn::optim::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use kd_core::Schedule;

/// A [`Schedule`] as the learning rate of Burn's learner: the first step has what the schedule says at 1, as there are no
/// steps before the first.
///
/// ```
/// use burn::optim::lr_scheduler::LrScheduler;
/// use kd_core::Schedule;
/// use kd_train::ScheduledRate;
///
/// let mut rate = ScheduledRate::new(Schedule::cosine(0.1, 0.0, 96).warm_up(4));
/// assert_eq!(rate.step(), 0.025);
/// ```
#[derive(Clone, Debug)]
pub struct ScheduledRate {
    schedule: Schedule,
    step: usize,
}

impl ScheduledRate {
    /// Nothing done yet.
    pub fn new(schedule: Schedule) -> Self {
        Self { schedule, step: 0 }
    }
}

impl LrScheduler for ScheduledRate {
    fn step(&mut self) -> f64 {
        self.step += 1;
        self.schedule.at(self.step)
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new().with_scalar("step", self.step as u64)
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        if let Some(step) = record.scalar::<u64>("step") {
            self.step = step as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_it_up_again() {
        let schedule = Schedule::linear(1.0, 0.0, 10);
        let mut rate = ScheduledRate::new(schedule.clone());
        rate.step();
        rate.step();
        let mut later = ScheduledRate::new(schedule);
        later.load_record(rate.to_record());
        assert_eq!(rate.step(), later.step());
    }
}
