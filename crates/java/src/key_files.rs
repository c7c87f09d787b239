//! Key files: opening, locking and reading them.

use std::{
    ffi::OsStr,
    mem,
    path::Path,
    sync::{PoisonError, RwLock},
};

use fugo_keystore::{
    Key, KeyFile, Registry, Seal, Unlock, Use, read_passphrase,
    source::{KeyAddress, OpenedKey, SourceError},
};
use jni::{
    Env, EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass},
    sys::{jboolean, jlong},
};
use secrecy::SecretString;

use crate::{
    arrays::{bytes, text},
    handles::{Held, held, hold},
    scopes::parsed,
    thrown::{Thrown, native},
};

/// What a call needs that a key in a token does not give.
const NEEDS: &str = "this call needs them";

fn passphrase(env: &Env<'_>, array: &JByteArray<'_>) -> Result<SecretString, Thrown> {
    let bytes = bytes(env, array)?;
    let text = str::from_utf8(&bytes).map_err(|_| Thrown::Argument("the passphrase is not Unicode text".into()))?;
    Ok(SecretString::from(text))
}

#[jni_mangle("fugo.Native")]
pub fn unlock<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> jlong {
    native(env, |_| Ok(hold(RwLock::new(Unlock::default()))))
}

/// Adds to an [`Unlock`]. Steps that can fail must run before the lock is taken.
fn add(unlock: jlong, added: impl FnOnce(Unlock) -> Unlock) -> Result<(), Thrown> {
    let held = held(unlock)?;
    let mut unlock = held.unlock()?.write().unwrap_or_else(PoisonError::into_inner);
    *unlock = added(mem::take(&mut *unlock));
    Ok(())
}

#[jni_mangle("fugo.Native")]
pub fn allow_test_keys<'local>(env: EnvUnowned<'local>, _: JClass<'local>, unlock: jlong) {
    native(env, |_| add(unlock, Unlock::with_test_keys));
}

#[jni_mangle("fugo.Native")]
pub fn add_passphrase<'local>(env: EnvUnowned<'local>, _: JClass<'local>, unlock: jlong, secret: JByteArray<'local>) {
    native(env, |env| {
        let secret = passphrase(env, &secret)?;
        add(unlock, |unlock| unlock.with_passphrase(secret))
    });
}

#[jni_mangle("fugo.Native")]
pub fn add_passphrase_file<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    unlock: jlong,
    path: JByteArray<'local>,
) {
    native(env, |env| {
        let secret = read_passphrase(Path::new(&text(env, &path)?))?;
        add(unlock, |unlock| unlock.with_passphrase(secret))
    });
}

#[jni_mangle("fugo.Native")]
pub fn add_identity_file<'local>(env: EnvUnowned<'local>, _: JClass<'local>, unlock: jlong, path: JByteArray<'local>) {
    native(env, |env| {
        let path = text(env, &path)?;
        // The file is read into a temporary `Unlock` first: a file that is refused must leave this one unchanged.
        Unlock::default().with_identity_file(Path::new(&path))?;
        let mut read = Ok(());
        add(unlock, |unlock| match unlock.with_identity_file(Path::new(&path)) {
            Ok(unlock) => unlock,
            Err(error) => {
                read = Err(error);
                Unlock::default()
            }
        })?;
        Ok(read?)
    });
}

fn opened(unlock: jlong, open: impl FnOnce(&Unlock) -> Result<OpenedKey, Thrown>) -> Result<jlong, Thrown> {
    let held = held(unlock)?;
    let unlock = held.unlock()?.read().unwrap_or_else(PoisonError::into_inner);
    Ok(hold(open(&unlock)?))
}

#[jni_mangle("fugo.Native")]
pub fn load_key_file<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    path: JByteArray<'local>,
    unlock: jlong,
) -> jlong {
    native(env, |env| {
        let path = text(env, &path)?;
        opened(unlock, |unlock| Ok(OpenedKey::load(Path::new(&path), unlock)?))
    })
}

#[jni_mangle("fugo.Native")]
pub fn key_file_at<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    address: JByteArray<'local>,
    unlock: jlong,
) -> jlong {
    native(env, |env| {
        let address = text(env, &address)?;
        opened(unlock, |unlock| {
            let address = KeyAddress::parse(OsStr::new(&address)).map_err(SourceError::from)?;
            Ok(OpenedKey::at(&address, unlock, &mut |_| None)?)
        })
    })
}

