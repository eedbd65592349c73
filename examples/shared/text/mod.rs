//! Texts: to read, with a class each, and as tokens.

pub mod corpus;
pub mod embedded;
pub mod hub;
pub mod labelled;
pub mod text_error;
pub mod tokenizer;
