//! What Hugging Face calls the parameters.

/// Parts of a parameter's path here, and what stands for them there.
const NAMES: [(&str, &str); 14] = [
    ("layers.", "encoder.layer."),
    (".attention.query.", ".attention.self.query."),
    (".attention.key.", ".attention.self.key."),
    (".attention.value.", ".attention.self.value."),
    (".attention.output.", ".attention.output.dense."),
    (".attention.norm.", ".attention.output.norm."),
    (".feed_forward.inner.", ".intermediate.dense."),
    (".feed_forward.outer.", ".output.dense."),
    (".feed_forward.norm.", ".output.norm."),
    ("masked_language.transform.", "cls.predictions.transform.dense."),
    ("masked_language.norm.", "cls.predictions.transform.norm."),
    ("masked_language.", "cls.predictions."),
    (".norm.gamma", ".LayerNorm.weight"),
    (".norm.beta", ".LayerNorm.bias"),
];

/// Stands before the names of encoder and pooler in a file that has a head as well.
const PREFIX: &str = "bert.";

/// Hugging Face's name for the parameter of this path, without prefix.
pub(super) fn of_path(path: &str) -> String {
    let renamed = |name: String, (ours, theirs): &(&str, &str)| name.replacen(ours, theirs, 1);
    NAMES.iter().fold(path.to_owned(), renamed)
}

/// The name as it is written into a file, with a head in it or without.
pub(super) fn in_file(name: &str, with_head: bool) -> String {
    if with_head && !of_head(name) {
        format!("{PREFIX}{name}")
    } else {
        name.to_owned()
    }
}

/// The name in a file, whatever it was written by, as [`of_path`] has it.
pub(super) fn of_file(name: &str) -> String {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let old = [(".gamma", ".weight"), (".beta", ".bias")];
    let stem = old.iter().find_map(|(old, new)| {
        let stem = name.strip_suffix(old)?;
        stem.ends_with("LayerNorm").then(|| format!("{stem}{new}"))
    });
    stem.unwrap_or_else(|| name.to_owned())
}

/// Whether it is of a head.
fn of_head(name: &str) -> bool {
    name.starts_with("cls.") || name.starts_with("classifier.")
}

/// Whether it is of embeddings or layers.
pub(super) fn of_encoder(name: &str) -> bool {
    name.starts_with("embeddings.") || name.starts_with("encoder.")
}

/// The pooler or head that it is of, by the beginning of its name, if it is of one.
pub(super) fn part(name: &str) -> Option<&'static str> {
    const PARTS: [&str; 4] = ["pooler.", "cls.predictions.", "cls.seq_relationship.", "classifier."];
    PARTS.into_iter().find(|part| name.starts_with(part))
}

/// What is in files and is no parameter: the numbers from 0 on, which old versions wrote.
pub(super) fn is_buffer(name: &str) -> bool {
    matches!(name, "embeddings.position_ids" | "embeddings.token_type_ids")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_hugging_faces_names() {
        for (path, name) in [
            ("embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"),
            ("embeddings.norm.gamma", "embeddings.LayerNorm.weight"),
            (
                "layers.10.attention.query.weight",
                "encoder.layer.10.attention.self.query.weight",
            ),
            (
                "layers.1.attention.output.bias",
                "encoder.layer.1.attention.output.dense.bias",
            ),
            (
                "layers.1.attention.norm.beta",
                "encoder.layer.1.attention.output.LayerNorm.bias",
            ),
            (
                "layers.0.feed_forward.inner.weight",
                "encoder.layer.0.intermediate.dense.weight",
            ),
            (
                "layers.0.feed_forward.outer.weight",
                "encoder.layer.0.output.dense.weight",
            ),
            (
                "layers.0.feed_forward.norm.gamma",
                "encoder.layer.0.output.LayerNorm.weight",
            ),
            ("pooler.dense.weight", "pooler.dense.weight"),
            (
                "masked_language.transform.weight",
                "cls.predictions.transform.dense.weight",
            ),
            (
                "masked_language.norm.gamma",
                "cls.predictions.transform.LayerNorm.weight",
            ),
            ("masked_language.bias", "cls.predictions.bias"),
            ("classifier.bias", "classifier.bias"),
        ] {
            assert_eq!(of_path(path), name);
        }
    }

    #[test]
    fn names_of_files_lose_prefix_and_age() {
        for (in_file, name) in [
            ("bert.embeddings.LayerNorm.gamma", "embeddings.LayerNorm.weight"),
            (
                "encoder.layer.0.output.LayerNorm.beta",
                "encoder.layer.0.output.LayerNorm.bias",
            ),
            ("cls.predictions.bias", "cls.predictions.bias"),
            ("bert.some.gamma", "some.gamma"),
        ] {
            assert_eq!(of_file(in_file), name);
        }
    }
}
