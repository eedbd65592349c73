//! Temperatures, alphas and weights, chosen by measurement: on a validation split, over several seeds, never on the test split.
//!
//! A loss's defaults are somebody else's best values. Which temperature is good depends on the teacher, on the student and on the data,
//! and one that was taken from a paper can cost more than the choice of the loss.
//!
//! | Piece | What it is |
//! |---|---|
//! | [`Axis`], [`Grid`], [`Point`] | numbers to tune, all their combinations in order, and one of these |
//! | [`Splits`] | which samples a trial learns from, is scored on, and must never be scored on |
//! | [`Search`] | every point with every seed, or successive halving; interrupted and gone on with; side by side on several devices |
//! | [`Trial`], [`Score`] | what your closure is asked, and what it answers |
//! | [`Tuned`], [`Outcome`] | all trials, mean and spread of each point, the best; a table, a curve or a heat map (feature `plot`), JSON |
//!
//! Nothing here knows how you train. A trial is a closure, and may tune anything that has a score.
//!
//! ```
//! use burn::{
//!     nn::{Initializer, Linear, LinearConfig},
//!     optim::{GradientsParams, SgdConfig},
//!     tensor::{Device, Tensor, TensorData},
//! };
//! use kd_core::DistillLoss;
//! use kd_soft_label::SoftLabelLossConfig;
//! use kd_tune::{Axis, Goal, Grid, Score, Search, Splits, Trial};
//!
//! # fn main() -> Result<(), kd_core::Error> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let journal = folder.path().join("tuning.json");
//! let device = Device::flex().autodiff();
//! // Your data and your teacher, by the samples' ids: here a teacher with a strong opinion, and every fifth time a wrong one.
//! let label = |id: usize| id % 3;
//! let inputs = |ids: &[usize]| {
//!     let pixel = |id: usize, class| if class == label(id) { 1.0 } else { ((id * 7 + class) as f32).sin() };
//!     let pixels: Vec<f32> = ids.iter().flat_map(|&id| [0, 1, 2].map(|class| pixel(id, class))).collect();
//!     Tensor::<2>::from_data(TensorData::new(pixels, [ids.len(), 3]), &device)
//! };
//! let teacher = |ids: &[usize]| {
//!     let logit = |id: usize, class: usize| match (class + 3 - label(id)) % 3 {
//!         0 if id % 5 > 0 => 9.0,
//!         1 => 6.0,
//!         _ => 0.0,
//!     };
//!     let logits: Vec<f32> = ids.iter().flat_map(|&id| [0, 1, 2].map(|class| logit(id, class))).collect();
//!     Tensor::<2>::from_data(TensorData::new(logits, [ids.len(), 3]), &device)
//! };
//! let train = |trial: &Trial| {
//!     let loss = SoftLabelLossConfig::new().with_temperature(trial.value("temperature")).init();
//!     let mut student = LinearConfig::new(3, 3).with_initializer(Initializer::Zeros).init(&device);
//!     let mut optimizer = SgdConfig::new().init();
//!     let (images, targets) = (inputs(trial.learning()), teacher(trial.learning()));
//!     for _epoch in 0..trial.budget() {
//!         let loss = loss.forward(student.forward(images.clone()), targets.clone());
//!         let gradients = GradientsParams::from_grads(loss.backward(), &student);
//!         student = optimizer.step(0.1, student, gradients);
//!     }
//!     student
//! };
//! // Its errors, sample by sample.
//! let errors = |student: &Linear, ids: &[usize]| {
//!     let classes = student.forward(inputs(ids)).argmax(1).into_data();
//!     let classes: Vec<i64> = classes.iter::<i64>().collect();
//!     Score::mean(ids.iter().zip(classes).map(|(&id, class)| (id, f64::from(class as usize != label(id)))))
//! };
//!
//! let grid = Grid::new([Axis::temperature([1.0, 2.0, 4.0])?])?;
//! let splits = Splits::random(0..60, 20, 7)?.with_test(60..90)?;
//! let search = Search::new("error of a linear student", Goal::Minimize, grid, splits)
//!     .with_seeds([1]) // nothing is random here
//!     .with_budget(20);
//! let tuned = search.run(&journal, |trial| errors(&train(trial), trial.validation()))?;
//!
//! println!("{}", tuned.table());
//! let best = tuned.best().expect("a temperature at which nothing diverged");
//! assert!(best.mean() <= tuned.outcomes()[0].mean());
//! // Interrupted or not: what is in the journal is not run again.
//! assert_eq!(search.run(&journal, |_| -> Score { unreachable!() })?, tuned);
//! # Ok(())
//! # }
//! ```
//!
//! # The journal
//!
//! After every trial the search and what it has found are written whole to one JSON file. Whatever ends a run, an error, a
//! panic of a trial, a signal or a power cut, the same program goes on after the last trial that ended, and comes to the same
//! result. A file of another search is refused. [`Tuned::load`] reads it from elsewhere, and so does Python:
//!
//! ```text
//! {
//!   "format": "kd-tune", "version": 1,
//!   "search": { "name": …, "goal": "minimize", "axes": [{ "name": "temperature", "values": [1.0, 4.0] }], "seeds": [1, 2], … },
//!   "trials": [{ "point": { "temperature": 1.0 }, "seed": 1, "budget": 10, "score": 0.0312 }, …]
//! }
//! ```

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod axis;
mod budgets;
#[cfg(feature = "plot")]
mod curve;
#[cfg(feature = "plot")]
mod curve_scale;
mod digits;
mod file;
mod finished;
mod goal;
mod grid;
#[cfg(feature = "plot")]
mod heat_map;
#[cfg(feature = "plot")]
mod heat_scale;
mod journal;
mod outcome;
mod outline;
#[cfg(feature = "plot")]
mod picture;
mod point;
mod score;
mod search;
mod side_by_side;
mod splits;
mod table;
mod trial;
mod tuned;

pub use axis::Axis;
pub use budgets::Rung;
pub use finished::Finished;
pub use goal::Goal;
pub use grid::Grid;
pub use outcome::Outcome;
pub use point::Point;
pub use score::{IntoScore, Score};
pub use search::Search;
pub use splits::Splits;
pub use trial::Trial;
pub use tuned::Tuned;
