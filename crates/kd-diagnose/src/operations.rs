//! What the usual layers cost, in multiplications with an addition (MACs; other tables count each as two, and say FLOPs).
//!
//! Biases, activations and normalisations are left out, as is usual: they are of another order. An embedding that is looked up costs
//! nothing.
//!
//! ```
//! use kd_diagnose::operations::{attention, linear};
//!
//! // A layer of BERT-base on 128 tokens: four matrices of attention, attention itself, and the two of the network behind it.
//! let (seq, hidden) = (128, 768);
//! let layer = 4 * linear(seq, hidden, hidden) + attention(seq, hidden) + 2 * linear(seq, hidden, 4 * hidden);
//! assert_eq!(12 * layer, 11_173_625_856);
//! ```

/// A linear layer on so many rows (1, or the tokens of a sequence).
pub fn linear(rows: usize, inputs: usize, outputs: usize) -> usize {
    rows * inputs * outputs
}

/// A convolution: `channels` in and out, the kernel's height and width, the height and width of what comes out, and the groups (1, or as
/// many as channels of a depthwise one).
///
/// # Panics
///
/// If there are no groups.
pub fn conv2d(channels: [usize; 2], kernel: [usize; 2], out: [usize; 2], groups: usize) -> usize {
    let [from, to] = channels;
    to * (from / groups) * kernel[0] * kernel[1] * out[0] * out[1]
}

/// Attention of a sequence to itself, all heads together: scores and the mean of values. The four matrices around it are
/// [`linear`].
pub fn attention(seq: usize, hidden: usize) -> usize {
    2 * seq * seq * hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ResNet-18 on 224 × 224 is listed everywhere with 1.8 billion.
    #[test]
    fn of_a_network_that_everybody_has_counted() {
        let mut all = conv2d([3, 64], [7, 7], [112, 112], 1);
        let mut from = 64;
        for (to, size) in [(64, 56), (128, 28), (256, 14), (512, 7)] {
            all += conv2d([from, to], [3, 3], [size; 2], 1) + 3 * conv2d([to, to], [3, 3], [size; 2], 1);
            if from != to {
                all += conv2d([from, to], [1, 1], [size; 2], 1);
            }
            from = to;
        }
        all += linear(1, 512, 1000);
        assert!((1.80e9..1.83e9).contains(&(all as f64)), "{all}");
    }

    #[test]
    fn depthwise_takes_each_channel_alone() {
        assert_eq!(conv2d([8, 8], [3, 3], [4, 4], 8) * 8, conv2d([8, 8], [3, 3], [4, 4], 1));
    }
}
