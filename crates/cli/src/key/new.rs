//! `fugo key new`: makes a root key with the system's random generator.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fugo::RootKey;
use fugo_keystore::{KeyFile, Use};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{self, SealArgs},
};

/// Make a new root key. The key of every scope is derived from it
///
/// The key file is encrypted with age. Only its owner can read it. It never replaces another file.
#[derive(Args)]
pub(crate) struct NewArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The use of the key: production or test; --plaintext allows test only
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

/// The use of a new key.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum UseArg {
    Production,
    Test,
}

impl UseArg {
    /// The use that was asked for. A key without encryption is a test key.
    pub(super) fn of(asked: Option<Self>, is_plaintext: bool) -> Use {
        match asked {
            Some(Self::Production) => Use::Production,
            None if !is_plaintext => Use::Production,
            Some(Self::Test) | None => Use::Test,
        }
    }
}

pub(crate) fn run(args: &NewArgs) -> Result<Exit> {
    let usage = UseArg::of(args.usage, args.seal.is_plaintext());
    let seal = args.seal.seal(&args.out, usage)?;
    let key =
        RootKey::random().map_err(|error| Failure::new(error, "try again; a running system has a random generator"))?;
    let file = KeyFile::root(key, usage);
    seal::create(&file, &args.out, &seal)?;
    notice::say(format_args!("{}: made a {usage} root key, tag {}", args.out.display(), file.tag()));
    Ok(Exit::Clean)
}
