//! Models from Hugging Face, in the cache that its own tools share.

use std::path::PathBuf;

use hf_hub::api::sync::Api;

use super::text_error::TextError;

const NEEDED: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];

/// Fetches a model by its name, such as `google-bert/bert-base-uncased`, unless it is there already, and says in which
/// folder.
///
/// # Errors
///
/// [`TextError::Hub`] when it cannot be had.
pub fn fetch(name: &str) -> Result<PathBuf, TextError> {
    let fault = |reason: String| TextError::Hub {
        name: name.into(),
        reason,
    };
    let api = Api::new().map_err(|error| fault(error.to_string()))?;
    let model = api.model(name.into());
    let mut folder = PathBuf::new();
    for file in NEEDED {
        let path = model.get(file).map_err(|error| fault(format!("{file}: {error}")))?;
        folder = path.parent().map(Into::into).unwrap_or_default();
    }
    Ok(folder)
}
