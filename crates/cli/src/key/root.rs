//! The root key of a command that derives keys, and the registry of its scopes.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use fugo::{
    KeyTag, Scope,
    mac::{self, Mac},
};
use fugo_keystore::{
    Key, KeyFile, Registry, RegistryError, Share, ShareError, TestKeys, Use,
    source::{
        Holder, Program, ProgramError, SourceError, TokenError, TokenUri,
        token::{Identity, Kind, Token},
    },
};

use super::{
    in_token::{open, refused},
    new::UseArg,
    scope_key::ScopeKeyArgs,
};
use crate::{
    failure::{Failure, Result},
    interrupt, keys, notice,
    unlock::{Opener, RootUnlockArgs},
};

/// The root key and its registry of scopes.
#[derive(Args)]
#[command(group(ArgGroup::new("roots").args(["root", "root_shares"]).required(true).multiple(true)))]
pub(super) struct RootArgs {
    /// The file of the root key, or another address of it: exec: and a program that MACs with it, or a pkcs11: URI
    #[arg(long, value_name = "ADDRESS")]
    root: Option<PathBuf>,
    /// The files of enough shares of the root key, in place of --root; with --registry. The key is joined in memory and
    /// written nowhere
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "root", requires = "registry")]
    root_shares: Vec<PathBuf>,
    /// The registry of scopes [default: the root key's path with .scopes appended; needed if it is not a file]
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// The use of the key, if the root key is behind a program. A file, a share and a token say it themselves
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    unlock: RootUnlockArgs,
}

/// A root key that was opened.
pub(super) enum Root {
    Bytes(KeyFile),
    Program { program: Program, usage: Use },
    Token { token: Token, uri: TokenUri, usage: Use },
}

impl RootArgs {
    /// Opens the root key, or joins its shares, and finds its registry. Refuses a place of the new key that does not go
    /// with the root key, before it asks for a secret.
    pub(super) fn open(&self, place: &ScopeKeyArgs) -> Result<(Root, Registry)> {
        let Some(root) = &self.root else {
            self.check_says_its_use()?;
            place.check_for_bytes()?;
            let root = join(&self.root_shares, &mut self.unlock.opener()?)?;
            return Ok((Root::Bytes(root), self.named()?));
        };
        let address = keys::address(root)?;
        if address.expected.is_some() {
            return Err(Failure::new(
                "--root names the key of a scope, with its tag before the `@`",
                "give the address of the root key alone; --scope says which key is derived",
            ));
        }
        match address.holder {
            Holder::File(path) => {
                self.check_says_its_use()?;
                place.check_for_bytes()?;
                let registry = self.registry.as_ref().map_or_else(|| Registry::beside(&path), Registry::at);
                let file = self.unlock.opener()?.open(&path)?;
                if matches!(file.key(), Key::Scope(_)) {
                    return Err(Failure::new(
                        format_args!("{} is a scope key; keys are derived from root keys only", path.display()),
                        "give --root the file that `fugo key new` made",
                    ));
                }
                Ok((Root::Bytes(file), registry))
            }
            Holder::Program(program) => {
                place.check_for_program()?;
                let usage = self.usage.map_or(Use::Production, Use::from);
                Ok((Root::Program { program, usage }, self.named()?))
            }
            Holder::Token(uri) => {
                let registry = self.named()?;
                Ok((self.in_token(uri)?, registry))
            }
        }
    }

    fn in_token(&self, uri: TokenUri) -> Result<Root> {
        let token = open(&uri)?;
        let Identity { kind, usage } = token.key(&uri).map_err(|error| refused(&uri, &error))?.identity();
        if let Kind::Scope(scope) = kind {
            return Err(Failure::new(
                format_args!("{uri} is the key of {scope}; keys are derived from root keys only"),
                "give --root the URI of a root key",
            ));
        }
        if self.usage.is_some_and(|asked| Use::from(asked) != usage) {
            return Err(Failure::new(
                format_args!("{uri} is a {usage} key, and a key that is derived from it is one too"),
                "leave out --use",
            ));
        }
        Ok(Root::Token { token, uri, usage })
    }

    fn check_says_its_use(&self) -> Result<()> {
        if self.usage.is_none() {
            return Ok(());
        }
        Err(Failure::new(
            "--use is for a root key behind a program",
            "leave it out: a key file and a share say their use",
        ))
    }

    /// The registry of a root key that is not a file, so that it has no folder for a registry.
    fn named(&self) -> Result<Registry> {
        self.registry.as_ref().map(Registry::at).ok_or_else(|| {
            Failure::new(
                "--registry is missing: a root key that is not a file has no folder for it",
                "give --registry the file in which the tags of this root key's scopes are recorded",
            )
        })
    }
}

