//! Row-wise numerics: what every loss on distributions is made of.
//!
//! A *row* is one distribution: one sample of a classifier, one token of a language model. All axes but the last are
//! samples, the last is classes; [`flatten_rows`] brings any tensor to `[rows, classes]`. Everything here works on any
//! backend, keeps gradients, and gives one value per row, so that masks and counts stay exact.
//!
//! f16 and bf16 are widened to f32 first: sums over a vocabulary have no place in half precision.

mod at_label;
mod count;
mod cross_entropy;
mod flatten;
mod kl;
mod log_mean_probs;
mod log_sum;
mod masked;
mod nothing;
mod samples;
mod soften;
mod vocabulary;
mod widen;

pub use at_label::at_label;
pub use count::count;
pub use cross_entropy::cross_entropy;
pub use flatten::{flatten_mask, flatten_rows};
pub use kl::kl;
pub use log_mean_probs::log_mean_probs;
pub use log_sum::log_sum;
pub use masked::{MaskedSum, masked_mean, masked_sum};
pub use nothing::nothing;
pub use samples::samples;
pub use soften::{log_soften, soften};
pub use vocabulary::{pad_classes, rule_out_padding};
pub use widen::widen;
