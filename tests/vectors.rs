//! Does the library give the results in all files of `vectors/`?
//!
//! A generator that was written from the specification alone writes the files. For each case, the test computes the
//! library's complete result as a JSON object, and compares it with all fields of the case that are not inputs. So an
//! additional, missing or different field fails. The keystore tests `keyfile.json`.

use std::{collections::BTreeSet, fs, panic, path::PathBuf};

use fugo::{
    Agency, AnySymbolKey, EligibilityKey, Insurers, InsurersSymbol, KeyTag, Lineage, LineageError, MyNumber, Network,
    NumberPurpose, Portal, Purpose, Registry, Research, RootKey, Scope, ScopeKey, Symbol, SymbolKey,
    normalize::{LostZeros, NormalizeError, normalize, normalize_integer},
    text::{TextEncoder, decode},
};
use serde_json::{Map, Value, json};

/// A kind of file: its name, the inputs of its cases, the library's result for a case, and all words that `expect` can
/// have.
struct Kind {
    name: &'static str,
    inputs: &'static [&'static str],
    outcome: fn(&Value) -> Value,
    vocabulary: &'static [&'static str],
}

const NUMBERS: Kind = Kind {
    name: "numbers",
    inputs: &["text"],
    outcome: |case| match MyNumber::parse(text(case, "text")) {
        Ok(number) => {
            assert_eq!(number.expose_digits(), text(case, "text").as_bytes());
            json!({"expect": "ok"})
        }
        Err(error) => number_error(error),
    },
    vocabulary: &["ok", "non-digit", "length", "check-digit", "never-issued"],
};

const CHECK_DIGITS: Kind = Kind {
    name: "check_digits",
    inputs: &["body"],
    outcome: |case| match MyNumber::check_digit(text(case, "body")) {
        Ok(digit) => json!({"expect": "ok", "digit": digit}),
        Err(error @ fugo::BodyError::NonDigit { offset }) => json!({"expect": error.kind().as_str(), "offset": offset}),
        Err(error @ fugo::BodyError::Length { found }) => json!({"expect": error.kind().as_str(), "found": found}),
        Err(error) => panic!("no vector knows {error:?}"),
    },
    vocabulary: &["ok", "non-digit", "length"],
};

const NORMALIZE: Kind = Kind {
    name: "normalize",
    inputs: &["text", "restore_zeros"],
    outcome: |case| {
        let lost_zeros = match case["restore_zeros"].as_bool() {
            Some(true) => LostZeros::Restore,
            Some(false) => LostZeros::Refuse,
            None => panic!("restore_zeros is true or false"),
        };
        let normalized = match normalize(text(case, "text"), lost_zeros) {
            Ok(normalized) => normalized,
            Err(error @ NormalizeError::Character { offset }) => {
                return json!({"expect": error.kind().as_str(), "offset": offset});
            }
            Err(error @ NormalizeError::Length { found }) => {
                return json!({"expect": error.kind().as_str(), "found": found});
            }
            Err(error) => return json!({"expect": error.kind().as_str()}),
        };
        match normalized.parse() {
            Ok(number) => json!({
                "expect": "ok",
                "digits": digits(&number),
                "changes": normalized.changes().names().collect::<Vec<_>>(),
            }),
            Err(error) => number_error(error),
        }
    },
    vocabulary: &[
        "ok",
        "empty",
        "scientific-notation",
        "character",
        "length",
        "grouping",
        "check-digit",
        "never-issued",
    ],
};

const INTEGERS: Kind = Kind {
    name: "integers",
    inputs: &["integer"],
    outcome: |case| {
        // A binding with signed integers refuses negative integers first.
        let Ok(value) = text(case, "integer").parse::<u64>() else {
            return json!({"expect": "negative"});
        };
        match normalize_integer(value).map(|normalized| (normalized.parse(), normalized.changes())) {
            Ok((Ok(number), changes)) => {
                json!({"expect": "ok", "digits": digits(&number), "changes": changes.names().collect::<Vec<_>>()})
            }
            Ok((Err(error), _)) => number_error(error),
            Err(error @ NormalizeError::Length { found }) => json!({"expect": error.kind().as_str(), "found": found}),
            Err(error) => panic!("no vector knows {error:?}"),
        }
    },
    vocabulary: &["ok", "negative", "length", "check-digit"],
};

