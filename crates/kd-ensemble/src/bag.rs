/// The samples that one member of a bagged ensemble learns from: some are in it more than once, others not at all.
///
/// [`Bootstrap::bag`](crate::Bootstrap::bag) makes it. It is a choice of indices, and holds no data: give the indices to a
/// dataset or to a loader, or look at the data through it with [`view`](Self::view).
///
/// ```
/// use kd_ensemble::Bootstrap;
///
/// let data = ["zero", "one", "two", "three", "four"];
/// let bag = Bootstrap::new(data.len(), 42).bag(0);
/// let view = bag.view(|index| data.get(index).copied());
/// for (place, &index) in bag.indices().iter().enumerate() {
///     assert_eq!(view.get(place), Some(data[index]));
/// }
/// assert_eq!((view.len(), view.get(5)), (5, None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bag {
    indices: Vec<usize>,
    samples: usize,
}

impl Bag {
    pub(crate) fn new(indices: Vec<usize>, samples: usize) -> Self {
        Self { indices, samples }
    }

    /// The samples in the order in which they were drawn.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// The samples that are not in it, in the order of the dataset: the member never saw them, so they can validate it.
    pub fn out_of_bag(&self) -> Vec<usize> {
        let counts = self.counts().into_iter().enumerate();
        counts
            .filter(|(_, count)| *count == 0)
            .map(|(index, _)| index)
            .collect()
    }

    /// How often each sample of the dataset is in it: weights, for a loss per sample that sees every sample once.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.samples];
        for &index in &self.indices {
            counts[index] += 1;
        }
        counts
    }

    /// How many samples of the dataset are in it, each counted once.
    pub fn distinct(&self) -> usize {
        self.samples - self.out_of_bag().len()
    }

    /// The data as the member sees them: `data` gives the item of a sample, or `None` beyond the last.
    pub fn view<T, F: Fn(usize) -> Option<T>>(&self, data: F) -> BagView<'_, F> {
        BagView { bag: self, data }
    }
}

/// Data, seen through a [`Bag`].
#[derive(Clone, Copy, Debug)]
pub struct BagView<'a, F> {
    bag: &'a Bag,
    data: F,
}

impl<T, F: Fn(usize) -> Option<T>> BagView<'_, F> {
    /// The item at this place of the bag; `None` beyond the last, and where the data have none.
    pub fn get(&self, place: usize) -> Option<T> {
        self.bag.indices.get(place).and_then(|&index| (self.data)(index))
    }

    /// How many items there are, those that are there more than once counted as often.
    pub fn len(&self) -> usize {
        self.bag.indices.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bag.indices.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_it_and_what_is_not_make_the_dataset() {
        let bag = Bag::new(vec![4, 0, 4, 2, 0, 4], 6);
        assert_eq!(bag.counts(), [2, 0, 1, 0, 3, 0]);
        assert_eq!(bag.out_of_bag(), [1, 3, 5]);
        assert_eq!(bag.distinct(), 3);
    }

    #[test]
    fn a_view_has_what_the_data_have() {
        let bag = Bag::new(vec![2, 0, 2], 3);
        let short = [10, 11];
        let view = bag.view(|index| short.get(index).copied());
        assert_eq!([0, 1, 2, 3].map(|place| view.get(place)), [None, Some(10), None, None]);
        assert!(view.len() == 3 && !view.is_empty());
    }
}