impl Root {
    /// The bytes of the key of a scope of this root key.
    pub(super) fn derive(&self, scope: &Scope) -> Result<KeyFile> {
        match self {
            Self::Bytes(root) => Ok(root.derive(scope).unwrap_or_else(|| unreachable!("opened as a root key"))),
            Self::Program { program, usage } => {
                let key = || maced(program, &program.to_string(), scope, *usage, differs(program));
                interrupt::with_programs(key)?
            }
            Self::Token { token, uri, usage } => {
                let root = token.key(uri).map_err(|error| refused(uri, &error))?;
                maced(&root, &uri.to_string(), scope, *usage, TokenError::Differs.into())
            }
        }
    }
}

fn differs(program: &Program) -> SourceError {
    SourceError::Program { path: program.path().to_owned(), error: ProgramError::Differs }
}

/// The key of a scope from whoever MACs with the root key. One that anybody can guess is refused. It is asked for twice:
/// its tag is recorded for good, and one wrong answer would take the scope from the right key.
fn maced(
    root: &impl Mac<Error = SourceError>,
    address: &str,
    scope: &Scope,
    usage: Use,
    differs: SourceError,
) -> Result<KeyFile> {
    let refused = |error| keys::not_given(address, &error);
    let key = mac::scope_key(root, scope).map_err(refused)?;
    if mac::scope_key(root, scope).map_err(refused)? != key {
        return Err(refused(differs));
    }
    let file = KeyFile::scope(key, usage);
    file.check(TestKeys::Allow).map_err(|error| refused(error.into()))?;
    Ok(file)
}

/// Opens the files of shares and joins them, in memory.
pub(super) fn join(paths: &[PathBuf], opener: &mut Opener) -> Result<KeyFile> {
    let shares = paths.iter().map(|path| opener.open_share(path)).collect::<Result<Vec<_>>>()?;
    let key = Share::join(&shares).map_err(|error| {
        let remedy = match &error {
            ShareError::TooFew { .. } => "give more shares of this set",
            ShareError::Spoilt { .. } => {
                "give the share of another custodian in its place, and make a new set of shares afterwards"
            }
            ShareError::OtherSet { .. } => "give shares of one set: those that one `fugo key split` made",
            ShareError::Twice { .. } => "give each share once",
            ShareError::Disagree => "give the shares of more custodians, so that it shows which ones were altered",
            _ => "use another set of shares, or a copy of the root key",
        };
        let failure = Failure::new(&error, remedy);
        match error.position() {
            Some(position) => failure.of(&paths[position]),
            None => failure,
        }
    })?;
    notice::say(format_args!(
        "{} shares join to the {} root key with the tag {}",
        shares.len(),
        key.usage(),
        key.tag()
    ));
    Ok(key)
}

/// A registry that is named, or that of a root key.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct RegistryArgs {
    /// The registry of scopes
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// A root key file, in place of --registry: its path with .scopes appended is the registry. The key is not opened
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

impl RegistryArgs {
    /// The registry of scopes.
    pub(super) fn registry(&self) -> Registry {
        match (&self.registry, &self.root) {
            (Some(path), _) => Registry::at(path),
            (None, root) => Registry::beside(root.as_deref().unwrap_or_else(|| unreachable!("clap asks for one"))),
        }
    }
}

/// Records the tag of a scope's key.
pub(super) fn record(registry: &Registry, scope: &Scope, tag: KeyTag) -> Result<()> {
    registry.record(scope, tag).map(|_| ()).map_err(|error| not_recorded(registry, &error))
}

/// A key or a date that cannot be recorded.
pub(super) fn not_recorded(registry: &Registry, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("record the scope in", registry.path(), error);
    }
    let remedy = match error {
        RegistryError::TagClash { .. } => "no key was made; derive the scope with another epoch or another id",
        RegistryError::OtherRoot { .. } => "give --registry the registry in which the key was recorded",
        RegistryError::Destroyed { .. } => "nothing was recorded; use another epoch: its key differs",
        RegistryError::DateOrder(_) => "nothing was recorded; give other dates, or correct those of the registry",
        RegistryError::OtherDates { .. } => {
            "nothing was recorded; `fugo key dates` shows the dates of the registry and changes them"
        }
        RegistryError::NotRecorded { .. } | RegistryError::ScopeNotRecorded { .. } => {
            "nothing was recorded; give the registry in which the key was recorded when it was derived"
        }
        RegistryError::Lock { .. } => "nothing was recorded; the lock file is a regular file that its owner can write",
        RegistryError::Busy { .. } => "nothing was recorded; wait for the other command, or end it",
        RegistryError::NotFlushed(_) => "run the same command again when the device works",
        RegistryError::Clock { .. } => "nothing was recorded; set the clock of this machine",
        RegistryError::Repeated { .. } => "nothing was recorded; correct the registry, or restore it from a copy",
        _ => "no key was made; correct the registry, or restore it from a copy",
    };
    Failure::new(format_args!("{}: {error}", registry.path().display()), remedy)
}
