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
/// finds a derived key byte by byte, derives as data, derives a key that may leave, copies with weaker attributes, and
/// weakens a derived key. What the attacks make lives in the session and is removed. They derive with a text that is
/// the label of no scope. Probe the login that converts every day: it must not see a root key.
///
/// Exit status: 0 no bytes came out, 1 an attack gave bytes, 2 refused or stopped.
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
        let _ = writeln!(text, "\nkey {}: {what}", shown(&key.label));
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
    Ok(if found.iter().any(Probed::leaks) { Exit::Rejects } else { Exit::Clean })
}

/// Which mode of docs/custody.md may be claimed of a key.
fn claim(key: &Probed) -> &'static str {
    let own = [Attack::Read, Attack::Copy].into_iter().any(|attack| key.succeeded(attack));
    let is_root = !matches!(key.identity.map(|identity| identity.kind), Some(Kind::Scope(_)));
    match (own, is_root, key.succeeded(Attack::Sign), key.leaks()) {
        (true, ..) => "claim: none. The bytes of the key itself come out",
        (false, true, true, _) => {
            "claim: signed out. Whoever has this login and this root key has every scope's key by one MAC each"
        }
        (false, true, false, true) => {
            "claim: derived in, only where the login that converts does not see this root key. Whoever does has every \
             scope's key"
        }
        (false, true, false, false) => "claim: derived in. No attack of this probe gave bytes",
        (false, false, _, true) => "claim: none. The key of a scope derives, and must not",
        (false, false, _, false) => "claim: symbols in the token. No attack of this probe gave bytes",
    }
}
