//! Keys that this process does not hold. A token or a program computes HMAC-SHA-256 under such a key. This file gives it
//! each message and takes the part of each answer that counts.

use zeroize::Zeroizing;

use crate::{
    key::{KEY_LEN, KeyTag, ScopeKey},
    message::Message,
    my_number::MyNumber,
    scope::Scope,
    symbol::SYMBOL_LEN,
};

/// Length of a MAC in bytes, before it is cut.
pub const MAC_LEN: usize = 32;

/// The holder of one key, who computes HMAC-SHA-256 (RFC 2104) under it and does not show the key.
pub trait Mac {
    /// The reason why there is no answer.
    type Error;

    /// `out := HMAC-SHA-256(key, message)`. A message has at most 55 bytes.
    fn mac(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), Self::Error>;
}

/// The key of a scope, from the holder of the root key: `HMAC-SHA-256(RootKey, Label ‖ 0x01)`, the same bytes as
/// [`RootKey::scope_key`](crate::RootKey::scope_key).
pub fn scope_key<M: Mac + ?Sized>(root: &M, scope: &Scope) -> Result<ScopeKey, M::Error> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    ask(root, Message::ScopeKey(scope), &mut bytes)?;
    Ok(ScopeKey::from_bytes(scope, &bytes))
}

/// The tag of the key, from its holder: `HMAC-SHA-256(key, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]`.
pub fn tag<M: Mac + ?Sized>(key: &M) -> Result<KeyTag, M::Error> {
    let mut mac = Zeroizing::new([0; MAC_LEN]);
    ask(key, Message::Tag, &mut mac)?;
    Ok(KeyTag::from_bytes([mac[0], mac[1], mac[2], mac[3]]))
}

/// The symbol of a number, from the holder of the scope key: `HMAC-SHA-256(ScopeKey, twelve digits)[0..16]`. The
/// caller knows that the scope's purpose takes numbers.
pub fn symbol<M: Mac + ?Sized>(key: &M, number: &MyNumber) -> Result<[u8; SYMBOL_LEN], M::Error> {
    cut(key, Message::Number(number))
}

/// The eligibility symbol of an insurers' symbol, from the holder of the eligibility key:
/// `HMAC-SHA-256(ScopeKey, InsurersSymbol)[0..16]`.
pub fn symbol_from_insurers<M: Mac + ?Sized>(
    key: &M,
    insurers: &[u8; SYMBOL_LEN],
) -> Result<[u8; SYMBOL_LEN], M::Error> {
    cut(key, Message::Insurers(insurers))
}

/// The only call of a holder.
fn ask<M: Mac + ?Sized>(key: &M, message: Message<'_>, out: &mut [u8; MAC_LEN]) -> Result<(), M::Error> {
    message.with_bytes(|bytes| key.mac(bytes, out))
}

fn cut<M: Mac + ?Sized>(key: &M, message: Message<'_>) -> Result<[u8; SYMBOL_LEN], M::Error> {
    let mut mac = [0; MAC_LEN];
    ask(key, message, &mut mac)?;
    let mut symbol = [0; SYMBOL_LEN];
    symbol.copy_from_slice(&mac[..SYMBOL_LEN]);
    Ok(symbol)
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use hmac::{Hmac, KeyInit, Mac as _};
    use serde_json::Value;
    use sha2::Sha256;

    use super::*;
    use crate::{AnySymbolKey, Epoch, Purpose, RootKey, Scope};

    /// A holder that is not the library's own code for keys.
    struct Holder([u8; KEY_LEN]);

    impl Mac for Holder {
        type Error = ();

        fn mac(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), ()> {
            assert!(message.len() <= 55, "one block inside");
            let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
            mac.update(message);
            out.copy_from_slice(&mac.finalize().into_bytes());
            Ok(())
        }
    }

    #[test]
    fn a_holder_of_keys_gives_every_scope_key_and_tag_of_the_vectors() {
        let vectors: Value = serde_json::from_str(include_str!("../vectors/keys.json")).expect("JSON");
        let mut count = 0;
        for case in vectors["cases"].as_array().expect("cases").iter().filter(|case| case["expect"] == "ok") {
            let text = |name: &str| case[name].as_str().expect("a text");
            let scope: Scope =
                format!("{}/{}/{}", text("purpose"), text("scope"), case["epoch"]).parse().expect("a scope");
            let root = Holder(hex::decode(text("root")).expect("hex").try_into().expect("32 bytes"));
            let derived = scope_key(&root, &scope).expect("an answer");
            assert_eq!(hex::encode(derived.expose_bytes()), text("scope_key"));
            let tags =
                [tag(&root), tag(&Holder(*derived.expose_bytes()))].map(|tag| tag.expect("an answer").to_string());
            assert_eq!(tags, [text("root_tag"), text("tag")]);
            count += 1;
        }
        assert_eq!(count, 81, "vectors with a scope key");
    }

    #[test]
    fn a_holder_of_keys_gives_the_symbols_of_the_library() {
        let root = RootKey::from_bytes(&[7; KEY_LEN]);
        let key = |scope: &str| root.scope_key(&scope.parse().expect("a scope"));
        let (insurers, eligibility) = (key("insurers/all/1"), key("eligibility/all/1"));
        let both = AnySymbolKey::eligibility(&insurers, &eligibility).expect("both keys");
        let number = MyNumber::parse("123456789018").expect("a number");
        let first = symbol(&Holder(*insurers.expose_bytes()), &number).expect("an answer");
        assert_eq!(Ok(first), AnySymbolKey::new(&insurers).expect("a key").symbol(&number));
        let second = symbol_from_insurers(&Holder(*eligibility.expose_bytes()), &first);
        assert_eq!(second, Ok(both.symbol(&number).expect("a key for numbers")));
        assert_eq!(tag(&Holder([7; KEY_LEN])), Ok(root.tag()));
    }

    #[test]
    fn the_longest_label_fits() {
        let scope = Scope::new(Purpose::Agency, "a".repeat(40).parse().expect("an id"), Epoch::FIRST).expect("a scope");
        let derived = scope_key(&Holder([7; KEY_LEN]), &scope).expect("an answer");
        assert_eq!(derived, RootKey::from_bytes(&[7; KEY_LEN]).scope_key(&scope));
    }
}
