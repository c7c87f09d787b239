use std::{ffi::c_char, path::Path};

use fugo_keystore::{
    Key, KeyFile, KeyFileError, PlaintextError, RecipientError, Seal, SealError, SecretFileError, Unlock, Use,
    read_passphrase,
    source::{KeyAddress, OpenedKey, SourceError},
};
use secrecy::SecretString;

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError, OfArgument, failures, told},
    held,
    ladder::{self, FugoRootKey, FugoScopeKey},
    pointers::{Handle, In, Out, Slot},
    spans::{Span, apart},
    status::FugoStatus,
};

/// The content of a key file: one key, its permitted use, and its tag. From a `pkcs11:` address it may be the key of a
/// scope that the token keeps; then there are no bytes of it here.
pub struct FugoKeyFile(OpenedKey);

/// How a key file is opened.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoUnlock {
    /// The file is a test key in plaintext.
    None = 0,
    /// The passphrase itself, UTF-8.
    Passphrase = 1,
    /// The path of a file whose first line is the passphrase.
    PassphraseFile = 2,
    /// The path of an age identity file (X25519).
    IdentityFile = 3,
    /// Add this to one of the others to accept test keys too. Without it a file with `use: test` is refused.
    TestKeys = 16,
}

/// How a new key file is locked.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoSeal {
    /// The file is not locked; for test keys only.
    Plaintext = 0,
    /// The passphrase itself, UTF-8, of at least 12 characters.
    Passphrase = 1,
    /// The path of a file whose first line is the passphrase.
    PassphraseFile = 2,
    /// Recipients of age (`age1...`), one per line. The identity of any one of them opens the file.
    Recipients = 3,
}

/// The kind of key that a key file holds.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoKind {
    /// A root key.
    Root = 1,
    /// A scope key.
    Scope = 2,
}

