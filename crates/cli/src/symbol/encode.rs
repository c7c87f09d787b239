//! `fugo symbol encode`: hex to text form.

use clap::Args;
use fugo::{KeyTag, Purpose, text::TextEncoder};

use super::answer_lines;
use crate::{exit::Exit, failure::Result, hex};

/// Turn symbols in hex, one a line on standard input, into their text form
///
/// Symbols are not taken as arguments, which other users of the machine could see. A line that is no symbol is answered
/// with an empty line, and exit status 1 at the end.
#[derive(Args)]
pub(crate) struct EncodeArgs {
    /// The symbols' purpose: agency, insurers, eligibility, network, research, registry or portal
    #[arg(long)]
    purpose: Purpose,
    /// The tag of the key they were made with, as `fugo key inspect` shows it
    #[arg(long)]
    tag: KeyTag,
}

pub(super) fn run(args: &EncodeArgs) -> Result<Exit> {
    let encoder = TextEncoder::new(args.purpose, args.tag);
    answer_lines("symbols in hex, one a line:", |line| {
        let symbol = hex::decode(line).ok_or("a symbol in hex is 32 characters of 0-9 and a-f")?;
        Ok::<_, &str>(encoder.encode(&symbol).to_string())
    })
}
