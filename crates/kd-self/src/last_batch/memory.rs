use std::path::Path;

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use kd_core::{Error, check};
use safetensors::Dtype;

use super::Recalled;
use crate::tensor_file;

const NAME: &str = "LastBatch";
const FILE: &str = "memory of the last batch";

/// What a network said of the new samples of the last batch: the teacher of a [`LastBatchLoss`](super::LastBatchLoss).
///
/// The samples that were new in one batch come first in the next, in the same order, and what the memory holds is what was
/// said of them. They are known by their numbers, so that a batch that begins with others is an error and never taught by
/// them. The logits stay on the device, and nothing waits for it.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_self::{LastBatch, LastBatchLossConfig, LastBatchSamplerConfig};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// let device = Device::flex().autodiff();
/// # let forward = |ids: &[usize]| Tensor::<2>::ones([ids.len(), 3], &device).require_grad();
/// # let labels = |ids: &[usize]| Tensor::<1, burn::tensor::Int>::zeros([ids.len()], &device);
/// let dlb = LastBatchLossConfig::new().init();
/// let batches = LastBatchSamplerConfig::new(10, 2).init(); // 10 samples, 2 new ones in each batch
/// let mut last = LastBatch::new();
/// for epoch in 1..=2 {
///     for ids in batches.epoch(epoch) {
///         let student = forward(&ids);
///         let teacher = last.teach(&ids, labels(&ids))?; // the labels alone in the first step
///         let gradients = dlb.forward(student.clone(), teacher).backward();
///         # assert!(student.grad(&gradients).is_some());
///         last.put(&ids, student)?;
///     }
/// }
/// assert_eq!(last.ids().len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct LastBatch {
    ids: Vec<usize>,
    /// Of these samples, `[ids, classes]`; none if there are none.
    logits: Option<Tensor<2>>,
}

impl LastBatch {
    /// Nothing to remember yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The samples that the next batch must begin with.
    pub fn ids(&self) -> &[usize] {
        &self.ids
    }

    /// What was said of the first samples of this batch, with the labels of all.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if the batch does not begin with [`ids`](Self::ids).
    ///
    /// # Panics
    ///
    /// If there is not one label for each id, or no ids.
    #[track_caller]
    pub fn teach(&self, ids: &[usize], labels: Tensor<1, Int>) -> Result<Recalled, Error> {
        check::not_empty(NAME, ids.len());
        check::label_count(NAME, &labels, ids.len());
        self.begins(ids)?;
        let logits = self.logits.clone();
        Ok(Recalled { logits, labels })
    }

    /// Remembers what the network says now of the samples that are new in this batch, those after [`ids`](Self::ids).
    ///
    /// # Shapes
    ///
    /// - logits: `[batch, classes]`, of all samples of the batch
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if the batch does not begin with [`ids`](Self::ids). The memory is then as it was.
    ///
    /// # Panics
    ///
    /// If there is not one row of logits for each id, or none at all.
    #[track_caller]
    pub fn put(&mut self, ids: &[usize], logits: Tensor<2>) -> Result<(), Error> {
        let [rows, classes] = logits.dims();
        check::remembered(NAME, [rows, classes], ids, classes);
        self.begins(ids)?;
        let new = self.ids.len()..rows;
        self.logits = (!new.is_empty()).then(|| logits.without_autodiff().slice_dim(0, new.clone()));
        self.ids = ids[new].to_vec();
        Ok(())
    }

    /// The batch must begin with what is remembered.
    fn begins(&self, ids: &[usize]) -> Result<(), Error> {
        const REMEDY: &str = "begin a batch with the new samples of the one before, in their order, as `LastBatchSampler` \
                              does, or with a new `LastBatch`";
        for (place, &expected) in self.ids.iter().enumerate() {
            match ids.get(place) {
                Some(&found) if found == expected => {}
                Some(&sample) => {
                    return Err(Error::Sample {
                        owner: NAME,
                        sample,
                        reason: format!("stands where sample {expected} of the last batch should come again; {REMEDY}"),
                    });
                }
                None => {
                    return Err(Error::Sample {
                        owner: NAME,
                        sample: expected,
                        reason: format!("of the last batch does not come again; {REMEDY}"),
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes it, so that a training can go on in the middle of an epoch. Whoever reads the file finds the old memory or the
    /// new one, and never half of one.
    ///
    /// The file is in the layout of safetensors: `ids` of U64, `[shared]`; `logits` in their own type, `[shared, classes]`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let ids: Vec<u8> = self.ids.iter().flat_map(|&id| (id as u64).to_le_bytes()).collect();
        let logits = self.logits.clone().map(Tensor::into_data);
        let mut arrays: Vec<tensor_file::Array> = vec![("ids", Dtype::U64, vec![self.ids.len()], &ids)];
        arrays.extend(logits.as_ref().map(|logits| {
            let shape = logits.shape().as_slice().to_vec();
            ("logits", named(logits.dtype()), shape, logits.as_bytes())
        }));
        tensor_file::save(path.as_ref(), FILE, arrays)
    }

    /// Reads what [`save`](Self::save) wrote, to the bit.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and [`Error::Config`] if it is no memory of a last batch, or its logits
    /// are of a type that the device has not.
    pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Self, Error> {
        tensor_file::load(path.as_ref(), FILE, |contents| Self::of(contents, device))
    }

    fn of(contents: &tensor_file::Contents, device: &Device) -> Result<Self, String> {
        let shared = match contents.array("ids").as_ref().map(|ids| ids.shape()) {
            Some(&[shared]) => shared,
            _ => return Err("it has no list of ids".into()),
        };
        let (ids, _) = contents.bytes("ids", Dtype::U64, &[shared])?.as_chunks();
        let ids = ids.iter().map(|&bytes| u64::from_le_bytes(bytes) as usize);
        let logits = contents.array("logits");
        let logits = match logits.as_ref().map(|logits| logits.shape()) {
            None if shared == 0 => None,
            Some(&[rows, classes]) if rows == shared && rows > 0 => {
                let found = logits.expect("it has a shape");
                let dtype = FLOATS.into_iter().find(|&dtype| named(dtype) == found.dtype());
                let dtype = dtype.ok_or(format!("its logits are {}, which is no type of theirs", found.dtype()))?;
                if !device.supports_dtype(dtype) {
                    return Err(format!(
                        "its logits are {}, which this device has not; load it on one that has",
                        found.dtype()
                    ));
                }
                let data = TensorData::from_bytes_vec(found.data().to_vec(), [rows, classes], dtype);
                Some(Tensor::from_data(data, (device, dtype)).without_autodiff())
            }
            _ => return Err(format!("it has not a row of logits for each of its {shared} ids")),
        };
        let ids = ids.collect();
        Ok(Self { ids, logits })
    }
}

const FLOATS: [DType; 4] = [DType::F32, DType::F64, DType::F16, DType::BF16];

/// As safetensors calls a type.
fn named(dtype: DType) -> Dtype {
    match dtype {
        DType::F64 => Dtype::F64,
        DType::F16 => Dtype::F16,
        DType::BF16 => Dtype::BF16,
        _ => Dtype::F32,
    }
}
