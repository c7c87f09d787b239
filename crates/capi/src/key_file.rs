use std::{ffi::c_char, path::Path};

use fugo_keystore::{Key, KeyFile, Unlock, Use, read_passphrase};
use secrecy::SecretString;

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError},
    ladder::{self, FugoRootKey, FugoScopeKey},
    pointers::{Handle, In, Out, Slot},
    spans::apart,
    status::FugoStatus,
};

/// What a key file said: one key, what it may be used for, and its tag.
pub struct FugoKeyFile(KeyFile);

/// What opens a key file.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoUnlock {
    /// Nothing: a test key in plaintext.
    None = 0,
    /// The passphrase itself, UTF-8.
    Passphrase = 1,
    /// The path of a file whose first line is the passphrase.
    PassphraseFile = 2,
    /// The path of an age identity file (X25519).
    IdentityFile = 3,
}

/// Which rung of the ladder a key is.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoKind {
    /// A root key.
    Root = 1,
    /// The key of one scope.
    Scope = 2,
}

/// What a key may be used for.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoUse {
    /// Real numbers.
    Production = 1,
    /// Published or invented numbers only.
    Test = 2,
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps)] // elsewhere bytes may be no path
fn path(bytes: &[u8]) -> Result<&Path, Failure> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Ok(Path::new(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Result<&Path, Failure> {
    Ok(Path::new(str::from_utf8(bytes)?))
}

fn unlock(how: i32, with: &[u8]) -> Result<Unlock, Failure> {
    let nothing = Unlock::default().with_test_keys();
    Ok(match how {
        0 if with.is_empty() => nothing,
        1 if with.is_empty() => return Err(FugoStatus::Empty.into()),
        1 => nothing.with_passphrase(SecretString::from(str::from_utf8(with)?)),
        2 => nothing.with_passphrase(read_passphrase(path(with)?)?),
        3 => nothing.with_identity_file(path(with)?)?,
        _ => return Err(FugoStatus::UnknownValue.into()),
    })
}

/// `*out` := the key file at `path` (bytes as the system has them, UTF-8 on Windows; no NUL needed), opened with
/// `unlock`:
///
/// | how                         | unlock, unlock_len                                                         |
/// |-----------------------------|----------------------------------------------------------------------------|
/// | FUGO_UNLOCK_NONE            | NULL, 0                                                                    |
/// | FUGO_UNLOCK_PASSPHRASE      | the passphrase, UTF-8; wipe your own copy                                  |
/// | FUGO_UNLOCK_PASSPHRASE_FILE | the path of a file of its owner's only, whose first line is the passphrase |
/// | FUGO_UNLOCK_IDENTITY_FILE   | the path of an age identity file of its owner's only                       |
///
/// A passphrase takes about a second and 256 MiB. The tag is recomputed. Failures: those of `fugo_key_file_parse`;
/// NOT_A_KEY_FILE, DAMAGED, TOO_LARGE, PASSPHRASE_NEEDED, WRONG_PASSPHRASE, IDENTITY_NEEDED, WRONG_IDENTITY,
/// EXCESSIVE_WORK, OTHERS_CAN_READ, PLAINTEXT_PRODUCTION, IO; of what unlocks NOT_TEXT, EMPTY, IDENTITY (`at` is the
/// line), OTHERS_CAN_READ, TOO_LARGE, IO (`at` is 1); UNKNOWN_VALUE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_load(
    path: In<c_char>,
    path_len: usize,
    how: i32,
    unlock: In<c_char>,
    unlock_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span()?], &[path.span(path_len, 1)?, unlock.span(unlock_len, 1)?])?;
        let out = out.vacant();
        let (path, unlock) = (path.bytes(path_len)?, unlock.bytes(unlock_len)?);
        let out = out?;
        let unlock = self::unlock(how, unlock)?;
        out.set(FugoKeyFile(KeyFile::load(self::path(path)?, &unlock)?));
        Ok(())
    })
}

/// `*out` := the key file whose plaintext, what is inside the encryption, is given. Failures, with `at` the number of
/// the line from 1: UNKNOWN_LINE, MISSING_LINE, BAD_VALUE, TAG_MISMATCH.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_parse(
    plaintext: In<c_char>,
    plaintext_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span()?], &[plaintext.span(plaintext_len, 1)?])?;
        let out = out.vacant();
        let plaintext = plaintext.bytes(plaintext_len)?;
        out?.set(FugoKeyFile(KeyFile::parse_plaintext(plaintext)?));
        Ok(())
    })
}

/// `*kind` := FUGO_KIND_ROOT or FUGO_KIND_SCOPE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_kind(file: Handle<FugoKeyFile>, kind: Out<i32>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[kind.span(1, size_of::<i32>())?], &[])?;
        let kind = kind.place(0);
        let file = file.held()?;
        kind?.set(match file.0.key() {
            Key::Root(_) => FugoKind::Root as i32,
            Key::Scope(_) => FugoKind::Scope as i32,
        });
        Ok(())
    })
}

/// `*usage` := FUGO_USE_PRODUCTION or FUGO_USE_TEST.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_use(file: Handle<FugoKeyFile>, usage: Out<i32>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[usage.span(1, size_of::<i32>())?], &[])?;
        let usage = usage.place(0);
        let file = file.held()?;
        usage?.set(match file.0.usage() {
            Use::Production => FugoUse::Production as i32,
            Use::Test => FugoUse::Test as i32,
        });
        Ok(())
    })
}

/// `tag` := the tag of the key; `tag_len` is FUGO_TAG_LEN.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_tag(
    file: Handle<FugoKeyFile>,
    tag: Out<u8>,
    tag_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| ladder::tag(error, file, tag, tag_len, |file| file.0.tag()))
}

/// `text` := the scope of a scope's key, and NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE. Failure:
/// WRONG_KIND for a root key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_scope(
    file: Handle<FugoKeyFile>,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        ladder::scope_text(error, file, text, text_size, |file| match file.0.key() {
            Key::Root(_) => Err(FugoStatus::WrongKind.into()),
            Key::Scope(key) => Ok(*key.scope()),
        })
    })
}

/// `*out` := the root key of the file, which may be freed. Failure: WRONG_KIND for a scope's key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_root_key(
    file: Handle<FugoKeyFile>,
    out: Slot<FugoRootKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span()?], &[])?;
        let out = out.vacant();
        let file = file.held()?;
        let out = out?;
        match file.0.key() {
            Key::Root(key) => out.set(FugoRootKey(key.clone())),
            Key::Scope(_) => return Err(FugoStatus::WrongKind.into()),
        }
        Ok(())
    })
}

/// `*out` := the scope key of the file, which may be freed. Failure: WRONG_KIND for a root key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_scope_key(
    file: Handle<FugoKeyFile>,
    out: Slot<FugoScopeKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span()?], &[])?;
        let out = out.vacant();
        let file = file.held()?;
        let out = out?;
        match file.0.key() {
            Key::Scope(key) => out.set(FugoScopeKey(key.clone())),
            Key::Root(_) => return Err(FugoStatus::WrongKind.into()),
        }
        Ok(())
    })
}

/// Wipes and frees `*file` and sets it to NULL. Nothing if `file` or `*file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_free(file: Slot<FugoKeyFile>) -> FugoStatus {
    boundary(Out::none(), |_| file.free())
}
