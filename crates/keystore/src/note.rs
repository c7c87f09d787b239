//! Signed notes as C2SP specifies them (<https://c2sp.org/signed-note>), with Ed25519: a text that people can read, an
//! empty line, and a line for each signature: `— NAME BASE64(ID ‖ SIGNATURE)`.
//!
//! `ID := SHA-256(NAME ‖ "\n" ‖ ALGORITHM ‖ public key)[0..4]`. What is signed is the text with its last line end.
//!
//! A witness of a log signs with a time (<https://c2sp.org/tlog-cosignature>): `SIGNATURE := TIME ‖ Ed25519 of
//! "cosignature/v1\ntime TIME\n" ‖ text`, with the time in seconds since 1970, eight bytes of it before the signature.

use std::{fmt, str::FromStr};

use base16ct::HexDisplay;
use data_encoding::BASE64;
use ed25519_dalek::VerifyingKey;
use fugo::KEY_LEN;
use sha2::{Digest, Sha256};

use crate::signing::{SIGNATURE_LEN, SigningKeyFile, VerifyingKeyFile};

/// The algorithms in keys of notes.
const ED25519: u8 = 0x01;
const COSIGNATURE: u8 = 0x04;
/// The length of the time before the signature of a witness.
const TIME_LEN: usize = 8;
const ID_LEN: usize = 4;
/// The largest note in bytes, and the most signatures.
const MOST_BYTES: usize = 1 << 16;
const MOST_SIGNATURES: usize = 64;
/// How a line of a signature begins.
const DASH: &str = "\u{2014} ";

/// The name of a signer and the public key, in the form `NAME+ID+KEY` of signed notes. It is not secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSigner {
    name: String,
    algorithm: u8,
    key: VerifyingKey,
}

impl NoteSigner {
    /// A signer of this name: one or more characters without spaces, `+` and control characters.
    pub fn new(name: &str, key: &VerifyingKeyFile) -> Result<Self, NoteError> {
        Self::of(name, ED25519, key)
    }

    /// A witness of this name, who signs with a time.
    pub fn witness(name: &str, key: &VerifyingKeyFile) -> Result<Self, NoteError> {
        Self::of(name, COSIGNATURE, key)
    }

    fn of(name: &str, algorithm: u8, key: &VerifyingKeyFile) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        Ok(Self { name: name.to_owned(), algorithm, key: key.key })
    }

    /// Whether this is a witness, who signs with a time.
    pub fn is_witness(&self) -> bool {
        self.algorithm == COSIGNATURE
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether two signers have the same key, whatever their names.
    pub fn has_key_of(&self, other: &Self) -> bool {
        self.key == other.key
    }

    fn id(&self) -> [u8; ID_LEN] {
        id(&self.name, self.algorithm, self.key.as_bytes())
    }
}

/// `NAME+ID+KEY`.
impl fmt::Display for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode(&[&[self.algorithm], &self.key.as_bytes()[..]].concat());
        write!(f, "{}+{:x}+{key}", self.name, HexDisplay(&self.id()))
    }
}

impl FromStr for NoteSigner {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Signer);
        };
        let key = BASE64.decode(key.as_bytes()).ok().and_then(|key| <[u8; 1 + KEY_LEN]>::try_from(key).ok());
        let is_known = |key: &[u8; 1 + KEY_LEN]| [ED25519, COSIGNATURE].contains(&key[0]) && is_name(name);
        let key = key.filter(is_known).ok_or(NoteError::Signer)?;
        let algorithm = key[0];
        let mut bytes = [0; KEY_LEN];
        bytes.copy_from_slice(&key[1..]);
        let key = VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).ok_or(NoteError::Signer)?;
        let signer = Self { name: name.to_owned(), algorithm, key };
        // One spelling: the id is that of the key.
        if signer.to_string() == text { Ok(signer) } else { Err(NoteError::Signer) }
    }
}

