//! What a network answers to a set of photos, and how good that is.

use burn::prelude::*;
use kd_examples::cifar10::photos::Photos;

/// The most probable class of each image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    classes: Vec<u8>,
}

impl Answers {
    /// Adds the answers of logits `[rows, classes]`.
    pub fn add(&mut self, logits: Tensor<2>) {
        let [rows, _] = logits.dims();
        let best = logits.argmax(1).reshape([rows]).into_data();
        self.classes.extend(best.iter::<i64>().map(|class| class as u8));
    }

    /// How many are wrong.
    pub fn errors(&self, truth: &Photos) -> usize {
        self.classes.len() - self.right(truth).filter(|right| *right).count()
    }

    /// Whether each is right.
    pub fn right<'a>(&'a self, truth: &'a Photos) -> impl Iterator<Item = bool> + 'a {
        self.classes
            .iter()
            .zip(truth.labels())
            .map(|(answer, label)| answer == label)
    }

    /// Share of the rows in which another network says the same, right or wrong.
    pub fn agreement(&self, other: &Self) -> f64 {
        let same = self
            .classes
            .iter()
            .zip(&other.classes)
            .filter(|(one, two)| one == two)
            .count();
        same as f64 / self.classes.len() as f64
    }

    /// Rows that this network gets right and `before` got wrong.
    pub fn gained(&self, before: &Self, truth: &Photos) -> Vec<usize> {
        let pairs = self.right(truth).zip(before.right(truth)).enumerate();
        pairs
            .filter(|(_, (now, before))| *now && !before)
            .map(|(row, _)| row)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kd_examples::cifar10::photos::BYTES;

    fn answers(classes: &[usize]) -> Answers {
        let rows: Vec<f32> = classes
            .iter()
            .flat_map(|best| (0..10).map(move |class| f32::from(u8::from(class == *best))))
            .collect();
        let mut answers = Answers::default();
        let logits = Tensor::from_data(TensorData::new(rows, [classes.len(), 10]), &Device::flex());
        for part in logits.split(2, 0) {
            answers.add(part);
        }
        answers
    }

    #[test]
    fn counts_errors_agreement_and_what_was_gained() {
        let mut truth = Photos::default();
        for label in [3, 7, 5, 9] {
            truth.push(&[0; BYTES], label);
        }
        let (before, after) = (answers(&[3, 1, 1, 9]), answers(&[3, 7, 1, 0]));
        assert_eq!(after.classes, [3, 7, 1, 0]);
        assert_eq!((before.errors(&truth), after.errors(&truth)), (2, 2));
        assert_eq!(after.agreement(&before), 0.5);
        assert_eq!(after.gained(&before, &truth), [1]);
        assert_eq!(before.gained(&after, &truth), [3]);
    }
}