/// The permitted use of a key.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoUse {
    /// Real numbers.
    Production = 1,
    /// Published or invented numbers only.
    Test = 2,
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps)] // on other systems it can fail
fn path(bytes: &[u8]) -> Result<&Path, Failure> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Ok(Path::new(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Result<&Path, Failure> {
    Ok(Path::new(str::from_utf8(bytes)?))
}

fn unlock(how: i32, with: &[u8]) -> Result<Unlock, Failure> {
    let test_keys = FugoUnlock::TestKeys as i32;
    let nothing = if how & test_keys == 0 { Unlock::default() } else { Unlock::default().with_test_keys() };
    Ok(match how & !test_keys {
        0 if with.is_empty() => nothing,
        1 if with.is_empty() => return Err(FugoStatus::Empty.into()),
        1 => nothing.with_passphrase(SecretString::from(str::from_utf8(with)?)),
        2 => nothing.with_passphrase(read_passphrase(path(with)?)?),
        3 => nothing.with_identity_file(path(with)?)?,
        _ => return Err(FugoStatus::UnknownValue.into()),
    })
}

/// What opens a key file, whichever of its two locks it has.
fn unlock_either(how: i32, passphrase: &[u8], identity_file: &[u8]) -> Result<Unlock, Failure> {
    if how & !(FugoUnlock::TestKeys as i32) == FugoUnlock::IdentityFile as i32 {
        return Err(FugoStatus::UnknownValue.into());
    }
    let unlock = unlock(how, passphrase)?;
    if identity_file.is_empty() {
        return Ok(unlock);
    }
    let in_identity_file =
        |error: SecretFileError| in_file(told(error.kind(), error.place(), error.found()), SECOND_UNLOCKING_FILE);
    unlock.with_identity_file(path(identity_file)?).map_err(in_identity_file)
}

/// Opens what the first argument, bytes of a path, an address or a file, names or is.
#[expect(clippy::too_many_arguments)] // those of the calls below, in their order
fn opened<T>(
    error: Span,
    from: &In<T>,
    from_len: usize,
    how: i32,
    with: &In<c_char>,
    with_len: usize,
    out: &Slot<FugoKeyFile>,
    open: impl FnOnce(&[u8], &Unlock) -> Result<OpenedKey, Failure>,
) -> Result<(), Failure> {
    apart(error, &[out.span(6)?], &[from.span(from_len, 1, 1)?, with.span(with_len, 1, 4)?])?;
    let out = out.vacant().arg(6);
    let (from, with) = (from.bytes(from_len).arg(1)?, with.bytes(with_len).arg(4)?);
    let out = out?;
    out.set(FugoKeyFile(open(from, &unlock(how, with)?)?));
    Ok(())
}

fn load(path: &[u8], unlock: &Unlock) -> Result<OpenedKey, Failure> {
    Ok(OpenedKey::load(self::path(path)?, unlock)?)
}

fn open(file: &[u8], unlock: &Unlock) -> Result<OpenedKey, Failure> {
    Ok(KeyFile::open(file, unlock)?.into())
}

/// As [`opened`], with both ways to unlock.
#[expect(clippy::too_many_arguments)] // those of the calls below, in their order
fn opened_either<T>(
    error: Span,
    from: &In<T>,
    from_len: usize,
    how: i32,
    passphrase: (&In<c_char>, usize),
    identity_file: (&In<c_char>, usize),
    out: &Slot<FugoKeyFile>,
    open: impl FnOnce(&[u8], &Unlock) -> Result<OpenedKey, Failure>,
) -> Result<(), Failure> {
    let inputs = [
        from.span(from_len, 1, 1)?,
        passphrase.0.span(passphrase.1, 1, 4)?,
        identity_file.0.span(identity_file.1, 1, 6)?,
    ];
    apart(error, &[out.span(8)?], &inputs)?;
    let out = out.vacant().arg(8);
    let (from, passphrase) = (from.bytes(from_len).arg(1)?, passphrase.0.bytes(passphrase.1).arg(4)?);
    let identity_file = identity_file.0.bytes(identity_file.1).arg(6)?;
    let out = out?;
    out.set(FugoKeyFile(open(from, &unlock_either(how, passphrase, identity_file)?)?));
    Ok(())
}

/// `*out` := the key file at `path`, opened with `unlock`. The bytes of the path are as in the file system, UTF-8 on
/// Windows; no NUL is needed.
///
/// | how                         | unlock, unlock_len                                                         |
/// |-----------------------------|----------------------------------------------------------------------------|
/// | FUGO_UNLOCK_NONE            | NULL, 0                                                                    |
/// | FUGO_UNLOCK_PASSPHRASE      | the passphrase, UTF-8; wipe your own copy                                  |
/// | FUGO_UNLOCK_PASSPHRASE_FILE | the path of a file that only its owner can read; line 1 is the passphrase  |
/// | FUGO_UNLOCK_IDENTITY_FILE   | the path of an age identity file that only its owner can read              |
///
/// Add `| FUGO_UNLOCK_TEST_KEYS` to accept test keys too, for published and invented numbers. Without it they are
/// refused (TEST_KEY). A passphrase takes about one second and 256 MiB. The tag is recomputed and compared.
///
/// Failures of the key file: those of `fugo_key_file_parse`; TEST_KEY, WEAK_KEY, NOT_A_FILE, INSUFFICIENT_WORK,
/// TOO_MANY_RECIPIENTS, NOT_A_KEY_FILE, DAMAGED, TOO_LARGE, PASSPHRASE_NEEDED, WRONG_PASSPHRASE, IDENTITY_NEEDED,
/// WRONG_IDENTITY, EXCESSIVE_WORK, OTHERS_CAN_READ, PLAINTEXT_PRODUCTION, IO. Failures of the passphrase or the file
/// that unlocks it: NOT_TEXT, EMPTY, IDENTITY (`at` is the line), OTHERS_CAN_READ, TOO_LARGE, IO (`at` is 1). Also
/// UNKNOWN_VALUE.
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
    boundary(error, |error| opened(error, &path, path_len, how, &unlock, unlock_len, &out, load))
}

/// `*out` := the key at an address (docs/custody.md): the path of a key file, `exec:` and a program, or a `pkcs11:` URI
/// (RFC 7512).
///
/// A program MACs with the root key. Before `@exec:` there must be the scope and the tag of the key, such as
/// `agency/nta/1=7c2cb2a1@exec:/usr/local/lib/mac`; the tag confirms the answer. A root key in a token needs them too.
/// The key of a scope in a token stays there: the handle has no bytes of it, and the token derives each symbol. Such a
/// handle gives its scope, tag and use, and a fugo_scope_key for `fugo_key_new` and its sisters; the calls that need bytes
/// fail with NO_BYTES. The PIN is in the file or the descriptor that `pin-source` names, and never in the address. The
/// handle keeps a session; a child of `fork` must open its own.
///
/// The program and the token's module run as the user of this process, so take no address from others. `how` and `unlock`
/// open a key file, as in `fugo_key_file_load`, and say whether test keys are accepted; a program and a token need NONE.
///
/// Failures: those of `fugo_key_file_load`; ADDRESS, PROGRAM, TAG_MISMATCH, WRONG_KEY for the key of another scope,
/// WRONG_KIND; of a token TOKEN_MODULE, NO_TOKEN, PIN_NEEDED, WRONG_PIN, PIN_LOCKED, NO_KEY, SESSION_LOST, and TOKEN for
/// all others and for a library without tokens.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_at(
    address: In<c_char>,
    address_len: usize,
    how: i32,
    unlock: In<c_char>,
    unlock_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        opened(error, &address, address_len, how, &unlock, unlock_len, &out, |address, unlock| {
            let address = KeyAddress::parse(path(address)?.as_os_str()).map_err(SourceError::from)?;
            Ok(OpenedKey::at(&address, unlock, &mut |_| None)?)
        })
    })
}

