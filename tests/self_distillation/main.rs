//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod mutual;
mod universal_self;
mod virtual_teacher;
