//! How near a student's vectors of sentences are to its teacher's.

use std::fmt;

use burn::prelude::*;
use kd::transformer::bert::Bert;
use kd_examples::failure::Failure;
use serde::{Deserialize, Serialize};

use crate::embed::{Passages, embed};
use crate::lab::Lab;
use crate::texts::TextBatch;

/// How near a student's vectors are to its teacher's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// The mean cosine of a text's two vectors.
    pub cosine: f64,
    /// How the cosines of all pairs of texts correlate (Pearson): whether both find the same texts alike.
    pub pairs: f64,
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cosine, pairs } = self;
        write!(
            f,
            "cosine to the teacher's vectors {cosine:.4}, correlation of all pairs' cosines {pairs:.4}"
        )
    }
}

/// Compares on texts that are not learned from here. A student that learned the language from the same corpus has read
/// them.
///
/// # Errors
///
/// [`Failure::Interrupted`] when it is interrupted.
pub fn likeness(lab: &Lab, student: &Bert, teacher: &Bert, passages: &Passages) -> Result<Likeness, Failure> {
    let device = lab.plain_device();
    let all = |bert: &Bert| {
        let bert = bert.valid();
        let parts: Result<Vec<Tensor<2>>, Failure> = passages
            .test
            .chunks(64)
            .map(|texts| {
                lab.interrupt.check()?;
                let batch = TextBatch::new(texts.iter().map(|text| &**text), passages.pad, &device);
                let vectors = embed(&bert, &batch);
                let lengths = vectors.clone().square().sum_dim(1).sqrt().clamp_min(1e-12);
                Ok(vectors / lengths)
            })
            .collect();
        Ok::<_, Failure>(Tensor::cat(parts?, 0))
    };
    let [student, teacher] = [all(student)?, all(teacher)?];
    let cosine = (student.clone() * teacher.clone())
        .sum_dim(1)
        .mean()
        .into_scalar::<f64>();
    let pairs = |vectors: Tensor<2>| -> Vec<f64> {
        let [texts, _] = vectors.dims();
        let cosines: Vec<f64> = vectors
            .clone()
            .matmul(vectors.transpose())
            .into_data()
            .iter::<f64>()
            .collect();
        (0..texts)
            .flat_map(|row| cosines[row * texts + row + 1..(row + 1) * texts].to_vec())
            .collect()
    };
    Ok(Likeness {
        cosine,
        pairs: pearson(&pairs(student), &pairs(teacher)),
    })
}

/// NaN where one side is constant, or there is nothing.
fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let count = x.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        xy += (x - x_mean) * (y - y_mean);
        xx += (x - x_mean).powi(2);
        yy += (y - y_mean).powi(2);
    }
    xy / (xx * yy).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_is_of_what_goes_together() {
        assert!((pearson(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]) - 1.0).abs() < 1e-12);
        assert!((pearson(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]) + 1.0).abs() < 1e-12);
        assert!(pearson(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }
}
