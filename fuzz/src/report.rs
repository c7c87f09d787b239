//! Reports of conversions, audits and ledgers: a manifest repeats counts of them, digests, and the names of kinds.

use fugo::{KeyTag, Scope, find};
use fugo_cli::fuzzing::deliver::{Report, stated};
use serde_json::{Value, json};

use crate::{files, planted::Fault};

/// Any bytes as each of the three reports.
pub fn check(data: &[u8]) {
    let path = files::file("report", data);
    let report: Option<Value> = serde_json::from_slice(data).ok();
    let statement = statement();
    for (kind, mark) in
        [(Report::Convert, "fugo_report"), (Report::Audit, "fugo_audit"), (Report::Ledger, "fugo_ledger")]
    {
        match stated(kind, &path, &statement) {
            Ok(None) => assert!(report.as_ref().is_some_and(|report| report.get(mark).is_some())),
            Ok(Some(mut stated)) => {
                let report = report.as_ref().expect("JSON");
                if Fault::ReportWords.is_planted() {
                    stated["scope"] = report["roster"].clone();
                }
                judge(kind, &stated, report);
            }
            Err(said) => {
                assert_eq!(said.lines().count(), 2);
                let shown = find::candidates(&said).filter(|found| found.shape() == find::Shape::Whole);
                assert_eq!(shown.count(), 0, "an error shows twelve digits");
            }
        }
    }
}

/// The statement of the file that reports are asked about: two rows, delivered with the serial 7.
pub fn statement() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "agency-nta-1-7.csv", "digest": { "sha256": "ab".repeat(32) } }],
        "predicateType": "urn:fugo:delivery:v1",
        "predicate": {
            "fugo": "0.1.0", "use": "test", "scope": "agency/nta/1", "tag": "7c2cb2a1", "serial": 7,
            "recipients": ["age1q"],
            "contents": {
                "format": "csv", "csv": { "delimiter": ",", "encoding": "utf-8", "lines": 3 },
                "columns": ["symbol", "a"], "symbol_column": "symbol", "rows": 2,
            },
            "policy": null, "audits": [], "rejected_by_reason": {},
        },
    })
}

fn judge(kind: Report, stated: &Value, report: &Value) {
    each_text(stated, &mut |text| assert!(is_allowed(text), "{text:?}"));
    let sum = |counts: &Value| counts.as_object().expect("counts").values().filter_map(Value::as_u64).sum::<u64>();
    match kind {
        Report::Convert => {
            assert!(report["outputs"].as_array().is_some_and(|outputs| {
                outputs.iter().any(|output| output["sha256"] == "ab".repeat(32) && output["rows"] == 2)
            }));
            assert_eq!(stated["rejected_by_reason"], report["rejected_by_reason"]);
        }
        Report::Audit => {
            let findings = report["findings"].as_array().expect("findings");
            assert_eq!(sum(&stated["findings"]), findings.len() as u64);
            assert_eq!(stated["links"], report["links"]);
            for (kind, most) in stated["accepted"].as_object().expect("kinds") {
                let of_kind = findings.iter().filter(|found| found["kind"] == **kind && found["weight"] == "allowed");
                assert_eq!(of_kind.map(|found| found["count"].as_u64()).max(), Some(most.as_u64()));
            }
        }
        Report::Ledger => {
            assert_eq!(report["sha256"], "ab".repeat(32));
            assert_eq!(report["scope"], "agency/nta/1");
            assert_eq!(report["serial"], 7);
            let complete = report["histories"].as_array().and_then(|all| all.last()).expect("histories");
            for name in ["people", "groups", "alone", "in_small_groups"] {
                assert_eq!(stated[name], complete[name]);
            }
            for name in ["refused", "deliveries", "came", "gone", "changed", "least", "allowed"] {
                assert_eq!(stated[name], report[name]);
            }
        }
    }
}

/// Every text in a value, and every name.
fn each_text(value: &Value, to: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => to(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, to)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            to(name);
            each_text(value, to);
        }),
        Value::Number(number) => assert!(number.is_u64()),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Kinds and reasons, such as `check-digit` and `columns: links`; a digest, a scope, a tag; and how a file is known.
fn is_allowed(text: &str) -> bool {
    let is_word = |text: &str| {
        text.len() <= 40 && !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-' | b'_'))
    };
    is_word(text)
        || text.split_once(": ").is_some_and(|(kind, weight)| is_word(kind) && is_word(weight))
        || text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        || ["sha256", "rows and columns"].contains(&text)
        || text.parse::<Scope>().is_ok()
        || text.parse::<KeyTag>().is_ok()
}
