//! What earlier commands found about the files: reports of `convert`, audits and verdicts of ledgers. Only counts and names of kinds go into
//! a manifest.

use std::path::{Path, PathBuf};

use fugo::{KeyTag, Scope};
use fugo_keystore::Use;
use serde_json::{Map, Value, json};

use crate::{
    failure::{Failure, Result},
    manifest::{Serial, contents::Contents, read_small},
};

/// The most bytes of a report.
const MOST: u64 = 16 << 20;

/// What a report of `convert` says about one of its outputs.
pub(super) struct Converted {
    pub(super) scope: Scope,
    pub(super) tag: KeyTag,
    pub(super) usage: Use,
    pub(super) policy: Value,
    pub(super) rejected_by_reason: Value,
}

/// A report of `convert`.
pub(crate) struct ConvertReport {
    path: PathBuf,
    json: Value,
}

impl ConvertReport {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let json = read_json(path, "fugo_report", "give the file that `fugo convert --report` wrote")?;
        Ok(Self { path: path.to_owned(), json })
    }

    /// The output with this digest.
    fn output(&self, sha256: &str) -> Option<&Value> {
        self.json["outputs"].as_array()?.iter().find(|output| output["sha256"] == sha256)
    }

    /// The scope of the output with this digest; `None` if it has no such output.
    pub(crate) fn scope_of(&self, sha256: &str) -> Option<Scope> {
        self.output(sha256)?["scope"].as_str()?.parse().ok()
    }

    /// What it says about the output with this digest; `None` if it has no such output.
    pub(super) fn about(&self, contents: &Contents) -> Result<Option<Converted>> {
        let Some(output) = self.output(&contents.sha256) else { return Ok(None) };
        let converted = || {
            Some(Converted {
                scope: output["scope"].as_str()?.parse().ok()?,
                tag: output["tag"].as_str()?.parse().ok()?,
                usage: Use::from_name(self.json["use"].as_str()?)?,
                policy: policy(output).or_else(|| policy(&self.json)).unwrap_or_default(),
                rejected_by_reason: counts(&self.json["rejected_by_reason"])?,
            })
        };
        match converted() {
            Some(converted) if output["rows"] == contents.rows => Ok(Some(converted)),
            Some(_) => Err(Failure::new(
                format!("{}: the report says another number of rows than the file has", self.path.display()),
                "convert the roster again",
            )),
            None => Err(unreadable(&self.path, "give the file that `fugo convert --report` wrote")),
        }
    }
}

/// An audit that `fugo audit --json` printed.
pub(super) struct AuditReport {
    path: PathBuf,
    json: Value,
}

impl AuditReport {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let json = read_json(path, "fugo_audit", REMEDY)?;
        if !json["links"].is_boolean() || kinds(&json["findings"]).is_none() || !json["files"].is_array() {
            return Err(unreadable(path, REMEDY));
        }
        Ok(Self { path: path.to_owned(), json })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn links(&self) -> bool {
        self.json["links"] == true
    }

    /// The findings that `--allow` accepted, by kind: the largest count, or nothing for a kind without a count.
    pub(super) fn accepted(&self) -> Map<String, Value> {
        let mut accepted: Map<String, Value> = Map::new();
        let findings = self.json["findings"].as_array().map_or(&[][..], Vec::as_slice);
        for finding in findings.iter().filter(|finding| finding["weight"] == "allowed") {
            let Some(kind) = finding["kind"].as_str().and_then(word) else { continue };
            let most = accepted.entry(kind).or_insert(Value::Null);
            *most = json!(most.as_u64().max(finding["count"].as_u64()));
        }
        accepted
    }

    /// How it knows the file; `None` if it is about other files.
    pub(super) fn knows(&self, contents: &Contents) -> Option<&'static str> {
        self.files().find_map(|file| known_by(file, contents))
    }

    /// Whether it compared these two files.
    pub(super) fn compares(&self, pair: [&Contents; 2]) -> bool {
        let files: Vec<&Value> = self.files().collect();
        let [a, b] =
            pair.map(|contents| files.iter().map(|file| known_by(file, contents).is_some()).collect::<Vec<_>>());
        (0..files.len()).any(|i| (0..files.len()).any(|k| i != k && a[i] && b[k]))
    }

    fn files(&self) -> impl Iterator<Item = &Value> {
        self.json["files"].as_array().map_or(&[][..], Vec::as_slice).iter()
    }

    /// Its verdict, without the name or the digest of any file.
    pub(super) fn verdict(&self, known_by: &str) -> Value {
        json!({
            "links": self.links(),
            "findings": kinds(&self.json["findings"]),
            "accepted": self.accepted(),
            "file_known_by": known_by,
        })
    }
}

