//! `fugo key ledger`: makes the key of a ledger of deliveries.

use std::path::PathBuf;

use clap::Args;
use fugo_keystore::LedgerKeyFile;

use super::new::UseArg;
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{SealArgs, not_made},
};

/// Make the key of a ledger of deliveries
///
/// `fugo ledger` stores keyed hashes under this key. Keep it with the issuer. If it is lost, begin a new ledger.
#[derive(Args)]
pub(crate) struct LedgerKeyArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The use of the key: production or test; --plaintext allows test only
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &LedgerKeyArgs) -> Result<Exit> {
    let usage = UseArg::of(args.usage, args.seal.is_plaintext());
    let seal = args.seal.seal(&args.out, usage)?;
    let key = LedgerKeyFile::random(usage)
        .map_err(|error| Failure::new(error, "try again; a running system has a random generator"))?;
    key.create(&args.out, &seal).map_err(|error| not_made(&args.out, &error))?;
    notice::say(format_args!("{}: made a {usage} key of a ledger, key-id {}", args.out.display(), key.id()));
    Ok(Exit::Clean)
}
