//! Files that no run replaces or removes, whatever their names: keys, identities, registries of scopes.

use memchr::memmem;

/// How many bytes are checked. This tool does not read key files or identity files that are longer.
pub(super) const HEAD: usize = 64 * 1024;

/// Text that such files contain, in lower case, at any offset: an identity may follow its owner's comments.
const MARKS: [&[u8]; 12] = [
    b"age-secret-key-",
    b"fugo-key 1",
    b"fugo-signing-key 1",
    b"fugo-public-key 1",
    b"fugo-ledger-key 1",
    b"fugo-share 1",
    b"age-encryption.org/v",
    b"begin age encrypted file",
    b"# public key: age1",
    b"private key-----",
    b"putty-user-key-file",
    b"purpose,scope,epoch,tag",
];

/// Whether a file that begins with these bytes must be kept.
pub(super) fn is_precious(head: &[u8]) -> bool {
    // Without the zeros, text in UTF-16 reads as ASCII.
    let text: Vec<u8> = head.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    MARKS.iter().any(|mark| memmem::find(&text, mark).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_identities_and_registries_are_known_by_what_they_hold() {
        for text in [
            "fugo-key 1\nkind: root\n",
            "fugo-signing-key 1\nuse: test\n",
            "fugo-public-key 1\nuse: test\n",
            "fugo-ledger-key 1\nuse: test\n",
            "fugo-share 1\nshare: testshare1",
            "age-encryption.org/v1\n-> X25519 a\n",
            "-----BEGIN AGE ENCRYPTED FILE-----\n",
            "# recovery identity of the operator\n\nAGE-SECRET-KEY-1QQQ\n",
            "age-secret-key-1qqq\n",
            "# created: today\n# public key: age1qqq\n",
            "-----BEGIN OPENSSH PRIVATE KEY-----\n",
            "\u{FEFF}purpose,scope,epoch,tag\nagency,nta,1,7c2cb2a1\n",
        ] {
            assert!(is_precious(text.as_bytes()), "{text}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(is_precious(&wide), "{text} in UTF-16");
        }
        assert!(!is_precious(b"symbol,birth_date\nkikan1,2001-02-03\n"));
    }
}
