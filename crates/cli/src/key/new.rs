//! `fugo key new`: a root key from the system's random generator.

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

/// Make a new root key: every scope's key derives from it
///
/// The key file is encrypted with age, readable by its owner only, and never replaces another file.
#[derive(Args)]
pub(crate) struct NewArgs {
    /// The key file to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What the key may be used for: production, or test, which --plaintext forces
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum UseArg {
    Production,
    Test,
}

pub(crate) fn run(args: &NewArgs) -> Result<Exit> {
    let usage = match args.usage {
        Some(UseArg::Production) => Use::Production,
        None if !args.seal.is_plaintext() => Use::Production,
        Some(UseArg::Test) | None => Use::Test,
    };
    let seal = args.seal.seal(&args.out, usage)?;
    let key = RootKey::random().map_err(|error| Failure::new(error, "try again; a running system always has one"))?;
    let file = KeyFile::root(key, usage);
    seal::create(&file, &args.out, &seal)?;
    notice::say(format_args!("{}: a {usage} root key, tag {}", args.out.display(), file.tag()));
    Ok(Exit::Clean)
}
