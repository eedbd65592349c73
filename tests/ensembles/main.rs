//! Ensembles: golden values, laws and bad input, a file for each idea.

mod dirichlet;
mod ensemble;
mod fitted_weights;
mod making;
mod per_teacher;
mod rules;
mod said;
mod side_by_side;
mod side_by_side_panics;
mod uncertainty;
