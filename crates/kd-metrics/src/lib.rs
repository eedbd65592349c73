//! How good, how honest and how alike predictions are, counted over any number of batches.
//!
//! | Piece | What it says |
//! |---|---|
