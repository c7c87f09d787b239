//! Scopes, their parts and their labels, compared with a plain reading of the specification.

use fugo::{Epoch, KeyTag, Purpose, RootKey, Scope, ScopeError, ScopeId};

use crate::planted::Fault;

/// The names and the codes of the specification.
const PURPOSES: [(&str, u8); 7] = [
    ("agency", 1),
    ("insurers", 2),
    ("eligibility", 3),
    ("network", 4),
    ("research", 5),
    ("registry", 6),
    ("portal", 7),
];

/// Any text as a scope, as an id, as an epoch and as a tag; and two lines as two scopes.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    one(text);
    assert_eq!(text.parse::<ScopeId>().is_ok(), is_id(text));
    assert_eq!(text.parse::<Epoch>().map(Epoch::number), epoch(text));
    assert_eq!(text.parse::<KeyTag>().is_ok(), is_tag(text));
    if let Ok(tag) = text.parse::<KeyTag>() {
        assert_eq!(tag.to_string(), text);
    }
    if let Some((first, second)) = text.split_once('\n')
        && let (Some(first), Some(second)) = (one(first), one(second))
    {
        // A label says which scope it is of.
        let (a, b) = (first.label(), second.label());
        assert_eq!(first == second, a.as_bytes() == b.as_bytes());
        let root = RootKey::from_bytes(&[0x5a; 32]);
        assert_eq!(first == second, root.scope_key(&first) == root.scope_key(&second));
    }
}

fn one(text: &str) -> Option<Scope> {
    let found = text.parse::<Scope>();
    let expected = model(text);
    match (found, expected) {
        (Ok(scope), Ok((code, id, epoch))) => {
            assert_eq!(scope.to_string(), text);
            assert_eq!((scope.purpose().code(), scope.id().as_str(), scope.epoch().number()), (code, id, epoch));
            let mut label = b"fugo\x01".to_vec();
            label.push(code);
            label.extend(epoch.to_be_bytes());
            label.push(id.len() as u8);
            label.extend(id.as_bytes());
            let mut found = scope.label().as_bytes().to_vec();
            if Fault::LabelEpoch.is_planted() {
                found[6..10].reverse();
            }
            assert_eq!(found, label);
            assert_eq!(Purpose::try_from(code), Ok(scope.purpose()));
            // The key is HKDF's, by another implementation.
            let key = RootKey::from_bytes(&[0x5a; 32]).scope_key(&scope);
            let root = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[0x5a; 32]);
            assert_eq!(key.expose_bytes(), ring::hmac::sign(&root, &[&label[..], &[1]].concat()).as_ref());
            Some(scope)
        }
        (Err(found), Err(expected)) => {
            assert_eq!(found, expected);
            None
        }
        (found, expected) => panic!("{found:?} where the model has {expected:?}"),
    }
}

fn model(text: &str) -> Result<(u8, &str, u32), ScopeError> {
    let parts: Vec<&str> = text.split('/').collect();
    let [name, id, number] = parts[..] else { return Err(ScopeError::Form) };
    let code = PURPOSES.iter().find(|purpose| purpose.0 == name).ok_or(ScopeError::UnknownPurpose)?.1;
    let number = epoch(number)?;
    if !is_id(id) {
        return Err(ScopeError::Id);
    }
    if [2, 3].contains(&code) && id != "all" {
        return Err(ScopeError::FixedId);
    }
    Ok((code, id, number))
}

fn epoch(text: &str) -> Result<u32, ScopeError> {
    // As many digits as the largest epoch has, and no other spelling.
    let value = text.chars().try_fold(0_u64, |value, c| {
        let digit = u64::from(c.to_digit(10).filter(|_| c.is_ascii())?);
        value.checked_mul(10)?.checked_add(digit)
    });
    match value {
        Some(0) if text == "0" => Err(ScopeError::EpochZero),
        Some(value) if value > 0 && value < 1 << 32 && value.to_string() == text => Ok(value as u32),
        _ => Err(ScopeError::Form),
    }
}

fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    matches!(bytes, [first, .., last] if *first != b'-' && *last != b'-')
        .then_some(())
        .or((bytes.len() == 1 && bytes[0] != b'-').then_some(()))
        .is_some()
        && bytes.len() <= 40
        && bytes.iter().all(|byte| inner(*byte))
}

fn is_tag(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
}
