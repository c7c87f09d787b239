//! `fugo key signing`: makes a pair of keys for signatures: of deliveries, grants and records.

use std::path::PathBuf;

use clap::Args;
use fugo_keystore::{KeyFileError, SigningKeyFile};

use super::new::{NewFileArgs, no_random};
use crate::{exit::Exit, failure::Result, notice, seal::not_made};

/// Make a new pair of keys that signs: deliveries, grants, or a record
///
/// `fugo deliver` signs with the private key. Give the public key, a text file, to every recipient on another way than
/// the deliveries: `fugo receive` verifies with it. The private key file is encrypted with age, and only its owner can
/// read it. Neither file ever replaces another file. The keys derive no symbols and invert none.
#[derive(Args)]
pub(crate) struct SigningArgs {
    #[command(flatten)]
    file: NewFileArgs,
    /// The public key file to write [default: the path of the private key with .pub appended]
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
}

pub(crate) fn run(args: &SigningArgs) -> Result<Exit> {
    let SigningArgs { file: new, public } = args;
    let usage = new.usage();
    let public = public.clone().unwrap_or_else(|| {
        let mut name = new.out.clone().into_os_string();
        name.push(".pub");
        name.into()
    });
    if public.symlink_metadata().is_ok() {
        return Err(not_made(&public, &KeyFileError::Exists));
    }
    let seal = new.seal().map_err(|failure| {
        let note = "if an earlier run was stopped before it wrote the public key, `fugo key public` prints it";
        if new.out.exists() { failure.noting(note) } else { failure }
    })?;
    let key = SigningKeyFile::random(usage).map_err(no_random)?;
    key.create(&new.out, &seal).map_err(|error| not_made(&new.out, &error))?;
    key.public().create(&public).map_err(|error| {
        not_made(&public, &error).noting("the private key was made: get its public key with `fugo key public`")
    })?;
    let id = key.public().id();
    notice::say(format_args!("{}: made a {usage} key that signs, key-id {id}", new.out.display()));
    notice::say(format_args!("{}: its public key; give it to those who verify", public.display()));
    Ok(Exit::Clean)
}
