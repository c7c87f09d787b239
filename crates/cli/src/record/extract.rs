//! A person's extract: the entries of a record in which she is, each with proofs, for her and for her portal.
//!
//! | field of the JSON | what it is |
//! |---|---|
//! | `symbol` | her record symbol in text form |
//! | `checkpoint` | the signed note of the log, as C2SP specifies it |
//! | `withheld` | how many entries were left out under Article 23, paragraph 2 |
//! | `entries[].index`, `.entry` | the place of the entry in the log, and its text |
//! | `entries[].proof` | RFC 6962's proof that the entry is in the log, in Base64 |
//! | `entries[].person` | her leaf: its index, its random bytes in hexadecimal, and the proof that it is in the entry's tree |

use std::fmt::{self, Write};

use data_encoding::BASE64;
use fugo::{SYMBOL_LEN, text::TextEncoder};
use fugo_keystore::Note;
use serde_json::{Value, json};

use super::{
    checkpoint::Checkpoint,
    entry::Entry,
    leaves::NONCE_LEN,
    log::Log,
    tree::{self, Hash},
    trust::Trust,
};
use crate::{
    failure::{Failure, Result},
    grant::moment::Moment,
    hex,
};

/// A person's entries.
pub(super) struct Extract {
    symbol: [u8; SYMBOL_LEN],
    note: Note,
    checkpoint: Checkpoint,
    lines: Vec<Line>,
    withheld: u64,
}

/// An entry in which the person is.
struct Line {
    index: u64,
    entry: Entry,
    proof: Vec<Hash>,
    person: Person,
}

/// Her leaf in the tree of the entry.
struct Person {
    index: u64,
    nonce: [u8; NONCE_LEN],
    proof: Vec<Hash>,
}

/// The extracts of these people, in their order. The record is read once, up to the checkpoint of the note.
pub(super) fn extracts(
    log: &Log,
    (note, checkpoint): (&Note, &Checkpoint),
    symbols: &[[u8; SYMBOL_LEN]],
) -> Result<Vec<Extract>> {
    let new = |symbol: &[u8; SYMBOL_LEN]| Extract {
        symbol: *symbol,
        note: note.clone(),
        checkpoint: checkpoint.clone(),
        lines: Vec::new(),
        withheld: 0,
    };
    let mut extracts: Vec<Extract> = symbols.iter().map(new).collect();
    let tiles = log.tiles();
    tiles.entries(checkpoint, |index, entry| {
        let leaves = log.leaves(index, &entry)?.load_for(symbols.len())?;
        for extract in &mut extracts {
            let Some((place, nonce)) = leaves.find(&extract.symbol)? else { continue };
            if entry.withheld {
                extract.withheld += 1;
                continue;
            }
            extract.lines.push(Line {
                index,
                proof: tree::prove_inclusion(&tiles, index, checkpoint.size)?,
                person: Person { index: place, nonce, proof: tree::prove_inclusion(&leaves, place, entry.people)? },
                entry: entry.clone(),
            });
        }
        Ok(())
    })?;
    // What was found by a search in a file that nobody checked as a whole is proved before it is shown.
    extracts.iter().try_for_each(Extract::check)?;
    Ok(extracts)
}

impl Extract {
    /// Verifies every proof against the checkpoint.
    fn check(&self) -> Result<()> {
        let refused = |index: u64, what: &str| {
            Err(Failure::new(
                format!("entry {index}: {what}"),
                "do not rely on it; ask for another extract, and tell the supervisor of the record",
            ))
        };
        for line in &self.lines {
            let Line { index, entry, proof, person } = line;
            if !tree::is_included(entry.text().as_bytes(), *index, proof, self.checkpoint.tree()) {
                return refused(*index, "it is not in the record that the log has signed");
            }
            let leaf = [&self.symbol[..], &person.nonce].concat();
            if !tree::is_included(&leaf, person.index, &person.proof, (entry.people, &entry.people_root)) {
                return refused(*index, "the person is not in it");
            }
        }
        Ok(())
    }

    pub(super) fn json(&self, trust: &Trust) -> Value {
        let hashes = |proof: &[Hash]| proof.iter().map(|hash| BASE64.encode(hash)).collect::<Vec<_>>();
        let lines = self.lines.iter().map(|line| {
            json!({
                "index": line.index,
                "entry": line.entry.text(),
                "proof": hashes(&line.proof),
                "person": {
                    "index": line.person.index,
                    "nonce": base16ct::lower::encode_string(&line.person.nonce),
                    "proof": hashes(&line.person.proof),
                },
            })
        });
        json!({
            "fugo_extract": 1,
            "symbol": self.symbol_text(trust),
            "checkpoint": self.note.to_string(),
            "withheld": self.withheld,
            "entries": lines.collect::<Vec<_>>(),
        })
    }

    /// Reads an extract and verifies it: the signatures of its checkpoint, and every proof.
    pub(super) fn verified(bytes: &[u8], trust: &Trust) -> Result<Self> {
        let form = || {
            Failure::new("this is not an extract of a record", "give the JSON file that `fugo record extract` wrote")
        };
        let json: Value = serde_json::from_slice(bytes).map_err(|_| form())?;
        let parsed = Self::parse(&json, trust).ok_or_else(form)?;
        let checkpoint = trust.witnessed(&parsed.note)?;
        let extract = Self { checkpoint, ..parsed };
        extract.check()?;
        Ok(extract)
    }

