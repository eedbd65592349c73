//! Weights in several files, as those of large models are.

use std::fs;

use kd::transformer::bert::Bert;
use kd_testkit::device;

use super::models::folder;

#[test]
fn several_files_of_weights_are_told_from_none() {
    let copy = tempfile::tempdir().unwrap();
    fs::copy(folder("encoder").join("config.json"), copy.path().join("config.json")).unwrap();
    let said = || Bert::load(copy.path(), &device()).unwrap_err().to_string();
    let of_none = said();
    assert!(
        of_none.contains("cannot read") && !of_none.contains("several files"),
        "{of_none}"
    );

    fs::write(copy.path().join("model.safetensors.index.json"), "{}").unwrap();
    let of_several = said();
    assert!(
        of_several.contains(
            "model.safetensors: the weights are in several files, which model.safetensors.index.json lists, and one is read"
        ),
        "{of_several}"
    );
}
