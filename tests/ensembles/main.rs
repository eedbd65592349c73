//! Ensembles: golden values, laws and bad input, a file for each idea.

mod making;