const KEYS: Kind = Kind {
    name: "keys",
    inputs: &["root", "purpose", "scope", "epoch"],
    outcome: |case| {
        let scope = match scope(case) {
            Ok(scope) => scope,
            Err(error) => return json!({"expect": error.kind().as_str()}),
        };
        let key = root(case).scope_key(&scope);
        json!({
            "expect": "ok",
            "root_tag": root(case).tag().to_string(),
            "label": hex::encode(scope.label().as_bytes()),
            "scope_key": hex::encode(key.expose_bytes()),
            "tag": key.tag().to_string(),
        })
    },
    vocabulary: &["ok", "scope-id", "scope-id-fixed", "epoch-zero", "unknown-purpose"],
};

const SYMBOLS: Kind = Kind {
    name: "symbols",
    inputs: &["root", "purpose", "scope", "epoch", "number"],
    outcome: |case| {
        let scope = scope(case).expect("a valid scope");
        let key = root(case).scope_key(&scope);
        let number = MyNumber::parse(text(case, "number")).expect("a valid number");
        let (symbol, text, insurers) = match scope.purpose() {
            Purpose::Agency => derive::<Agency>(&key, &number),
            Purpose::Insurers => derive::<Insurers>(&key, &number),
            Purpose::Network => derive::<Network>(&key, &number),
            Purpose::Research => derive::<Research>(&key, &number),
            Purpose::Registry => derive::<Registry>(&key, &number),
            Purpose::Portal => derive::<Portal>(&key, &number),
            Purpose::Eligibility => derive_eligibility(&root(case), &key, &number),
            other => panic!("no vector knows {other}"),
        };
        let mut outcome = json!({"expect": "ok", "symbol": hex::encode(symbol), "text": text});
        if let Some(insurers) = insurers {
            outcome["insurers_symbol"] = hex::encode(insurers.to_bytes()).into();
        }
        outcome
    },
    vocabulary: &["ok"],
};

const TEXT: Kind = Kind {
    name: "text",
    inputs: &["text", "purpose", "tag"],
    outcome: |case| {
        let purpose: Purpose = text(case, "purpose").parse().expect("a purpose");
        let tag: KeyTag = text(case, "tag").parse().expect("a tag");
        match TextEncoder::new(purpose, tag).decode(text(case, "text")) {
            Ok(symbol) => {
                assert_eq!(TextEncoder::new(purpose, tag).encode(&symbol).as_str(), text(case, "text"));
                let decoded = decode(text(case, "text")).expect("decodes without expectations too");
                assert_eq!((decoded.purpose, decoded.tag, decoded.symbol), (purpose, tag, symbol));
                json!({"expect": "ok", "symbol": hex::encode(symbol)})
            }
            Err(error) => json!({"expect": error.kind().as_str()}),
        }
    },
    vocabulary: &["ok", "corrupted", "unknown-part", "wrong-purpose", "wrong-key"],
};

const LINEAGE: Kind = Kind {
    name: "lineage",
    inputs: &["pairs"],
    outcome: |case| {
        let two = |pair: &Value| {
            let number = |at: usize| MyNumber::parse(pair[at].as_str().expect("digits")).expect("a valid number");
            (number(0), number(1))
        };
        let pairs = case["pairs"].as_array().expect("pairs").iter().map(two).collect();
        match Lineage::new(pairs) {
            // `queries` are inputs together with their expected results.
            Ok(lineage) => {
                let answered = case["queries"].as_array().expect("queries").iter().map(|query| {
                    let number = two(query).0;
                    json!([digits(&number), digits(lineage.first(&number))])
                });
                json!({"expect": "ok", "queries": answered.collect::<Vec<_>>()})
            }
            Err(error) => {
                let mut outcome = json!({"expect": error.kind().as_str(), "queries": []});
                match error {
                    LineageError::Cycle => assert_eq!(error.pair(), None),
                    _ => outcome["pair"] = error.pair().expect("the pair at fault").into(),
                }
                outcome
            }
        }
    },
    vocabulary: &["ok", "duplicate-new", "duplicate-previous", "self-pair", "cycle"],
};

const KINDS: [Kind; 8] = [NUMBERS, CHECK_DIGITS, NORMALIZE, INTEGERS, KEYS, SYMBOLS, TEXT, LINEAGE];

#[test]
fn every_strict_number_is_as_the_vectors_say() {
    run(&NUMBERS);
}

