//! Losses that take tensors take [`Feature`](kd_core::Feature)s too.

/// For a loss that compares features of any rank, the same on both sides.
macro_rules! of_any_rank {
    ($loss:ident) => {
        impl kd_core::DistillLoss<kd_core::Feature> for $loss {
            #[track_caller]
            fn per_sample(&self, student: kd_core::Feature, teacher: kd_core::Feature) -> burn::tensor::Tensor<1> {
                use kd_core::Feature::{Map, Tokens, Vector};
                match (student, teacher) {
                    (Vector(student), Vector(teacher)) => self.per_sample(student, teacher),
                    (Tokens(student), Tokens(teacher)) => self.per_sample(student, teacher),
                    (Map(student), Map(teacher)) => self.per_sample(student, teacher),
                    (student, teacher) => kd_core::check::unequal_ranks(stringify!($loss), &student, &teacher),
                }
            }
        }
    };
}

/// For a loss that compares maps alone.
macro_rules! of_maps {
    ($loss:ident) => {
        impl kd_core::DistillLoss<kd_core::Feature> for $loss {
            #[track_caller]
            fn per_sample(&self, student: kd_core::Feature, teacher: kd_core::Feature) -> burn::tensor::Tensor<1> {
                match (student, teacher) {
                    (kd_core::Feature::Map(student), kd_core::Feature::Map(teacher)) => {
                        self.per_sample(student, teacher)
                    }
                    (student, teacher) => kd_core::check::not_maps(stringify!($loss), &student, &teacher),
                }
            }
        }
    };
}

/// For a loss that compares samples with one another, whose student and teacher may be of unequal rank.
macro_rules! of_relations {
    ($loss:ident) => {
        impl kd_core::DistillLoss<kd_core::Feature> for $loss {
            #[track_caller]
            fn per_sample(&self, student: kd_core::Feature, teacher: kd_core::Feature) -> burn::tensor::Tensor<1> {
                self.per_sample(student.flatten_samples(), teacher.flatten_samples())
            }
        }
    };
}
