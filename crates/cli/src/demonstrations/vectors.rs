//! `fugo vectors`: answers test vectors, to compare another implementation with this one.

use std::{
    io::{self, Write},
    path::Path,
};

use clap::Args;
use fugo::{AnySymbolKey, Epoch, KEY_LEN, MyNumber, MyNumberError, Purpose, PurposeError, RootKey, Scope, ScopeError};
use serde_json::{Value, json};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    hex,
    roster::lines::{Line, Lines},
};

/// Answer test vectors: JSON lines in, JSON lines out. FOR TEST KEYS ONLY
///
/// Reads objects with `root` (hex), `purpose`, `scope`, `epoch` and `number` from standard input. Answers each with
/// `{"symbol": hex, "text": text form}`. For eligibility, `scope` is `all` and `epoch` is the epoch of the
/// eligibility scope; the insurers' stage always has epoch 1. A line that is refused is answered with `{"error":
/// kind}`, and the exit status at the end is 1.
///
/// Root keys are read as plaintext and are not wiped: never give this command a key that is used for anything else.
#[derive(Args)]
pub(crate) struct VectorsArgs {}

pub(crate) fn run(_args: &VectorsArgs) -> Result<Exit> {
    let mut lines = Lines::new(io::stdin().lock());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut exit = Exit::Clean;
    let not_read = |error| Failure::io("read", Path::new("standard input"), &error);
    while let Some(line) = lines.next().map_err(not_read)? {
        let answered = match line {
            Line::Text(text) => answer(text),
            Line::TooLong => Err(Refused("json")),
        };
        let answered = answered.unwrap_or_else(|Refused(kind)| {
            exit = Exit::Rejects;
            json!({ "error": kind })
        });
        let written = writeln!(out, "{answered}");
        // Another program may wait for the answer to each line.
        written
            .and_then(|()| if lines.is_drained() { out.flush() } else { Ok(()) })
            .map_err(|e| Failure::stdout(&e))?;
    }
    out.flush().map_err(|error| Failure::stdout(&error))?;
    Ok(exit)
}

/// The kind of an error: one of the library's, or `json` or `root`.
struct Refused(&'static str);

impl From<ScopeError> for Refused {
    fn from(error: ScopeError) -> Self {
        Self(error.kind().as_str())
    }
}

impl From<MyNumberError> for Refused {
    fn from(error: MyNumberError) -> Self {
        Self(error.kind().as_str())
    }
}

impl From<PurposeError> for Refused {
    fn from(error: PurposeError) -> Self {
        unreachable!("the keys are made for the purpose: {error}")
    }
}

fn answer(line: &[u8]) -> Result<Value, Refused> {
    let vector: Value = serde_json::from_slice(line).map_err(|_| Refused("json"))?;
    let text = |name: &str| vector[name].as_str().ok_or(Refused("json"));
    let (root, purpose, id, number) = (text("root")?, text("purpose")?, text("scope")?, text("number")?);
    let epoch = vector["epoch"].as_u64().and_then(|epoch| u32::try_from(epoch).ok()).ok_or(Refused("json"))?;

    let root = RootKey::from_bytes(&hex::decode::<KEY_LEN>(root.as_bytes()).ok_or(Refused("root"))?);
    let scope = Scope::new(purpose.parse()?, id.parse()?, Epoch::new(epoch)?)?;
    let number = MyNumber::parse(number)?;
    let key = root.scope_key(&scope);
    let key = if scope.purpose() == Purpose::Eligibility {
        AnySymbolKey::eligibility(&root.scope_key(&Scope::new(Purpose::Insurers, *scope.id(), Epoch::FIRST)?), &key)?
    } else {
        AnySymbolKey::new(&key)?
    };
    let symbol = key.symbol(&number)?;
    Ok(json!({ "symbol": base16ct::lower::encode_string(&symbol), "text": key.encoder().encode(&symbol).as_str() }))
}