/// How a file of an audit is known to be this one. An audit without digests knows a file by its rows and columns.
fn known_by(file: &Value, contents: &Contents) -> Option<&'static str> {
    if file["sha256"] == contents.sha256.as_str() {
        return Some("digest");
    }
    let names = contents.columns[1..].iter().map(crate::redaction::shown).map(Value::String);
    let is_shape =
        file["sha256"].is_null() && file["rows"] == contents.rows && file["columns"] == Value::Array(names.collect());
    is_shape.then_some("rows and columns")
}

/// A verdict that `fugo ledger judge --json` or `fugo ledger record --json` printed.
pub(super) struct LedgerReport {
    path: PathBuf,
    json: Value,
}

impl LedgerReport {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let json = read_json(path, "fugo_ledger", LEDGER_REMEDY)?;
        let are_known = ["refused", "recorded"].iter().all(|name| json[*name].is_boolean());
        if !are_known || !json["sha256"].is_string() || verdict(&json).is_none() {
            return Err(unreadable(path, LEDGER_REMEDY));
        }
        Ok(Self { path: path.to_owned(), json })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is about this file, as a delivery to this scope with this serial.
    pub(super) fn knows(&self, contents: &Contents, scope: &Scope, serial: Serial) -> bool {
        self.json["sha256"] == contents.sha256.as_str()
            && self.json["scope"] == scope.to_string()
            && self.json["serial"] == serial.number()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.json["refused"] == true
    }

    /// Whether the ledger has the delivery now.
    pub(super) fn is_recorded(&self) -> bool {
        self.json["recorded"] == true
    }

    /// Its counts, without the names of columns.
    pub(super) fn verdict(&self) -> Value {
        verdict(&self.json).unwrap_or_default()
    }
}

const LEDGER_REMEDY: &str = "give the file that `fugo ledger record --json` printed";

/// The counts of a verdict of a ledger: of the delivery, and of the complete history.
fn verdict(json: &Value) -> Option<Value> {
    let complete = json["histories"].as_array()?.last()?;
    let mut counts = Map::new();
    counts.insert("refused".to_owned(), json!(json["refused"].as_bool()?));
    for (of, names) in [
        (json, &["deliveries", "came", "gone", "changed", "least", "allowed"][..]),
        (complete, &["people", "groups", "alone", "in_small_groups"]),
    ] {
        for name in names {
            counts.insert((*name).to_owned(), json!(of[name].as_u64()?));
        }
    }
    Some(Value::Object(counts))
}

const REMEDY: &str = "give the file that `fugo audit --report` wrote";

/// How many findings have each kind and weight, as `columns: links`.
fn kinds(findings: &Value) -> Option<Value> {
    let mut counts: Map<String, Value> = Map::new();
    for finding in findings.as_array()? {
        let (kind, weight) = (word(finding["kind"].as_str()?)?, word(finding["weight"].as_str()?)?);
        let count = counts.entry(format!("{kind}: {weight}")).or_insert(json!(0));
        *count = json!(count.as_u64()? + 1);
    }
    Some(Value::Object(counts))
}

/// Counts by the name of a kind.
fn counts(found: &Value) -> Option<Value> {
    let counts = found.as_object()?;
    let count = |(name, count): (&String, &Value)| Some((word(name)?.to_owned(), json!(count.as_u64()?)));
    counts.iter().map(count).collect::<Option<Map<_, _>>>().map(Value::Object)
}

/// SHA-256 of the policy that a conversion followed, if it followed one.
fn policy(report: &Value) -> Option<Value> {
    let policy = &report["policy"];
    let digest = policy.as_str().or_else(|| policy["sha256"].as_str())?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| json!({ "sha256": digest }))
}

/// The name of a kind: a manifest repeats nothing else of a report.
fn word(text: &str) -> Option<&str> {
    let is_word = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_word.then_some(text)
}

fn read_json(path: &Path, mark: &str, remedy: &str) -> Result<Value> {
    let json: Value = serde_json::from_slice(&read_small(path, MOST)?).map_err(|_| unreadable(path, remedy))?;
    if json.get(mark).is_none() { Err(unreadable(path, remedy)) } else { Ok(json) }
}

fn unreadable(path: &Path, remedy: &str) -> Failure {
    Failure::new(format!("{} is not such a report, or not of this version", path.display()), remedy)
}
