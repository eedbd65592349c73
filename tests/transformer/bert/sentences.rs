//! A real model: all-MiniLM-L6-v2 and how alike sentences are to it.

use std::{env, path::PathBuf};

use burn::{
    module::Module,
    tensor::{Int, Tensor},
};
use kd::transformer::bert::{Bert, BertInput};
use kd_testkit::{device, read};

use super::models::ids;

/// The folder of the model; says so if there is none.
pub fn model() -> Option<PathBuf> {
    let folder = env::var_os("KD_TEST_MODEL_DIR").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED a real model: set KD_TEST_MODEL_DIR to a folder with all-MiniLM-L6-v2");
    }
    folder
}

/// The sentences as the model's own tokenizer has them.
const TOKENS: [&[i64]; 4] = [
    &[101, 2008, 2003, 1037, 3407, 2711, 102],
    &[101, 2008, 2003, 1037, 3407, 3899, 102],
    &[101, 2008, 2003, 1037, 2200, 3407, 2711, 102],
    &[101, 2651, 2003, 1037, 11559, 2154, 102],
];

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

/// "That is a happy person" beside "That is a happy dog", "That is a very happy person" and "Today is a sunny day", as the card of the
/// model has them.
#[test]
fn sentences_are_as_alike_as_the_model_says() {
    let Some(folder) = model() else {
        return;
    };
    let bert = Bert::load(folder, &device()).unwrap().valid();
    let texts: Vec<Vec<i64>> = TOKENS.iter().map(|text| text.to_vec()).collect();
    let embeddings = embeddings(&bert, &texts);
    let alike = read(embeddings.clone().matmul(embeddings.transpose()));
    for (other, expected) in [(1, 0.6946), (2, 0.9429), (3, 0.2569)] {
        let found = alike[other];
        println!("sentence {other}: {found:.4}, expected {expected}");
        assert!(
            (found - expected).abs() < 1e-3,
            "sentence {other}: {found} and not {expected}"
        );
    }
}
