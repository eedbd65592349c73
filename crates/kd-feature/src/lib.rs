//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//! | [`RelationalLoss`] | distances and angles between samples: RKD (Park et al., 2019) |
//! | [`SimilarityLoss`] | which samples are alike: SP (Tung & Mori, 2019) |
//! | [`ProbabilisticTransferLoss`] | how likely samples are neighbours: PKT (Passalis & Tefas, 2018) |
//! | [`CorrelationCongruenceLoss`] | how near samples are, by a Gaussian kernel: CC (Peng et al., 2019) |
//! | [`InterChannelLoss`] | which channels of a sample see the same: ICKD (Liu et al., 2021) |
//! | [`ContrastiveLoss`] | a sample's own teacher against those of other samples: CRD (Tian et al., 2020) |
//! | [`CkaLoss`] | linear centred kernel alignment (Kornblith et al., 2019) |
//!
//! Features come as tensors, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, or as a
//! [`Feature`](kd_core::Feature), which is one of these.

#[macro_use]
mod of_feature;

mod cka;
mod contrast;
mod contrastive;
mod correlation_congruence;
mod geometry;
mod gram;
mod hint;
mod inter_channel;
mod memory_bank;
mod probabilistic_transfer;
mod relational;
mod similarity;

pub use cka::{CkaLoss, CkaLossConfig};
pub use contrast::Contrast;
pub use contrastive::{ContrastiveLoss, ContrastiveLossConfig};
pub use correlation_congruence::{CorrelationCongruenceLoss, CorrelationCongruenceLossConfig};
pub use hint::{HintLoss, HintLossConfig};
pub use inter_channel::{InterChannelLoss, InterChannelLossConfig};
pub use memory_bank::{MemoryBank, MemoryBankConfig};
pub use probabilistic_transfer::{ProbabilisticTransferLoss, ProbabilisticTransferLossConfig};
pub use relational::{RelationalLoss, RelationalLossConfig};
pub use similarity::{SimilarityLoss, SimilarityLossConfig};
