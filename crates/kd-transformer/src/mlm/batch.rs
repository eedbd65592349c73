use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

use super::{MaskedSample, Tokens};
use crate::MaskedTargets;

/// A batch for masked language modelling: what the model reads, where it may look, and what it is asked.
///
/// # Shapes
///
/// All are `[batch, seq]`.
#[derive(Clone, Debug)]
pub struct MaskedBatch {
    /// What the model reads, with the mask in place of most of what it is asked for, and padding at the end.
    pub input_ids: Tensor<2, Int>,
    /// True where there is a token, and false where there is padding: the mask of the model that reads it, and of the losses.
    pub attended: Tensor<2, Bool>,
    /// What it is asked for, as the losses take it.
    pub targets: MaskedTargets,
}

impl MaskedBatch {
    /// None of them may be longer than `length`.
    pub(super) fn padded(samples: &[(&Tokens, MaskedSample)], length: usize, pad: u32, device: &Device) -> Self {
        let ids = |rows: Vec<&[u32]>| {
            let ids: Vec<i64> = filled(&rows, length, pad).map(i64::from).collect();
            Tensor::<2, Int>::from_data(TensorData::new(ids, [rows.len(), length]), device)
        };
        let mask = |rows: Vec<&[bool]>| {
            let mask: Vec<bool> = filled(&rows, length, false).collect();
            Tensor::<2, Bool>::from_data(TensorData::new(mask, [rows.len(), length]), device)
        };
        let present: Vec<Vec<bool>> = samples.iter().map(|(tokens, _)| vec![true; tokens.len()]).collect();
        Self {
            input_ids: ids(samples.iter().map(|(_, masked)| &*masked.ids).collect()),
            attended: mask(present.iter().map(|row| &**row).collect()),
            targets: MaskedTargets::new(
                ids(samples.iter().map(|(tokens, _)| tokens.ids()).collect()),
                mask(samples.iter().map(|(_, masked)| &*masked.asked).collect()),
            ),
        }
    }
}

fn filled<T: Copy>(rows: &[&[T]], length: usize, with: T) -> impl Iterator<Item = T> {
    rows.iter().flat_map(move |row| {
        let padding = std::iter::repeat_n(with, length - row.len());
        row.iter().copied().chain(padding)
    })
}
