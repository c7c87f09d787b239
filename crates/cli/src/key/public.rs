//! `fugo key public`: prints the public key of a signing key.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use fugo_keystore::TestKeys;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    unlock::UnlockArgs,
};

/// Print the public key of a key that signs deliveries, as the text of a public key file
#[derive(Args)]
pub(crate) struct PublicArgs {
    /// The private key file
    file: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &PublicArgs) -> Result<Exit> {
    let key = args.unlock.opener(TestKeys::Allow)?.open_signing(&args.file)?;
    io::stdout().write_all(key.public().to_string().as_bytes()).map_err(|error| Failure::stdout(&error))?;
    Ok(Exit::Clean)
}
