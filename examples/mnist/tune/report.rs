//! The results as JSON.

use kd::Error;
use kd::tune::Tuned;
use kd_examples::result_files::ResultFiles;
use kd_examples::spread::Spread;
use serde::Serialize;

use crate::distil::Mix;
use crate::options::Options;
use crate::tune::plan::Plan;
use crate::tune::rivals::Rivals;
use crate::tune::tested::{Contender, Tested};
use crate::tune::verdict::Comparison;

/// All that a tuning has found, from its command line to its verdict.
#[derive(Serialize)]
pub struct Report {
    program: &'static str,
    command: Vec<String>,
    options: Options,
    plan: Plan,
    /// Whether all seeds were tested.
    pub complete: bool,
    /// Of this run; one that was gone on with has its last part here.
    pub seconds: f64,
    /// Every trial of the search.
    pub search: Tuned,
    ranking: Vec<Ranked>,
    /// What is compared.
    pub rivals: Rivals,
    /// What was tested, network by network and seed by seed.
    pub tested: Vec<Tested>,
    /// The same over the seeds.
    pub summary: Vec<Summary>,
    /// With the alpha that suits each temperature: the comparison that decides.
    pub own_alpha: Option<Comparison>,
    /// With the same alpha.
    pub same_alpha: Option<Comparison>,
    /// What the comparisons say, in words.
    pub words: Vec<String>,
}

/// A point of the search.
#[derive(Serialize)]
struct Ranked {
    mix: Mix,
    epochs: usize,
    errors: Option<Spread>,
}

/// A network over the seeds.
#[derive(Serialize)]
pub struct Summary {
    /// The network.
    pub who: Contender,
    /// What it is called.
    name: String,
    /// Wrong answers.
    pub errors: Option<Spread>,
    /// How often it says what its teacher says.
    pub agreement_percent: Option<Spread>,
}

impl Report {
    /// Of what was found and what was tested.
    pub fn new(options: &Options, plan: Plan, search: Tuned, rivals: Rivals, tested: Vec<Tested>) -> Self {
        let summary = |who: Contender| {
            let tests: Vec<&Tested> = tested.iter().filter(|test| test.who == who).collect();
            let spread = |value: fn(&Tested) -> f64| Spread::of(tests.iter().map(|test| value(test)));
            Summary {
                who,
                name: who.to_string(),
                errors: spread(|test| test.errors as f64),
                agreement_percent: spread(|test| 100.0 * test.agreed as f64 / test.images as f64),
            }
        };
        let compared = |rival| Comparison::of(rivals.tuned, rival, &tested);
        let (own_alpha, same_alpha) = (compared(rivals.own_alpha), compared(rivals.same_alpha));
        let ranked = search.ranking().into_iter().map(|outcome| Ranked {
            mix: Mix::of(&outcome.point),
            epochs: outcome.budget,
            errors: Spread::of(outcome.scores.iter().filter_map(|(_, score)| *score)),
        });
        Self {
            program: "mnist --tune",
            command: std::env::args().skip(1).collect(),
            options: options.clone(),
            plan,
            complete: false,
            seconds: 0.0,
            ranking: ranked.collect(),
            summary: rivals.contenders().into_iter().map(summary).collect(),
            words: words(&search, &rivals, own_alpha.as_ref(), same_alpha.as_ref()),
            search,
            rivals,
            own_alpha,
            same_alpha,
            tested,
        }
    }

    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the system refuses.
    pub fn write(&self, files: &ResultFiles) -> Result<(), Error> {
        files.write(&serde_json::to_value(self).expect("a report has nothing that JSON lacks"))
    }
}

/// What was found on validation images, and what became of it on test images.
fn words(
    search: &Tuned,
    rivals: &Rivals,
    own_alpha: Option<&Comparison>,
    same_alpha: Option<&Comparison>,
) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(best) = search.best().map(|best| Mix::of(&best.point)) {
        words.push(match best == rivals.tuned {
            true => format!(
                "The search found {best} best; the best at T = 1 is {}.",
                rivals.own_alpha
            ),
            false => format!(
                "The search found T = 1 itself best ({best}); the best at another temperature is {}.",
                rivals.tuned
            ),
        });
    }
    let compared = [
        ("Each with its own alpha", own_alpha),
        ("With the same alpha", same_alpha),
    ];
    // Where T = 1 has the same alpha anyway, both are one.
    let count = if rivals.own_alpha == rivals.same_alpha { 1 } else { 2 };
    for (how, comparison) in compared.into_iter().take(count) {
        words.extend(comparison.map(|comparison| format!("{how}: {comparison}")));
    }
    words
}
