//! The head of a log, as C2SP specifies it (<https://c2sp.org/tlog-checkpoint>): three lines with the name of the log,
//! the number of its entries, and the root of its tree in Base64. The note with these lines is signed.

use std::fmt;

use data_encoding::BASE64;

use super::tree::{Hash, MOST_LEAVES};

/// The size and the root of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) origin: String,
    pub(super) size: u64,
    pub(super) root: Hash,
}

impl Checkpoint {
    /// Reads the text of a note. There is one spelling.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = BASE64.decode(root.as_bytes()).ok()?.try_into().ok()?;
        let size = size.parse().ok().filter(|size| *size <= MOST_LEAVES)?;
        let checkpoint = Self { origin: origin.to_owned(), size, root };
        (checkpoint.to_string() == text).then_some(checkpoint)
    }

    /// The size and the root.
    pub(super) fn tree(&self) -> (u64, &Hash) {
        (self.size, &self.root)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64.encode(&self.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP's specification of cosignatures.
    const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn a_checkpoint_has_one_spelling() {
        let checkpoint = Checkpoint::parse(TEXT).expect("a checkpoint");
        assert_eq!((checkpoint.size, checkpoint.origin.as_str()), (20_852_163, "example.com/behind-the-sofa"));
        assert_eq!(checkpoint.to_string(), TEXT);
        for (from, to) in [
            ("20852163", "020852163"),
            ("20852163", "-1"),
            ("CsUY", "CsU"),
            ("=\n", "=\nmore\n"),
            ("=\n", "="),
            ("20852163\n", ""),
        ] {
            assert_eq!(Checkpoint::parse(&TEXT.replace(from, to)), None, "{from} to {to}");
        }
        assert_eq!(Checkpoint::parse(&TEXT.replace("20852163", "2000000000000000")), None);
    }

    #[test]
    fn a_file_is_a_checkpoint_with_signatures_and_without_and_no_other_file_is_one() {
        let is = |text: &str| super::super::is_checkpoint(text.as_bytes());
        assert!(is(TEXT) && is(&format!("{TEXT}\n\u{2014} example.com/behind-the-sofa AAAA\n")));
        assert!(!is("old 0\n") && !is("") && !is(&TEXT.replace("20852163", "many")));
    }
}
