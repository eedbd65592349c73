//! Which burn an example runs on.

/// The version of burn that the lock file names.
pub fn burn_version() -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let entry = lock.split_once("name = \"burn\"\nversion = \"").map(|(_, rest)| rest);
    entry.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_names_it() {
        assert!(burn_version().starts_with("0."), "{}", burn_version());
    }
}
