//! The diagnosis: numbers by hand and by other ways, streaming, bad input, advice and the page, a file for each idea.

mod advice;
mod bad_input;
mod by_class;
mod capacity;
mod gradients;
mod gradients_bad_input;
mod lost;
mod models;
mod page;
mod rows;
mod saved;
mod softness;
mod streaming;