/// A text and its signatures, which are not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    id: [u8; ID_LEN],
    /// Of any length: other algorithms have other lengths.
    bytes: Vec<u8>,
}

impl Note {
    /// A note without signatures. The text ends with a line feed, and has no other control characters.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        check_text(text)?;
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Reads a note. Without a block of signatures it is a text that nobody has signed yet.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MOST_BYTES {
            return Err(NoteError::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        check_text(note)?;
        let Some((text, lines)) = note.rsplit_once("\n\n") else {
            return Self::new(note);
        };
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NotText)?;
        let signatures: Vec<NoteSignature> =
            lines.split('\n').map(NoteSignature::parse).collect::<Option<_>>().ok_or(NoteError::SignatureLine)?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(NoteError::TooLarge);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text that is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that the signatures give. Nothing is verified.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|signature| signature.name.as_str())
    }

    /// Adds the signature of a key, under a name.
    pub fn sign(&mut self, name: &str, key: &SigningKeyFile) -> Result<(), NoteError> {
        let signer = NoteSigner::new(name, &key.public())?;
        self.add(&signer, key.sign(self.text.as_bytes()).to_vec())
    }

    /// Adds the signature of a witness at a time, in seconds since 1970.
    pub fn cosign(&mut self, name: &str, key: &SigningKeyFile, time: u64) -> Result<(), NoteError> {
        let signer = NoteSigner::witness(name, &key.public())?;
        let signature = key.sign(&self.timed(time));
        self.add(&signer, [&time.to_be_bytes()[..], &signature].concat())
    }

    fn add(&mut self, signer: &NoteSigner, bytes: Vec<u8>) -> Result<(), NoteError> {
        let id = signer.id();
        if self.signatures.iter().any(|signature| signature.name == signer.name && signature.id == id) {
            return Err(NoteError::SignedBefore);
        }
        if self.signatures.len() == MOST_SIGNATURES {
            return Err(NoteError::TooLarge);
        }
        self.signatures.push(NoteSignature { name: signer.name.clone(), id, bytes });
        Ok(())
    }

    /// What a witness signs.
    fn timed(&self, time: u64) -> Vec<u8> {
        format!("cosignature/v1\ntime {time}\n{}", self.text).into_bytes()
    }

    /// The note with the signatures under the names and ids of these signers alone, each once.
    #[must_use]
    pub fn with_signatures_of(&self, signers: &[NoteSigner]) -> Self {
        let mut signatures: Vec<NoteSignature> = Vec::new();
        for signature in &self.signatures {
            let is_same = |other: &NoteSignature| other.name == signature.name && other.id == signature.id;
            let is_of = |signer: &NoteSigner| signer.name == signature.name && signer.id() == signature.id;
            if signers.iter().any(is_of) && !signatures.iter().any(is_same) {
                signatures.push(signature.clone());
            }
        }
        Self { text: self.text.clone(), signatures }
    }

    /// Which of these signers have signed, as indices, each once. Signatures by others are ignored, as the
    /// specification says. Error: a signature under the name and the id of one of these signers does not fit the text.
    pub fn signed_by(&self, signers: &[NoteSigner]) -> Result<Vec<usize>, NoteError> {
        let mut signed = Vec::new();
        for signature in &self.signatures {
            let is_of = |signer: &NoteSigner| signer.name == signature.name && signer.id() == signature.id;
            let Some(nth) = signers.iter().position(is_of) else { continue };
            self.check(&signers[nth], &signature.bytes).ok_or(NoteError::Altered)?;
            if !signed.contains(&nth) {
                signed.push(nth);
            }
        }
        signed.sort_unstable();
        Ok(signed)
    }

    fn check(&self, signer: &NoteSigner, bytes: &[u8]) -> Option<()> {
        let (message, bytes) = match bytes.split_first_chunk::<TIME_LEN>() {
            Some((time, bytes)) if signer.is_witness() => (self.timed(u64::from_be_bytes(*time)), bytes),
            _ if signer.is_witness() => return None,
            _ => (self.text.clone().into_bytes(), bytes),
        };
        let bytes = ed25519_dalek::Signature::from_bytes(&<[u8; SIGNATURE_LEN]>::try_from(bytes).ok()?);
        signer.key.verify_strict(&message, &bytes).ok()
    }
}

