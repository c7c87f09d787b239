//! `fugo symbol encode`: converts symbols from hex to text form.

use clap::Args;
use fugo::{KeyTag, Purpose, text::TextEncoder};

use super::answer_lines;
use crate::{exit::Exit, failure::Result, hex};

/// Convert symbols from hex to text form
///
/// Reads one symbol from each line of standard input. Symbols are not taken as arguments, because other users of the
/// machine could see them. A line that is not a valid symbol gives an empty line, its reason on standard error, and
/// exit status 1 at the end.
#[derive(Args)]
pub(crate) struct EncodeArgs {
    /// The purpose of the symbols: agency, insurers, eligibility, network, research, registry or portal
    #[arg(long)]
    purpose: Purpose,
    /// The tag of the key that the symbols were derived with, as `fugo key inspect` shows it
    #[arg(long)]
    tag: KeyTag,
}

pub(super) fn run(args: &EncodeArgs) -> Result<Exit> {
    let encoder = TextEncoder::new(args.purpose, args.tag);
    answer_lines("type symbols in hex, one per line:", |line| {
        let symbol = hex::decode(line).ok_or("a symbol in hex is 32 characters of 0-9 and a-f")?;
        Ok::<_, &str>(encoder.encode(&symbol).to_string())
    })
}
