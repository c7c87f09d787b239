//! Every case of `vectors/keyfile.json`.

use fugo_keystore::{Key, KeyFile};
use serde_json::Value;

#[test]
fn each_case_of_the_vectors_ends_as_it_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/keyfile.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).expect("the vectors")).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    assert!(cases.len() > 100, "the vectors hold {} cases", cases.len());
    for case in cases {
        let text = case["plaintext"].as_str().expect("a plaintext");
        let name = format!("case {} ({})", case["id"], case["comment"]);
        match (KeyFile::parse_plaintext(text.as_bytes()), case["expect"].as_str().expect("expect")) {
            (Ok(found), "ok") => agrees(&found, case, &name),
            (Ok(_), expected) => panic!("{name}: accepted, not {expected}"),
            (Err(error), expected) => assert_eq!(error.kind().as_str(), expected, "{name}"),
        }
    }
}

fn agrees(found: &KeyFile, case: &Value, name: &str) {
    assert_eq!(case["use"], found.usage().name(), "{name}");
    assert_eq!(case["tag"], found.tag().to_string(), "{name}");
    match found.key() {
        Key::Root(_) => assert_eq!(case["kind"], "root", "{name}"),
        Key::Scope(key) => {
            assert_eq!(case["kind"], "scope", "{name}");
            assert_eq!(case["purpose"], key.scope().purpose().name(), "{name}");
            assert_eq!(case["scope"], key.scope().id().as_str(), "{name}");
            assert_eq!(case["epoch"], key.scope().epoch().number(), "{name}");
        }
    }
}
