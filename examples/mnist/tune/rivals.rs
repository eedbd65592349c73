//! Whom the temperature that was found is held against.
//!
//! Two comparisons with T = 1, which answer two questions:
//!
//! - each temperature with the alpha that the search found best *for it*: what is it worth to tune the temperature, to
//!   somebody who tunes alpha anyway? This one decides, since neither side has an alpha that was chosen for the other.
//! - both with the alpha of the temperature that was found: what does the temperature do, all else being equal? It
//!   favours the temperature that alpha was chosen with.

use kd::tune::Tuned;
use serde::Serialize;

use crate::distil::Mix;
use crate::tune::tested::Contender;

/// The mixes that are tested.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rivals {
    /// The best point of the search at another temperature than 1, be it the best of all or not.
    pub tuned: Mix,
    /// The best point of the search at T = 1.
    pub own_alpha: Mix,
    /// T = 1 with the alpha of `tuned`.
    pub same_alpha: Mix,
}

impl Rivals {
    /// From what was found.
    ///
    /// # Panics
    ///
    /// If the grid lacks T = 1 or has no other.
    pub fn of(found: &Tuned) -> Self {
        let ranking = found.ranking();
        let best = |wanted: fn(f64) -> bool| {
            let mut points = ranking.iter().map(|outcome| Mix::of(&outcome.point));
            let point = points.find(|mix| wanted(mix.temperature));
            point.expect("the grid has T = 1 and others")
        };
        let tuned = best(|temperature| temperature != 1.0);
        Self {
            tuned,
            own_alpha: best(|temperature| temperature == 1.0),
            same_alpha: Mix {
                temperature: 1.0,
                ..tuned
            },
        }
    }

    /// All networks that are tested, each once.
    pub fn contenders(&self) -> Vec<Contender> {
        let mut contenders = vec![Contender::Teacher, Contender::Alone];
        for mix in [self.own_alpha, self.same_alpha, self.tuned] {
            let contender = Contender::Distilled(mix);
            if !contenders.contains(&contender) {
                contenders.push(contender);
            }
        }
        contenders
    }
}

#[cfg(test)]
mod tests {
    use kd::tune::{Axis, Goal, Grid, Score, Search, Splits};

    use super::*;

    /// Of a search that ended with these errors: at T = 1 and at T = 4, with alpha 0.5 and with 0.9.
    fn rivals(errors: [[f64; 2]; 2]) -> Rivals {
        let folder = tempfile::tempdir().unwrap();
        let axes = [Axis::temperature([1.0, 4.0]), Axis::alpha([0.5, 0.9])].map(Result::unwrap);
        let splits = Splits::new([0], [1]).unwrap();
        let search = Search::new("errors", Goal::Minimize, Grid::new(axes).unwrap(), splits);
        let found = search.run(folder.path().join("search.json"), |trial| {
            let row = usize::from(trial.value("temperature") != 1.0);
            let column = usize::from(trial.value("alpha") != 0.5);
            Score::new(errors[row][column], [1])
        });
        Rivals::of(&found.unwrap())
    }

    fn mix(temperature: f64, alpha: f64) -> Mix {
        Mix { temperature, alpha }
    }

    #[test]
    fn each_temperature_has_its_own_alpha_and_that_of_the_other() {
        let rivals = rivals([[60.0, 70.0], [50.0, 40.0]]);
        assert_eq!((rivals.tuned, rivals.own_alpha), (mix(4.0, 0.9), mix(1.0, 0.5)));
        assert_eq!(rivals.same_alpha, mix(1.0, 0.9));
        assert_eq!(rivals.contenders().len(), 5);
    }

    #[test]
    fn where_1_is_best_another_is_tested_all_the_same_and_nobody_twice() {
        let rivals = rivals([[30.0, 70.0], [40.0, 50.0]]);
        assert_eq!((rivals.tuned, rivals.own_alpha), (mix(4.0, 0.5), mix(1.0, 0.5)));
        assert_eq!(rivals.contenders().len(), 4);
    }
}