/// The note, as [`Note::parse`] reads it.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if !self.signatures.is_empty() {
            f.write_str("\n")?;
        }
        self.signatures.iter().try_for_each(|NoteSignature { name, id, bytes }| {
            writeln!(f, "{DASH}{name} {}", BASE64.encode(&[&id[..], bytes].concat()))
        })
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, text) = line.strip_prefix(DASH)?.split_once(' ')?;
        let signature = BASE64.decode(text.as_bytes()).ok()?;
        // The crate reads padding in the middle too.
        (BASE64.encode(&signature) == text).then_some(())?;
        let (id, bytes) = signature.split_first_chunk::<ID_LEN>()?;
        (is_name(name) && !bytes.is_empty()).then(|| Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

fn id(name: &str, algorithm: u8, key: &[u8; KEY_LEN]) -> [u8; ID_LEN] {
    let digest =
        Sha256::new().chain_update(name).chain_update(b"\n").chain_update([algorithm]).chain_update(key).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '+' && !turns(c))
}

/// Whether a character changes the direction of text or is not seen, so that a reader sees another text than the one
/// that is signed.
fn turns(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{61C}' | '\u{FEFF}' | '\u{AD}')
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let line_of = |at: usize| text[..at].matches('\n').count() + 1;
    let is_refused = |(_, c): &(usize, char)| *c != '\n' && (c.is_control() || turns(*c));
    if let Some((at, c)) = text.char_indices().find(is_refused) {
        let line = line_of(at);
        return Err(match c {
            '\r' => NoteError::CarriageReturn { line },
            _ if c.is_control() => NoteError::Control { line },
            _ => NoteError::Unseen { line },
        });
    }
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::NotText) }
}

