//! Ensembles for [Burn](burn): many teachers as one, the losses that keep them apart, and the making of them.
//!
//! # Combining
//!
//! | Piece | What it says |
//! |---|---|
//!
//! # Making
//!
//! | Piece | What it does |
//! |---|---|