/// `*out` := the key file with these bytes, for example from a secret store, opened as with `fugo_key_file_load`.
/// Failures: the same, except those of reading the file at `path`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_open(
    bytes: In<u8>,
    bytes_len: usize,
    how: i32,
    unlock: In<c_char>,
    unlock_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| opened(error, &bytes, bytes_len, how, &unlock, unlock_len, &out, open))
}

/// `*out` := the key file at `path`, opened with a passphrase or with an age identity, whichever locks it. A program that
/// has both need not know which. `how` and `passphrase` are FUGO_UNLOCK_NONE, FUGO_UNLOCK_PASSPHRASE or
/// FUGO_UNLOCK_PASSPHRASE_FILE as for `fugo_key_file_load`, with or without `| FUGO_UNLOCK_TEST_KEYS`. `identity_file` is
/// the path of an age identity file, or NULL, 0. Both secrets are read before the key file is opened. Failures: those of
/// `fugo_key_file_load`; `at` is 2 for IO, OTHERS_CAN_READ and TOO_LARGE of the identity file.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_load_either(
    path: In<c_char>,
    path_len: usize,
    how: i32,
    passphrase: In<c_char>,
    passphrase_len: usize,
    identity_file: In<c_char>,
    identity_file_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let (passphrase, identity_file) = ((&passphrase, passphrase_len), (&identity_file, identity_file_len));
        opened_either(error, &path, path_len, how, passphrase, identity_file, &out, load)
    })
}

/// `*out` := the key file with these bytes, opened as `fugo_key_file_load_either` opens it. Failures: the same, except those
/// of reading the file at `path`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_open_either(
    bytes: In<u8>,
    bytes_len: usize,
    how: i32,
    passphrase: In<c_char>,
    passphrase_len: usize,
    identity_file: In<c_char>,
    identity_file_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let (passphrase, identity_file) = ((&passphrase, passphrase_len), (&identity_file, identity_file_len));
        opened_either(error, &bytes, bytes_len, how, passphrase, identity_file, &out, open)
    })
}

