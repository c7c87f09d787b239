//! Files of TOML that people write: policies, and what a record is verified by.

use toml::Table;

use crate::redaction::shown;

/// Reads a file. The error is the line that is not TOML: the message of the parser may quote it.
pub(crate) fn table(text: &str) -> Result<Table, usize> {
    text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        1 + text[..at].matches('\n').count()
    })
}

/// The same, with these names and no others. The error is a sentence.
pub(crate) fn table_of(text: &str, names: &[&str]) -> Result<Table, String> {
    let table = table(text).map_err(|line| format!("line {line} is not TOML"))?;
    match table.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("`{}` is unknown; there are {}", shown(name), names.join(", "))),
        None => Ok(table),
    }
}

/// A string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
