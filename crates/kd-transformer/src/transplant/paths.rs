//! Paths of parameters, such as `layers.3.norm.gamma`.

/// What follows after `parent` in `path`: nothing if they are the same, none if `path` is elsewhere. All is below the empty path.
pub(crate) fn below<'a>(path: &'a str, parent: &str) -> Option<&'a str> {
    if parent.is_empty() || path.is_empty() {
        return parent.is_empty().then_some(path);
    }
    let rest = path.strip_prefix(parent)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('.')
    }
}

/// The number that follows after `parent`, and what follows after it.
pub(crate) fn numbered<'a>(path: &'a str, parent: &str) -> Option<(usize, &'a str)> {
    let rest = below(path, parent)?;
    let (number, rest) = rest.split_once('.').unwrap_or((rest, ""));
    Some((number.parse().ok()?, rest))
}

/// One path of several, those that are empty left out.
pub(crate) fn join(paths: &[&str]) -> String {
    let paths = paths.iter().copied().filter(|path| !path.is_empty());
    paths.collect::<Vec<&str>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_count() {
        assert_eq!(below("layers.3.norm", "layers"), Some("3.norm"));
        assert_eq!(below("layers", "layers"), Some(""));
        assert_eq!(below("layers.3", ""), Some("layers.3"));
        assert_eq!(below("layers.3", "layer"), None);
        assert_eq!(below("", "layers"), None);
    }

    #[test]
    fn layers_are_numbered() {
        assert_eq!(
            numbered("encoder.layers.10.norm.gamma", "encoder.layers"),
            Some((10, "norm.gamma"))
        );
        assert_eq!(numbered("10.gamma", ""), Some((10, "gamma")));
        assert_eq!(numbered("layers.10", "layers"), Some((10, "")));
        assert_eq!(numbered("layers.norm.gamma", "layers"), None);
    }

    #[test]
    fn paths_are_joined_without_empty_ones() {
        assert_eq!(join(&["a.b", "", "c"]), "a.b.c");
        assert_eq!(join(&["", "weight"]), "weight");
    }
}
