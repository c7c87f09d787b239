//! The text inside key files of every kind, and the header of an encrypted one.

use std::io::Read;

use age::armor::ArmoredReader;
use data_encoding::HEXLOWER;
use fugo::{KEY_LEN, Place, RootKey, Scope, ScopeKey};
use fugo_keystore::{
    Key, KeyFile, KeyFileError, LedgerKeyFile, Lock, Seal, SealedKeyFile, SigningKeyFile, Unlock, Use, fuzzing,
};
use sha2::{Digest, Sha256};

/// Any bytes as the text inside a key file, and as a key file.
pub fn check(data: &[u8]) {
    plaintext(data);
    four_lines(data);
    sealed(data);
    header(data);
}

fn plaintext(data: &[u8]) {
    let found = KeyFile::parse_plaintext(data);
    let expected = model(data);
    assert_eq!(found.is_ok(), expected.is_some());
    match found {
        Ok(file) => {
            let (usage, scope, bytes) = expected.expect("accepted by both");
            assert_eq!(file.usage(), usage);
            match file.key() {
                Key::Root(key) => assert_eq!((key.expose_bytes(), scope), (&bytes, None)),
                Key::Scope(key) => assert_eq!((key.expose_bytes(), Some(*key.scope())), (&bytes, scope)),
            }
            // An accepted text is exactly the text that is written. A production key is written in plaintext by nobody.
            let again = match scope {
                None => KeyFile::root(RootKey::from_bytes(&bytes), Use::Test),
                Some(scope) => KeyFile::scope(ScopeKey::from_bytes(&scope, &bytes), Use::Test),
            };
            let text = again.to_bytes(&Seal::plaintext()).expect("a test key");
            let text = String::from_utf8(text.to_vec()).expect("text").replace("use: test", &format!("use: {usage}"));
            assert_eq!(text.as_bytes(), data);
        }
        Err(error) => {
            let Some(Place::Line(line)) = error.place() else { panic!("an error names a line") };
            assert!((1..=data.iter().filter(|byte| **byte == b'\n').count() + 1).contains(&line));
            // It shows no value.
            let said = error.to_string();
            let values = data.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
            for (_, value) in values.filter_map(|line| line.split_once(": ")).filter(|(_, value)| value.len() > 40) {
                // Or the value is a part of the message: then it is there with another value too.
                let other = String::from_utf8_lossy(data).replace(value, &"0".repeat(value.len()));
                let without = KeyFile::parse_plaintext(other.as_bytes())
                    .map_or_else(|error| error.to_string(), |_| String::new());
                assert!(!said.contains(value) || without.contains(value), "an error shows a value");
            }
        }
    }
}

/// The use, the scope and the key of a text, by its lines.
fn model(data: &[u8]) -> Option<(Use, Option<Scope>, [u8; KEY_LEN])> {
    let text = std::str::from_utf8(data).ok()?.strip_suffix('\n')?;
    let lines: Vec<&str> = text.split('\n').collect();
    let value = |nth: usize, name: &str| lines.get(nth)?.strip_prefix(&format!("{name}: "));
    (lines[0] == "fugo-key 1").then_some(())?;
    let (scope, next) = match value(1, "kind")? {
        "root" => (None, 2),
        "scope" => {
            let parts = [value(2, "purpose")?, value(3, "scope")?, value(4, "epoch")?];
            parts.iter().all(|part| !part.contains('/')).then_some(())?;
            (Some(parts.join("/").parse::<Scope>().ok()?), 5)
        }
        _ => return None,
    };
    let usage = [Use::Production, Use::Test].into_iter().find(|usage| Some(usage.name()) == value(next, "use"))?;
    let tag = HEXLOWER.decode(value(next + 1, "tag")?.as_bytes()).ok()?;
    let key: [u8; KEY_LEN] = HEXLOWER.decode(value(next + 2, "key")?.as_bytes()).ok()?.try_into().ok()?;
    let holder = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    let mac = ring::hmac::sign(&holder, b"fugo\x01tag\x01");
    (mac.as_ref()[..4] == tag && lines.len() == next + 3).then_some((usage, scope, key))
}

