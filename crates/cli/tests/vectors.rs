//! `fugo vectors`: one test per behaviour.

mod sample_keys;

use sample_keys::{NUMBER, ROOT_HEX, SYMBOL, TEXT, answer, stdout};
use serde_json::{Value, json};

fn vector(purpose: &str, scope: &str, epoch: u64) -> Value {
    json!({ "root": ROOT_HEX, "purpose": purpose, "scope": scope, "epoch": epoch, "number": NUMBER })
}

/// The answer to each line, and the exit status.
fn vectors(lines: &[String]) -> (Vec<Value>, Option<i32>) {
    let output = answer(&["vectors"], lines.join("\n"));
    let answers = stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (answers, output.status.code())
}

#[test]
fn the_known_answers_are_given() {
    let lines = [("agency", "nta"), ("insurers", "all"), ("eligibility", "all")];
    let (answers, status) = vectors(&lines.map(|(purpose, scope)| vector(purpose, scope, 1).to_string()));
    let insurers = "hokensha10k50hmwhmftrw86pf4kvtexj952zppam2edvsz";
    let eligibility = "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5";
    assert_eq!(
        answers,
        [
            json!({ "symbol": SYMBOL, "text": TEXT }),
            json!({ "symbol": "d7da56371f414d6cc5e4d22d142087bb", "text": insurers }),
            json!({ "symbol": "a2a10d1bae57c12b9a3cb92ecf0a2417", "text": eligibility }),
        ]
    );
    assert_eq!(status, Some(0));
}

#[test]
fn each_case_of_the_vectors_is_answered_as_it_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/symbols.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    assert!(cases.len() > 100, "the vectors hold {} cases", cases.len());
    let (answers, status) = vectors(&cases.iter().map(Value::to_string).collect::<Vec<_>>());
    assert_eq!(status, Some(0));
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        assert_eq!(answer, json!({ "symbol": case["symbol"], "text": case["text"] }), "case {}", case["id"]);
    }
}

#[test]
fn a_line_that_is_refused_is_answered_with_its_kind_in_its_place() {
    let with = |name: &str, value: Value| {
        let mut vector = vector("agency", "nta", 1);
        vector[name] = value;
        vector.to_string()
    };
    let lines = [
        ("json", "{".to_owned()),
        ("json", String::new()),
        ("json", "[]".to_owned()),
        ("json", with("number", json!(123_456_789_018_u64))),
        ("json", with("epoch", json!(4_294_967_296_u64))),
        ("json", with("epoch", json!("1"))),
        ("json", with("root", Value::Null)),
        ("json", format!("\"{}\"", "x".repeat(100_000))),
        ("root", with("root", json!(ROOT_HEX[2..]))),
        ("root", with("root", json!(ROOT_HEX.replace('f', "g")))),
        ("unknown-purpose", with("purpose", json!("tax"))),
        ("scope-id", with("scope", json!("NTA"))),
        ("scope-id-fixed", with("purpose", json!("insurers"))),
        ("epoch-zero", with("epoch", json!(0))),
        ("non-digit", with("number", json!("12345678901x"))),
        ("length", with("number", json!("1234567890123"))),
        ("check-digit", with("number", json!("123456789012"))),
        ("never-issued", with("number", json!("000000000000"))),
    ];
    let good = vector("agency", "nta", 1).to_string();
    let (answers, status) =
        vectors(&lines.iter().flat_map(|(_, line)| [line.clone(), good.clone()]).collect::<Vec<_>>());
    assert_eq!(status, Some(1));
    assert_eq!(answers.len(), 2 * lines.len());
    for ((kind, line), answers) in lines.iter().zip(answers.chunks_exact(2)) {
        assert_eq!(answers[0], json!({ "error": kind }), "{}", line.get(..200).unwrap_or(line));
        assert_eq!(answers[1]["symbol"], SYMBOL);
    }
}

#[test]
fn the_help_says_for_what_keys_it_is() {
    assert!(stdout(&answer(&["vectors", "--help"], "")).contains("FOR TEST KEYS ONLY"));
}
