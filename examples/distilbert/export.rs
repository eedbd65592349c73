//! A network as everyone opens it: a plain BERT in Hugging Face's folder.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use burn::module::Param;
use burn::prelude::*;
use kd::transformer::Transplant;
use kd::transformer::bert::{Bert, BertConfig, BertOutput};
use kd::write_whole;
use kd_examples::failure::Failure;
use kd_examples::text::embedded;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::reader::Reader;
use crate::texts::TextBatch;

/// Writes the network in a folder as a plain BERT into another, and with `outputs` what it makes of some sentences.
///
/// # Errors
///
/// [`Failure`] when the one cannot be read, or the other not be written.
pub fn export(model: &Path, to: &Path, outputs: bool, device: &Device) -> Result<(), Failure> {
    const SENTENCES: usize = 8;
    let reader = Reader::load(model, device)?;
    let reader = Reader {
        bert: plain(&reader.bert, device)?,
        ..reader
    };
    reader.save(to)?;
    if outputs {
        write_outputs(&reader, &embedded::corpus()[..SENTENCES], to, device)?;
    }
    Ok(())
}

/// The network as a plain BERT. What has no token types gets one that adds nothing, for `transformers` looks it up in
/// any case.
///
/// # Errors
///
/// [`kd::Error`] when its weights cannot be copied.
fn plain(bert: &Bert, device: &Device) -> Result<Bert, kd::Error> {
    if bert.config().type_vocab_size > 0 {
        return Ok(bert.clone());
    }
    let config = BertConfig {
        type_vocab_size: 1,
        ..bert.config().clone()
    };
    let (mut plain, _) = Transplant::new().copy(config.try_init(device)?, bert)?;
    if let Some(types) = &mut plain.embeddings.token_type_embeddings {
        types.weight = Param::initialized(types.weight.id, Tensor::zeros([1, config.hidden_size], device));
    }
    Ok(plain)
}

/// Writes what the network makes of some texts beside it, for `tools/transformer/compare.py` to compare with what
/// `transformers` makes of them.
///
/// # Errors
///
/// [`Failure`] when the file cannot be written.
fn write_outputs(reader: &Reader, texts: &[String], folder: &Path, device: &Device) -> Result<(), Failure> {
    let length = reader.bert.config().max_position_embeddings.min(64);
    let framed: Vec<Vec<u32>> = texts.iter().map(|text| reader.tokenizer.framed(text, length)).collect();
    let pad = reader.tokenizer.vocabulary().special().pad;
    let batch = TextBatch::new(framed.iter().map(|text| &**text), pad, device);
    let whole = |numbers: Vec<i64>| numbers.into_iter().flat_map(i64::to_le_bytes).collect::<Vec<u8>>();
    let shape = batch.ids.dims().to_vec();
    let mut arrays = vec![
        (
            "ids".to_owned(),
            Dtype::I64,
            shape.clone(),
            whole(batch.ids.to_data().iter::<i64>().collect()),
        ),
        (
            "mask".to_owned(),
            Dtype::I64,
            shape,
            whole(batch.mask.clone().int().into_data().iter::<i64>().collect()),
        ),
    ];
    arrays.extend(floats(reader.bert.valid().forward_with_attentions(batch.input())));
    let views = arrays.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes);
        (name, view.expect("an array has the bytes of its shape"))
    });
    let bytes = safetensors::serialize(views, None::<HashMap<String, String>>);
    let bytes = bytes.expect("arrays in memory can be written down");
    Ok(write_whole(folder.join("outputs.safetensors"), |temporary| {
        fs::write(temporary, &bytes)
    })?)
}

type Array = (String, Dtype, Vec<usize>, Vec<u8>);

fn floats(output: BertOutput) -> Vec<Array> {
    fn array<const D: usize>(name: String, tensor: Tensor<D>) -> Array {
        let shape = tensor.dims().to_vec();
        let bytes = tensor.into_data().iter::<f32>().flat_map(f32::to_le_bytes).collect();
        (name, Dtype::F32, shape, bytes)
    }
    let states = output.hidden_states.into_iter().enumerate();
    let mut arrays: Vec<Array> = states
        .map(|(layer, states)| array(format!("hidden_states.{layer}"), states))
        .collect();
    let attentions = output.attentions.into_iter().enumerate();
    arrays.extend(attentions.map(|(layer, attention)| array(format!("attentions.{layer}"), attention.probs)));
    arrays.extend(output.pooled.map(|pooled| array("pooled".into(), pooled)));
    arrays.extend(output.token_logits.map(|logits| array("token_logits".into(), logits)));
    arrays.extend(output.class_logits.map(|logits| array("class_logits".into(), logits)));
    arrays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::{Start, student};

    #[test]
    fn what_has_no_token_types_says_the_same_with_one() {
        let device = Device::flex();
        let teacher = Reader::tiny(&device);
        let (bert, _) = student(&teacher.bert, 2, Start::Layers, &device).unwrap();
        let plain = plain(&bert, &device).unwrap();
        assert_eq!((bert.config().type_vocab_size, plain.config().type_vocab_size), (0, 1));
        let batch = TextBatch::new([&[2, 9, 8, 3][..]], 0, &device);
        let says = |bert: &Bert| bert.forward(batch.input()).token_logits.unwrap();
        let apart = (says(&bert) - says(&plain)).abs().max().into_scalar::<f32>();
        assert!(apart < 1e-5, "{apart}");

        let folder = tempfile::tempdir().unwrap();
        let reader = Reader {
            bert: plain,
            tokenizer: teacher.tokenizer,
        };
        reader.save(folder.path()).unwrap();
        write_outputs(
            &reader,
            &["The whale.".into(), "A speech of some length.".into()],
            folder.path(),
            &device,
        )
        .unwrap();
        let bytes = fs::read(folder.path().join("outputs.safetensors")).unwrap();
        let arrays = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let shape = arrays.tensor("ids").unwrap().shape().to_vec();
        assert_eq!(
            arrays.tensor("hidden_states.2").unwrap().shape(),
            [shape[0], shape[1], 64]
        );
        assert!(Reader::load(folder.path(), &device).is_ok());
    }
}
