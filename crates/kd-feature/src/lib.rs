//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//! | [`SmoothL1Loss`] | the features, squared where they are near and as they are where they are far; L1 at `beta` = 0 |
//! | [`CosineLoss`] | their angle: DistilBERT (Sanh et al., 2019) |
//! | [`NormalizedHintLoss`] | the features at length 1, squared: PKD (Sun et al., 2019) |
//! | [`AttentionTransferLoss`] | where there is something to see: AT (Zagoruyko & Komodakis, 2017) |
//! | [`VariationalLoss`] | the features, by how exactly each channel can be told: VID (Ahn et al., 2019) |
//! | [`ActivationBoundaryLoss`] | which neurons fire: AB (Heo et al., 2019) |
//! | [`PartialL2Loss`] | what a ReLU would see of the features: OFD (Heo et al., 2019) |
//! | [`FactorTransferLoss`] | factors made by a [`Paraphraser`] and a [`Translator`]: FT (Kim et al., 2018) |
//! | [`ChannelWiseLoss`] | where each channel looks: CWD (Shu et al., 2021) |
//! | [`NeuronSelectivityLoss`] | what places the channels select, as a distribution: NST (Huang & Wang, 2017) |
//! | [`ClassAttentionLoss`] | where each class is looked for: CAT-KD (Guo et al., 2023) |
//! | [`HierarchicalContextLoss`] | maps at several sizes, squared: the loss of ReviewKD (Chen et al., 2021) |
//! | [`ReviewLoss`] | the teacher's maps with the student's deeper ones: ReviewKD (Chen et al., 2021) |
//! | [`MaskedGenerativeLoss`] | the teacher's map generated from a part of the student's: MGD (Yang et al., 2022) |
//! | [`ReusedClassifier`] | features that the teacher's head classifies in use: SimKD (Chen et al., 2022) |
//! | [`RegressionLoss`] | features, and what the teacher's head makes of them: SRRL (Yang et al., 2021) |
//! | [`FlowLoss`] | how a part turns what goes in into what comes out: FSP (Yim et al., 2017) |
//! | [`RelationalLoss`] | distances and angles between samples: RKD (Park et al., 2019) |
//! | [`SimilarityLoss`] | which samples are alike: SP (Tung & Mori, 2019) |
//! | [`ProbabilisticTransferLoss`] | how likely samples are neighbours: PKT (Passalis & Tefas, 2018) |
//! | [`CorrelationCongruenceLoss`] | how near samples are, by a Gaussian kernel: CC (Peng et al., 2019) |
//! | [`InterChannelLoss`] | which channels of a sample see the same: ICKD (Liu et al., 2021) |
//! | [`ContrastiveLoss`] | a sample's own teacher against those of other samples: CRD (Tian et al., 2020) |
//! | [`CkaLoss`] | linear centred kernel alignment (Kornblith et al., 2019) |
//!
//! | Projector | Brings the student's features to the teacher's shape |
//! |---|---|
//! | [`ConvProjector`], [`BottleneckProjector`] | channels of maps: a 1×1 convolution; three convolutions (SimKD, Chen et al., 2022) |
//! | [`Linear`](burn::nn::Linear), [`MlpProjector`] | widths of vectors and tokens |
//! | [`Resize`], [`ResampleTokens`] | height and width; length |
//! | [`PoolMap`], [`PoolTokens`] | to one vector |
//! | [`Projector`] | any of these, or several in a row; [`AdapterConfig`] chooses from two shapes |
//!
//! | Around the losses | |
//! |---|---|
//! | [`align`] | which layer learns from which: CKA between all of them, matchings, plans, heat maps |
//! | [`FeaturePairs`] | several layers at once, each pair with its own projector, loss and weight |
//! | [`Distilled`] | student and projectors as one module for one optimizer, and the student alone in the end |
//!
//! Features come as tensors, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, or as a
//! [`Feature`](kd_core::Feature), which is one of these.

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
mod of_feature;

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the chapter on features, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/features.md")]
struct Chapter;

