//! Tables for the terminal that are Markdown as well.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use crate::spread::Spread;

/// A table whose first column is words and whose other columns are numbers.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Mean ± standard deviation (smallest to largest) with this many decimals; a dash for nothing.
pub fn spread(spread: Option<Spread>, decimals: usize) -> String {
    let Some(Spread { mean, sd, min, max }) = spread else {
        return "-".into();
    };
    format!("{mean:.decimals$} ± {sd:.decimals$} ({min:.decimals$} to {max:.decimals$})")
}

/// A whole number with commas between thousands.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let text = table(&["who", "errors"], [vec!["teacher".into(), "7".into()]]).to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines.iter().all(|line| line.starts_with('|') && line.ends_with('|')),
            "{text}"
        );
        assert!(lines[2].contains("teacher") && lines[2].contains('7'));
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            [0, 999, 1000, 2_395_210].map(thousands),
            ["0", "999", "1,000", "2,395,210"]
        );
        assert_eq!(spread(Spread::of([1.0, 3.0]), 1), "2.0 ± 1.4 (1.0 to 3.0)");
        assert_eq!(spread(None, 1), "-");
    }
}
