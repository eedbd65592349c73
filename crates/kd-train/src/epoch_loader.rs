use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderIterator, Progress, batcher::Batcher},
        dataset::{Dataset, DatasetError, transform::PartialDataset},
    },
    tensor::Device,
};
use kd_core::seed_for;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

/// Batches of a Burn dataset in an order that depends on the seed and the number of the epoch, and on nothing else.
///
/// Burn's own loader begins with its first order again when a run is taken up from a checkpoint. This one is told where
/// it is ([`resumed_after`](Self::resumed_after)), so that the run goes on as if it had not been interrupted. Where the order
/// is not to change, as in validation, there is [`in_order`](Self::in_order).
///
/// Batches are made when they are asked for, on the thread that trains: where that takes long, as with files to be read and
/// decoded, Burn's loader with its workers is faster.
///
/// An epoch begins with each [`iter`](DataLoader::iter). The last batch may be smaller. A [`slice`](DataLoader::slice),
/// which is what each of several devices gets, is shuffled within itself.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use burn::data::{dataloader::{DataLoader, batcher::Batcher}, dataset::InMemDataset};
/// use burn::tensor::Device;
/// use kd_train::EpochLoader;
///
/// #[derive(Clone)]
/// struct AsTheyAre;
///
/// impl Batcher<i32, Vec<i32>> for AsTheyAre {
///     fn batch(&self, items: Vec<i32>, _device: &Device) -> Vec<i32> {
///         items
///     }
/// }
///
/// let loader = || EpochLoader::new(Arc::new(InMemDataset::new((0..100).collect())), Arc::new(AsTheyAre), 32, 7);
/// let epoch = |loader: &EpochLoader<i32, Vec<i32>>| loader.iter().map(Result::unwrap).collect::<Vec<_>>();
///
/// let whole = loader();
/// let (first, second) = (epoch(&whole), epoch(&whole));
/// assert_ne!(first, second);
/// assert_eq!(epoch(&loader().resumed_after(1)), second);
/// ```
pub struct EpochLoader<I, O> {
    dataset: Arc<dyn Dataset<I>>,
    batcher: Arc<dyn Batcher<I, O>>,
    batch_size: usize,
    order: Order,
    epochs: AtomicUsize,
    /// Where the learner wants them. Burn's default device is not asked for before it is needed: that may start a graphics card.
    device: Option<Device>,
}

#[derive(Clone, Copy)]
enum Order {
    AsItIs,
    Shuffled { seed: u64 },
}

impl<I, O> EpochLoader<I, O> {
    /// Batches of `batch_size` samples, shuffled anew in every epoch, on Burn's default device until the learner says another.
    ///
    /// # Panics
    ///
    /// If a batch is to have no samples.
    #[track_caller]
    pub fn new(dataset: Arc<dyn Dataset<I>>, batcher: Arc<dyn Batcher<I, O>>, batch_size: usize, seed: u64) -> Self {
        assert!(
            batch_size > 0,
            "EpochLoader: a batch of 0 samples is none; say how many it is to have"
        );
        Self {
            dataset,
            batcher,
            batch_size,
            order: Order::Shuffled { seed },
            epochs: AtomicUsize::new(0),
            device: None,
        }
    }

    /// In the dataset's order, in every epoch.
    pub fn in_order(mut self) -> Self {
        self.order = Order::AsItIs;
        self
    }

    /// As it is after so many epochs: the number that `SupervisedTraining::checkpoint` gets.
    pub fn resumed_after(mut self, epochs: usize) -> Self {
        self.epochs = AtomicUsize::new(epochs);
        self
    }

    /// The same over other samples or on another device.
    fn with(&self, dataset: Arc<dyn Dataset<I>>, device: Option<Device>) -> Self {
        Self {
            dataset,
            batcher: self.batcher.clone(),
            batch_size: self.batch_size,
            order: self.order,
            epochs: AtomicUsize::new(self.epochs.load(Ordering::Relaxed)),
            device,
        }
    }
}

impl<I, O> DataLoader<O> for EpochLoader<I, O>
where
    I: Clone + Send + Sync + 'static,
    O: Send + 'static,
{
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<O> + 'a> {
        let epoch = self.epochs.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if let Order::Shuffled { seed } = self.order {
            order.shuffle(&mut StdRng::from_seed(seed_for(seed, &[epoch])));
        }
        Box::new(Epoch {
            loader: self,
            order,
            done: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.dataset.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<O>> {
        Arc::new(self.with(self.dataset.clone(), Some(device.clone())))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<O>> {
        let part = PartialDataset::new(self.dataset.clone(), start, end);
        Arc::new(self.with(Arc::new(part), self.device.clone()))
    }
}

struct Epoch<'a, I, O> {
    loader: &'a EpochLoader<I, O>,
    order: Vec<usize>,
    done: usize,
}

impl<I, O> Iterator for Epoch<'_, I, O> {
    type Item = Result<O, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let chosen: Vec<usize> = self.order[self.done..]
            .iter()
            .take(self.loader.batch_size)
            .copied()
            .collect();
        if chosen.is_empty() {
            return None;
        }
        self.done += chosen.len();
        let items = self.loader.dataset.get_many(chosen);
        let device = self.loader.device.clone().unwrap_or_default();
        Some(items.map(|items| self.loader.batcher.batch(items, &device)))
    }
}

impl<I, O> DataLoaderIterator<O> for Epoch<'_, I, O> {
    fn progress(&self) -> Progress {
        Progress::new(self.done, self.order.len(), Some("items".into()))
    }
}
