//! Which layer of a student learns from which layer of its teacher: found by evidence and not by counting.
//!
//! | Step | Piece |
//! |---|---|
//! | run both on some batches, and compare all layers with all | [`Cka`] |
//! | look at the numbers, or at a picture of them | [`Similarity`] |
//! | match the layers | [`Matching`] |
//! | keep the result, and train with it | [`Plan`], [`FeaturePairs::from_plan`](crate::FeaturePairs::from_plan) |
//!
//! # Example
//!
//! ```
//! use burn::tensor::{Distribution, Tensor};
//! use kd_core::Features;
//! use kd_feature::align::{CkaConfig, Matching};
//!
//! # let device = burn::tensor::Device::flex();
//! let mut cka = CkaConfig::new().init();
//! for _ in 0..3 {
//!     let [a, b] = [(); 2].map(|_| Tensor::<2>::random([32, 4], Distribution::Default, &device));
//!     let student = Features::new().with("first", a.clone()).with("last", b.clone());
//!     let teacher = Features::new().with("late", b * 2.0).with("early", a * 3.0);
//!     cka.update(&student, &teacher)?;
//! }
//! let plan = cka.similarity()?.plan(Matching::OneToOne)?;
//! assert_eq!((&*plan.pairs[0].student, &*plan.pairs[0].teacher), ("first", "early"));
//! assert_eq!((&*plan.pairs[1].student, &*plan.pairs[1].teacher), ("last", "late"));
//! # Ok::<(), kd_core::Error>(())
//! ```

mod cka;
mod gram;
#[cfg(feature = "plot")]
mod heat_map;
mod matching;
mod plan;
mod side;
mod similarity;

pub use cka::{Cka, CkaConfig};
pub use matching::Matching;
pub use plan::{Plan, PlannedPair};
pub use similarity::Similarity;
