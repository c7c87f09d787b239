//! `fugo key new`: makes a root key, in a file or in a token.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use clap::{ArgGroup, Args, ValueEnum};
use fugo::{RootKey, Scope};
use fugo_keystore::{KeyFile, Registry, Seal, Use};

use super::{
    in_token::{ModeArg, open, refused, uri},
    root::{not_recorded, record},
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{self, SealArgs},
};

/// Make a new root key. The key of every scope is derived from it
///
/// The key file is encrypted with age. Only its owner can read it. It never replaces another file.
///
/// With --in, the key is made in a PKCS#11 token and its bytes never leave it: with --mode a root key, or with --scope
/// the key of one scope from 32 random bytes, without a root key.
#[derive(Args)]
#[command(group(ArgGroup::new("place").required(true).args(["out", "into"])))]
pub(crate) struct NewArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The token, and the label of the new key: pkcs11:token=...;object=LABEL?module-path=...
    #[arg(
        long = "in",
        id = "into",
        value_name = "URI",
        conflicts_with_all = ["passphrase_file", "recipient", "plaintext"]
    )]
    into: Option<PathBuf>,
    /// What a root key in a token is for
    #[arg(long, value_enum, requires = "into", conflicts_with = "scope")]
    mode: Option<ModeArg>,
    /// Make the key of this scope in the token, and no root key. Its tag is recorded in --registry
    #[arg(long, requires_all = ["into", "registry"])]
    scope: Option<Scope>,
    /// The registry of scopes that records the tag of the new key
    #[arg(long, value_name = "FILE", requires = "scope")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

/// The file of a new key, of every kind.
#[derive(Args)]
pub(super) struct NewFileArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    form: FormArgs,
}

/// The use of a new key, and how its file is encrypted.
#[derive(Args)]
struct FormArgs {
    /// The use of the key: production or test; --plaintext allows test only
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    seal: SealArgs,
}

impl NewFileArgs {
    /// The use that was asked for. A key without encryption is a test key.
    pub(super) fn usage(&self) -> Use {
        self.form.usage()
    }

    /// The lock of the file.
    pub(super) fn seal(&self) -> Result<Seal> {
        self.form.seal.seal(&self.out, self.usage())
    }
}

impl FormArgs {
    fn usage(&self) -> Use {
        match self.usage {
            Some(usage) => usage.into(),
            None if !self.seal.is_plaintext() => Use::Production,
            None => Use::Test,
        }
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
    match (&args.out, &args.into) {
        (Some(out), _) => in_file(args, out),
        (None, Some(into)) => in_token(args, into),
        (None, None) => unreachable!("clap wants one of the two"),
    }
}

fn in_file(args: &NewArgs, out: &Path) -> Result<Exit> {
    let usage = args.form.usage();
    let seal = args.form.seal.seal(out, usage)?;
    let file = KeyFile::root(RootKey::random().map_err(no_random)?, usage);
    seal::create(&file, out, &seal)?;
    notice::say(format_args!("{}: made a {usage} root key, tag {}", out.display(), file.tag()));
    Ok(Exit::Clean)
}

/// What the registry refuses, before there is a key: a scope that has a tag, and a file that cannot be written.
fn check_free(registry: &Registry, scope: &Scope) -> Result<()> {
    let scopes = registry.prepare().and_then(|()| registry.scopes()).map_err(|error| not_recorded(registry, &error))?;
    match scopes.iter().find(|epoch| epoch.scope == *scope) {
        Some(known) => Err(Failure::new(
            format_args!(
                "{}: {scope} is recorded with the tag {} already, and a new key has another one",
                registry.path().display(),
                known.tag
            ),
            "no key was made; use the next epoch, or another registry if this is one of another root key",
        )),
        None => Ok(()),
    }
}

fn in_token(args: &NewArgs, into: &Path) -> Result<Exit> {
    let uri = uri(into, "--in")?;
    let usage = args.form.usage();
    let failed = |error| refused(&uri, &error);
    match (args.mode, &args.scope, &args.registry) {
        (Some(mode), None, _) => {
            open(&uri)?.make_root(&uri, usage, mode.into()).map_err(failed)?;
            notice::say(format_args!("{uri}: made a {usage} root key in the token"));
            if usage == Use::Production {
                notice::say("its bytes cannot be copied: if the token is lost, no symbol can be derived again");
            }
        }
        (None, Some(scope), Some(registry)) => {
            let registry = Registry::at(registry);
            check_free(&registry, scope)?;
            let token = open(&uri)?;
            let (tag, exact) = token.make_scope(&uri, scope, usage).map_err(failed)?;
            // A key whose tag belongs to another scope must not be used.
            if let Err(failure) = record(&registry, scope, tag) {
                return Err(match token.destroy(&exact) {
                    Ok(()) => failure,
                    Err(error) => failure.noting(&format!(
                        "{exact}: {error}; end this key with `fugo key destroy --not-recorded`, because no registry \
                         records it"
                    )),
                });
            }
            notice::say(format_args!("{uri}: made the {usage} key of {scope} in the token, tag {tag}"));
        }
        _ => {
            return Err(Failure::new(
                "--in needs --mode for a root key, or --scope for the key of one scope",
                "give --mode signed-out, --mode derived-in, or --scope and --registry; docs/custody.md compares them",
            ));
        }
    }
    Ok(Exit::Clean)
}