/// `*out` := the key file with this plaintext, already decrypted. Failures, with `at` the line number from 1:
/// UNKNOWN_LINE, MISSING_LINE, BAD_VALUE, TAG_MISMATCH. Test keys are accepted: call `fugo_key_file_usage` to learn the
/// permitted use.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_parse(
    plaintext: In<c_char>,
    plaintext_len: usize,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[plaintext.span(plaintext_len, 1, 1)?])?;
        let out = out.vacant().arg(3);
        let plaintext = plaintext.bytes(plaintext_len).arg(1)?;
        out?.set(FugoKeyFile(KeyFile::parse_plaintext(plaintext)?.into()));
        Ok(())
    })
}

fn usage(number: i32) -> Result<Use, Failure> {
    match number {
        1 => Ok(Use::Production),
        2 => Ok(Use::Test),
        _ => Err(FugoStatus::UnknownValue.into()),
    }
}

fn seal(how: i32, with: &[u8]) -> Result<Seal, Failure> {
    Ok(match how {
        0 if with.is_empty() => Seal::plaintext(),
        1 => Seal::passphrase(SecretString::from(str::from_utf8(with)?))?,
        2 => Seal::passphrase(read_passphrase(path(with)?)?)?,
        3 => {
            let recipients = str::from_utf8(with)?.lines().map(str::parse).collect::<Result<Vec<_>, _>>();
            Seal::recipients(recipients.map_err(|_| FugoStatus::Recipient)?)?
        }
        _ => return Err(FugoStatus::UnknownValue.into()),
    })
}

/// `*out` := a key file for a root key, not written yet. `usage` is FUGO_USE_PRODUCTION or FUGO_USE_TEST. The key may
/// be freed afterwards. Failure: UNKNOWN_VALUE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_of_root(
    key: Handle<FugoRootKey>,
    usage: i32,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[])?;
        let out = out.vacant().arg(3);
        let key = key.held().arg(1)?;
        out?.set(FugoKeyFile(KeyFile::root(key.0.clone(), self::usage(usage)?).into()));
        Ok(())
    })
}

/// `*out` := a key file for a scope key, as with `fugo_key_file_of_root`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_of_scope(
    key: Handle<FugoScopeKey>,
    usage: i32,
    out: Slot<FugoKeyFile>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[])?;
        let out = out.vacant().arg(3);
        let key = key.held().arg(1)?;
        out?.set(FugoKeyFile(KeyFile::scope(held::bytes(&key.0)?.clone(), self::usage(usage)?).into()));
        Ok(())
    })
}

/// Writes a new file at `path`, readable by its owner only, completely or not at all. `how`, a fugo_seal, and `with`
/// say how it is locked. A file that exists is never replaced. A passphrase takes about one second and 256 MiB.
/// Failures: EXISTS,
/// EMPTY_PASSPHRASE, SHORT_PASSPHRASE, NO_RECIPIENT, RECIPIENT, TOO_MANY_RECIPIENTS, PLAINTEXT_PRODUCTION, WEAK_KEY,
/// IO; of a passphrase file those of `fugo_key_file_load`; UNKNOWN_VALUE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_create(
    file: Handle<FugoKeyFile>,
    path: In<c_char>,
    path_len: usize,
    how: i32,
    with: In<c_char>,
    with_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[], &[path.span(path_len, 1, 2)?, with.span(with_len, 1, 5)?])?;
        let file = file.held().arg(1)?;
        let (path, with) = (path.bytes(path_len).arg(2)?, with.bytes(with_len).arg(5)?);
        let seal = seal(how, with)?;
        Ok(file.0.file("this call needs them")?.create(self::path(path)?, &seal)?)
    })
}

