//! Does a column give the results of the vectors for numbers, lenient forms, symbols and text?

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use crate::scalar::rows;
use arrow_array::{Array, ArrayRef, Int64Array, StringArray, StringViewArray, UInt64Array};
use fugo::{
    AnySymbolKey, Purpose, RootKey, Scope, ScopeKey,
    normalize::LostZeros,
    text::{TextEncoder, TextError},
};
use fugo_columnar::{FaultReason, Reading, Symbols, eligibility_from_insurers, numbers, symbols, text};
use serde_json::{Map, Value, json};

fn cases(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name).with_extension("json");
    let text = fs::read_to_string(path).expect("a vector file");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&file["schema"], &file["kind"]), (&json!("fugo-vectors-1"), &json!(name)));
    let cases = file["cases"].as_array().expect("cases").clone();
    // Counted in the text of the file, so that no case is skipped unnoticed.
    assert_eq!(cases.len(), text.matches("\"expect\":").count());
    cases
}

fn string<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("case {}: {field} is text", case["id"]))
}

/// A failing case's `expect`, with its further fields.
fn fault(reason: FaultReason) -> Value {
    let mut found = Map::from_iter([("expect".to_owned(), json!(reason.kind().as_str()))]);
    match reason {
        FaultReason::Number(fugo::MyNumberError::NonDigit { offset })
        | FaultReason::Normalize(fugo::normalize::NormalizeError::Character { offset }) => {
            found.insert("offset".to_owned(), json!(offset));
        }
        FaultReason::Number(fugo::MyNumberError::Length { found: length })
        | FaultReason::Normalize(fugo::normalize::NormalizeError::Length { found: length }) => {
            found.insert("found".to_owned(), json!(length));
        }
        _ => {}
    }
    Value::Object(found)
}

/// Reads all cases of one reading as one column. Compares the digits of the valid cases and the faults of the others.
/// Returns the counts of valid and of failing cases.
fn read(cases: &[Value], reading: Reading) -> (usize, usize) {
    let column = StringArray::from_iter_values(cases.iter().map(|case| string(case, "text")));
    let found = numbers(&column, reading, None).expect("a column of text");
    let good = found.rows().zip(found.as_slice()).map(|(row, number)| {
        let digits = std::str::from_utf8(number.expose_digits()).expect("ASCII");
        (row, json!({"expect": "ok", "digits": digits}))
    });
    let faults = found.faults().iter().map(|at| (at.row, fault(at.reason)));
    let outcomes: BTreeMap<usize, Value> = good.chain(faults).collect();
    assert_eq!(outcomes.len(), cases.len());
    for (row, outcome) in outcomes {
        let case = &cases[row];
        let mut expected = case.as_object().expect("an object").clone();
        for input in ["id", "comment", "text", "restore_zeros", "changes"] {
            expected.remove(input);
        }
        if case["expect"] == "ok" && reading == Reading::Strict {
            expected.insert("digits".to_owned(), case["text"].clone());
        }
        assert_eq!(outcome, Value::Object(expected), "case {} ({})", case["id"], case["comment"]);
    }
    // The counts report the changes.
    let changed = cases.iter().filter(|case| case["changes"].as_array().is_some_and(|changes| !changes.is_empty()));
    let restored = |case: &&Value| case["changes"].as_array().is_some_and(|all| all.contains(&json!("zeros-restored")));
    assert_eq!(found.counts().zeros_restored, cases.iter().filter(restored).count());
    assert_eq!(found.counts().normalized, changed.count());
    (found.as_slice().len(), found.faults().len())
}

#[test]
fn every_strict_number_of_the_vectors_reads_alike_in_a_column() {
    let cases = cases("numbers");
    let (good, at_fault) = read(&cases, Reading::Strict);
    assert!(good > 20 && at_fault > 20 && good + at_fault == cases.len(), "{good} good, {at_fault} at fault");
}

#[test]
fn every_lenient_form_of_the_vectors_reads_alike_in_a_column() {
    let (restore, refuse): (Vec<Value>, Vec<Value>) =
        cases("normalize").into_iter().partition(|case| case["restore_zeros"].as_bool().expect("true or false"));
    for (cases, lost_zeros) in [(restore, LostZeros::Restore), (refuse, LostZeros::Refuse)] {
        let (good, at_fault) = read(&cases, Reading::Lenient(lost_zeros));
        assert!(good > 5 && at_fault > 5 && good + at_fault == cases.len(), "{good} good, {at_fault} at fault");
    }
}