#[jni_mangle("fugo.Native")]
pub fn open_key_file<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    file: JByteArray<'local>,
    unlock: jlong,
) -> jlong {
    native(env, |env| {
        let file = bytes(env, &file)?;
        opened(unlock, |unlock| Ok(KeyFile::open(&file, unlock)?.into()))
    })
}

#[jni_mangle("fugo.Native")]
pub fn parse_key_file<'local>(env: EnvUnowned<'local>, _: JClass<'local>, plaintext: JByteArray<'local>) -> jlong {
    native(env, |env| Ok(hold(OpenedKey::from(KeyFile::parse_plaintext(&bytes(env, &plaintext)?)?))))
}

/// A new key file for a key.
#[jni_mangle("fugo.Native")]
pub fn key_file<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong, production: jboolean) -> jlong {
    native(env, |_| {
        let usage = if production { Use::Production } else { Use::Test };
        let held = held(key)?;
        Ok(hold(OpenedKey::from(match &*held {
            Held::Root(key) => KeyFile::root((**key).clone(), usage),
            held => KeyFile::scope(crate::held::bytes(held.scope()?)?.clone(), usage),
        })))
    })
}

/// Derives a scope key and returns a new key file for it, with the same permitted use. The key tag is recorded first,
/// in the registry in the root key's folder or in the given registry. Returns 0 if this is not the file of a root key.
#[jni_mangle("fugo.Native")]
pub fn derive_key_file<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    file: jlong,
    scope: JByteArray<'local>,
    place: JByteArray<'local>,
    beside: jboolean,
) -> jlong {
    native(env, |env| {
        let (scope, place) = (parsed(env, &scope)?, text(env, &place)?);
        let Some(derived) = held(file)?.key_file()?.file(NEEDS)?.derive(&scope) else {
            return Ok(0);
        };
        let place = Path::new(&place);
        let registry = if beside { Registry::beside(place) } else { Registry::at(place) };
        registry.record(&scope, derived.tag())?;
        Ok(hold(OpenedKey::from(derived)))
    })
}

#[jni_mangle("fugo.Native")]
pub fn is_production<'local>(env: EnvUnowned<'local>, _: JClass<'local>, file: jlong) -> jboolean {
    native(env, |_| Ok(held(file)?.key_file()?.usage() == Use::Production))
}

/// The key of a file, with a new handle.
#[jni_mangle("fugo.Native")]
pub fn key_of<'local>(env: EnvUnowned<'local>, _: JClass<'local>, file: jlong) -> jlong {
    native(env, |_| {
        let held = held(file)?;
        let opened = held.key_file()?;
        Ok(hold(match opened {
            OpenedKey::File(file) => match file.key() {
                Key::Root(key) => Held::from(key.clone()),
                Key::Scope(_) => Held::from(opened.scope_source()?),
            },
            OpenedKey::Kept(_) => Held::from(opened.scope_source()?),
        }))
    })
}

#[jni_mangle("fugo.Native")]
pub fn seal_passphrase<'local>(env: EnvUnowned<'local>, _: JClass<'local>, secret: JByteArray<'local>) -> jlong {
    native(env, |env| Ok(hold(Seal::passphrase(passphrase(env, &secret)?)?)))
}

/// Reads recipients, one per line.
#[jni_mangle("fugo.Native")]
pub fn seal_recipients<'local>(env: EnvUnowned<'local>, _: JClass<'local>, recipients: JByteArray<'local>) -> jlong {
    native(env, |env| {
        let recipients = text(env, &recipients)?.lines().map(str::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(hold(Seal::recipients(recipients)?))
    })
}

#[jni_mangle("fugo.Native")]
pub fn seal_plaintext<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> jlong {
    native(env, |_| Ok(hold(Seal::plaintext())))
}

#[jni_mangle("fugo.Native")]
pub fn create_key_file<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    file: jlong,
    path: JByteArray<'local>,
    seal: jlong,
) {
    native(env, |env| {
        let path = text(env, &path)?;
        let (file, seal) = (held(file)?, held(seal)?);
        Ok(file.key_file()?.file(NEEDS)?.create(Path::new(&path), seal.seal()?)?)
    });
}
