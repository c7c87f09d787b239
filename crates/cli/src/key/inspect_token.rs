//! `fugo key inspect` of a key in a token: what the token says of it, and what it enforces.

use std::fmt::Write as _;

use fugo::mac;
use fugo_keystore::{
    Registry,
    source::{Expected, TokenUri, token::Kind},
};

use super::in_token::{open, refused};
use crate::failure::{Failure, Result};

/// The lines for standard output.
pub(super) fn describe(uri: &TokenUri, expected: Option<&Expected>, registry: Option<&Registry>) -> Result<String> {
    let failed = |error| refused(uri, &error);
    let token = open(uri)?;
    let key = token.key(uri).map_err(failed)?;
    let identity = key.identity();
    if let Some(expected) = expected {
        key.confirm(expected).map_err(failed)?;
    }
    let attributes = token.attributes(&key);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "kind: {}", identity.kind.name());
    if let Kind::Scope(scope) = identity.kind {
        let (purpose, id, epoch) = (scope.purpose(), scope.id(), scope.epoch().number());
        let _ = writeln!(text, "purpose: {purpose}\nscope: {}\nepoch: {epoch}", id.as_str());
    }
    let _ = writeln!(text, "use: {}\nid: {}", identity.usage, attributes.id);
    // A root key that only derives does not MAC, so its tag is not known.
    match (mac::tag(&key), attributes.value("SIGN")) {
        (Ok(tag), _) => {
            if let (Some(registry), Kind::Scope(scope)) = (registry, identity.kind) {
                registry.verify(&scope, tag).map_err(|error| {
                    Failure::new(
                        format_args!("{uri}: {error}"),
                        "do not use the key until you know which scope it belongs to",
                    )
                })?;
            }
            let _ = writeln!(text, "tag: {tag}");
        }
        (Err(_), Some(false)) => text.push_str("tag: not known, because the key does not sign\n"),
        (Err(error), _) => return Err(failed(error)),
    }
    for (name, value, enforced) in &attributes.values {
        let _ = match value {
            Some(value) => writeln!(text, "{name}: {value} ({enforced})"),
            None => writeln!(text, "{name}: not said"),
        };
    }
    match &attributes.allowed {
        Some((list, enforced)) => {
            let list = if list.is_empty() { "empty".to_owned() } else { list.join(" ") };
            let _ = writeln!(text, "ALLOWED_MECHANISMS: {list} ({enforced})");
        }
        None => text.push_str("ALLOWED_MECHANISMS: not said\n"),
    }
    let _ =
        writeln!(text, "made in the token: {}", made(attributes.value("LOCAL"), attributes.value("NEVER_EXTRACTABLE")));
    for fault in attributes.faults(Some(identity.kind)) {
        let _ = writeln!(text, "warning: {fault}; `fugo` makes no such key. See what comes out with `fugo key probe`");
    }
    if attributes.is_false() {
        text.push_str("warning: the token does what an attribute forbids; do not rely on the others\n");
    }
    Ok(text)
}

fn made(local: Option<bool>, never: Option<bool>) -> &'static str {
    match (local, never) {
        (Some(true), Some(true)) => "yes, and its bytes never left it, if the token is believed",
        (_, Some(true)) => "its bytes never left it, if the token is believed; it was derived or generated there",
        _ => "no: its bytes were outside when it was brought in, or the token does not say",
    }
}
