//! Plain text to read: a file, or all `.txt` files of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::text_error::TextError;

/// The texts of a file, or of a folder's `.txt` files by name: paragraphs, which blank lines part. In a file without
/// blank lines every line is a text.
///
/// # Errors
///
/// [`TextError`] when something cannot be read, or there is no text.
pub fn load(path: &Path) -> Result<Vec<String>, TextError> {
    let mut texts = Vec::new();
    for file in files(path)? {
        let text = fs::read_to_string(&file).map_err(|source| TextError::Read { path: file, source })?;
        texts.extend(split(&text));
    }
    if texts.is_empty() {
        return Err(TextError::Empty { path: path.into() });
    }
    Ok(texts)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, TextError> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let unread = |source| TextError::Read {
        path: path.into(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let file = entry.map_err(unread)?.path();
        if file.extension().is_some_and(|end| end == "txt") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn split(text: &str) -> Vec<String> {
    // Some editors begin a file with a mark, which is no text.
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begin = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let end = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    let lines = &lines[begin.min(end)..end];
    if lines.iter().all(|line| !line.is_empty()) {
        return lines.iter().map(|line| (*line).to_owned()).collect();
    }
    let paragraphs = lines.split(|line| line.is_empty());
    paragraphs
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join(" "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_texts_unless_blank_lines_part_paragraphs() {
        assert_eq!(split("\none \ntwo\n\n"), ["one", "two"]);
        assert_eq!(split("one\ngoes on\n\n\ntwo\n"), ["one goes on", "two"]);
        assert!(split(" \n\n").is_empty());
        assert_eq!(split("\u{feff}one\ntwo\n"), ["one", "two"]);
    }

    #[test]
    fn a_folder_is_its_text_files_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.txt", "second"), ("a.txt", "first"), ("c.md", "not this")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(load(folder.path()).unwrap(), ["first", "second"]);
    }

    #[test]
    fn nothing_to_read_is_an_error_that_names_the_place() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("none.txt")] {
            let message = load(&path).unwrap_err().to_string();
            assert!(message.contains(&path.display().to_string()), "{message}");
        }
    }
}
