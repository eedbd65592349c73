//! The few tags that a page is made of.

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A part of the page; the body is HTML.
pub(super) fn section(title: &str, body: String) -> String {
    format!("<section><h2>{title}</h2>\n{body}</section>\n")
}

/// A paragraph of text.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p class=\"faint\">{}</p>\n", escape(text))
}

/// A table of text.
pub(super) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let cells = |cells: &[String], tag: &str| -> String {
        let cells = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let head = cells(&head.map(String::from), "th");
    let rows: String = rows.into_iter().map(|row| cells(&row, "td")).collect();
    format!("<table>{head}{rows}</table>\n")
}
