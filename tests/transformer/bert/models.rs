//! Small BERTs: those that `transformers` wrote, and new ones.

use std::path::{Path, PathBuf};

use burn::{
    module::Module,
    tensor::{Device, Int, Tensor, TensorData},
};
use kd::transformer::bert::{Bert, BertConfig};

/// The models that `tools/golden/bert.py` wrote.
pub const WRITTEN: [&str; 3] = ["encoder", "masked_language", "classes"];

/// The folder of one of them.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../testdata/bert")
        .join(name)
}

/// One of them, not in training.
pub fn written(name: &str, device: &Device) -> Bert {
    Bert::load(folder(name), device).unwrap().valid()
}

/// A configuration as small.
pub fn small() -> BertConfig {
    BertConfig::new()
        .with_vocab_size(29)
        .with_hidden_size(12)
        .with_num_hidden_layers(2)
        .with_num_attention_heads(3)
        .with_intermediate_size(20)
        .with_max_position_embeddings(11)
        .with_initializer_range(0.4)
}

/// Whole numbers, text by text.
pub fn ids(texts: &[Vec<i64>], device: &Device) -> Tensor<2, Int> {
    let data = TensorData::new(texts.concat(), [texts.len(), texts[0].len()]);
    Tensor::from_data(data, device)
}
