use burn::config::Config;
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

/// Configuration of a [`TaidSchedule`].
#[derive(Config, Debug)]
pub struct TaidScheduleConfig {
    /// The first t. In `[0, 1]`.
    #[config(default = 0.4)]
    pub start: f64,
    /// The last t. In `[0, 1]`, and no less than `start`.
    #[config(default = 1.0)]
    pub end: f64,
    /// How far t goes in a step beyond which it need not. In `[0, 1]`.
    #[config(default = 5e-4)]
    pub alpha: f64,
    /// How much of the past the momentum keeps. In `[0, 1]`.
    #[config(default = 0.99)]
    pub beta: f64,
}

impl TaidScheduleConfig {
    /// Makes the schedule, at its start.
    ///
    /// # Panics
    ///
    /// If a value is outside `[0, 1]`, or `end` is below `start`.
    #[track_caller]
    pub fn init(&self) -> TaidSchedule {
        kd_core::check::must(self.try_init())
    }

    /// Makes the schedule, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a value is outside `[0, 1]`, or `end` is below `start`.
    pub fn try_init(&self) -> Result<TaidSchedule, Error> {
        const NAME: &str = "TaidScheduleConfig";
        for (name, value) in [("start", self.start), ("alpha", self.alpha), ("beta", self.beta)] {
            check::share(NAME, name, value, "in [0, 1]")?;
        }
        check::share_from(NAME, "end", self.end, self.start)?;
        Ok(TaidSchedule {
            start: self.start,
            end: self.end,
            alpha: self.alpha,
            beta: self.beta,
            t: self.start,
            momentum: 0.0,
            last_loss: None,
        })
    }
}

/// The t of a [`TaidLoss`](crate::TaidLoss) over training: a straight line, or faster while the loss falls.
///
/// ```text
/// drop = (last_loss − loss) / last_loss
/// m = beta · m + (1 − beta) · drop
/// t = min(end, max(start + (end − start) · step / total, t + alpha · σ(m) · (1 − t)))
/// ```
///
/// t never falls. Unlike a [`Schedule`](kd_core::Schedule) it depends on what has happened, so it holds state; it is a
/// plain value, to be saved with a checkpoint and to go on from there.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `start` | 0.4 | the first t | `[0, 1]` |
/// | `end` | 1 | the last t | `[start, 1]` |
/// | `alpha` | 5e-4 | the size of an adaptive step | `[0, 1]` |
/// | `beta` | 0.99 | how slowly the momentum follows | `[0, 1]` |
///
/// # Convention
///
/// Defaults are the paper's. The first loss is only remembered, as in the authors' code; where the paper adds an ε to
/// the divisor, a last loss of 0 counts as no drop. A loss that is not finite is passed over, and the line goes on. The
/// value of [`TaidLoss`](crate::TaidLoss) is a KL divergence, as in the paper; the authors' code feeds a cross-entropy,
/// whose relative drop is smaller.
///
/// # Example
///
/// ```
/// use kd_soft_label::TaidScheduleConfig;
///
/// let mut schedule = TaidScheduleConfig::new().init();
/// assert_eq!(schedule.t(), 0.4);
/// assert_eq!(schedule.update(2.0, 0, 1000), 0.4);
/// assert!(schedule.update(1.9, 1, 1000) > 0.4 + 0.6 * 0.001 - 1e-12); // at least on the line
/// ```
///
/// # Reference
///
/// Makoto Shing and others: *TAID*, 2025, arXiv:2501.16937, section 3.2 and algorithm 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaidSchedule {
    start: f64,
    end: f64,
    alpha: f64,
    beta: f64,
    t: f64,
    momentum: f64,
    last_loss: Option<f64>,
}

impl TaidSchedule {
    /// Where the target is now.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// Takes in the loss of `step`, counted from 0 of `total`, and gives the t of the next.
    pub fn update(&mut self, loss: f64, step: usize, total: usize) -> f64 {
        let line = self.start + (self.end - self.start) * fraction(step, total);
        let adapted = self.t + self.adaptive_step(loss);
        self.t = line.max(adapted).min(self.end);
        self.t
    }

    fn adaptive_step(&mut self, loss: f64) -> f64 {
        if !loss.is_finite() {
            return 0.0;
        }
        let Some(last_loss) = self.last_loss.replace(loss) else {
            return 0.0;
        };
        let drop = if last_loss == 0.0 {
            0.0
        } else {
            (last_loss - loss) / last_loss
        };
        self.momentum = self.beta * self.momentum + (1.0 - self.beta) * drop;
        self.alpha * sigmoid(self.momentum) * (1.0 - self.t)
    }
}

fn fraction(step: usize, total: usize) -> f64 {
    if step >= total { 1.0 } else { step as f64 / total as f64 }
}

fn sigmoid(x: f64) -> f64 {
    (1.0 + (-x).exp()).recip()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: m = 0.01 · 0.5, and t = 0.4 + 0.1 · σ(0.005) · 0.6.
    #[test]
    fn a_falling_loss_moves_the_target_beyond_the_line() {
        let mut schedule = TaidScheduleConfig::new().with_alpha(0.1).init();
        assert_eq!(schedule.update(2.0, 0, 1000), 0.4);
        let t = schedule.update(1.0, 1, 1000);
        let expected = 0.4 + 0.1 * 0.6 / (1.0 + (-0.005f64).exp());
        assert!((t - expected).abs() < 1e-15, "{t}");
    }

    #[test]
    fn a_falling_loss_moves_it_further_than_a_rising_one() {
        let t_after = |loss: f64| {
            let mut schedule = TaidScheduleConfig::new().with_alpha(0.1).init();
            schedule.update(1.0, 0, 1000);
            schedule.update(loss, 1, 1000)
        };
        assert!(t_after(0.5) > t_after(1.0) && t_after(1.0) > t_after(2.0));
    }

    #[test]
    fn without_adaptation_it_is_a_line() {
        let mut schedule = TaidScheduleConfig::new().with_start(0.0).with_alpha(0.0).init();
        let values: Vec<f64> = (0..5).map(|step| schedule.update(1.0, step, 4)).collect();
        assert_eq!(values, [0.0, 0.25, 0.5, 0.75, 1.0]);
    }

    #[test]
    fn it_never_falls_and_never_leaves_its_range() {
        let mut schedule = TaidScheduleConfig::new().with_alpha(1.0).init();
        let mut last = schedule.t();
        for (step, loss) in [3.0, 0.1, 50.0, f64::NAN, 0.0, 2.0, f64::INFINITY, 1.0]
            .into_iter()
            .enumerate()
        {
            let t = schedule.update(loss, step, 8);
            assert!((last..=1.0).contains(&t), "{t} after {last}");
            last = t;
        }
        assert_eq!(schedule.update(1.0, 8, 8), 1.0);
    }

    #[test]
    fn it_goes_on_where_it_was_saved() {
        let mut schedule = TaidScheduleConfig::new().init();
        schedule.update(2.0, 0, 100);
        schedule.update(1.5, 1, 100);
        let saved = serde_json::to_string(&schedule).unwrap();
        let mut again: TaidSchedule = serde_json::from_str(&saved).unwrap();
        assert_eq!(again.update(1.2, 2, 100), schedule.update(1.2, 2, 100));
        assert_eq!(again, schedule);
    }

    #[test]
    fn an_end_before_the_start_is_an_error() {
        let error = TaidScheduleConfig::new().with_end(0.3).try_init().unwrap_err();
        assert_eq!(
            error.to_string(),
            "TaidScheduleConfig: end is 0.3, but must be in [0, 1] and no less than where it starts"
        );
    }
}
