//! Signs a statement: the Dead Simple Signing Envelope of version 1 (DSSE), with one signature of Ed25519.
//!
//! What is signed is `DSSEv1 LEN(type) type LEN(payload) payload`, with lengths in decimal digits.

use data_encoding::BASE64;
use fugo_keystore::{KeyId, SigningKeyFile, VerifyingKeyFile};
use serde_json::Value;

/// The payload is an in-toto statement.
const TYPE: &str = "application/vnd.in-toto+json";

/// Why an envelope is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnvelopeError {
    #[error("this is not a signed manifest: a manifest is a DSSE envelope with one signature of an in-toto statement")]
    NotAnEnvelope,
    #[error("the manifest is signed by the key {found}, and the public key given is {given}")]
    OtherKey { found: String, given: String },
    #[error("the signature does not fit the manifest: one of them was altered")]
    Altered,
    #[error("the envelope was altered outside of what is signed: it is not as `fugo deliver` writes it")]
    NotAsWritten,
    #[error("the signed payload is not JSON")]
    NotJson,
}

/// The signed envelope of a statement.
pub(crate) fn sign(statement: &Value, key: &SigningKeyFile) -> String {
    let payload = statement.to_string();
    let signature = key.sign(&signed_bytes(payload.as_bytes()));
    written(payload.as_bytes(), &key.public().id(), &signature)
}

/// The statement in an envelope that this key has signed. Any other byte of the envelope is refused too.
pub(crate) fn open(envelope: &[u8], key: &VerifyingKeyFile) -> Result<Value, EnvelopeError> {
    let found: Value = serde_json::from_slice(envelope).map_err(|_| EnvelopeError::NotAnEnvelope)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(EnvelopeError::NotAnEnvelope);
    let bytes = |value: &Value| BASE64.decode(text(value)?.as_bytes()).map_err(|_| EnvelopeError::NotAnEnvelope);
    if text(&found["payloadType"])? != TYPE {
        return Err(EnvelopeError::NotAnEnvelope);
    }
    let payload = bytes(&found["payload"])?;
    let [signature] = &found["signatures"].as_array().ok_or(EnvelopeError::NotAnEnvelope)?[..] else {
        return Err(EnvelopeError::NotAnEnvelope);
    };
    let (id, given) = (text(&signature["keyid"])?, key.id().to_string());
    // The id of another key has the same form. Any other text is not repeated: nobody has signed it.
    if id.len() != given.len() || !id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(EnvelopeError::NotAnEnvelope);
    }
    if id != given {
        return Err(EnvelopeError::OtherKey { found: id, given });
    }
    let signature = bytes(&signature["sig"])?.try_into().map_err(|_| EnvelopeError::NotAnEnvelope)?;
    if !key.verifies(&signed_bytes(&payload), &signature) {
        return Err(EnvelopeError::Altered);
    }
    if written(&payload, &key.id(), &signature).as_bytes() != envelope {
        return Err(EnvelopeError::NotAsWritten);
    }
    serde_json::from_slice(&payload).map_err(|_| EnvelopeError::NotJson)
}

/// DSSE's pre-authentication encoding.
fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {TYPE} {} ", TYPE.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// The one form of an envelope.
fn written(payload: &[u8], id: &KeyId, signature: &[u8]) -> String {
    let (payload, signature) = (BASE64.encode(payload), BASE64.encode(signature));
    format!(
        "{{\"payloadType\":\"{TYPE}\",\"payload\":\"{payload}\",\
         \"signatures\":[{{\"keyid\":\"{id}\",\"sig\":\"{signature}\"}}]}}\n"
    )
}

#[cfg(test)]
mod tests {
    use fugo_keystore::Use;

    use super::*;
    use crate::manifest::tests::sample;

    fn key() -> SigningKeyFile {
        SigningKeyFile::random(Use::Test).expect("a key")
    }

    #[test]
    fn the_bytes_that_are_signed_are_those_of_the_standard() {
        // The example of DSSE's protocol has another type; the form is the same.
        assert_eq!(signed_bytes(b"hello world"), b"DSSEv1 28 application/vnd.in-toto+json 11 hello world");
    }

    #[test]
    fn a_signed_statement_is_opened_by_its_public_key_alone() {
        let (key, other) = (key(), key());
        let statement = sample().statement();
        let envelope = sign(&statement, &key);
        assert_eq!(open(envelope.as_bytes(), &key.public()), Ok(statement));
        let refused = open(envelope.as_bytes(), &other.public());
        assert!(
            matches!(refused, Err(EnvelopeError::OtherKey { found, .. }) if found == key.public().id().to_string())
        );
    }

    #[test]
    fn what_is_written_in_the_place_of_a_keys_id_is_not_repeated() {
        let key = key();
        let envelope = sign(&sample().statement(), &key);
        let id = key.public().id().to_string();
        for other in
            ["", "\\n\\u001b[2Jthe delivery is accepted", &id[1..], &id.replace(|_| true, "G"), &"1".repeat(4000)]
        {
            let refused = open(envelope.replace(&id, other).as_bytes(), &key.public());
            assert_eq!(refused, Err(EnvelopeError::NotAnEnvelope), "{other}");
        }
    }

    #[test]
    fn every_altered_missing_or_added_byte_of_an_envelope_is_refused() {
        let key = key();
        let public = key.public();
        let envelope = sign(&sample().statement(), &key).into_bytes();
        for at in 0..envelope.len() {
            for bit in 0..8 {
                let mut altered = envelope.clone();
                altered[at] ^= 1 << bit;
                assert!(open(&altered, &public).is_err(), "byte {at}, bit {bit}");
            }
            let mut shorter = envelope.clone();
            shorter.remove(at);
            assert!(open(&shorter, &public).is_err(), "without byte {at}");
            let mut longer = envelope.clone();
            longer.insert(at, b' ');
            assert!(open(&longer, &public).is_err(), "a space at {at}");
        }
    }

    #[test]
    fn an_altered_statement_has_its_own_error() {
        let key = key();
        let envelope = sign(&sample().statement(), &key);
        let payload = BASE64.encode(sample().statement().to_string().as_bytes());
        let other = BASE64.encode(sample().inner().statement().to_string().as_bytes());
        let swapped = envelope.replace(&payload, &other);
        assert_ne!(swapped, envelope);
        assert_eq!(open(swapped.as_bytes(), &key.public()), Err(EnvelopeError::Altered));
        let spaced = envelope.replace(",\"payload\"", ", \"payload\"");
        assert_eq!(open(spaced.as_bytes(), &key.public()), Err(EnvelopeError::NotAsWritten));
    }
}
