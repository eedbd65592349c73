//! What is written is read, by us and under the names that Hugging Face gives.

use std::{collections::BTreeMap, fs};

use burn::{
    module::{Lora, Module},
    optim::{GradientsParams, SgdConfig},
};
use kd::{
    Error,
    transformer::bert::{Bert, BertHead, BertInput},
};
use kd_testkit::{assert_close, contents, device, read, within};
use safetensors::SafeTensors;

use super::models::{WRITTEN, folder, ids, small, written};

#[test]
fn a_network_is_itself_after_writing_and_reading() {
    for config in [
        small(),
        small().with_pooler(false).with_type_vocab_size(0),
        small().with_head(BertHead::MaskedLanguage),
        small().with_head(BertHead::classes(4)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let bert = config.init(&device());
        bert.save(folder.path().join("new/and deeper")).unwrap();
        let read = Bert::load(folder.path().join("new/and deeper"), &device()).unwrap();
        assert_eq!(read.config(), bert.config());
        assert_eq!(contents(&read), contents(&bert));
    }
}

/// The arrays of a file of safetensors: types, shapes and bytes by name.
fn arrays(file: &[u8]) -> BTreeMap<String, (String, Vec<usize>, Vec<u8>)> {
    let arrays = SafeTensors::deserialize(file).unwrap().tensors();
    let entry = |(name, array): (String, safetensors::tensor::TensorView)| {
        (
            name,
            (
                format!("{:?}", array.dtype()),
                array.shape().to_vec(),
                array.data().to_vec(),
            ),
        )
    };
    arrays.into_iter().map(entry).collect()
}

#[test]
fn a_file_of_hugging_face_is_written_as_it_was() {
    for name in WRITTEN {
        let copy = tempfile::tempdir().unwrap();
        written(name, &device()).save(copy.path()).unwrap();
        let [before, after] =
            [folder(name), copy.path().to_owned()].map(|folder| fs::read(folder.join("model.safetensors")).unwrap());
        assert_eq!(arrays(&before), arrays(&after), "{name}");
        let (_, header) = SafeTensors::read_metadata(&after).unwrap();
        assert_eq!(header.metadata().as_ref().unwrap()["format"], "pt");
    }
}

#[test]
fn a_learner_is_written_as_well() {
    let device = device().autodiff();
    let bert = small().init(&device);
    let folder = tempfile::tempdir().unwrap();
    bert.save(folder.path()).unwrap();
    let read = Bert::load(folder.path(), &device).unwrap();
    assert_eq!(contents(&read), contents(&bert.valid()));
    assert!(read.layers[0].attention.query.weight.is_require_grad());
}

#[test]
fn adapters_are_written_as_a_part_of_their_weights() {
    let device = device().autodiff();
    let config = small()
        .with_hidden_dropout_prob(0.0)
        .with_attention_probs_dropout_prob(0.0);
    let plain = config.init(&device);
    let pooled = |bert: &Bert| {
        let input = BertInput::new(ids(&[vec![2, 7, 9, 3]], &device));
        bert.forward(input).pooled.unwrap()
    };
    let bert = plain.clone().apply_lora(Lora::new(2, 4.0));
    // A step, for an adapter is nothing at first.
    let gradients = GradientsParams::from_grads(pooled(&bert).sum().backward(), &bert);
    let bert = SgdConfig::new().init().step(0.5, bert, gradients);
    let folder = tempfile::tempdir().unwrap();
    bert.save(folder.path()).unwrap();
    let again = read(pooled(&Bert::load(folder.path(), &device).unwrap()));
    assert_close("with adapters", &again, &read(pooled(&bert)), within(1e-5));
    assert_ne!(again, read(pooled(&plain)));
}

#[test]
fn the_encoder_alone_is_read_and_the_head_stays_new() {
    let device = device();
    let config = written("encoder", &device)
        .config()
        .clone()
        .with_head(BertHead::classes(5));
    let new = config.init(&device);
    let head = contents(new.classifier.as_ref().unwrap());
    let pooler = contents(new.pooler.as_ref().unwrap());
    let file = folder("masked_language").join("model.safetensors");
    let read = new.with_encoder_weights(file).unwrap();
    assert_eq!(contents(read.classifier.as_ref().unwrap()), head);
    assert_eq!(contents(read.pooler.as_ref().unwrap()), pooler);
    let other = written("masked_language", &device);
    assert_eq!(contents(&read.layers), contents(&other.layers));
    assert_eq!(contents(&read.embeddings), contents(&other.embeddings));
}

#[test]
fn a_head_that_is_not_wanted_is_left() {
    let device = device();
    let (with, without) = (
        written("masked_language", &device),
        small().with_num_hidden_layers(3).with_pooler(false),
    );
    let read = without
        .init(&device)
        .with_weights(folder("masked_language").join("model.safetensors"))
        .unwrap();
    assert_eq!(contents(&read.layers), contents(&with.layers));
    assert!(read.masked_language.is_none());
}

#[test]
fn what_was_there_stays_if_writing_fails() {
    let folder = tempfile::tempdir().unwrap();
    let bert = small().init(&device());
    bert.save(folder.path()).unwrap();
    let weights = fs::read(folder.path().join("model.safetensors")).unwrap();
    // Where the configuration should be is a folder, which no file replaces.
    fs::remove_file(folder.path().join("config.json")).unwrap();
    fs::create_dir(folder.path().join("config.json")).unwrap();
    fs::write(folder.path().join("config.json/in the way"), "").unwrap();
    let error = small().init(&device()).save(folder.path()).unwrap_err();
    assert!(
        matches!(&error, Error::Write { path, .. } if path.ends_with("config.json")),
        "{error:?}"
    );
    // It is the configuration that cannot be written, and the weights are not named for it.
    assert!(!error.to_string().contains("model.safetensors"), "{error}");
    assert_eq!(fs::read(folder.path().join("model.safetensors")).unwrap(), weights);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
