use kd_core::check;
use serde::{Deserialize, Serialize};

/// How soft a teacher's targets are at each temperature: means over samples.
///
/// ```text
/// p       = softmax(teacher / T)
/// entropy = mean of −Σ p · log p                       in nats
/// beyond  = mean of 1 − p of the first choice          all that a label does not say
/// second  = mean of p of the second choice
/// soft    = mean of (p of the second choice ≥ 0.1)     as many samples as are more than a label
/// ```
///
/// A mean says how much there is to learn, and not on how many samples: of a teacher that is sure of nine samples in ten and torn on the
/// tenth it is about the tenth alone. `soft` tells the two apart.
///
/// # Range
///
/// Entropy from 0, where targets are labels, to log C, where they say nothing of C classes. It and `beyond` rise with the temperature;
/// `second` rises and then falls again, as mass goes on to the other classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Softness {
    /// How many classes there are.
    pub classes: usize,
    /// From the lowest temperature to the highest.
    pub points: Vec<SoftnessPoint>,
}

/// The means at one temperature; [`Softness`] has the formulas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SoftnessPoint {
    /// T.
    pub temperature: f64,
    /// The entropy, in nats.
    pub entropy: f64,
    /// What is beyond the first choice, from 0 to 1.
    pub beyond: f64,
    /// What the second choice has, from 0 to ½.
    pub second: f64,
    /// The share of the samples whose second choice has [`Softness::REAL_MASS`] or more.
    pub soft: f64,
}

impl SoftnessPoint {
    /// As if the targets were spread over so many classes evenly: e to the entropy.
    pub fn effective_classes(&self) -> f64 {
        self.entropy.exp()
    }
}

impl Softness {
    /// A tenth: the mass at which a second choice is worth learning. A rule of thumb; with less, targets are labels all but in name.
    pub const REAL_MASS: f64 = 0.1;

    /// The lowest temperature at which the second choice has this mass on average; `None` if it has at none of those that were
    /// looked at. Of a teacher that is soft enough already it is the lowest one.
    ///
    /// Between two temperatures the mass is taken to be linear in log T; of the default ones, which are a quarter of an octave apart,
    /// that finds T to about 1 %. Nothing is kept of the samples, so it is of all of them.
    ///
    /// # Panics
    ///
    /// If the mass is not above 0 and at most 1.
    #[track_caller]
    pub fn second_choice_temperature(&self, mass: f64) -> Option<f64> {
        check::mass_share("Softness", mass);
        self.reached(mass, |point| point.second)
    }

    /// The lowest temperature at which on half of the samples the second choice has [`REAL_MASS`](Self::REAL_MASS): where its median
    /// has, when [`second_choice_temperature`](Self::second_choice_temperature) is where its mean has. Far above that, the mean is about
    /// few samples. `None` if it is at none of those that were looked at, as among many classes, where mass goes to all of them.
    ///
    /// It is found from counts, between two temperatures as above; where all samples are alike that is half a step off at most, which
    /// is 9 % of the default ones.
    pub fn median_temperature(&self) -> Option<f64> {
        self.reached(0.5, |point| point.soft)
    }

    /// The lowest temperature at which all choices but the first have this mass together on average; found as the one above.
    ///
    /// # Panics
    ///
    /// If the mass is not above 0 and at most 1.
    #[track_caller]
    pub fn temperature_beyond(&self, mass: f64) -> Option<f64> {
        check::mass_share("Softness", mass);
        self.reached(mass, |point| point.beyond)
    }

    /// The lowest temperature at which the entropy is this share of log C, the most there is; `None` if it is not reached, or there is
    /// one class alone. Found as the ones above.
    ///
    /// # Panics
    ///
    /// If the share is not above 0 and at most 1.
    #[track_caller]
    pub fn temperature_of_entropy(&self, share: f64) -> Option<f64> {
        check::mass_share("Softness", share);
        if self.classes < 2 {
            return None;
        }
        self.reached(share, |point| self.entropy_share(point))
    }

    /// The entropy as a share of the most there is; 0 of one class.
    pub fn entropy_share(&self, point: &SoftnessPoint) -> f64 {
        let most = (self.classes as f64).ln();
        if most > 0.0 { point.entropy / most } else { 0.0 }
    }

    /// The share of samples that are soft at the last temperature that is no higher than this one.
    pub(crate) fn soft_at(&self, temperature: f64) -> f64 {
        let lower = self.points.iter().rev().find(|point| point.temperature <= temperature);
        lower.map_or(0.0, |point| point.soft)
    }

    fn reached(&self, wanted: f64, value: impl Fn(&SoftnessPoint) -> f64) -> Option<f64> {
        let after = self.points.iter().position(|point| value(point) >= wanted)?;
        let above = &self.points[after];
        let Some(below) = after.checked_sub(1).map(|before| &self.points[before]) else {
            return Some(above.temperature);
        };
        let share = (wanted - value(below)) / (value(above) - value(below));
        Some(below.temperature * (above.temperature / below.temperature).powf(share))
    }
}
