//! Loads the scope keys of a command.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::ScopeKey;
use fugo_keystore::{Key, TestKeys, Use};

pub(crate) use crate::unlock::UnlockArgs;
use crate::{
    failure::{Failure, Result},
    notice,
};

/// The key of a scope, and its use.
#[derive(Debug)]
pub(crate) struct LoadedKey {
    pub(crate) key: ScopeKey,
    pub(crate) usage: Use,
}

/// Whether a command accepts test keys.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TestKeyArgs {
    /// Accept test keys too. Use them with made-up numbers only. Without this option a key file that says `use: test`
    /// is refused
    #[arg(long)]
    test_keys: bool,
}

impl TestKeyArgs {
    pub(crate) fn allowed(self) -> TestKeys {
        if self.test_keys { TestKeys::Allow } else { TestKeys::Refuse }
    }
}

/// Loads the scope key of each path, in order. Refuses root keys, and test keys together with production keys. Test
/// keys need --test-keys, and each gets a warning.
pub(crate) fn load_scope_keys(paths: &[PathBuf], unlock: &UnlockArgs, test: TestKeyArgs) -> Result<Vec<LoadedKey>> {
    let mut opener = unlock.opener(test.allowed())?;
    let mut loaded: Vec<LoadedKey> = Vec::with_capacity(paths.len());
    for path in paths {
        let file = opener.open(path)?;
        let usage = file.usage();
        let Key::Scope(key) = file.into_key() else {
            return Err(is_root(path));
        };
        if let Some((first, path_of_first)) = loaded.first().zip(paths.first())
            && first.usage != usage
        {
            return Err(Failure::new(
                format_args!(
                    "test keys and production keys cannot be used together: {} has the use {}, {} has {usage}",
                    path_of_first.display(),
                    first.usage,
                    path.display()
                ),
                "give keys that all have the same use",
            ));
        }
        if usage == Use::Test {
            notice::warn(format_args!("{} is a test key; never give it real numbers", path.display()));
        }
        loaded.push(LoadedKey { key, usage });
    }
    Ok(loaded)
}

fn is_root(path: &Path) -> Failure {
    Failure::new(
        format_args!("{} is a root key; symbols are derived with scope keys", path.display()),
        "derive the key of a scope first: fugo key derive --root FILE --scope agency/nta/1 --out FILE",
    )
}