#[test]
fn every_check_digit_is_as_the_vectors_say() {
    run(&CHECK_DIGITS);
}

#[test]
fn every_lenient_form_is_as_the_vectors_say() {
    run(&NORMALIZE);
}

#[test]
fn every_integer_is_as_the_vectors_say() {
    run(&INTEGERS);
}

#[test]
fn every_key_is_as_the_vectors_say() {
    run(&KEYS);
}

#[test]
fn every_symbol_is_as_the_vectors_say() {
    run(&SYMBOLS);
}

#[test]
fn every_text_is_as_the_vectors_say() {
    run(&TEXT);
}

#[test]
fn every_lineage_is_as_the_vectors_say() {
    run(&LINEAGE);
}

#[test]
fn every_file_is_run_by_somebody() {
    let json_in = |folder: PathBuf| -> BTreeSet<String> {
        let names = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        names
            .map(|name| name.into_string().expect("a name"))
            .filter(|name| name.split('.').next_back() == Some("json"))
            .collect()
    };
    let named = |names: &[&str]| names.iter().map(|name| format!("{name}.json")).collect::<BTreeSet<_>>();
    let ours = KINDS.map(|kind| kind.name);
    assert_eq!(json_in(folder()), &named(&ours) | &named(&["keyfile", "schema"]));
    let published = ["bip350", "rfc4231", "rfc5869", "wycheproof_hmac_sha256"];
    assert_eq!(json_in(folder().join("published")), named(&published));
}

#[test]
fn a_vector_that_is_changed_in_any_field_fails() {
    for kind in &KINDS {
        let mut reported = BTreeSet::new();
        for case in cases(kind) {
            for (field, value) in case.as_object().expect("an object") {
                if ["id", "comment"].contains(&&**field) {
                    continue;
                }
                let is_input = kind.inputs.contains(&&**field);
                let mut changed = case.clone();
                changed[field] = change(value);
                let is_reported = fails(kind, &changed);
                assert!(is_input || is_reported, "{}: case {}: a change of {field} goes unseen", kind.name, case["id"]);
                if is_reported {
                    reported.insert(field.clone());
                }
                if !is_input {
                    changed.as_object_mut().expect("an object").remove(field);
                    assert!(fails(kind, &changed), "{}: case {}: a missing {field} goes unseen", kind.name, case["id"]);
                }
            }
            let mut longer = case.clone();
            longer["another"] = json!("field");
            assert!(fails(kind, &longer), "{}: case {}: one field more", kind.name, case["id"]);
        }
        // A result in the list of inputs would never be compared.
        for input in kind.inputs {
            assert!(reported.contains(*input), "{}: no change of {input} is seen in any case", kind.name);
        }
    }
}

/// Whether a case fails, because of a difference or because it cannot be read.
fn fails(kind: &Kind, case: &Value) -> bool {
    panic::catch_unwind(|| difference(kind, case)).map_or(true, |difference| difference.is_some())
}

/// The library's result for a case, if it differs from the case.
fn difference(kind: &Kind, case: &Value) -> Option<String> {
    let expected = Value::Object(expected(kind, case));
    let outcome = (kind.outcome)(case);
    (outcome != expected)
        .then(|| format!("case {} ({}): expected {expected}, got {outcome}", case["id"], case["comment"]))
}

fn run(kind: &Kind) {
    let mut done = 0;
    let mut words = BTreeSet::new();
    let mut differences = Vec::new();
    for case in cases(kind) {
        differences.extend(difference(kind, &case));
        words.insert(text(&case, "expect").to_owned());
        done += 1;
    }
    assert!(differences.is_empty(), "{} of {done} differ:\n{}", differences.len(), differences.join("\n"));
    // Counted in the text of the file, so that no case is skipped unnoticed.
    assert_eq!(done, file(kind).matches("\"expect\":").count(), "cases run and cases in the file");
    assert_eq!(words, kind.vocabulary.iter().map(|word| (*word).to_owned()).collect(), "every outcome occurs");
}

fn cases(kind: &Kind) -> Vec<Value> {
    let file: Value = serde_json::from_str(&file(kind)).expect("JSON");
    assert_eq!(file["schema"], "fugo-vectors-1");
    assert_eq!(file["kind"], kind.name);
    let cases = file["cases"].as_array().expect("cases").clone();
    for (at, case) in cases.iter().enumerate() {
        assert_eq!(case["id"], at + 1);
    }
    cases
}