/// `*kind` := FUGO_KIND_ROOT or FUGO_KIND_SCOPE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_kind(file: Handle<FugoKeyFile>, kind: Out<i32>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[kind.span(1, size_of::<i32>(), 2)?], &[])?;
        let kind = kind.place(0).arg(2);
        let file = file.held().arg(1)?;
        kind?.set(if file.0.scope().is_none() { FugoKind::Root as i32 } else { FugoKind::Scope as i32 });
        Ok(())
    })
}

/// `*usage` := FUGO_USE_PRODUCTION or FUGO_USE_TEST.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_usage(file: Handle<FugoKeyFile>, usage: Out<i32>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[usage.span(1, size_of::<i32>(), 2)?], &[])?;
        let usage = usage.place(0).arg(2);
        let file = file.held().arg(1)?;
        usage?.set(match file.0.usage() {
            Use::Production => FugoUse::Production as i32,
            Use::Test => FugoUse::Test as i32,
        });
        Ok(())
    })
}

/// `tag` := the key tag; `tag_len` is FUGO_TAG_LEN.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_tag(
    file: Handle<FugoKeyFile>,
    tag: Out<u8>,
    tag_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| ladder::tag(error, file, tag, tag_len, |file| file.0.tag()))
}

/// `text` := the scope of a scope key, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE. Failure:
/// WRONG_KIND for a root key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_scope(
    file: Handle<FugoKeyFile>,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        ladder::scope_text(error, file, text, text_size, |file| Ok(*file.0.scope().ok_or(FugoStatus::WrongKind)?))
    })
}

/// `*out` := the root key of the file. `file` may be freed afterwards. Failure: WRONG_KIND for a scope key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_root_key(
    file: Handle<FugoKeyFile>,
    out: Slot<FugoRootKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(2)?], &[])?;
        let out = out.vacant().arg(2);
        let file = file.held().arg(1)?;
        let out = out?;
        let OpenedKey::File(file) = &file.0 else { return Err(FugoStatus::WrongKind.into()) };
        match file.key() {
            Key::Root(key) => out.set(FugoRootKey(key.clone())),
            Key::Scope(_) => return Err(FugoStatus::WrongKind.into()),
        }
        Ok(())
    })
}

/// `*out` := the scope key of the file. `file` may be freed afterwards. Failure: WRONG_KIND for a root key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_scope_key(
    file: Handle<FugoKeyFile>,
    out: Slot<FugoScopeKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(2)?], &[])?;
        let out = out.vacant().arg(2);
        let file = file.held().arg(1)?;
        let out = out?;
        out.set(FugoScopeKey(file.0.scope_source()?));
        Ok(())
    })
}

/// Wipes and frees `*file` and sets it to NULL. Does nothing if `file` or `*file` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_file_free(file: Slot<FugoKeyFile>) -> FugoStatus {
    boundary(Out::none(), |_| file.free().arg(1))
}

failures!(PlaintextError, RecipientError, SealError);

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        in_file(told(error.kind(), error.place(), error.found()), KEY_FILE)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        in_file(told(error.kind(), error.place(), error.found()), KEY_FILE)
    }
}

impl From<SecretFileError> for Failure {
    fn from(error: SecretFileError) -> Self {
        in_file(told(error.kind(), error.place(), error.found()), UNLOCKING_FILE)
    }
}

/// The key file itself.
const KEY_FILE: usize = 0;
/// The file of the passphrase or of the identities.
const UNLOCKING_FILE: usize = 1;
/// The file of the identities, in a call that takes a passphrase too.
const SECOND_UNLOCKING_FILE: usize = 2;

/// Sets which file failed, for the statuses that report it in `at`.
fn in_file(failure: Failure, file: usize) -> Failure {
    use FugoStatus::{Io, OthersCanRead, TooLarge};
    if matches!(failure.status, Io | OthersCanRead | TooLarge) { failure.at(file) } else { failure }
}