/// Why a note, a signer or a name is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It is not UTF-8, or does not end with a line feed.
    #[error("a signed note is text in UTF-8 that ends with a line feed")]
    NotText,
    /// It is larger than this program reads, or has more signatures.
    #[error("a signed note has at most {MOST_BYTES} bytes and {MOST_SIGNATURES} signatures")]
    TooLarge,
    /// Lines end with CR LF, or a CR is within a line.
    #[error("line {line} has a carriage return; lines must end with a line feed alone")]
    CarriageReturn {
        /// Line, from 1.
        line: usize,
    },
    /// A control character.
    #[error("line {line} has a control character")]
    Control {
        /// Line, from 1.
        line: usize,
    },
    /// A character that changes the direction of text, or is not seen.
    #[error("line {line} has a character that changes the direction of text or is not seen")]
    Unseen {
        /// Line, from 1.
        line: usize,
    },
    /// A line after the last empty line is not a signature.
    #[error("after the empty line each line must be a signature: a dash, a name, and Base64")]
    SignatureLine,
    /// The name of a signer.
    #[error("the name of a signer has one or more characters, without spaces, `+` and control characters")]
    Name,
    /// A public key of notes.
    #[error("a signer is written NAME+ID+KEY, as `fugo grant signer` prints it, with a key of Ed25519")]
    Signer,
    /// This key has signed under this name already.
    #[error("this key has signed under this name already")]
    SignedBefore,
    /// A signature by a known signer does not fit the text.
    #[error("a signature by a known signer does not fit the text: one of them was altered")]
    Altered,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Use, plaintext::key_bytes};

    /// The example of Go's package golang.org/x/mod/sumdb/note.
    const SIGNER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
                        then you don't know what your problem is.\n\
                        \n\
                        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn key(seed: u8) -> SigningKeyFile {
        let text = format!("{seed:02x}").repeat(KEY_LEN);
        SigningKeyFile {
            key: ed25519_dalek::SigningKey::from_bytes(&key_bytes(&text).expect("a seed")),
            usage: Use::Test,
        }
    }

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(name, &key(seed).public()).expect("a signer")
    }

    #[test]
    fn a_note_of_another_program_is_verified() {
        let signers = [SIGNER.parse::<NoteSigner>().expect("a signer")];
        let note = Note::parse(NOTE.as_bytes()).expect("a note");
        assert_eq!(note.signed_by(&signers), Ok(vec![0]));
        assert_eq!((note.to_string(), signers[0].to_string()), (NOTE.to_owned(), SIGNER.to_owned()));
    }

    #[test]
    fn a_signer_counts_once_under_its_own_name_and_others_are_ignored() {
        let mut note = Note::new("a\nb\n").expect("a text");
        note.sign("tanaka", &key(1)).expect("signed");
        note.sign("sato", &key(2)).expect("signed");
        assert_eq!(note.sign("sato", &key(2)), Err(NoteError::SignedBefore));
        let again = Note::parse(note.to_string().as_bytes()).expect("a note");
        assert_eq!(again, note);
        let signers = [signer("sato", 2), signer("tanaka", 1), signer("tanaka", 2)];
        assert_eq!(again.signed_by(&signers), Ok(vec![0, 1]));
        // Each line twice.
        let (text, lines) =
            note.to_string().split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a block");
        let twice = Note::parse(format!("{text}\n\n{lines}{lines}").as_bytes()).expect("a note");
        assert_eq!(twice.signed_by(&signers), Ok(vec![0, 1]));
        assert_eq!(again.signed_by(&signers[2..]), Ok(vec![]));
        let alone = twice.with_signatures_of(&signers[1..2]);
        assert_eq!((alone.names().collect::<Vec<_>>(), alone.signed_by(&signers)), (vec!["tanaka"], Ok(vec![1])));
        let mut full = Note::new("a\n").expect("a text");
        (0..MOST_SIGNATURES).for_each(|nth| full.sign(&format!("n{nth}"), &key(1)).expect("signed"));
        assert_eq!(full.sign("one-more", &key(1)), Err(NoteError::TooLarge));
        let text = full.to_string();
        assert_eq!(Note::parse(text.as_bytes()), Ok(full));
        let last = text.trim_end().rsplit('\n').next().expect("a line");
        assert_eq!(Note::parse(format!("{text}{last}\n").as_bytes()), Err(NoteError::TooLarge));
    }

    #[test]
    fn two_keys_under_one_name_are_two_signers() {
        let mut note = Note::new("a\n").expect("a text");
        note.sign("sato", &key(1)).expect("signed");
        note.sign("sato", &key(2)).expect("signed");
        let signers = [signer("sato", 1), signer("sato", 2)];
        assert_eq!(note.with_signatures_of(&signers), note);
        assert_eq!(note.with_signatures_of(&signers[1..]).signed_by(&signers), Ok(vec![1]));
        assert_eq!(note.signed_by(&signers), Ok(vec![0, 1]));
    }

    #[test]
    fn a_signer_has_a_name_and_an_algorithm_that_are_known() {
        let with = |name: &str, algorithm| NoteSigner { name: name.to_owned(), algorithm, key: signer("a", 1).key };
        for good in [with("sato", ED25519), with("sato", COSIGNATURE)] {
            assert_eq!(good.to_string().parse(), Ok(good));
        }
        for bad in [with("sa to", ED25519), with("", ED25519), with("sato", 9)] {
            assert_eq!(bad.to_string().parse::<NoteSigner>(), Err(NoteError::Signer));
        }
    }

    #[test]
    fn a_note_has_as_many_bytes_as_are_allowed() {
        let most = [vec![b'a'; MOST_BYTES - 1], vec![b'\n']].concat();
        assert!(Note::parse(&most).is_ok());
        assert_eq!(Note::parse(&[&b"a"[..], &most].concat()), Err(NoteError::TooLarge));
    }

    #[test]
    fn a_witness_signs_with_a_time_and_is_not_another_signer_of_the_same_key() {
        let mut note = Note::new("log\n1\nAAAA\n").expect("a text");
        note.sign("log", &key(1)).expect("signed");
        note.cosign("ministry", &key(2), 1_796_000_000).expect("signed");
        assert_eq!(note.cosign("ministry", &key(2), 1), Err(NoteError::SignedBefore));
        let witness = NoteSigner::witness("ministry", &key(2).public()).expect("a witness");
        assert_eq!(witness.to_string().parse(), Ok(witness.clone()));
        let signers = [signer("log", 1), witness, signer("ministry", 2)];
        assert!(!signers[0].is_witness() && signers[1].is_witness());
        let again = Note::parse(note.to_string().as_bytes()).expect("a note");
        assert_eq!(again.signed_by(&signers), Ok(vec![0, 1]));
        // Another time than the one that was signed.
        let mut altered = again.clone();
        altered.signatures[1].bytes[7] ^= 1;
        assert_eq!(altered.signed_by(&signers), Err(NoteError::Altered));
        altered.signatures[1].bytes.truncate(7);
        assert_eq!(altered.signed_by(&signers), Err(NoteError::Altered));
    }

    #[test]
    fn every_altered_byte_of_the_text_is_found() {
        let mut note = Note::new("fugo\nmost-people: 1\n").expect("a text");
        note.sign("tanaka", &key(1)).expect("signed");
        let (bytes, signers) = (note.to_string().into_bytes(), [signer("tanaka", 1)]);
        let accepted = |bytes: &[u8]| Note::parse(bytes).is_ok_and(|note| note.signed_by(&signers) == Ok(vec![0]));
        assert!(accepted(&bytes));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                assert!(!accepted(&altered), "byte {at}, bit {bit}");
            }
        }
        let moved =
            Note::parse(String::from_utf8(bytes).expect("text").replace("e: 1", "e: 9").as_bytes()).expect("a note");
        assert_eq!(moved.signed_by(&signers), Err(NoteError::Altered));
    }

    #[test]
    fn text_that_reads_other_than_it_is_and_broken_forms_are_refused_by_name() {
        for (bytes, error) in [
            (&b"a\r\nb\n"[..], NoteError::CarriageReturn { line: 1 }),
            (b"a\nb\x7f\n", NoteError::Control { line: 2 }),
            ("a\nb\u{202E}\n".as_bytes(), NoteError::Unseen { line: 2 }),
            ("a\u{200B}\n".as_bytes(), NoteError::Unseen { line: 1 }),
            (b"a", NoteError::NotText),
            (b"\xff\n", NoteError::NotText),
            (b"", NoteError::NotText),
            (b"a\n\nb\n", NoteError::SignatureLine),
            ("a\n\n\u{2014} name AAAA\n".as_bytes(), NoteError::SignatureLine),
            ("a\n\n\u{2014} name AAA=AAAAAAA=\n".as_bytes(), NoteError::SignatureLine),
            ("a\n\n\u{2014} na+me AAAAAAA=\n".as_bytes(), NoteError::SignatureLine),
            (&vec![b'\n'; MOST_BYTES + 1], NoteError::TooLarge),
        ] {
            assert_eq!(Note::parse(bytes), Err(error));
        }
        for text in [&SIGNER[1..], &SIGNER.replace("c74f20a3", "C74F20A3"), "a+b", "", &SIGNER.replace("ARpc", "AhpC")]
        {
            assert_eq!(text.parse::<NoteSigner>(), Err(NoteError::Signer));
        }
        assert_eq!(NoteSigner::new("a b", &key(1).public()), Err(NoteError::Name));
    }
}