mod activation_boundary;
pub mod align;
mod attention_transfer;
mod channel_wise;
mod channels;
mod cka;
mod class_attention;
mod contrast;
mod contrastive;
mod convolve;
mod correlation_congruence;
mod cosine;
mod distilled;
mod factor_transfer;
mod flow;
mod geometry;
mod gram;
mod hierarchical_context;
mod hint;
mod inter_channel;
mod margins;
mod mask_over;
mod masked_generative;
mod memory_bank;
mod neuron_selectivity;
mod normalized_hint;
mod pairs;
mod paraphraser;
mod partial_l2;
mod probabilistic_transfer;
#[macro_use]
mod projector;
mod regression;
mod relational;
mod reused_classifier;
mod review;
mod review_fusion;
mod similarity;
mod smooth_l1;
mod softplus;
mod translator;
mod u_centred;
mod unit;
mod variational;

pub use activation_boundary::{ActivationBoundaryLoss, ActivationBoundaryLossConfig};
pub use attention_transfer::{AttentionDistance, AttentionTransferLoss, AttentionTransferLossConfig};
pub use channel_wise::{ChannelWiseLoss, ChannelWiseLossConfig};
pub use cka::{CkaLoss, CkaLossConfig};
pub use class_attention::{ClassAttentionLoss, ClassAttentionLossConfig, class_activation_maps};
pub use contrast::Contrast;
pub use contrastive::{ContrastiveLoss, ContrastiveLossConfig};
pub use correlation_congruence::{CorrelationCongruenceLoss, CorrelationCongruenceLossConfig};
pub use cosine::{CosineLoss, CosineLossConfig};
pub use distilled::Distilled;
pub use factor_transfer::{FactorTransferLoss, FactorTransferLossConfig};
pub use flow::{Flow, FlowLoss, FlowLossConfig};
pub use hierarchical_context::{HierarchicalContextLoss, HierarchicalContextLossConfig};
pub use hint::{HintLoss, HintLossConfig};
pub use inter_channel::{InterChannelLoss, InterChannelLossConfig};
pub use margins::{measured_margins, normal_margins};
pub use mask_over::MaskOver;
pub use masked_generative::{MaskedGenerativeLoss, MaskedGenerativeLossConfig};
pub use memory_bank::{MemoryBank, MemoryBankConfig};
pub use neuron_selectivity::{NeuronSelectivityLoss, NeuronSelectivityLossConfig};
pub use normalized_hint::{NormalizedHintLoss, NormalizedHintLossConfig};
pub use pairs::{FeaturePair, FeaturePairs};
pub use paraphraser::{Paraphraser, ParaphraserConfig};
pub use partial_l2::{PartialL2Loss, PartialL2LossConfig};
pub use probabilistic_transfer::{ProbabilisticTransferLoss, ProbabilisticTransferLossConfig};
pub use projector::{
    AdapterConfig, BottleneckProjector, BottleneckProjectorConfig, ConvProjector, ConvProjectorConfig, MlpProjector,
    MlpProjectorConfig, PoolMap, PoolTokens, PoolTokensConfig, Projector, ResampleTokens, ResampleTokensConfig,
    Resampling, Resize, ResizeConfig, TokenPooling,
};
pub use regression::{RegressionLoss, RegressionLossConfig};
pub use relational::{RelationalLoss, RelationalLossConfig};
pub use reused_classifier::ReusedClassifier;
pub use review::{ReviewLoss, ReviewLossConfig};
pub use review_fusion::{ReviewFusion, ReviewFusionConfig, ReviewStage};
pub use similarity::{SimilarityLoss, SimilarityLossConfig};
pub use smooth_l1::{SmoothL1Loss, SmoothL1LossConfig};
pub use translator::{Translator, TranslatorConfig, TranslatorLayer};
pub use variational::{VariationalLoss, VariationalLossConfig};
