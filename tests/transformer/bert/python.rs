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
use kd::transformer::bert::{Bert, BertHead, BertInput};
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

/// Writes the networks into folders of these names, and runs `compare.py` on them by the Python that `PYTHON` names; says so if that lacks
/// what the script needs.
fn compare(networks: &[(&str, Bert)]) {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let has_all = "from importlib.util import find_spec as has; exit(not (has('torch') and has('transformers')))";
    let has_all = Command::new(&python).args(["-c", has_all]).output();
    if !has_all.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED compare.py: {python} has no torch or no transformers (set PYTHON to one that has)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tools/transformer/compare.py");
    let mut command = Command::new(python);
    command.arg(script).env("PYTHONDONTWRITEBYTECODE", "1");
    for (name, bert) in networks {
        export(bert, &folder.path().join(name));
        command.arg(folder.path().join(name));
    }
    let output = command.output().unwrap();
    let [said, errors] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{said}{errors}");
    said.lines()
        .filter(|line| !line.starts_with(' '))
        .for_each(|line| println!("{line}"));
}

#[test]
fn python_opens_what_came_from_python() {
    let mut networks: Vec<_> = WRITTEN
        .iter()
        .map(|&name| (name, Bert::load(folder(name), &device()).unwrap()))
        .collect();
    if let Some(model) = sentences::model() {
        networks.push(("the model of KD_TEST_MODEL_DIR", Bert::load(model, &device()).unwrap()));
    }
    compare(&networks);
}

#[test]
fn python_opens_what_was_made_here() {
    let tokens = small().with_pooler(false).with_head(BertHead::MaskedLanguage);
    let classes = small().with_head(BertHead::classes(7)).with_layer_norm_eps(1e-7);
    compare(&[
        ("a new encoder", small().with_pad_token_id(None).init(&device())),
        ("a new head for tokens", tokens.init(&device())),
        ("a new head for classes", classes.init(&device())),
    ]);
}
