//! `fugo key probe`: tries to get keys out of a token.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use fugo_keystore::source::token::{Attack, Kind, Outcome, Probed};

use super::in_token::{open, refused, uri};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    redaction::shown,
};

/// Try to get the bytes of keys out of a token, and say which mode may be claimed there
///
/// Attacks every secret key that this login sees, or the one that the URI names: reads it, derives short keys and
/// finds a derived key byte by byte, derives as data, derives a key that may leave, copies with weaker attributes, weakens
/// a derived key, and wraps the key with another one. Then it reads the attributes back: a key whose attributes are not
/// those that `fugo` gives has no claim, whatever the attacks gave. What the attacks make lives in the session and is removed. They derive with a text that is
/// the label of no scope. Probe the login that converts every day: it must not see a root key.
///
/// Exit status: 0 no bytes came out, 1 an attack gave bytes or an attribute allows what it must not, 2 refused or stopped,
/// also if the URI names a key and no key fits.
#[derive(Args)]
pub(crate) struct ProbeArgs {
    /// The token, with or without the label of one key: pkcs11:token=...?module-path=...
    token: PathBuf,
}

pub(crate) fn run(args: &ProbeArgs) -> Result<Exit> {
    let uri = uri(&args.token, "fugo key probe")?;
    let found = open(&uri)?.probe(&uri).map_err(|error| refused(&uri, &error))?;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "secret keys that this login sees: {}", found.len());
    for key in &found {
        let what = key.identity.map_or_else(|| "not a key of fugo".to_owned(), |identity| identity.to_string());
        let _ = writeln!(text, "\nkey {}: {what}\n  id={}", shown(&key.label), shown(&key.attributes.id));
        let values = key.attributes.values.iter().filter_map(|(name, value, _)| value.map(|value| (name, value)));
        let values: Vec<String> = values.map(|(name, value)| format!("{name}={value}")).collect();
        let _ = writeln!(text, "  {}", values.join(" "));
        for (attack, outcome) in &key.attacks {
            let outcome = match outcome {
                Outcome::Succeeded => "SUCCEEDED",
                Outcome::Refused => "refused",
            };
            let _ = writeln!(text, "  {outcome:9}  {}", attack.text());
        }
        let _ = writeln!(text, "  {}", claim(key));
    }
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    let is_unsafe = |key: &Probed| key.leaks() || !key.faults().is_empty();
    Ok(if found.iter().any(is_unsafe) { Exit::Rejects } else { Exit::Clean })
}

/// Which mode of docs/custody.md may be claimed of a key.
fn claim(key: &Probed) -> String {
    if [Attack::Read, Attack::Copy, Attack::Wrap].into_iter().any(|attack| key.succeeded(attack)) {
        return "claim: none. The bytes of the key itself come out".to_owned();
    }
    let faults = key.faults();
    if !faults.is_empty() {
        return format!("claim: none. {}", faults.join("; "));
    }
    let kind = key.identity.map(|identity| identity.kind);
    match (kind, key.succeeded(Attack::Sign), key.leaks()) {
        (None, ..) => "claim: none. No command uses this key",
        (Some(Kind::Root), true, _) => {
            "claim: signed out. Whoever has this login and this root key has every scope's key by one MAC each"
        }
        (Some(Kind::Root), false, true) => {
            "claim: derived in, only where the login that converts does not see this root key. Whoever does has every \
             scope's key"
        }
        (Some(Kind::Root), false, false) => "claim: derived in. No attack of this probe gave bytes",
        (Some(Kind::Scope(_)), _, true) => "claim: none. The key of a scope derives, and must not",
        (Some(Kind::Scope(_)), _, false) => "claim: symbols in the token. No attack of this probe gave bytes",
    }
    .to_owned()
}
