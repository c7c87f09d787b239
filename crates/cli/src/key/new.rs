//! `fugo key new`: makes a root key with the system's random generator.

use std::{fmt, path::PathBuf};

use clap::{Args, ValueEnum};
use fugo::RootKey;
use fugo_keystore::{KeyFile, Seal, Use};

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
    #[command(flatten)]
    file: NewFileArgs,
}

/// The file of a new key, of every kind.
#[derive(Args)]
pub(super) struct NewFileArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// The use of the key: production or test; --plaintext allows test only
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

impl NewFileArgs {
    /// The use that was asked for. A key without encryption is a test key.
    pub(super) fn usage(&self) -> Use {
        match self.usage {
            Some(usage) => usage.into(),
            None if !self.seal.is_plaintext() => Use::Production,
            None => Use::Test,
        }
    }

    /// The lock of the file.
    pub(super) fn seal(&self) -> Result<Seal> {
        self.seal.seal(&self.out, self.usage())
    }
}

/// A random generator that fails.
pub(super) fn no_random(error: impl fmt::Display) -> Failure {
    Failure::new(error, "try again; a running system has a random generator")
}

/// The use of a new key.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum UseArg {
    Production,
    Test,
}

impl From<UseArg> for Use {
    fn from(usage: UseArg) -> Self {
        match usage {
            UseArg::Production => Self::Production,
            UseArg::Test => Self::Test,
        }
    }
}

pub(crate) fn run(args: &NewArgs) -> Result<Exit> {
    let NewArgs { file: new } = args;
    let (usage, seal) = (new.usage(), new.seal()?);
    let file = KeyFile::root(RootKey::random().map_err(no_random)?, usage);
    seal::create(&file, &new.out, &seal)?;
    notice::say(format_args!("{}: made a {usage} root key, tag {}", new.out.display(), file.tag()));
    Ok(Exit::Clean)
}
