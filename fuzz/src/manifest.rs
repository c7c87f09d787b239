//! Manifests: envelopes that a key has signed, and the statements inside.

use data_encoding::BASE64;
use fugo_cli::fuzzing::{manifest, open, sign};
use serde_json::Value;

use crate::note::key;

const TYPE: &str = "application/vnd.in-toto+json";

/// Any bytes as an envelope; JSON as a statement too, which is signed and opened.
pub fn check(data: &[u8]) {
    let signer = key(1);
    match open(data, &signer.public()) {
        Ok(statement) => {
            // The signature is deterministic: only the envelope that this key makes of the payload is accepted.
            let found: Value = serde_json::from_slice(data).expect("JSON");
            let payload = BASE64.decode(found["payload"].as_str().expect("text").as_bytes()).expect("Base64");
            assert_eq!(serde_json::from_slice::<Value>(&payload).expect("JSON"), statement);
            assert_eq!(envelope(&payload).as_bytes(), data);
            stated(&statement);
        }
        Err(said) => assert!(!said.contains('\n')),
    }
    let Ok(statement) = serde_json::from_slice::<Value>(data) else { return };
    // The tool writes whole numbers only. serde_json may read another number as its neighbour.
    if has_fraction(&statement) {
        return stated(&statement);
    }
    let signed = sign(&statement, &signer);
    assert_eq!(signed, envelope(statement.to_string().as_bytes()));
    assert_eq!(open(signed.as_bytes(), &signer.public()), Ok(statement.clone()));
    assert!(open(signed.as_bytes(), &key(2).public()).is_err());
    // One character of the payload, of the key or of the signature.
    let at = data.len() * 31 % signed.len();
    let mut other = signed.clone().into_bytes();
    other[at] = if other[at] == b'A' { b'B' } else { b'A' };
    assert!(open(&other, &signer.public()).is_err());
    stated(&statement);
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        _ => false,
    }
}

/// The envelope of DSSE with the signature of the first key, in the one form that is accepted.
fn envelope(payload: &[u8]) -> String {
    let signed = [format!("DSSEv1 {} {TYPE} {} ", TYPE.len(), payload.len()).as_bytes(), payload].concat();
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("a pair");
    let (payload, signature) = (BASE64.encode(payload), BASE64.encode(pair.sign(&signed).as_ref()));
    let id = key(1).public().id();
    format!(
        "{{\"payloadType\":\"{TYPE}\",\"payload\":\"{payload}\",\
         \"signatures\":[{{\"keyid\":\"{id}\",\"sig\":\"{signature}\"}}]}}\n"
    )
}

/// A statement is accepted only as it is written, apart from the version; and no name in it is a path.
fn stated(statement: &Value) {
    let Some(mut again) = manifest(statement) else { return };
    again["predicate"]["fugo"] = statement["predicate"]["fugo"].clone();
    assert_eq!(&again, statement);
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let subjects = statement["subject"].as_array().expect("subjects");
    assert!((1..=2).contains(&subjects.len()));
    for subject in subjects {
        let name = subject["name"].as_str().expect("a name");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)));
        assert!(!name.starts_with('.') && !name.contains(".."));
    }
    assert!(statement["predicate"]["serial"].as_u64().is_some_and(|serial| (1..1 << 32).contains(&serial)));
}
