//! The manifest of a delivery: which file, for whom, of which scope, and on what evidence. It names no person, no
//! symbol and no path.
//!
//! It is an in-toto Statement of version 1. `envelope.rs` signs it. Each delivery has it twice: inside the sealed file
//! it names the file of rows, and outside it also names the sealed file.

pub(crate) mod contents;
pub(crate) mod envelope;

use std::{fmt, fs::File, io::Read, path::Path};

use fugo::{KeyTag, Scope};
use fugo_keystore::{Use, open_regular};
use serde_json::{Value, json};

use self::contents::Contents;
use crate::{
    counts::thousands,
    failure::{Failure, Result},
};

/// The type of every in-toto statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of what this statement says.
const PREDICATE: &str = "urn:fugo:delivery:v1";

/// The number of a delivery to a scope. Each delivery has a larger one than the delivery before it. A date, such as
/// 20261129, can serve as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Serial(u32);

impl Serial {
    pub(crate) fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }
}

impl std::str::FromStr for Serial {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let number = text.parse().ok().filter(|_| !text.starts_with(['0', '+']));
        number.and_then(Self::new).ok_or_else(|| {
            format!("give a whole number from 1 to {}, without leading zeros, for example 20261129", u32::MAX)
        })
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A manifest. The one inside a sealed file has no digest of the sealed file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) usage: Use,
    pub(crate) scope: Scope,
    pub(crate) tag: KeyTag,
    pub(crate) serial: Serial,
    /// The public keys that the file is sealed to.
    pub(crate) recipients: Vec<String>,
    pub(crate) contents: Contents,
    pub(crate) evidence: Evidence,
    /// SHA-256 of the sealed file.
    pub(crate) sealed: Option<String>,
}

/// What the issuer did before the delivery, as counts and names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Evidence {
    /// SHA-256 of the policy that the conversion followed.
    pub(crate) policy: Value,
    /// The verdict of each audit.
    pub(crate) audits: Value,
    /// The verdict of the scope's ledger; null if none was given.
    pub(crate) ledger: Value,
    /// Rows that were refused when the roster was converted.
    pub(crate) rejected_by_reason: Value,
}

impl Manifest {
    /// The beginning of the names of all files of a delivery.
    fn stem(scope: &Scope, serial: Serial) -> String {
        format!("{}{serial}", Self::prefix(scope))
    }

    /// The beginning of the names of all deliveries to a scope.
    pub(crate) fn prefix(scope: &Scope) -> String {
        format!("{}-{}-{}-", scope.purpose(), scope.id().as_str(), scope.epoch().number())
    }

    /// The name of the folder of a delivery.
    pub(crate) fn folder_name(&self) -> String {
        Self::stem(&self.scope, self.serial)
    }

    /// The name of the file of rows.
    pub(crate) fn rows_name(&self) -> String {
        format!("{}.{}", Self::stem(&self.scope, self.serial), self.contents.format.extension())
    }

    /// The name of the manifest inside the sealed file.
    pub(crate) fn inner_name(&self) -> String {
        format!("{}.inner.json", Self::stem(&self.scope, self.serial))
    }

    /// The name of the sealed file.
    pub(crate) fn sealed_name(&self) -> String {
        format!("{}{SEALED_SUFFIX}", Self::stem(&self.scope, self.serial))
    }

    /// The name of the manifest outside.
    pub(crate) fn outer_name(&self) -> String {
        outer_name_in(&self.folder_name())
    }

    /// The in-toto statement.
    pub(crate) fn statement(&self) -> Value {
        let subject = |name: String, sha256: &str| json!({ "name": name, "digest": { "sha256": sha256 } });
        let rows = subject(self.rows_name(), &self.contents.sha256);
        let sealed = self.sealed.as_ref().map(|sha256| subject(self.sealed_name(), sha256));
        let subjects: Vec<Value> = [rows].into_iter().chain(sealed).collect();
        let mut statement = json!({
            "_type": STATEMENT,
            "subject": subjects,
            "predicateType": PREDICATE,
            "predicate": {
                "fugo": env!("CARGO_PKG_VERSION"),
                "use": self.usage.name(),
                "scope": self.scope.to_string(),
                "tag": self.tag.to_string(),
                "serial": self.serial.0,
                "recipients": self.recipients,
                "contents": self.contents.json(),
                "policy": self.evidence.policy,
                "audits": self.evidence.audits,
                "rejected_by_reason": self.evidence.rejected_by_reason,
            },
        });
        if !self.evidence.ledger.is_null() {
            statement["predicate"]["ledger"] = self.evidence.ledger.clone();
        }
        statement
    }

    /// Reads a statement. `None` if it is not exactly what [`Self::statement`] writes, apart from the version.
    pub(crate) fn parse(statement: &Value) -> Option<Self> {
        let predicate = &statement["predicate"];
        let text = |name: &str| predicate[name].as_str();
        let digest = |nth: usize| statement["subject"].get(nth)?["digest"]["sha256"].as_str().map(str::to_owned);
        let recipients = predicate["recipients"].as_array()?.iter().map(|text| text.as_str().map(str::to_owned));
        let manifest = Self {
            usage: Use::from_name(text("use")?)?,
            scope: text("scope")?.parse().ok()?,
            tag: text("tag")?.parse().ok()?,
            serial: Serial::new(predicate["serial"].as_u64()?.try_into().ok()?)?,
            recipients: recipients.collect::<Option<_>>()?,
            contents: Contents::parse(&predicate["contents"], digest(0)?)?,
            evidence: Evidence {
                policy: predicate["policy"].clone(),
                audits: predicate["audits"].clone(),
                ledger: predicate["ledger"].clone(),
                rejected_by_reason: predicate["rejected_by_reason"].clone(),
            },
            sealed: digest(1),
        };
        let mut again = manifest.statement();
        again["predicate"]["fugo"] = predicate["fugo"].clone();
        (again == *statement).then_some(manifest)
    }

