//! The sentences that `bert` compares, by the tokenizer of the model itself.

use std::{env, fs, path::Path};

use serde_json::Value;
use tokenizers::Tokenizer;

#[test]
fn sentences_become_the_ids_that_are_kept() {
    let Some(model) = env::var_os("KD_TEST_MODEL_DIR") else {
        eprintln!("SKIPPED a real tokenizer: set KD_TEST_MODEL_DIR to a folder with all-MiniLM-L6-v2");
        return;
    };
    let mut tokenizer = Tokenizer::from_file(Path::new(&model).join("tokenizer.json")).unwrap();
    tokenizer.with_padding(None);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/bert/sentences.json");
    let file: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let sentences = file["sentences"].as_array().unwrap();
    assert_eq!(sentences.len(), 4);
    for sentence in sentences {
        let encoding = tokenizer.encode(sentence["text"].as_str().unwrap(), true).unwrap();
        let kept = sentence["ids"].as_array().unwrap().iter();
        let kept: Vec<u32> = kept.map(|id| id.as_u64().unwrap() as u32).collect();
        assert_eq!(encoding.get_ids(), kept, "{}", sentence["text"]);
    }
}
