//! The messages that HMAC-SHA-256 gets in this crate: these four, and no other. What computes HMAC takes a [`Message`],
//! and the kernel takes a [`Fixed`], and both are made here alone. `proof/coq/Encoding.v` has the same byte strings; the
//! tests below read them there.

use crate::{
    my_number::MyNumber,
    scope::{CONTEXT, Label, Scope, VERSION},
    symbol::SYMBOL_LEN,
};

/// What a key is asked for.
pub(crate) enum Message<'a> {
    /// Under a root key, for the key of a scope: `Label ‖ 0x01`.
    ScopeKey(&'a Scope),
    /// Under a root key or a scope key, for its tag: `"fugo" ‖ 0x01 ‖ "tag" ‖ 0x01`.
    Tag,
    /// Under a scope key, for the symbol of a number: twelve digits.
    Number(&'a MyNumber),
    /// Under an eligibility key, for the symbol of an insurers' symbol: its sixteen bytes.
    Insurers(&'a [u8; SYMBOL_LEN]),
    /// A message of published test vectors.
    #[cfg(test)]
    Published(&'a [u8]),
}

const TAG: [u8; 9] = {
    let [f, u, g, o] = *CONTEXT;
    [f, u, g, o, VERSION, b't', b'a', b'g', 0x01]
};

impl Message<'_> {
    /// Gives the bytes to a function. Numbers and symbols are not copied.
    pub(crate) fn with_bytes<T>(self, with: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::ScopeKey(scope) => {
                let (label, mut bytes) = (scope.label(), [0; Label::MAX_LEN + 1]);
                let label = label.as_bytes();
                bytes[..label.len()].copy_from_slice(label);
                bytes[label.len()] = 0x01;
                with(&bytes[..=label.len()])
            }
            Self::Tag => with(&TAG),
            Self::Number(number) => with(number.expose_digits()),
            Self::Insurers(symbol) => with(symbol),
            #[cfg(test)]
            Self::Published(bytes) => with(bytes),
        }
    }
}

/// [`Message::Number`] or [`Message::Insurers`], as the kernel takes it: the length is known when it is compiled.
pub(crate) struct Fixed<const LEN: usize>([u8; LEN]);

impl Fixed<{ MyNumber::LEN }> {
    #[inline]
    pub(crate) fn number(number: &MyNumber) -> Self {
        Self(*number.expose_digits())
    }
}

impl Fixed<SYMBOL_LEN> {
    #[inline]
    pub(crate) fn insurers(symbol: [u8; SYMBOL_LEN]) -> Self {
        Self(symbol)
    }
}

impl<const LEN: usize> Fixed<LEN> {
    /// A message of a test of the kernel.
    #[cfg(test)]
    pub(crate) fn published(bytes: [u8; LEN]) -> Self {
        Self(bytes)
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8; LEN] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec, vec::Vec};

    use super::*;
    use crate::Purpose;

    /// The definitions that the theorems are about.
    const ENCODING: &str = include_str!("../proof/coq/Encoding.v");

    /// Definitions of Coq, and the scope that they are about.
    struct Coq<'a>(&'a str, Option<&'a Scope>);

    impl Coq<'_> {
        /// The text of a definition. It ends with a full stop at the end of a line.
        fn definition(&self, name: &str) -> Option<&str> {
            let (_, text) = self.0.split_once(&format!("Definition {name} "))?;
            Some(text.split_once(":=")?.1.split_once(".\n")?.0)
        }

        /// `None` where the text has a part that is not known here.
        fn bytes_of(&self, name: &str) -> Option<Vec<u8>> {
            self.sum(self.definition(name)?)
        }

        /// `a ++ b :: c`: each part is a byte or a list of bytes, and both are joined to what follows.
        fn sum(&self, text: &str) -> Option<Vec<u8>> {
            let text = text.trim().trim_end_matches("%num");
            let list = text.strip_prefix("[::").and_then(|list| list.strip_suffix(']'));
            if let Some(list) = list.filter(|list| !list.contains(']')) {
                return list.split(';').map(|byte| byte.trim().trim_end_matches("%num").parse().ok()).collect();
            }
            let at = [text.find("++"), text.find(" :: ").map(|at| at + 1)].into_iter().flatten().min();
            match at {
                Some(at) => Some([self.sum(&text[..at])?, self.sum(&text[at + 2..])?].concat()),
                None => self.term(text),
            }
        }

        fn term(&self, name: &str) -> Option<Vec<u8>> {
            let id = || self.1.map(|scope| scope.id().as_str().as_bytes().to_vec());
            match name {
                "context" | "tag_bytes" => self.bytes_of(name),
                "label s" => self.bytes_of("label"),
                "version" => Some(vec![self.definition(name)?.trim().strip_suffix("%num")?.parse().ok()?]),
                "purpose s" => Some(vec![self.1?.purpose().code()]),
                "word_bytes (epoch s)" => Some(self.1?.epoch().number().to_be_bytes().to_vec()),
                "N.of_nat (size (scope_id s))" => Some(vec![id()?.len() as u8]),
                "scope_id s" => id(),
                _ => None,
            }
        }
    }

    fn scopes() -> Vec<Scope> {
        let ids = ["a", "nta", "0-9", "abcdefghijklmnopqrstuvwxyz-0123456789-ab", "all"];
        let scope = |purpose: Purpose, id: &str, epoch: u32| format!("{purpose}/{id}/{epoch}").parse().ok();
        let of =
            |purpose| ids.iter().flat_map(move |id| [1, 255, 256, u32::MAX].map(|epoch| scope(purpose, id, epoch)));
        Purpose::all().flat_map(of).flatten().collect()
    }

    /// Whether these definitions give the bytes of the messages of this file, seen through a function.
    fn agree(encoding: &str, seen: impl Fn(Message<'_>) -> Vec<u8>) -> bool {
        let of_scope = |scope: &Scope| {
            let coq = Coq(encoding, Some(scope));
            Some(seen(Message::ScopeKey(scope))) == coq.bytes_of("scope_key_message")
                && Some(scope.label().as_bytes().to_vec()) == coq.bytes_of("label")
        };
        // Which message each answer is of, and how many of its bytes count. A number and an insurers' symbol are messages
        // as they are.
        let answers = [
            "scope_key (root : bytes) (s : scope) : bytes := hkdf_expand root (label s) 32.",
            "key_tag (key : bytes) : bytes := take 4 (hmac_sha256 key tag_bytes).",
            "symbol_from (key m : bytes) : bytes := take 16 (hmac_sha256 key m).",
            "derive_symbol (root : bytes) (s : scope) (number : bytes) : bytes :=\n  symbol_from (scope_key root s)\n    \
             (if purpose s == purpose_eligibility then symbol_from (scope_key root insurers_first) number else number).",
            "insurers_first : scope := Scope purpose_insurers all_insurers 1%num.",
        ];
        let number = MyNumber::parse("123456789018").expect("a valid number");
        let insurers = [7; SYMBOL_LEN];
        Some(seen(Message::Tag)) == Coq(encoding, None).bytes_of("tag_bytes")
            && scopes().iter().all(of_scope)
            && answers.iter().all(|answer| encoding.contains(&format!("Definition {answer}\n")))
            // Those of a tag and of a symbol, and that of HKDF.
            && encoding.lines().filter(|line| line.contains("hmac_sha256")).count() == 3
            && seen(Message::Number(&number)) == b"123456789018"
            && seen(Message::Insurers(&insurers)) == insurers
    }

    fn bytes(message: Message<'_>) -> Vec<u8> {
        message.with_bytes(<[u8]>::to_vec)
    }

    #[test]
    fn each_message_has_the_bytes_that_the_proof_is_about() {
        assert_eq!(scopes().len(), (5 * 5 + 2) * 4, "five purposes with any id, two with one");
        assert!(agree(ENCODING, bytes));
    }

    #[test]
    fn the_kernel_takes_the_bytes_of_the_same_messages() {
        let number = MyNumber::parse("123456789018").expect("a valid number");
        assert_eq!(Fixed::number(&number).bytes()[..], bytes(Message::Number(&number)));
        assert_eq!(Fixed::insurers([7; SYMBOL_LEN]).bytes()[..], bytes(Message::Insurers(&[7; SYMBOL_LEN])));
    }

    #[test]
    fn a_change_of_the_proof_is_found() {
        for (was, is) in [
            ("[:: 102; 117; 103; 111]", "[:: 102; 117; 103; 112]"),
            ("version : N := 1%num", "version : N := 2%num"),
            ("[:: 116; 97; 103; 1]", "[:: 116; 97; 103; 2]"),
            ("[:: 116; 97; 103; 1]", "[:: 116; 97; 103]"),
            ("label s ++ [:: 1%num]", "label s ++ [:: 2%num]"),
            ("label s ++ [:: 1%num]", "label s"),
            ("purpose s :: word_bytes (epoch s)", "word_bytes (epoch s)"),
            ("N.of_nat (size (scope_id s)) :: scope_id s", "scope_id s"),
            ("word_bytes (epoch s)", "long_bytes (epoch s)"),
            ("take 16 (hmac", "take 15 (hmac"),
            ("take 4 (hmac_sha256 key tag_bytes)", "take 4 (hmac_sha256 key context)"),
            ("(label s) 32", "(label s) 31"),
            ("number else number)", "number else context ++ number)"),
        ] {
            assert!(ENCODING.contains(was), "{was}");
            assert!(!agree(&ENCODING.replace(was, is), bytes), "{was} became {is}");
        }
    }

    #[test]
    fn a_change_of_a_message_is_found() {
        assert!(!agree(ENCODING, |message| [bytes(message), vec![0]].concat()), "a byte more");
        let changed = |nth: usize| {
            move |message: Message<'_>| {
                let is_it = nth
                    == match message {
                        Message::ScopeKey(_) => 0,
                        Message::Tag => 1,
                        Message::Number(_) => 2,
                        Message::Insurers(_) => 3,
                        Message::Published(_) => 4,
                    };
                let mut bytes = bytes(message);
                *bytes.last_mut().expect("no message is empty") ^= u8::from(is_it);
                bytes
            }
        };
        assert_eq!([0, 1, 2, 3, 4].map(|nth| agree(ENCODING, changed(nth))), [false, false, false, false, true]);
    }
}
