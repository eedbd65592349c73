//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod hint;
mod relations;
