//! The losses of `kd-transformer`, each by its golden values, by the laws, and by bad input.
mod bert;
