//! Writes mutants into the sources of a tree, each behind a test of its number, so that one build has all of them:
//!
//! ```text
//! fugo-mutation MUTANTS TREE LEFT-OUT
//! ```
//!
//! MUTANTS is what `cargo mutants --list --json` prints; a mutant's number is its place in it, from 1. TREE is a copy of
//! the sources, which is changed. LEFT-OUT has the numbers that are not to be written, because they do not compile. The
//! numbers of mutants that are not supported are printed: conditions with `let`, and fields of structs.
//!
//! | mutant | written as |
//! |---|---|
//! | another body | `if crate::mutant::is(7) { return BODY }` before the body |
//! | another operator, or none | `(if crate::mutant::is(7) { OTHER } else { EXPRESSION })` |
//! | another guard | the same, in the place of the guard |
//! | no arm of a `match` | the guard `!crate::mutant::is(7)` |

mod sites;

use std::{
    collections::{BTreeMap, HashSet},
    env,
    fmt::Write,
    fs,
    ops::Range,
    path::Path,
};

use serde::Deserialize;
use sites::{Lines, Sites};

#[derive(Deserialize)]
struct Mutant {
    file: String,
    genre: Genre,
    replacement: String,
    span: Span,
}

#[derive(Clone, Copy, Deserialize)]
enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArmGuard,
    MatchArm,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

/// What is written into one file.
#[derive(Default)]
struct Changes {
    /// Other texts of the expressions at these bytes, each with the number of its mutant.
    others: BTreeMap<(usize, usize), Vec<(usize, String)>>,
    insertions: BTreeMap<usize, Vec<String>>,
}

impl Changes {
    /// `false` if the mutant is not supported.
    fn add(&mut self, number: usize, mutant: &Mutant, text: &str, lines: &Lines<'_>, sites: &Sites) -> bool {
        let (at, replacement) = (mutant.span.start, &mutant.replacement);
        let is = format!("crate::mutant::is({number})");
        let other = match mutant.genre {
            Genre::FnValue => {
                let text = format!("if {is} {{ return {replacement}; }} ");
                self.insertions.entry(lines.byte(at)).or_default().push(text);
                return true;
            }
            Genre::MatchArm => {
                let Some(arm) = sites.arms.get(&at) else { return false };
                let (place, guard) = match arm.guard {
                    Some(guard) => (guard, format!("!{is} && ")),
                    None => (arm.pattern_end, format!(" if !{is}")),
                };
                self.insertions.entry(place).or_default().push(guard);
                return true;
            }
            Genre::BinaryOperator => sites.binary.get(&at).map(|site| {
                let (left, right) =
                    (&text[site.all.start..site.operator.start], &text[site.operator.end..site.all.end]);
                (site.all.clone(), format!("{left} {replacement} {right}"))
            }),
            Genre::UnaryOperator => {
                sites.unary.get(&at).map(|site| (site.clone(), text[site.start + 1..site.end].to_owned()))
            }
            Genre::MatchArmGuard => sites.guards.get(&at).map(|site| (site.clone(), replacement.clone())),
            Genre::Other => None,
        };
        let Some((Range { start, end }, text)) = other else { return false };
        self.others.entry((start, end)).or_default().push((number, text));
        true
    }

