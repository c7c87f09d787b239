//! `fugo key ledger`: makes the key of a ledger of deliveries.

use clap::Args;
use fugo_keystore::LedgerKeyFile;

use super::new::{NewFileArgs, no_random};
use crate::{exit::Exit, failure::Result, notice, seal::not_made};

/// Make the key of a ledger of deliveries
///
/// `fugo ledger` stores keyed hashes under this key. Keep it with the issuer. If it is lost, begin a new ledger.
#[derive(Args)]
pub(crate) struct LedgerKeyArgs {
    #[command(flatten)]
    file: NewFileArgs,
}

pub(crate) fn run(args: &LedgerKeyArgs) -> Result<Exit> {
    let LedgerKeyArgs { file: new } = args;
    let (usage, seal) = (new.usage(), new.seal()?);
    let key = LedgerKeyFile::random(usage).map_err(no_random)?;
    key.create(&new.out, &seal).map_err(|error| not_made(&new.out, &error))?;
    notice::say(format_args!("{}: made a {usage} key of a ledger, key-id {}", new.out.display(), key.id()));
    Ok(Exit::Clean)
}
