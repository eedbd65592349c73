//! What becomes of the student's rows.

/// Rows of the student's logits, and the place for their gradient.
pub(super) enum Student<'a, S> {
    /// No gradient is asked for.
    Read(&'a [S]),
    /// The gradient has a place of its own.
    Beside(&'a [S], &'a mut [S]),
    /// The gradient takes the place of the logits.
    #[cfg_attr(not(feature = "flex"), allow(dead_code, reason = "only Flex has buffers to give"))]
    Replaced(&'a mut [S]),
}

impl<'a, S: Copy> Student<'a, S> {
    /// Shares of so many numbers, the last of which may be smaller.
    pub fn shares(self, numbers: usize) -> Vec<Self> {
        match self {
            Self::Read(logits) => logits.chunks(numbers).map(Self::Read).collect(),
            Self::Beside(logits, gradient) => {
                let pairs = logits.chunks(numbers).zip(gradient.chunks_mut(numbers));
                pairs.map(|(logits, gradient)| Self::Beside(logits, gradient)).collect()
            }
            Self::Replaced(logits) => logits.chunks_mut(numbers).map(Self::Replaced).collect(),
        }
    }

    /// One row's logits, and the place for its gradient; `copy` holds the logits that are to be replaced.
    #[inline(always)]
    pub fn row<'r>(&'r mut self, row: usize, classes: usize, copy: &'r mut Vec<S>) -> (&'r [S], Option<&'r mut [S]>) {
        let range = row * classes..(row + 1) * classes;
        match self {
            Self::Read(logits) => (&logits[range], None),
            Self::Beside(logits, gradient) => (&logits[range.clone()], Some(&mut gradient[range])),
            Self::Replaced(logits) => {
                let place = &mut logits[range];
                copy.clear();
                copy.extend_from_slice(place);
                (copy, Some(place))
            }
        }
    }
}
