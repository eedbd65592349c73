//! Files of weights that are old, foreign, or not whole.

use std::{fs, path::PathBuf};

use kd::{Error, transformer::bert::Bert};
use kd_testkit::{contents, device};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tempfile::TempDir;

use super::models::{folder, written};

/// An array of a file: its name, type, shape and bytes.
type Array = (String, Dtype, Vec<usize>, Vec<u8>);

/// A folder whose weights are those of a written one, changed.
fn changed(name: &str, change: impl FnOnce(&mut Vec<Array>)) -> (TempDir, PathBuf) {
    let bytes = fs::read(folder(name).join("model.safetensors")).unwrap();
    let arrays = SafeTensors::deserialize(&bytes).unwrap().tensors();
    let array =
        |(name, array): (String, TensorView)| (name, array.dtype(), array.shape().to_vec(), array.data().to_vec());
    let mut arrays: Vec<Array> = arrays.into_iter().map(array).collect();
    arrays.sort_by(|a, b| a.0.cmp(&b.0));
    change(&mut arrays);

    let copy = tempfile::tempdir().unwrap();
    let views = arrays
        .iter()
        .map(|(name, dtype, shape, bytes)| (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    safetensors::serialize_to_file(views, None, &copy.path().join("model.safetensors")).unwrap();
    fs::copy(folder(name).join("config.json"), copy.path().join("config.json")).unwrap();
    let path = copy.path().to_owned();
    (copy, path)
}

/// Whether what is read of the changed folder is what is read of the folder itself.
fn reads_the_same(name: &str, change: impl FnOnce(&mut Vec<Array>)) {
    let (_copy, path) = changed(name, change);
    let read = Bert::load(path, &device()).unwrap();
    assert_eq!(contents(&read), contents(&written(name, &device())), "{name}");
}

/// What is said of the changed folder.
fn said(name: &str, change: impl FnOnce(&mut Vec<Array>)) -> String {
    let (_copy, path) = changed(name, change);
    let error = Bert::load(path, &device()).unwrap_err();
    assert!(matches!(error, Error::OtherWeights { .. }), "{error:?}");
    error.to_string()
}

fn find<'a>(arrays: &'a mut [Array], name: &str) -> &'a mut Array {
    arrays.iter_mut().find(|array| array.0 == name).unwrap()
}

#[test]
fn names_of_old_files_are_known() {
    for name in ["encoder", "masked_language", "classes"] {
        reads_the_same(name, |arrays| {
            for array in arrays {
                if let Some(stem) = array.0.strip_suffix("LayerNorm.weight") {
                    array.0 = format!("{stem}LayerNorm.gamma");
                } else if let Some(stem) = array.0.strip_suffix("LayerNorm.bias") {
                    array.0 = format!("{stem}LayerNorm.beta");
                }
            }
        });
    }
}

#[test]
fn the_prefix_may_be_there_or_not() {
    reads_the_same("encoder", |arrays| {
        arrays
            .iter_mut()
            .for_each(|array| array.0 = format!("bert.{}", array.0))
    });
    reads_the_same("classes", |arrays| {
        arrays
            .iter_mut()
            .for_each(|array| array.0 = array.0.trim_start_matches("bert.").to_owned())
    });
}

#[test]
fn buffers_and_unknown_heads_of_known_models_are_passed_over() {
    let floats = |count: usize| vec![0u8; 4 * count];
    reads_the_same("masked_language", |arrays| {
        arrays.push((
            "bert.embeddings.position_ids".into(),
            Dtype::I64,
            vec![1, 11],
            vec![0; 88],
        ));
        arrays.push((
            "cls.seq_relationship.weight".into(),
            Dtype::F32,
            vec![2, 12],
            floats(24),
        ));
        arrays.push(("cls.seq_relationship.bias".into(), Dtype::F32, vec![2], floats(2)));
        arrays.push(("bert.pooler.dense.bias".into(), Dtype::F32, vec![12], floats(12)));
    });
}

#[test]
fn a_tied_output_matrix_may_be_there_twice_if_it_is_the_same() {
    let twice = |arrays: &mut Vec<Array>| {
        let mut copy = find(arrays, "bert.embeddings.word_embeddings.weight").clone();
        copy.0 = "cls.predictions.decoder.weight".into();
        arrays.push(copy);
        let mut bias = find(arrays, "cls.predictions.bias").clone();
        bias.0 = "cls.predictions.decoder.bias".into();
        arrays.push(bias);
    };
    reads_the_same("masked_language", twice);
    reads_the_same("masked_language", |arrays| {
        find(arrays, "cls.predictions.bias").0 = "cls.predictions.decoder.bias".into();
    });
    let message = said("masked_language", |arrays| {
        twice(arrays);
        find(arrays, "cls.predictions.decoder.weight").3[0] ^= 1;
    });
    assert!(
        message.contains("'cls.predictions.decoder.weight' differs from 'embeddings.word_embeddings.weight'"),
        "{message}"
    );
}