    /// The manifest inside the sealed file.
    pub(crate) fn inner(&self) -> Self {
        Self { sealed: None, ..self.clone() }
    }
}

/// Opens a file of a delivery. A pipe or a device is refused and not waited for: such files are read more than once.
pub(crate) fn open(path: &Path) -> Result<File> {
    open_regular(path).map_err(|error| Failure::io("read", path, &error))?.ok_or_else(|| {
        Failure::new(format!("{} is not a regular file", path.display()), "give the path of a file on a disk")
    })
}

/// Reads a manifest or a report, of at most this many bytes.
pub(crate) fn read_small(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut bytes).map_err(|error| Failure::io("read", path, &error))?;
    if bytes.len() as u64 > most {
        return Err(Failure::new(
            format!("{} is longer than the {} bytes that such a file may have", path.display(), thousands(most)),
            "check the path",
        ));
    }
    Ok(bytes)
}

/// The most bytes of a manifest.
pub(crate) const MOST: u64 = 4 << 20;

pub(crate) const SEALED_SUFFIX: &str = ".tar.age";
pub(crate) const OUTER_SUFFIX: &str = ".manifest.json";

/// The name of the manifest of a sealed file.
pub(crate) fn outer_name_of(sealed: &str) -> Option<String> {
    sealed.strip_suffix(SEALED_SUFFIX).map(outer_name_in)
}

/// The name of the manifest in the folder of a delivery.
pub(crate) fn outer_name_in(folder: &str) -> String {
    format!("{folder}{OUTER_SUFFIX}")
}

/// The serial of a delivery to a scope, by the name of its manifest.
pub(crate) fn serial_of(scope: &Scope, name: &str) -> Option<Serial> {
    name.strip_prefix(&Manifest::prefix(scope))?.strip_suffix(OUTER_SUFFIX)?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::roster::{encoding::Encoding, format::FileFormat};

    /// A manifest with every part.
    pub(crate) fn sample() -> Manifest {
        Manifest {
            usage: Use::Test,
            scope: "agency/nta/1".parse().expect("a scope"),
            tag: "7c2cb2a1".parse().expect("a tag"),
            serial: Serial(7),
            recipients: vec!["age1q".to_owned()],
            contents: Contents {
                format: FileFormat::Csv,
                delimiter: b',',
                encoding: Encoding::Utf8,
                columns: vec!["symbol".to_owned(), "生年月日".to_owned()],
                symbol_column: "symbol".to_owned(),
                rows: 2,
                lines: Some(3),
                sha256: "ab".repeat(32),
            },
            evidence: Evidence {
                policy: Value::Null,
                audits: json!([{ "links": false }]),
                ledger: json!({ "refused": false }),
                rejected_by_reason: json!({ "length": 1 }),
            },
            sealed: Some("cd".repeat(32)),
        }
    }

    #[test]
    fn what_is_stated_is_read() {
        for manifest in [sample(), sample().inner()] {
            assert_eq!(Manifest::parse(&manifest.statement()), Some(manifest));
        }
    }

    #[test]
    fn a_statement_with_anything_unknown_missing_or_renamed_is_refused() {
        let statement = sample().statement();
        let spoilt: [fn(&mut Value); 8] = [
            |s| s["predicate"]["more"] = json!(1),
            |s| s["predicate"]["contents"]["more"] = json!(1),
            |s| s["predicateType"] = json!("urn:other"),
            |s| s["_type"] = json!("https://in-toto.io/Statement/v0.1"),
            |s| s["subject"][0]["name"] = json!("../agency-nta-1-7.csv"),
            |s| s["subject"][1]["name"] = json!("agency-nta-1-8.tar.age"),
            |s| s["predicate"]["serial"] = json!(0),
            |s| s["predicate"]["tag"] = json!("7C2CB2A1"),
        ];
        for spoil in spoilt {
            let mut other = statement.clone();
            spoil(&mut other);
            assert_eq!(Manifest::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn names_tell_the_scope_and_the_serial_and_no_other_scope_is_taken_for_it() {
        let scope = sample().scope;
        assert_eq!(sample().sealed_name(), "agency-nta-1-7.tar.age");
        assert_eq!(outer_name_of(&sample().sealed_name()), Some(sample().outer_name()));
        assert_eq!(serial_of(&scope, &sample().outer_name()), Some(Serial(7)));
        // The scope agency/nta-1/1.
        assert_eq!(serial_of(&scope, "agency-nta-1-1-7.manifest.json"), None);
        assert_eq!(serial_of(&scope, "agency-nta-2-7.manifest.json"), None);
        assert_eq!(serial_of(&scope, "agency-nta-1-07.manifest.json"), None);
    }
}
