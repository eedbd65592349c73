//! A set of labelled photos, kept as bytes on the host.

/// Rows and columns of an image.
pub const SIDE: usize = 32;
/// Bytes of an image: red, green and blue, one whole plane after another.
pub const BYTES: usize = 3 * SIDE * SIDE;
/// Classes there are.
pub const CLASSES: usize = 10;
/// What the classes are called.
pub const NAMES: [&str; CLASSES] = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
];

/// Coloured images of 32 × 32 pixels with their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Photos {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Photos {
    /// Adds an image of 3072 bytes and its label.
    ///
    /// # Panics
    ///
    /// Panics at another number of bytes or a label above 9; whoever reads files reports both as errors before.
    pub fn push(&mut self, image: &[u8], label: u8) {
        assert_eq!(image.len(), BYTES, "an image has 3072 bytes");
        assert!(usize::from(label) < CLASSES, "labels are classes");
        self.pixels.extend_from_slice(image);
        self.labels.push(label);
    }

    /// How many photos there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The bytes of one image.
    pub fn image(&self, row: usize) -> &[u8] {
        &self.pixels[row * BYTES..][..BYTES]
    }

    /// The photos of these rows.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut chosen = Self::default();
        for &row in rows {
            chosen.push(self.image(row), self.labels[row]);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_labels_stay_together() {
        let mut photos = Photos::default();
        for label in 0..5 {
            photos.push(&[10 * label; BYTES], label);
        }
        let chosen = photos.select(&[4, 1]);
        assert_eq!((chosen.len(), chosen.labels()), (2, &[4, 1][..]));
        assert_eq!((chosen.image(0)[0], chosen.image(1)[BYTES - 1]), (40, 10));
    }
}
