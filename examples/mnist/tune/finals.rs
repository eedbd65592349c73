//! The finals: what was found, from all training images, on the test images, with seeds that chose nothing.

use kd_examples::failure::Failure;

use crate::answers::Answers;
use crate::distil::distil;
use crate::lab::Lab;
use crate::labels::from_labels;
use crate::train::Run;
use crate::tune::Say;
use crate::tune::teachers::Teachers;
use crate::tune::tested::{Contender, Tested, Tests};

/// Trains and tests the contenders with this seed, unless they were: the same teacher for all, and students that begin
/// with the same weights and see the same images in the same order.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted, or something cannot be written or read; what is finished has been kept.
pub fn finals(
    lab: &Lab,
    teachers: &Teachers<'_>,
    contenders: &[Contender],
    seed: u64,
    tests: &mut Tests,
    say: Say<'_>,
) -> Result<(), Failure> {
    let is_open = |who: &Contender| tests.of(seed, *who).is_none();
    let open: Vec<Contender> = contenders.iter().copied().filter(is_open).collect();
    if open.is_empty() {
        return Ok(());
    }
    let [soft, said] = teachers.ask(seed)?;
    let right = Answers::new(said);
    for who in open {
        let run = Run {
            lab,
            name: format!("seed {seed}: {who}"),
            seed,
        };
        let recipe = &lab.recipe;
        let student = || lab.fresh(&recipe.student, seed);
        let own = match who {
            Contender::Teacher => right.clone(),
            Contender::Alone => {
                let student = from_labels(&run, student(), &lab.train, recipe.student_training)?;
                lab.ask(&student, &lab.test)
            }
            Contender::Distilled(mix) => {
                let student = distil(&run, student(), soft.clone(), &lab.train, recipe.distillation, mix)?;
                lab.ask(&student, &lab.test)
            }
        };
        let errors = own.errors(&lab.test);
        tests.keep(Tested {
            seed,
            who,
            images: lab.test.len(),
            errors,
            agreed: own
                .digits()
                .zip(right.digits())
                .filter(|(own, right)| own == right)
                .count(),
        })?;
        say(&format!("test, seed {seed}, {who}: {errors} errors"));
    }
    Ok(())
}