#[test]
fn all_that_is_missing_and_all_that_is_too_much_is_named() {
    let message = said("encoder", |arrays| {
        arrays
            .retain(|array| !array.0.starts_with("pooler.") && !array.0.ends_with("layer.1.attention.self.key.weight"));
        arrays.push((
            "encoder.layer.3.output.dense.bias".into(),
            Dtype::F32,
            vec![12],
            vec![0; 48],
        ));
        arrays.push(("qa_outputs.bias".into(), Dtype::F32, vec![2], vec![0; 8]));
    });
    for expected in [
        "it lacks 'encoder.layer.1.attention.self.key.weight', 'pooler.dense.weight', 'pooler.dense.bias'",
        "it has also 'encoder.layer.3.output.dense.bias', 'qa_outputs.bias'",
        "Take the configuration that belongs to the file",
    ] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn shapes_and_types_that_contradict_the_configuration_are_named() {
    let message = said("classes", |arrays| {
        let classifier = find(arrays, "classifier.weight");
        (classifier.2, classifier.3) = (vec![2, 12], vec![0; 96]);
        let bias = find(arrays, "classifier.bias");
        (bias.1, bias.3) = (Dtype::I32, vec![0; 12]);
        // The same numbers, the other way round.
        find(arrays, "bert.encoder.layer.0.intermediate.dense.weight")
            .2
            .reverse();
    });
    for expected in [
        "'classifier.weight' is F32 of shape [2, 12], not F32, F16 or BF16 of shape [3, 12]",
        "'classifier.bias' is I32 of shape [3]",
        "'encoder.layer.0.intermediate.dense.weight' is F32 of shape [12, 20], not F32, F16 or BF16 of shape [20, 12]",
    ] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_weight_under_two_names_is_named() {
    let message = said("encoder", |arrays| {
        let mut copy = find(arrays, "pooler.dense.bias").clone();
        copy.0 = "bert.pooler.dense.bias".into();
        arrays.push(copy);
    });
    assert!(
        message.contains("pooler.dense.bias' is there under another name as well"),
        "{message}"
    );
}

#[test]
fn an_encoder_alone_may_come_from_under_any_head_and_must_be_whole() {
    let new = || written("encoder", &device()).config().init(&device());
    let of = |change: fn(&mut Vec<Array>)| {
        let (_copy, path) = changed("encoder", |arrays| {
            arrays.retain(|array| !array.0.starts_with("pooler."));
            arrays.push(("qa_outputs.bias".into(), Dtype::F32, vec![2], vec![0; 8]));
            change(arrays);
        });
        new().with_encoder_weights(path.join("model.safetensors"))
    };
    let read = of(|_| {}).unwrap();
    assert_eq!(contents(&read.layers), contents(&written("encoder", &device()).layers));

    let message = of(|arrays| find(arrays, "encoder.layer.0.output.dense.bias").0 = "encoder.layer.0.bias".into());
    let message = message.unwrap_err().to_string();
    let expected = "it lacks 'encoder.layer.0.output.dense.bias'; it has also 'encoder.layer.0.bias'. Take";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn half_precision_is_read() {
    use half::{bf16, f16};
    // Numbers that both types hold exactly.
    let numbers: Vec<f32> = (0..12).map(|place| (place as f32 - 6.0) / 8.0).collect();
    let halves = numbers
        .iter()
        .flat_map(|&number| f16::from_f32(number).to_le_bytes())
        .collect();
    let brain = numbers
        .iter()
        .flat_map(|&number| bf16::from_f32(number).to_le_bytes())
        .collect();
    for (dtype, bytes) in [(Dtype::F16, halves), (Dtype::BF16, brain)] {
        let (_copy, path) = changed("encoder", |arrays| {
            let bias = find(arrays, "pooler.dense.bias");
            (bias.1, bias.3) = (dtype, bytes);
        });
        let read = Bert::load(path, &device()).unwrap();
        let bias = read.pooler.unwrap().dense.bias.unwrap().val();
        assert_eq!(
            kd_testkit::read(bias),
            numbers.iter().map(|&number| f64::from(number)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_file_that_is_cut_off_is_damaged() {
    let (copy, path) = changed("encoder", |_| {});
    let file = copy.path().join("model.safetensors");
    let bytes = fs::read(&file).unwrap();
    for length in [0, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&file, &bytes[..length]).unwrap();
        let error = Bert::load(&path, &device()).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{length}: {error:?}");
        assert!(error.to_string().contains("model.safetensors is damaged"), "{error}");
    }
    fs::remove_file(&file).unwrap();
    let error = Bert::load(&path, &device()).unwrap_err();
    assert!(matches!(error, Error::Read { .. }), "{error:?}");
}
