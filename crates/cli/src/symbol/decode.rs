//! `fugo symbol decode`: converts symbols from text form to hex.

use clap::Args;
use fugo::{
    KeyTag, Purpose,
    text::{self, TextError},
};

use super::answer_lines;
use crate::{exit::Exit, failure::Result};

/// Convert symbols from text form to hex
///
/// Reads one symbol from each line of standard input. Symbols are not taken as arguments, because other users of the
/// machine could see them. A line that is not a valid symbol gives an empty line, its reason on standard error, and
/// exit status 1 at the end.
#[derive(Args)]
pub(crate) struct DecodeArgs {
    /// Refuse symbols with any other purpose
    #[arg(long)]
    purpose: Option<Purpose>,
    /// Refuse symbols with any other key tag
    #[arg(long)]
    tag: Option<KeyTag>,
}

pub(super) fn run(args: &DecodeArgs) -> Result<Exit> {
    answer_lines("type symbols in text form, one per line:", |line| {
        let found = text::decode(line)?;
        let (purpose, tag) = (args.purpose.unwrap_or(found.purpose), args.tag.unwrap_or(found.tag));
        if purpose != found.purpose {
            return Err(TextError::WrongPurpose { expected: purpose, found: found.purpose });
        }
        if tag != found.tag {
            return Err(TextError::WrongKey { expected: tag, found: found.tag });
        }
        Ok(base16ct::lower::encode_string(&found.symbol))
    })
}