#[test]
fn every_integer_of_the_vectors_reads_alike_in_a_column() {
    let mut played = [0; 2];
    for case in cases("integers") {
        let text = string(&case, "integer");
        let signed = text.parse::<i64>().ok().map(|value| Arc::new(Int64Array::from(vec![value])) as ArrayRef);
        let unsigned = text.parse::<u64>().ok().map(|value| Arc::new(UInt64Array::from(vec![value])) as ArrayRef);
        let columns: Vec<ArrayRef> = signed.into_iter().chain(unsigned).collect();
        assert!(!columns.is_empty(), "case {} fits neither type", case["id"]);
        for column in columns {
            let found = numbers(&column, Reading::Lenient(LostZeros::Restore), None).expect("a column of integers");
            let mut outcome = match (found.as_slice(), found.faults()) {
                ([number], []) => {
                    json!({"expect": "ok", "digits": std::str::from_utf8(number.expose_digits()).expect("ASCII"),
                    "changes": found.changed().iter().flat_map(|(_, changes)| changes.names()).collect::<Vec<_>>()})
                }
                ([], [at]) => fault(at.reason),
                _ => panic!("case {}: one number or one fault", case["id"]),
            };
            played[usize::from(found.faults().is_empty())] += 1;
            for input in ["id", "comment", "integer"] {
                outcome[input] = case[input].clone();
            }
            assert_eq!(outcome, case);
        }
    }
    assert!(played.iter().all(|count| *count > 5), "{played:?}");
}

#[test]
fn every_symbol_of_the_vectors_and_its_text_come_out_of_a_column() {
    let cases = cases("symbols");
    let mut by_key: BTreeMap<(&str, String), Vec<&Value>> = BTreeMap::new();
    for case in &cases {
        let scope = format!("{}/{}/{}", string(case, "purpose"), string(case, "scope"), case["epoch"]);
        by_key.entry((string(case, "root"), scope)).or_default().push(case);
    }
    let mut run = 0;
    for ((root, scope), cases) in by_key {
        let root = RootKey::from_bytes(&hex::decode(root).expect("hex").try_into().expect("32 bytes"));
        let scope: Scope = scope.parse().expect("a scope");
        let scope_key = root.scope_key(&scope);
        let insurers = root.scope_key(&"insurers/all/1".parse().expect("a scope"));
        let key = match scope.purpose() {
            Purpose::Eligibility => AnySymbolKey::eligibility(&insurers, &scope_key),
            _ => AnySymbolKey::new(&scope_key),
        };
        let key = key.expect("a key for numbers");
        let column = StringArray::from_iter_values(cases.iter().map(|case| string(case, "number")));
        let found = symbols(&key, &column, Reading::Strict, None).expect("a column of numbers");
        is_as_cases_say(&found, &key, &cases);
        if scope.purpose() == Purpose::Eligibility {
            is_as_cases_say(&from_insurers(&scope_key, &insurers, &cases), &key, &cases);
        }
        run += cases.len();
    }
    assert_eq!(run, cases.len());
}

fn from_insurers(eligibility: &ScopeKey, insurers: &ScopeKey, cases: &[&Value]) -> Symbols {
    let encoder = TextEncoder::new(Purpose::Insurers, insurers.tag());
    let texts = cases.iter().map(|case| {
        let bytes = hex::decode(string(case, "insurers_symbol")).expect("hex");
        encoder.encode(&bytes.try_into().expect("16 bytes")).to_string()
    });
    let key = AnySymbolKey::issuer(eligibility).expect("the eligibility key");
    eligibility_from_insurers(&key, &StringArray::from_iter_values(texts), insurers.tag()).expect("text")
}

fn is_as_cases_say(found: &Symbols, key: &AnySymbolKey, cases: &[&Value]) {
    assert_eq!(found.faults, []);
    let hex: Vec<_> = rows(&found.array).into_iter().map(|row| row.map(hex::encode)).collect();
    assert_eq!(hex, cases.iter().map(|case| Some(string(case, "symbol").to_owned())).collect::<Vec<_>>());
    let texts = text(&found.array, &TextEncoder::new(key.scope().purpose(), key.tag())).expect("text");
    assert_eq!(texts, StringArray::from_iter_values(cases.iter().map(|case| string(case, "text"))));
}

#[test]
fn every_insurers_text_of_the_vectors_reads_alike_in_a_column() {
    let cases: Vec<Value> =
        cases("text").into_iter().filter(|case| string(case, "purpose") == Purpose::Insurers.name()).collect();
    let key = AnySymbolKey::issuer(&crate::scalar::scope_key("eligibility/all/1")).expect("the eligibility key");
    let (mut good, mut at_fault) = (0, 0);
    for case in &cases {
        let column = StringViewArray::from_iter_values([string(case, "text")]);
        let tag = string(case, "tag").parse().expect("a tag");
        let found = eligibility_from_insurers(&key, &column, tag).expect("text");
        match found.faults.first() {
            None => {
                let bytes: [u8; 16] = hex::decode(string(case, "symbol")).expect("hex").try_into().expect("16 bytes");
                let symbol = key.symbol_from_insurers(&bytes).expect("the issuer's key");
                assert_eq!(rows(&found.array), [Some(symbol)]);
                good += 1;
            }
            Some(fault) => {
                assert!(matches!(
                    fault.reason,
                    FaultReason::Text(
                        TextError::Corrupted
                            | TextError::UnknownPart
                            | TextError::WrongPurpose { .. }
                            | TextError::WrongKey { .. }
                    )
                ));
                assert_eq!(string(case, "expect"), fault.reason.kind().as_str(), "case {}", case["id"]);
                assert!(found.array.is_null(0));
                at_fault += 1;
            }
        }
    }
    assert!(good > 0 && at_fault > 0, "{good} good, {at_fault} at fault");
}
