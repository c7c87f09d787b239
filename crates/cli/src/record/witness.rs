//! Growth, proved by the log and checked by a witness, who keeps one size and one root and needs no entry.
//!
//! A request has the form of C2SP's tlog-witness protocol (<https://c2sp.org/tlog-witness>): the line `old SIZE`, the
//! hashes of the proof in Base64, one a line, an empty line, and the signed checkpoint.

use std::path::Path;

use data_encoding::BASE64;
use fugo_keystore::{Note, SigningKeyFile};

use super::{
    checkpoint::Checkpoint,
    log::Log,
    tree::{self, Frontier, Hash},
    trust::Trust,
};
use crate::{
    failure::{Failure, Result},
    grant::moment::Moment,
    manifest::read_small,
    redaction::shown,
};

const MOST_BYTES: u64 = 1 << 17;

/// A checkpoint, and the proof that the log grew to it from an older size.
pub(super) struct Request {
    old: u64,
    proof: Vec<Hash>,
    note: Note,
}

impl Request {
    /// The growth of a log from an older size to its checkpoint.
    pub(super) fn of(log: &Log, old: u64) -> Result<Self> {
        let size = log.checkpoint.size;
        if old > size {
            return Err(Failure::new(
                format!("the record has {size} entries, and --old is {old}"),
                "if a witness has seen so many entries, the record was rolled back: tell its supervisor",
            ));
        }
        let proof = if old == 0 { Vec::new() } else { tree::prove_consistency(&log.tiles(), old, size)? };
        Ok(Self { old, proof, note: log.note.clone() })
    }

    pub(super) fn text(&self) -> String {
        let hashes = self.proof.iter().map(|hash| BASE64.encode(hash) + "\n").collect::<String>();
        format!("old {}\n{hashes}\n{}", self.old, self.note)
    }

    pub(super) fn load(path: &Path) -> Result<Self> {
        let bytes = read_small(path, MOST_BYTES)?;
        Self::parse(&bytes).ok_or_else(|| {
            Failure::new(
                "this is not a request to a witness: a line `old SIZE`, hashes in Base64, an empty line and a checkpoint",
                "give the file that `fugo record request` wrote",
            )
            .of(path)
        })
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = lines.next()?.strip_prefix("old ")?.parse().ok()?;
        let hash = |line: &str| BASE64.decode(line.as_bytes()).ok()?.try_into().ok();
        let request =
            Self { old, proof: lines.map(hash).collect::<Option<_>>()?, note: Note::parse(note.as_bytes()).ok()? };
        (request.text() == text).then_some(request)
    }
}

/// What a witness keeps: the last checkpoint that it has seen, without signatures.
pub(super) fn seen(path: &Path, trust: &Trust) -> Result<Checkpoint> {
    let bytes = read_small(path, MOST_BYTES)?;
    let seen = std::str::from_utf8(&bytes).ok().and_then(Checkpoint::parse);
    let seen = seen.ok_or_else(|| {
        Failure::new("this is not the state of a witness", "give the file that `fugo record witness` wrote").of(path)
    })?;
    if seen.origin != trust.log.name() {
        return Err(Failure::new(
            format!("this is the state of a witness of the log {}", shown(seen.origin)),
            "keep a state for each log",
        )
        .of(path));
    }
    Ok(seen)
}

/// A witness that has seen nothing.
pub(super) fn nothing_seen(trust: &Trust) -> Checkpoint {
    Checkpoint { origin: trust.log.name().to_owned(), size: 0, root: Frontier::default().root() }
}

/// The new checkpoint, if the log has signed it and it grew from the one that was seen.
pub(super) fn grown(request: &Request, seen: &Checkpoint, trust: &Trust) -> Result<Checkpoint> {
    let new = trust.of_log(&request.note)?;
    let tell = "do not sign, keep both files, and tell the supervisor: the log has signed two histories";
    if new.size < seen.size {
        return Err(Failure::new(
            format!("the record was rolled back: it has {} entries, and had {}", new.size, seen.size),
            tell,
        ));
    }
    if request.old != seen.size {
        return Err(Failure::new(
            format!(
                "the request is for a witness that has seen {} entries; this one has seen {}",
                request.old, seen.size
            ),
            format!("ask for another: fugo record request --old {}", seen.size),
        ));
    }
    if !tree::is_consistent(seen.tree(), new.tree(), &request.proof) {
        return Err(Failure::new(
            format!(
                "the record was forked, or the proof was altered: its {} entries do not begin with the {} that were seen",
                new.size, seen.size
            ),
            tell,
        ));
    }
    Ok(new)
}

/// The checkpoint of a request with the signature of a witness.
pub(super) fn cosigned(request: &Request, name: &str, key: &SigningKeyFile) -> Result<Note> {
    let mut note = request.note.clone();
    let signed = note.cosign(name, key, Moment::now().seconds());
    signed.map_err(|error| Failure::new(error, "give another name, or a request that was not signed before"))?;
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_spelling() {
        let note = Note::new("log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").expect("a note");
        let request = Request { old: 5, proof: vec![[1; 32], [2; 32]], note };
        let text = request.text();
        assert_eq!(Request::parse(text.as_bytes()).expect("a request").text(), text);
        for (from, to) in [("old 5", "old 05"), ("old 5", "new 5"), ("AQEB", "AQE"), ("\n\n", "\n"), ("old 5\n", "")] {
            assert!(Request::parse(text.replacen(from, to, 1).as_bytes()).is_none(), "{from} to {to}");
        }
    }
}