    /// Appends `text[range]` with all changes. `within` is the expression whose bytes these are, if it was begun already.
    fn write(&self, text: &str, range: Range<usize>, within: Option<(usize, usize)>, out: &mut String) {
        let mut at = range.start;
        while at < range.end {
            let begun = within.is_some_and(|(start, _)| start == at);
            if !begun {
                self.insertions.get(&at).into_iter().flatten().for_each(|text| out.push_str(text));
            }
            // The longest expression that begins here; after it began, the longest of those inside.
            let longest = if begun { within.map_or(range.end, |(_, end)| end - 1) } else { range.end };
            if let Some((&(start, end), others)) = self.others.range((at, 0)..=(at, longest)).next_back() {
                out.push('(');
                for (number, other) in others {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "if crate::mutant::is({number}) {{ {other} }} else ");
                }
                out.push_str("{ ");
                self.write(text, start..end, Some((start, end)), out);
                out.push_str(" })");
                at = end;
                continue;
            }
            let next = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + next]);
            at += next;
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [mutants, tree, left_out] = &arguments[..] else { panic!("usage: fugo-mutation MUTANTS TREE LEFT-OUT") };
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mutants: Vec<Mutant> = serde_json::from_str(&read(mutants.as_ref())).expect("the list of cargo-mutants");
    let left_out: HashSet<usize> =
        read(left_out.as_ref()).split_whitespace().map(|number| number.parse().expect("a number")).collect();
    let mut files: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in (1..).zip(&mutants).filter(|(number, _)| !left_out.contains(number)) {
        files.entry(&mutant.file).or_default().push((number, mutant));
    }
    for (file, mutants) in files {
        let path = Path::new(tree).join(file);
        let text = read(&path);
        let lines = Lines::of(&text);
        let sites = Sites::of(&syn::parse_file(&text).expect("a source that compiles"), &lines);
        let mut changes = Changes::default();
        for (number, mutant) in mutants {
            if !changes.add(number, mutant, &text, &lines, &sites) {
                println!("{number}");
            }
        }
        let mut out = String::new();
        changes.write(&text, 0..text.len(), None, &mut out);
        fs::write(&path, out).expect("written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with mutants of a genre, each at the byte where the next `@` was, with its replacement.
    fn written(marked: &str, genre: Genre, replacements: &[&str]) -> String {
        let text = marked.replace('@', "");
        let lines = Lines::of(&text);
        let sites = Sites::of(&syn::parse_file(&text).expect("a source"), &lines);
        let mut changes = Changes::default();
        let marks = marked.match_indices('@').enumerate().map(|(nth, (at, _))| at - nth);
        for ((number, at), replacement) in (1..).zip(marks).zip(replacements) {
            let line = text[..at].matches('\n').count() + 1;
            let column = text[..at].rsplit('\n').next().expect("a line").chars().count() + 1;
            let start = Position { line, column };
            let mutant =
                Mutant { file: String::new(), genre, replacement: (*replacement).to_owned(), span: Span { start } };
            assert!(changes.add(number, &mutant, &text, &lines, &sites), "{marked}");
        }
        let mut out = String::new();
        changes.write(&text, 0..text.len(), None, &mut out);
        syn::parse_file(&out).expect("what is written is a source");
        out.replace("crate::mutant::is", "is")
    }

    #[test]
    fn each_kind_of_mutant_is_written_behind_its_number() {
        assert_eq!(written("fn f() -> u8 { @1 }", Genre::FnValue, &["0"]), "fn f() -> u8 { if is(1) { return 0; } 1 }");
        assert_eq!(
            written("fn f() -> u8 { 符(1) @+ 2 }", Genre::BinaryOperator, &["-"]),
            "fn f() -> u8 { (if is(1) { 符(1)  -  2 } else { 符(1) + 2 }) }"
        );
        assert_eq!(
            written("fn f() -> bool { @!g() }", Genre::UnaryOperator, &[""]),
            "fn f() -> bool { (if is(1) { g() } else { !g() }) }"
        );
        let arms = "fn f(n: u8) -> u8 { match n { @1 => 2, @3 if n > 2 => 4, _ => 5 } }";
        assert_eq!(
            written(arms, Genre::MatchArm, &["", ""]),
            "fn f(n: u8) -> u8 { match n { 1 if !is(1) => 2, 3 if !is(2) && n > 2 => 4, _ => 5 } }"
        );
        let guard = "fn f(n: u8) -> u8 { match n { 3 if @n > 2 => 4, _ => 5 } }";
        assert_eq!(
            written(guard, Genre::MatchArmGuard, &["true"]),
            "fn f(n: u8) -> u8 { match n { 3 if (if is(1) { true } else { n > 2 }) => 4, _ => 5 } }"
        );
    }

    #[test]
    fn expressions_within_expressions_are_each_written_once() {
        assert_eq!(
            written("fn f() -> bool { a @&& b @&& c }", Genre::BinaryOperator, &["||", "||"]),
            "fn f() -> bool { (if is(2) { a && b  ||  c } else { (if is(1) { a  ||  b } else { a && b }) && c }) }"
        );
    }
}
