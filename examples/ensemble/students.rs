//! The students: one that learns alone, one from a single member, and one for each way to learn from all.

use std::time::Instant;

use burn::prelude::*;
use kd::ensemble::{Ensemble, Seeds};
use kd_examples::failure::Failure;

use crate::distil::{Objective, School};
use crate::keeper::Keeper;
use crate::lab::Lab;
use crate::members::{Live, hard};
use crate::network::Network;
use crate::score::{Score, Who};
use crate::train::{Run, train};
use crate::views::Views;
use crate::way::Way;

/// Trains all of them and holds them against the test images' labels and the members' mean.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is, [`Failure::Diverged`] where a loss is no number any more; what was finished before has
/// been kept.
pub fn students(
    school: &School<'_>,
    asked: &Ensemble<Live>,
    labels: &Tensor<1, Int>,
    mean: &Tensor<2>,
    keeper: &mut impl Keeper,
) -> Result<(), Failure> {
    let School { lab, views, .. } = school;
    let students = [
        (Who::Alone, Box::new(hard(&lab.device)) as Objective<'_>),
        (Who::OfMember, school.taught_by_member(0)),
    ];
    let students = students
        .into_iter()
        .chain(lab.ways.iter().map(|way| (Who::Of(*way), school.taught_by(*way))))
        .chain(lab.live.then(|| (Who::Live, school.taught_live(asked))));
    for (who, objective) in students {
        let started = Instant::now();
        let network = student(lab, *views, who, objective)?;
        let seconds = started.elapsed().as_secs_f64();
        let logits = lab.ask(&network, &lab.data.test);
        keeper.keep(Score::new(views.seed, who, logits, labels.clone(), Some(mean)).with_seconds(seconds))?;
    }
    Ok(())
}

/// Trains a network on all images. Those of a seed begin with the same weights and see the images in the same order. Without
/// mixtures they see the same views as well, and differ in what they are taught alone.
fn student(lab: &Lab, views: Views, who: Who, objective: Objective<'_>) -> Result<Network, Failure> {
    let rows: Vec<usize> = (0..lab.data.train.len()).collect();
    let seed = views.seed;
    let seeds = Seeds::new(seed);
    let run = Run {
        lab,
        name: format!("seed {seed}: {}", who.name()),
        views,
        rows: &rows,
        epochs: lab.recipe.student_epochs,
        taught: who != Who::Alone,
        longest: longest(who),
        weights: seeds.initialization(lab.recipe.members),
        order: seeds.order(lab.recipe.members, 0),
    };
    train(&run, objective)
}

/// A Dirichlet's log-density is as steep as its α are large, and those are exponentials of logits: a step that goes too far
/// there is followed by one that goes further.
fn longest(who: Who) -> Option<f32> {
    (who == Who::Of(Way::Dirichlet)).then_some(1.0)
}
