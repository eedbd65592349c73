//! A real model: all-MiniLM-L6-v2 and how alike sentences are to it.

use std::{env, fs, path::PathBuf};

use burn::{
    module::Module,
    tensor::{Int, Tensor},
};
use kd::transformer::bert::{Bert, BertInput};
use kd_testkit::{device, read};
use serde::Deserialize;

use super::models::{folder, ids};

/// The folder of the model; says so if there is none.
pub fn model() -> Option<PathBuf> {
    let folder = env::var_os("KD_TEST_MODEL_DIR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED a real model: set KD_TEST_MODEL_DIR to a folder with all-MiniLM-L6-v2");
    }
    folder
}

#[derive(Deserialize)]
struct File {
    sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
struct Sentence {
    text: String,
    /// As the model's own tokenizer has them.
    ids: Vec<i64>,
    /// With the first sentence.
    cosine: f64,
}

/// Mean of the last hidden states of the tokens that count, at length 1: `[batch, hidden]`.
fn embeddings(bert: &Bert, texts: &[Vec<i64>]) -> Tensor<2> {
    let longest = texts.iter().map(Vec::len).max().unwrap();
    let filled: Vec<Vec<i64>> = texts
        .iter()
        .map(|text| {
            let mut text = text.clone();
            text.resize(longest, 0);
            text
        })
        .collect();
    let ids: Tensor<2, Int> = ids(&filled, &device());
    let mask = ids.clone().not_equal_elem(0);
    let counts = mask.clone().float().unsqueeze_dim::<3>(2);
    let states = bert.forward(BertInput::new(ids).with_mask(mask)).last_hidden_state();
    let mean = (states * counts.clone()).sum_dim(1) / counts.sum_dim(1);
    let mean: Tensor<2> = mean.squeeze_dim(1);
    let length = mean.clone().square().sum_dim(1).sqrt();
    mean / length
}

#[test]
fn sentences_are_as_alike_as_the_model_says() {
    let Some(model) = model() else {
        return;
    };
    let file = fs::read(folder("sentences.json")).unwrap();
    let File { sentences } = serde_json::from_slice(&file).unwrap();
    assert_eq!(sentences.len(), 4);
    let texts: Vec<Vec<i64>> = sentences.iter().map(|sentence| sentence.ids.clone()).collect();
    let embeddings = embeddings(&Bert::load(model, &device()).unwrap().valid(), &texts);
    let cosines = read(embeddings.clone().matmul(embeddings.transpose()));
    for (Sentence { text, cosine, .. }, found) in sentences.iter().zip(cosines) {
        println!("{text}: {found:.4}, expected {cosine}");
        assert!((found - cosine).abs() < 1e-3, "{text}: {found} and not {cosine}");
    }
}
