//! Signed notes and signers, compared with a plain reading of the specification of C2SP.

use std::rc::Rc;

use data_encoding::BASE64;
use fugo_keystore::{Note, NoteError, NoteSigner, SealedKeyFile, SigningKeyFile, Unlock};
use sha2::{Digest, Sha256};

use crate::planted::Fault;

/// Any bytes as a note, as a signer, and as a text that is signed.
pub fn check(data: &[u8]) {
    read(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    signer(text);
    signed(text);
}

thread_local! {
    static KEYS: [Rc<SigningKeyFile>; 2] = [1, 2].map(|seed| Rc::new(new_key(seed)));
}

/// One of two keys: 1 or 2.
pub(crate) fn key(seed: u8) -> Rc<SigningKeyFile> {
    KEYS.with(|keys| keys[usize::from(seed) - 1].clone())
}

/// The key with this byte as its seed, 32 times.
fn new_key(seed: u8) -> SigningKeyFile {
    let lines = |id: &str| {
        let seed = format!("{seed:02x}").repeat(32);
        format!("fugo-signing-key 1\nuse: test\nkey-id: {id}\nkey: {seed}\n")
    };
    let public = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a pair");
    let id = &Sha256::digest(ring::signature::KeyPair::public_key(&public).as_ref())[..16];
    let text = lines(&data_encoding::HEXLOWER.encode(id));
    let file = SealedKeyFile::from_bytes(text.as_bytes()).expect("a key file");
    SigningKeyFile::unlock(&file, &Unlock::default().with_test_keys()).expect("a test key")
}

fn read(data: &[u8]) {
    let (found, expected) = (Note::parse(data), model(data));
    match (&found, &expected) {
        (Ok(note), Some((text, lines))) => {
            assert_eq!((note.text(), note.names().count()), (&text[..], lines.len()));
            assert!(note.names().eq(lines.iter().map(|line| line.0.as_str())));
            // An accepted note is exactly the note that is written.
            assert_eq!(note.to_string().as_bytes(), data);
            let public = key(1).public();
            let signers = [NoteSigner::new("tanaka", &public).expect("a signer")];
            if let Ok(signed) = note.signed_by(&signers)
                && !signed.is_empty()
            {
                assert_eq!(signed, [0]);
                // Only this text has this signature, which is the same every time.
                let signature = key(1).sign(text.as_bytes());
                assert!(lines.iter().any(|(name, bytes)| name == "tanaka" && bytes[4..] == signature));
            }
        }
        (Err(_), None) => {}
        _ => panic!("{found:?} where the model has {expected:?}"),
    }
}

/// The text of a note, and the name and the bytes of each signature.
type Signed = (String, Vec<(String, Vec<u8>)>);

fn model(data: &[u8]) -> Option<Signed> {
    let whole = std::str::from_utf8(data).ok().filter(|_| data.len() <= 65_536)?;
    let is_shown = |c: char| c == '\n' || !c.is_control() && !turns(c);
    (whole.ends_with('\n') && whole.chars().all(is_shown)).then_some(())?;
    let lines: Vec<&str> = whole[..whole.len() - 1].split('\n').collect();
    // The last empty line, unless it is the first one or the end of the text.
    let Some(empty) = (1..=lines.len()).rev().find(|nth| lines.get(*nth) == Some(&"")) else {
        return Some((whole.to_owned(), Vec::new()));
    };
    let mut signatures = Vec::new();
    for line in &lines[empty + 1..] {
        let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = base64(bytes).filter(|bytes| bytes.len() > 4)?;
        is_name(name).then_some(())?;
        signatures.push((name.to_owned(), bytes));
    }
    let is_block = (1..=64).contains(&signatures.len());
    is_block.then(|| (format!("{}\n", lines[..empty].join("\n")), signatures))
}

/// The bytes of a text in the one spelling of Base64: the crate also reads padding in the middle.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).ok().filter(|bytes| BASE64.encode(bytes) == text)
}

fn turns(c: char) -> bool {
    let ranges = [(0x200b, 0x200f), (0x2028, 0x202e), (0x2060, 0x206f), (0x61c, 0x61c), (0xfeff, 0xfeff), (0xad, 0xad)];
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&(c as u32)))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+' || turns(c))
}

fn signer(text: &str) {
    match text.parse::<NoteSigner>() {
        Ok(signer) => {
            assert_eq!(signer.to_string(), text);
            let (name, rest) = text.split_once('+').expect("a name");
            assert_eq!(signer.name(), name);
            assert!(is_name(name));
            let (id, encoded) = rest.split_once('+').expect("an id");
            let bytes = BASE64.decode(encoded.as_bytes()).expect("Base64");
            let digest = Sha256::digest([name.as_bytes(), b"\n", &bytes].concat());
            assert_eq!(data_encoding::HEXLOWER.encode(&digest[..4]), id);
            assert_eq!((signer.is_witness(), bytes.len()), (bytes[0] == 4, 33));
            assert!([1, 4].contains(&bytes[0]));
        }
        Err(error) => assert_eq!(error, NoteError::Signer),
    }
}

/// A text that is signed, read, and read again with one character less.
fn signed(text: &str) {
    let Ok(mut note) = Note::new(text) else { return };
    let signers = [1, 2].map(|seed| NoteSigner::new("tanaka", &key(seed).public()).expect("a signer"));
    note.sign("tanaka", &key(1)).expect("signed");
    assert_eq!(note.sign("tanaka", &key(1)), Err(NoteError::SignedBefore));
    let bytes = note.to_string();
    let Ok(again) = Note::parse(bytes.as_bytes()) else {
        return assert!(bytes.len() > 65_536);
    };
    assert_eq!((again.text(), again.signed_by(&signers)), (text, Ok(vec![0])));
    let Some((at, c)) = text.char_indices().nth(text.len() / 3) else { return };
    let other = [&bytes[..at], &bytes[at + c.len_utf8()..]].concat();
    if let Ok(other) = Note::parse(other.as_bytes())
        && other.text() != text
    {
        let signed = if Fault::NoteText.is_planted() { Ok(vec![0]) } else { other.signed_by(&signers) };
        assert_ne!(signed, Ok(vec![0]));
    }
}
