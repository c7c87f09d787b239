//! `fugo key signing`: makes the pair of keys that signs deliveries.

use std::path::PathBuf;

use clap::Args;
use fugo_keystore::{KeyFileError, SigningKeyFile};

use super::new::UseArg;
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{SealArgs, not_made},
};

/// Make a new pair of keys that signs deliveries
///
/// `fugo deliver` signs with the private key. Give the public key, a text file, to every recipient on another way than
/// the deliveries: `fugo receive` verifies with it. The private key file is encrypted with age, and only its owner can
/// read it. Neither file ever replaces another file. The keys derive no symbols and invert none.
#[derive(Args)]
pub(crate) struct SigningArgs {
    /// The private key file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The public key file to write [default: the path of the private key with .pub appended]
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// The use of the key: production or test; --plaintext allows test only
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &SigningArgs) -> Result<Exit> {
    let usage = UseArg::of(args.usage, args.seal.is_plaintext());
    let public = args.public.clone().unwrap_or_else(|| {
        let mut name = args.out.clone().into_os_string();
        name.push(".pub");
        name.into()
    });
    if public.symlink_metadata().is_ok() {
        return Err(not_made(&public, &KeyFileError::Exists));
    }
    let seal = args.seal.seal(&args.out, usage)?;
    let key = SigningKeyFile::random(usage)
        .map_err(|error| Failure::new(error, "try again; a running system has a random generator"))?;
    key.create(&args.out, &seal).map_err(|error| not_made(&args.out, &error))?;
    key.public().create(&public).map_err(|error| {
        not_made(&public, &error).noting("the private key was made: get its public key with `fugo key public`")
    })?;
    let id = key.public().id();
    notice::say(format_args!("{}: made a {usage} key that signs deliveries, key-id {id}", args.out.display()));
    notice::say(format_args!("{}: its public key; give it to every recipient", public.display()));
    Ok(Exit::Clean)
}
