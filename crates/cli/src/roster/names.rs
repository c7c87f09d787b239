//! Finds the column that a name means.

use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

/// The columns with a name.
pub(crate) enum Found {
    One(usize),
    Several,
    /// None has it. Holds the most similar names as the end of a sentence; empty if no name is similar.
    None {
        nearest: String,
    },
}

/// First looks for the name as it is written. Otherwise compares it in NFC, without spaces at its ends and without
/// invisible characters.
pub(crate) fn find<N: AsRef<str>>(names: &[N], wanted: &str) -> Found {
    let exact = |name: &str| name == wanted;
    let wanted_folded = folded(wanted);
    let alike = |name: &str| folded(name) == wanted_folded;
    for is_it in [&exact as &dyn Fn(&str) -> bool, &alike] {
        let mut found = names.iter().enumerate().filter(|(_, name)| is_it(name.as_ref()));
        match (found.next(), found.next()) {
            (Some((column, _)), None) => return Found::One(column),
            (Some(_), Some(_)) => return Found::Several,
            (None, _) => {}
        }
    }
    Found::None { nearest: nearest(names, wanted) }
}

/// NFC, without invisible characters and without spaces at the ends.
fn folded(name: &str) -> String {
    let is_invisible = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}');
    let visible: String = name.nfc().filter(|c| !is_invisible(*c)).collect();
    visible.trim().to_owned()
}

/// Names that differ in case, in width or in a few characters. A name with many digits may be a cell and is not
/// shown.
fn nearest<N: AsRef<str>>(names: &[N], wanted: &str) -> String {
    let plain = |name: &str| folded(name).nfkc().collect::<String>().to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(wanted);
    let most = 1 + wanted.chars().count() / 6;
    let is_shown = |name: &&str| {
        name.chars().filter(|c| c.is_numeric()).count() < 6 && !name.is_empty() && !name.chars().any(char::is_control)
    };
    let distance = |name: &&str| strsim::damerau_levenshtein(&plain(name), &wanted);
    let names = names.iter().map(AsRef::as_ref).filter(is_shown);
    let mut near: Vec<(usize, &str)> = names.map(|name| (distance(&name), name)).collect();
    near.retain(|(distance, _)| *distance <= most);
    near.sort_unstable();
    let mut text = String::new();
    for (i, (_, name)) in near.iter().take(3).enumerate() {
        let start = if i == 0 { "; similar names: " } else { ", " };
        let _ = write!(text, "{start}`{name}`");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], wanted: &str) -> Result<usize, String> {
        match find(names, wanted) {
            Found::One(column) => Ok(column),
            Found::Several => Err("several".to_owned()),
            Found::None { nearest } => Err(nearest),
        }
    }

    #[test]
    fn a_name_is_found_in_other_code_points_with_spaces_and_with_invisible_characters() {
        let decomposed = "マイナンハ\u{3099}ー";
        for (name, wanted) in [
            (decomposed, "マイナンバー"),
            ("my_number ", "my_number"),
            ("\u{FEFF}my_number", "my_number"),
            ("\u{3000}氏名", "氏名"),
        ] {
            assert_eq!(found(&["x", name], wanted), Ok(1), "{name:?}");
            assert_eq!(found(&["x", wanted], name), Ok(1), "{name:?}");
            assert_eq!(found(&[name, wanted], wanted), Ok(1), "{name:?}");
            assert_eq!(found(&[name, name], wanted), Err("several".to_owned()), "{name:?}");
        }
    }

    #[test]
    fn names_that_come_near_are_said_and_cells_are_not() {
        assert_eq!(found(&["My Number", "name"], "my_number"), Err("; similar names: `My Number`".to_owned()));
        assert_eq!(found(&["個人番号", "氏名"], "個人番合"), Err("; similar names: `個人番号`".to_owned()));
        assert_eq!(found(&["123456789018", "氏名"], "123456789012"), Err(String::new()));
    }
}
