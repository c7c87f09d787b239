//! The root key of a command that derives keys, and the registry of its scopes.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::Scope;
use fugo_keystore::{KeyFile, Registry, RegistryError, Share, ShareError};

use crate::{
    failure::{Failure, Result},
    notice,
    unlock::{Opener, RootUnlockArgs},
};

/// The root key and its registry of scopes.
#[derive(Args)]
pub(super) struct RootArgs {
    /// The file of the root key
    #[arg(long, value_name = "FILE", required_unless_present = "root_shares")]
    root: Option<PathBuf>,
    /// The files of enough shares of the root key, in place of --root; with --registry. The key is joined in memory and
    /// written nowhere
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "root", requires = "registry")]
    root_shares: Vec<PathBuf>,
    /// The registry of scopes [default: the root key's path with .scopes appended]
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    unlock: RootUnlockArgs,
}

impl RootArgs {
    /// Opens the root key, or joins its shares.
    pub(super) fn open(&self) -> Result<KeyFile> {
        let mut opener = self.unlock.opener()?;
        match &self.root {
            Some(path) => opener.open(path),
            None => join(&self.root_shares, &mut opener),
        }
    }

    /// The key of a scope of this root key.
    pub(super) fn derive(&self, root: &KeyFile, scope: &Scope) -> Result<KeyFile> {
        root.derive(scope).ok_or_else(|| {
            let path = self.root.as_deref().unwrap_or(Path::new("the shares"));
            Failure::new(
                format_args!("{} is a scope key; keys are derived from root keys only", path.display()),
                "give --root the file that `fugo key new` made",
            )
        })
    }

    /// The registry of scopes.
    pub(super) fn registry(&self) -> Registry {
        match (&self.registry, &self.root) {
            (Some(path), _) => Registry::at(path),
            (None, Some(root)) => Registry::beside(root),
            (None, None) => unreachable!("clap asks for --registry with --root-shares"),
        }
    }
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

/// A key or a date that cannot be recorded.
pub(super) fn not_recorded(registry: &Registry, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("record the scope in", registry.path(), error);
    }
    let remedy = match error {
        RegistryError::TagClash { .. } => "no key was made; derive the scope with another epoch or another id",
        RegistryError::OtherRoot { .. } => "no key was made; give --registry the registry of this root key",
        RegistryError::Destroyed { .. } => "nothing was recorded; use another epoch: its key differs",
        RegistryError::DateOrder(_) => "nothing was recorded; give other dates, or correct those of the registry",
        RegistryError::OtherDates { .. } => {
            "nothing was recorded; `fugo key dates` shows the dates of the registry and changes them"
        }
        RegistryError::NotRecorded { .. } | RegistryError::ScopeNotRecorded { .. } => {
            "nothing was recorded; give the registry in which the key was recorded when it was derived"
        }
        _ => "no key was made; correct the registry, or restore it from a copy",
    };
    Failure::new(format_args!("{}: {error}", registry.path().display()), remedy)
}
