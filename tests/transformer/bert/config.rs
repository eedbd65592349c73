//! Hugging Face's `config.json`.

use std::{fs, path::PathBuf};

use kd::{
    Error,
    transformer::bert::{BertConfig, BertHead},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::models::{folder, small};

/// A file with this configuration.
fn file(config: &Value) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, config.to_string()).unwrap();
    (folder, path)
}

/// What Hugging Face wrote, with some fields changed; null takes one away.
fn written_but(name: &str, changes: Value) -> (TempDir, PathBuf) {
    let text = fs::read(folder(name).join("config.json")).unwrap();
    let mut config: Value = serde_json::from_slice(&text).unwrap();
    let fields = config.as_object_mut().unwrap();
    for (field, value) in changes.as_object().unwrap() {
        fields.insert(field.clone(), value.clone());
        if value.is_null() {
            fields.remove(field);
        }
    }
    file(&config)
}

#[test]
fn what_hugging_face_wrote_is_read() {
    let sizes = small().with_num_hidden_layers(3).with_initializer_range(0.02);
    let names = ["no", "perhaps", "yes"].map(String::from).to_vec();
    for (name, expected) in [
        ("encoder", sizes.clone()),
        (
            "masked_language",
            sizes.clone().with_pooler(false).with_head(BertHead::MaskedLanguage),
        ),
        ("classes", sizes.with_head(BertHead::Classes { names })),
    ] {
        let read = BertConfig::from_hugging_face(folder(name).join("config.json")).unwrap();
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn what_is_written_is_read() {
    for config in [
        small(),
        small().with_pooler(false),
        small().with_type_vocab_size(0).with_pad_token_id(None),
        small().with_head(BertHead::MaskedLanguage),
        small().with_head(BertHead::MaskedLanguage).with_pooler(false),
        small()
            .with_head(BertHead::classes(12))
            .with_hidden_dropout_prob(0.3)
            .with_attention_probs_dropout_prob(0.4)
            .with_classifier_dropout(Some(0.5))
            .with_layer_norm_eps(1e-7),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        config.write_hugging_face(&path).unwrap();
        assert_eq!(BertConfig::from_hugging_face(&path).unwrap(), config);
    }
}

#[test]
fn what_is_not_there_is_as_hugging_face_has_it() {
    let sizes = json!({
        "vocab_size": 29, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20,
    });
    let (_folder, path) = file(&sizes);
    let expected = small().with_max_position_embeddings(512).with_initializer_range(0.02);
    assert_eq!(expected.pad_token_id, Some(0));
    assert_eq!(BertConfig::from_hugging_face(path).unwrap(), expected);
    let mut without_padding = sizes.clone();
    without_padding["pad_token_id"] = Value::Null;
    let (_folder, path) = file(&without_padding);
    let expected = expected.with_pad_token_id(None);
    assert_eq!(BertConfig::from_hugging_face(path).unwrap(), expected);

    let (_folder, path) = written_but("classes", json!({"id2label": null, "label2id": null}));
    let read = BertConfig::from_hugging_face(path).unwrap();
    assert_eq!(read.head, BertHead::classes(2));
    let (_folder, path) = written_but("classes", json!({"id2label": null, "label2id": null, "num_labels": 5}));
    assert_eq!(BertConfig::from_hugging_face(path).unwrap().head, BertHead::classes(5));
    let (_folder, path) = written_but("encoder", json!({"architectures": ["BertForPreTraining"]}));
    let read = BertConfig::from_hugging_face(path).unwrap();
    assert_eq!((read.pooler, read.head), (true, BertHead::MaskedLanguage));
}

#[test]
fn contradictions_name_file_field_and_remedy() {
    for (name, change, expected) in [
        ("encoder", json!({"hidden_size": null}), "missing field `hidden_size`"),
        ("encoder", json!({"hidden_size": -1}), "invalid value: integer `-1`"),
        (
            "encoder",
            json!({"hidden_size": 13}),
            "hidden_size is 13, but must be a multiple of num_attention_heads, so that each head has as much of it; change one of them",
        ),
        (
            "encoder",
            json!({"model_type": "distilbert"}),
            "model_type is 'distilbert', but must be 'bert': other networks have other weights; choose another model",
        ),
        (
            "encoder",
            json!({"hidden_act": "gelu_new"}),
            "hidden_act is 'gelu_new', but must be 'gelu'",
        ),
        (
            "encoder",
            json!({"position_embedding_type": "relative_key"}),
            "position_embedding_type is 'relative_key', but must be 'absolute'",
        ),
        (
            "encoder",
            json!({"is_decoder": true}),
            "is_decoder is true, but must be false",
        ),
        (
            "encoder",
            json!({"add_cross_attention": true}),
            "add_cross_attention is true, but must be false",
        ),
        (
            "encoder",
            json!({"architectures": ["BertForQuestionAnswering"]}),
            "architectures names 'BertForQuestionAnswering', whose head is not there: say 'BertModel' for its encoder alone, which `with_encoder_weights` reads",
        ),
        (
            "encoder",
            json!({"pad_token_id": 29}),
            "pad_token_id is 29, but must be a token",
        ),
        (
            "masked_language",
            json!({"tie_word_embeddings": false}),
            "tie_word_embeddings is false, but must be true",
        ),
        (
            "classes",
            json!({"add_pooling_layer": false}),
            "pooler is 0, but must be there (true)",
        ),
        (
            "classes",
            json!({"num_labels": 2}),
            "num_labels is 2 and id2label names 3 classes; correct one",
        ),
        (
            "classes",
            json!({"id2label": {"0": "no", "2": "yes"}}),
            "id2label names the classes [0, 2], but must name each",
        ),
        (
            "classes",
            json!({"label2id": {"no": 2}}),
            "label2id says that 'no' is class 2, and id2label does not; correct one, or leave label2id out",
        ),
    ] {
        let (_folder, path) = written_but(name, change);
        let error = BertConfig::from_hugging_face(&path).unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains("config.json is not a valid configuration of a BERT: "),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn what_is_no_json_and_what_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    assert!(matches!(BertConfig::from_hugging_face(&path), Err(Error::Read { .. })));
    fs::write(&path, "{\"vocab_size\": 29,").unwrap();
    assert!(matches!(
        BertConfig::from_hugging_face(&path),
        Err(Error::Config { .. })
    ));
}