/// The fields of a case that are neither inputs nor its name.
fn expected(kind: &Kind, case: &Value) -> Map<String, Value> {
    let mut expected = case.as_object().expect("an object").clone();
    for field in kind.inputs.iter().chain(&["id", "comment"]) {
        expected.remove(*field).unwrap_or_else(|| panic!("case {} has no {field}", case["id"]));
    }
    expected
}

fn change(value: &Value) -> Value {
    match value {
        Value::String(text) => format!("{text}0").into(),
        Value::Number(number) => (number.as_u64().expect("a count") + 1).into(),
        Value::Bool(flag) => (!flag).into(),
        Value::Array(items) => items.iter().cloned().chain([json!("trimmed")]).collect(),
        other => panic!("no vector holds {other}"),
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn file(kind: &Kind) -> String {
    fs::read_to_string(folder().join(kind.name).with_extension("json")).expect("a vector file")
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("case {}: {field} is text", case["id"]))
}

fn digits(number: &MyNumber) -> &str {
    std::str::from_utf8(number.expose_digits()).expect("ASCII")
}

fn number_error(error: fugo::MyNumberError) -> Value {
    match error {
        fugo::MyNumberError::NonDigit { offset } => json!({"expect": error.kind().as_str(), "offset": offset}),
        fugo::MyNumberError::Length { found } => json!({"expect": error.kind().as_str(), "found": found}),
        _ => json!({"expect": error.kind().as_str()}),
    }
}

fn root(case: &Value) -> RootKey {
    RootKey::from_bytes(&hex::decode(text(case, "root")).expect("hex").try_into().expect("32 bytes"))
}

fn scope(case: &Value) -> Result<Scope, fugo::ScopeError> {
    let epoch = u32::try_from(case["epoch"].as_u64().expect("an epoch")).expect("32 bits");
    Scope::new(text(case, "purpose").parse()?, text(case, "scope").parse()?, epoch.try_into()?)
}

/// The bytes and the text of a symbol, and the insurers' symbol of the first stage if there is one.
type Derived = ([u8; 16], String, Option<InsurersSymbol>);

/// The symbol of one number by every function: single, batch, and the key whose purpose is known at run time.
fn derive<P: NumberPurpose>(key: &ScopeKey, number: &MyNumber) -> Derived {
    let typed = SymbolKey::<P>::new(key).expect("a key of this purpose");
    let symbol = typed.symbol(number);
    let mut batch = [Symbol::from_bytes([0; 16])];
    typed.symbols(std::slice::from_ref(number), &mut batch);
    assert_eq!(batch, [symbol]);
    let mut untyped = [[0; 16]];
    AnySymbolKey::new(key)
        .expect("a key for numbers")
        .symbols(std::slice::from_ref(number), &mut untyped)
        .expect("a key for numbers");
    assert_eq!(untyped, [symbol.to_bytes()]);
    (symbol.to_bytes(), symbol.to_text(key.tag()).to_string(), None)
}

/// The eligibility symbol from the number, and from the insurers' symbol with the eligibility key alone.
fn derive_eligibility(root: &RootKey, key: &ScopeKey, number: &MyNumber) -> Derived {
    let insurers_key = root.scope_key(&"insurers/all/1".parse().expect("a scope"));
    let insurers = SymbolKey::<Insurers>::new(&insurers_key).expect("the insurers' key").symbol(number);
    let alone = SymbolKey::<fugo::Eligibility>::new(key).expect("the eligibility key");
    let symbol = EligibilityKey::new(&insurers_key, key).expect("both keys").symbol(number);
    assert_eq!(alone.symbol_from_insurers(&insurers), symbol);
    let mut batch = [Symbol::from_bytes([0; 16])];
    alone.symbols_from_insurers(&[insurers], &mut batch);
    assert_eq!(batch, [symbol]);
    let mut untyped = [[0; 16]];
    let both = AnySymbolKey::eligibility(&insurers_key, key).expect("both keys");
    both.symbols(std::slice::from_ref(number), &mut untyped).expect("a key for numbers");
    assert_eq!(untyped, [symbol.to_bytes()]);
    (symbol.to_bytes(), symbol.to_text(key.tag()).to_string(), Some(insurers))
}