/// The kinds of key files with four lines.
fn four_lines(data: &[u8]) {
    let four = four_lines_model(data);
    let is = |name: &str| four.as_ref().filter(|four| four.name == name);
    match fuzzing::public_key(data) {
        Ok(key) => {
            let four = is("fugo-public-key").expect("four lines of a public key");
            assert_eq!((key.to_string().as_bytes(), key.usage().name()), (data, four.usage));
            assert_eq!(Sha256::digest(four.key)[..16], four.id);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let Ok(file) = SealedKeyFile::from_bytes(data) else { return };
    if file.lock() != Lock::Plaintext {
        return;
    }
    let unlock = Unlock::default().with_test_keys();
    if let Ok(key) = SigningKeyFile::unlock(&file, &unlock) {
        assert_eq!(fuzzing::signing_text(&key).as_bytes(), data);
        assert!(is("fugo-signing-key").is_some_and(|four| four.usage == "test"));
        assert!(key.public().verifies(b"a", &key.sign(b"a")));
    }
    if let Ok(key) = LedgerKeyFile::unlock(&file, &unlock) {
        let four = is("fugo-ledger-key").expect("four lines of a key of ledgers");
        let holder = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &four.key);
        assert_eq!(ring::hmac::sign(&holder, b"id\0").as_ref()[..16], four.id);
        assert_eq!((key.id().to_string(), four.usage), (HEXLOWER.encode(&four.id), "test"));
    }
}

struct Four<'a> {
    name: &'a str,
    usage: &'a str,
    id: Vec<u8>,
    key: [u8; KEY_LEN],
}

fn four_lines_model(data: &[u8]) -> Option<Four<'_>> {
    let lines: Vec<&str> = std::str::from_utf8(data).ok()?.strip_suffix('\n')?.split('\n').collect();
    let [first, usage, id, key] = lines[..] else { return None };
    let id = HEXLOWER.decode(id.strip_prefix("key-id: ")?.as_bytes()).ok()?;
    let key = HEXLOWER.decode(key.strip_prefix("key: ")?.as_bytes()).ok()?.try_into().ok()?;
    Some(Four { name: first.strip_suffix(" 1")?, usage: usage.strip_prefix("use: ")?, id, key })
}

/// Which plaintext files are opened, and with which error others are refused.
fn sealed(data: &[u8]) {
    let Ok(file) = SealedKeyFile::from_bytes(data) else { return };
    if file.lock() != Lock::Plaintext {
        return;
    }
    let (strict, tests) = (file.unlock(&Unlock::default()), file.unlock(&Unlock::default().with_test_keys()));
    match KeyFile::parse_plaintext(data).map(|file| file.usage()) {
        Ok(Use::Test) => {
            assert!(matches!(strict, Err(KeyFileError::TestKey)));
            assert!(tests.is_ok());
        }
        Ok(Use::Production) => {
            for opened in [strict, tests] {
                assert!(matches!(opened, Err(KeyFileError::PlaintextProduction)));
            }
        }
        Err(error) => {
            for opened in [strict, tests] {
                assert!(matches!(opened, Err(KeyFileError::Plaintext(found)) if found == error));
            }
        }
    }
}

/// The header shows the work and the recipients that `age` will act on.
fn header(data: &[u8]) {
    let (recipients, work) = fuzzing::age_header(data);
    // A file that does not begin as one of age is not one, whatever its later lines are.
    if recipients > 64
        && let Ok(file) = SealedKeyFile::from_bytes(data)
    {
        assert_eq!(file.lock(), Lock::Plaintext);
    }
    let Ok(decryptor) = age::Decryptor::new_buffered(ArmoredReader::new(data)) else { return };
    let mut bytes = Vec::new();
    // Armor can be damaged behind the header; then the file is not opened.
    if ArmoredReader::new(data).take(data.len() as u64).read_to_end(&mut bytes).is_err() {
        return;
    }
    let stanzas = stanzas(&bytes).expect("a header that age accepts");
    assert_eq!(recipients, stanzas.len());
    let is_scrypt = stanzas.iter().any(|stanza| stanza.first() == Some(&"scrypt"));
    assert_eq!(decryptor.is_scrypt(), is_scrypt && stanzas.len() == 1);
    if decryptor.is_scrypt() {
        // Work that `age` can act on is work that is checked before.
        let said = stanzas[0].get(2).filter(|_| stanzas[0].len() == 3).and_then(|work| work.parse::<u8>().ok());
        assert!(said.is_none() || work == said);
    }
}

/// The arguments of each stanza of a header, by the grammar of age. Its crate also reads a stanza without a body, as early
/// versions wrote it.
fn stanzas(bytes: &[u8]) -> Option<Vec<Vec<&str>>> {
    let end = bytes.windows(5).position(|five| five == b"\n--- ")?;
    let mut lines = std::str::from_utf8(&bytes[..end]).ok()?.split('\n');
    (lines.next()? == "age-encryption.org/v1").then_some(())?;
    let (mut stanzas, mut in_body) = (Vec::new(), false);
    for line in lines {
        if let Some(arguments) = line.strip_prefix("-> ") {
            stanzas.push(arguments.split(' ').collect());
            in_body = true;
        } else {
            (in_body && line.len() <= 64).then_some(())?;
            in_body = line.len() == 64;
        }
    }
    Some(stanzas)
}
