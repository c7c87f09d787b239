//! `fugo symbol decode`: text form to hex.

use clap::Args;
use fugo::{
    KeyTag, Purpose,
    text::{self, TextError},
};

use super::answer_lines;
use crate::{exit::Exit, failure::Result, hex};

/// Turn symbols in text form, one a line on standard input, into hex
///
/// Symbols are not taken as arguments, which other users of the machine could see. A line that is no symbol is answered
/// with an empty line, and exit status 1 at the end.
#[derive(Args)]
pub(crate) struct DecodeArgs {
    /// Refuse symbols of any other purpose
    #[arg(long)]
    purpose: Option<Purpose>,
    /// Refuse symbols of any other key
    #[arg(long)]
    tag: Option<KeyTag>,
}

pub(super) fn run(args: &DecodeArgs) -> Result<Exit> {
    answer_lines("symbols in text form, one a line:", |line| {
        let found = text::decode(line)?;
        let (purpose, tag) = (args.purpose.unwrap_or(found.purpose), args.tag.unwrap_or(found.tag));
        if purpose != found.purpose {
            return Err(TextError::WrongPurpose { expected: purpose, found: found.purpose });
        }
        if tag != found.tag {
            return Err(TextError::WrongKey { expected: tag, found: found.tag });
        }
        Ok(hex::encode(&found.symbol))
    })
}
