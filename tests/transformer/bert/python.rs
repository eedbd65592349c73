//! From Hugging Face to Burn and back: Python's `transformers` opens what was written, and says the same.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use kd::transformer::bert::{Bert, BertConfig, BertHead, BertInput};
use kd_testkit::device;
use safetensors::{Dtype, tensor::TensorView};

use super::{
    models::{WRITTEN, folder, ids, small},
    sentences,
};

/// An array to be written: its name, type, shape and bytes.
type Array = (String, Dtype, Vec<usize>, Vec<u8>);

fn floats<const D: usize>(name: impl Into<String>, tensor: Tensor<D>) -> Array {
    let shape = tensor.dims().to_vec();
    let numbers: Vec<f32> = tensor.into_data().try_into_vec_as().unwrap();
    (
        name.into(),
        Dtype::F32,
        shape,
        numbers.into_iter().flat_map(f32::to_le_bytes).collect(),
    )
}

fn whole(name: &str, data: TensorData) -> Array {
    let shape = data.shape().to_vec();
    let bytes = data.iter::<i64>().flat_map(i64::to_le_bytes).collect();
    (name.into(), Dtype::I64, shape, bytes)
}

/// Writes the network into the folder, and what it says of a text that is longer than another.
fn export(bert: &Bert, folder: &Path) {
    bert.save(folder).unwrap();
    let bert = bert.valid();
    let texts = ids(&[vec![2, 7, 28, 1, 5, 3], vec![4, 9, 20, 3, 0, 0]], &device());
    let mask = ids(&[vec![1; 6], vec![1, 1, 1, 1, 0, 0]], &device()).equal_elem(1);
    let types = ids(&[vec![0, 0, 0, 1, 1, 1], vec![0, 1, 1, 1, 0, 0]], &device());
    let input = BertInput::new(texts.clone())
        .with_mask(mask.clone())
        .with_token_types(types.clone());
    let output = bert.forward_with_attentions(input);
    let mut arrays = vec![
        whole("ids", texts.into_data()),
        whole("mask", mask.int().into_data()),
        whole("token_types", types.into_data()),
    ];
    for (layer, states) in output.hidden_states.into_iter().enumerate() {
        arrays.push(floats(format!("hidden_states.{layer}"), states));
    }
    for (layer, attention) in output.attentions.into_iter().enumerate() {
        arrays.push(floats(format!("attentions.{layer}"), attention.probs));
    }
    arrays.extend(output.pooled.map(|pooled| floats("pooled", pooled)));
    arrays.extend(output.token_logits.map(|logits| floats("token_logits", logits)));
    arrays.extend(output.class_logits.map(|logits| floats("class_logits", logits)));
    let views = arrays
        .iter()
        .map(|(name, dtype, shape, bytes)| (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    safetensors::serialize_to_file(views, None, &folder.join("outputs.safetensors")).unwrap();
}

/// Runs `compare.py` by the Python that `PYTHON` names; says so if that lacks what the script needs.
fn compare(what: &str, folder: &Path) {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let has_all = Command::new(&python)
        .args(["-c", "import torch, transformers"])
        .output();
    if !has_all.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED {what}: {python} has no torch or no transformers (set PYTHON to one that has)");
        return;
    }
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tools/transformer/compare.py");
    let mut command = Command::new(python);
    let output = command
        .arg(script)
        .arg(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let [said, errors] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{what}: {said}{errors}");
    println!("{what}: {}", said.lines().last().unwrap());
}

#[test]
fn python_opens_what_came_from_python() {
    for name in WRITTEN {
        let copy = tempfile::tempdir().unwrap();
        export(&Bert::load(folder(name), &device()).unwrap(), copy.path());
        compare(name, copy.path());
    }
}

#[test]
fn python_opens_a_real_model_that_came_from_python() {
    if let Some(model) = sentences::model() {
        let copy = tempfile::tempdir().unwrap();
        export(&Bert::load(model, &device()).unwrap(), copy.path());
        compare("the model of KD_TEST_MODEL_DIR", copy.path());
    }
}

#[test]
fn python_opens_what_was_made_here() {
    let configs: [(&str, BertConfig); 3] = [
        ("a new encoder", small().with_pad_token_id(None)),
        (
            "a new head for tokens",
            small().with_pooler(false).with_head(BertHead::MaskedLanguage),
        ),
        (
            "a new head for classes",
            small().with_head(BertHead::classes(7)).with_layer_norm_eps(1e-7),
        ),
    ];
    for (name, config) in configs {
        let copy = tempfile::tempdir().unwrap();
        export(&config.init(&device()), copy.path());
        compare(name, copy.path());
    }
}
