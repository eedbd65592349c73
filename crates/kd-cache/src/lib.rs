//! A teacher's outputs by sample, recorded once and served afterwards.