    fn parse(json: &Value, trust: &Trust) -> Option<Self> {
        (json["fugo_extract"] == 1).then_some(())?;
        let (scope, tag) = trust.people;
        let symbol = TextEncoder::new(scope.purpose(), tag).decode(json["symbol"].as_str()?.as_bytes()).ok()?;
        let hashes = |proof: &Value| {
            let hash = |hash: &Value| BASE64.decode(hash.as_str()?.as_bytes()).ok()?.try_into().ok();
            proof.as_array()?.iter().map(hash).collect::<Option<Vec<Hash>>>()
        };
        let line = |line: &Value| {
            let (entry, person) = (Entry::parse(line["entry"].as_str()?.as_bytes())?, &line["person"]);
            Some(Line {
                index: line["index"].as_u64()?,
                proof: hashes(&line["proof"])?,
                person: Person {
                    index: person["index"].as_u64()?,
                    nonce: hex::decode(person["nonce"].as_str()?.as_bytes())?,
                    proof: hashes(&person["proof"])?,
                },
                entry,
            })
        };
        let note = Note::parse(json["checkpoint"].as_str()?.as_bytes()).ok()?;
        let lines = json["entries"].as_array()?.iter().map(line).collect::<Option<Vec<Line>>>()?;
        let in_order = lines.is_sorted_by(|a, b| a.index < b.index);
        let of_people = lines.iter().all(|line| line.entry.people_key == trust.people);
        (in_order && of_people).then_some(())?;
        Some(Self {
            symbol,
            checkpoint: Checkpoint::parse(note.text())?,
            note,
            lines,
            withheld: json["withheld"].as_u64()?,
        })
    }

    /// The record symbol in text form.
    pub(super) fn symbol_text(&self, trust: &Trust) -> String {
        let (scope, tag) = trust.people;
        TextEncoder::new(scope.purpose(), tag).encode(&self.symbol).to_string()
    }

    /// The number of entries, and of those that were left out.
    pub(super) fn counts(&self) -> (usize, u64) {
        (self.lines.len(), self.withheld)
    }

    /// For the person, in Japanese. A file says where its proofs are; what was verified just now says what that means.
    pub(super) fn text(&self, trust: &Trust, verified: bool) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, trust, verified);
        text
    }

    fn write(&self, f: &mut String, trust: &Trust, verified: bool) -> fmt::Result {
        writeln!(f, "情報提供等記録（番号法第23条）\n")?;
        writeln!(f, "あなたの記録用の符号: {}", self.symbol_text(trust))?;
        writeln!(f, "記録簿: {}（全{}件までを確認）", self.checkpoint.origin, self.checkpoint.size)?;
        writeln!(f, "あなたに関する記録: {}件", self.lines.len())?;
        if self.withheld > 0 {
            writeln!(f, "番号法第23条第2項により不開示とする記録: {}件", self.withheld)?;
        }
        for line in &self.lines {
            let (entry, terms) = (&line.entry, &line.entry.terms);
            writeln!(f, "\n記録番号 {}", line.index)?;
            writeln!(f, "  情報照会者: {}", terms.inquirer)?;
            writeln!(f, "  情報提供者: {}", terms.provider)?;
            writeln!(f, "  提供の求めの日時: {}", in_japan(entry.inquired_at))?;
            writeln!(f, "  提供の日時: {}", in_japan(entry.provided_at))?;
            writeln!(f, "  利用特定個人情報の項目: {}", terms.items)?;
            writeln!(f, "  法令上の根拠: {}", terms.legal_basis)?;
            writeln!(f, "  目的: {}", terms.purpose)?;
            writeln!(f, "  許可書の番号: {}", terms.id)?;
            if terms.break_glass {
                writeln!(f, "  緊急の許可によるもの（事後の審査の対象）")?;
            }
        }
        if verified {
            writeln!(f, "\n上の各記録が記録簿にあることを、署名と証明により確かめました。")?;
            return writeln!(f, "これがすべてであることと、不開示とする記録の件数は、この方法では確かめられません。");
        }
        writeln!(f, "\nこの文書だけでは、内容を確かめられません。同じ名前の .extract.json を検証してください。")
    }
}

/// A time of Japan, which has no daylight saving time.
fn in_japan(moment: Moment) -> String {
    let text = moment.plus_hours(9).to_string();
    let part = |from: usize, to: usize| text[from..to].trim_start_matches('0').to_owned();
    let or_zero = |text: String| if text.is_empty() { "0".to_owned() } else { text };
    format!(
        "{}年{}月{}日 {}時{}分{}秒（日本時間）",
        part(0, 4),
        part(5, 7),
        part(8, 10),
        or_zero(part(11, 13)),
        or_zero(part(14, 16)),
        or_zero(part(17, 19))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_japan() {
        let moment = "2026-12-31T15:00:09Z".parse().expect("a time");
        assert_eq!(in_japan(moment), "2027年1月1日 0時0分9秒（日本時間）");
    }
}
