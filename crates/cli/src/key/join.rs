//! `fugo key join`: joins shares of a root key, to check them or to write the key file again.

use std::path::PathBuf;

use clap::Args;

use super::root::join;
use crate::{
    exit::Exit,
    failure::Result,
    seal::{self, SealArgs},
    unlock::RootUnlockArgs,
};

/// Join shares of a root key, to check them or to write its key file
///
/// Without --out the shares are only checked: the tag of the key is printed, and nothing is written. To derive keys, give
/// the shares to `fugo key derive --root-shares`, so that the root key is not written to a disk.
#[derive(Args)]
pub(crate) struct JoinArgs {
    /// The files of shares, at least as many as the threshold
    #[arg(value_name = "SHARE", required = true)]
    shares: Vec<PathBuf>,
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    unlock: RootUnlockArgs,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &JoinArgs) -> Result<Exit> {
    let file = join(&args.shares, &mut args.unlock.opener()?)?;
    if let Some(out) = &args.out {
        let seal = args.seal.seal(out, file.usage())?;
        seal::create(&file, out, &seal)?;
    }
    Ok(Exit::Clean)
}
