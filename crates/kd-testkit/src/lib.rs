//! What every distillation loss is tested with: golden files, laws, and finite differences.
//!
//! A loss comes in as a [`Subject`], which forgets its types; its inputs come from plain numbers, a [`Batch`]. So one
//! law serves every loss, on every backend ([`device`] is chosen by `KD_TEST_BACKEND`), and a loss joins all of them
//! with one line of [`laws!`], and its golden file with one line of [`golden::check`].

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the book's chapter on losses, projectors and teachers of one's own, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/extending.md")]
struct Extending;

mod batch;
mod device;
pub mod golden;
pub mod laws;
mod numbers;
mod read;
mod strategy;
mod subject;
mod waves;

pub use batch::Batch;
pub use device::{computes_in, device, units_off};
pub use numbers::{Within, assert_close, resolution, within};
pub use read::{contents, read};
pub use strategy::{for_each, whole_batches};
pub use subject::{Outcome, Recorded, Shapes, Side, Subject};
pub use waves::{waved, waves};
