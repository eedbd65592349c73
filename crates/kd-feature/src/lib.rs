//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//! | [`ChannelWiseLoss`] | where each channel looks: CWD (Shu et al., 2021) |
//! | [`NeuronSelectivityLoss`] | what places the channels select, as a distribution: NST (Huang & Wang, 2017) |
//! | [`ClassAttentionLoss`] | where each class is looked for: CAT-KD (Guo et al., 2023) |
//! | [`HierarchicalContextLoss`] | maps at several sizes, squared: the loss of ReviewKD (Chen et al., 2021) |
//! | [`ReviewLoss`] | the teacher's maps with the student's deeper ones: ReviewKD (Chen et al., 2021) |
//! | [`MaskedGenerativeLoss`] | the teacher's map generated from a part of the student's: MGD (Yang et al., 2022) |
//! | [`ReusedClassifier`] | features that the teacher's head classifies in use: SimKD (Chen et al., 2022) |
//! | [`RegressionLoss`] | features, and what the teacher's head makes of them: SRRL (Yang et al., 2021) |
//! | [`FlowLoss`] | how a part turns what goes in into what comes out: FSP (Yim et al., 2017) |
//!
//! Features come as tensors, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, or as a
//! [`Feature`](kd_core::Feature), which is one of these.

#[macro_use]
mod of_feature;

mod hint;

mod channel_wise;
mod class_attention;
mod convolve;
mod flow;
mod hierarchical_context;
mod mask_over;
mod masked_generative;
mod neuron_selectivity;
mod regression;
mod reused_classifier;
mod review;
mod review_fusion;
mod unit;

pub use hint::{HintLoss, HintLossConfig};

pub use channel_wise::{ChannelWiseLoss, ChannelWiseLossConfig};
pub use class_attention::{ClassAttentionLoss, ClassAttentionLossConfig, class_activation_maps};
pub use flow::{Flow, FlowLoss, FlowLossConfig};
pub use hierarchical_context::{HierarchicalContextLoss, HierarchicalContextLossConfig};
pub use mask_over::MaskOver;
pub use masked_generative::{MaskedGenerativeLoss, MaskedGenerativeLossConfig};
pub use neuron_selectivity::{NeuronSelectivityLoss, NeuronSelectivityLossConfig};
pub use regression::{RegressionLoss, RegressionLossConfig};
pub use reused_classifier::ReusedClassifier;
pub use review::{ReviewLoss, ReviewLossConfig};
pub use review_fusion::{ReviewFusion, ReviewFusionConfig, ReviewStage};
