//! Lists of recipients, compared with a reading line by line and with the recipients as the crate `bech32` reads them.

use std::collections::BTreeSet;

use bech32::{Bech32, primitives::decode::CheckedHrpstring};
use fugo::{Scope, find};
use fugo_cli::fuzzing::deliver;

use crate::{files, planted::Fault};

/// Any bytes as a list of scopes and recipients.
pub fn check(data: &[u8]) {
    let path = files::file("recipients", data);
    let found = deliver::recipients(&path);
    let expected = model(data);
    assert_eq!(found.is_ok(), expected.is_some(), "{found:?}");
    match found {
        Ok(lines) => {
            assert_eq!(Some(&lines), expected.as_ref());
            let other: Scope = "registry/of-nobody/1".parse().expect("a scope");
            for (scope, _) in lines.iter().chain([&(other, String::new())]) {
                let mut of = deliver::recipients_of(&path, scope);
                if Fault::RecipientsOthers.is_planted()
                    && let Ok(of) = &mut of
                {
                    *of = lines.iter().map(|(_, recipient)| recipient.clone()).collect();
                }
                let expected: Vec<_> =
                    lines.iter().filter(|line| line.0 == *scope).map(|line| line.1.clone()).collect();
                let is_set = expected.iter().collect::<BTreeSet<_>>().len() == expected.len();
                match of {
                    Ok(of) => assert!(of == expected && is_set && (1..=64).contains(&of.len())),
                    Err(said) => {
                        assert_eq!(said.lines().count(), 2);
                        assert!(!is_set || !(1..=64).contains(&expected.len()), "{said}");
                    }
                }
            }
        }
        Err(said) => {
            assert_eq!(said.lines().count(), 2);
            // A line may hold an identity by mistake.
            assert!(!said.contains("AGE-SECRET-KEY-1"));
            let shown = find::candidates(&said).filter(|found| found.shape() == find::Shape::Whole);
            assert_eq!(shown.count(), 0, "an error shows twelve digits");
        }
    }
}

/// The lines, if the list has the form that `docs/operators.md` gives.
fn model(data: &[u8]) -> Option<Vec<(Scope, String)>> {
    let text = std::str::from_utf8(data).ok()?.trim_start_matches('\u{FEFF}');
    let mut lines = text.split('\n').map(str::trim_end);
    (lines.next() == Some("scope,recipient")).then_some(())?;
    let line = |line: &str| {
        let (scope, recipient) = line.split_once(',')?;
        let recipient = recipient.trim();
        is_recipient(recipient).then_some(())?;
        Some((scope.trim().parse().ok()?, recipient.to_ascii_lowercase()))
    };
    lines.filter(|text| !text.trim().is_empty()).map(line).collect()
}

/// A point of X25519, or a compressed one of P-256.
fn is_recipient(text: &str) -> bool {
    let Ok(read) = CheckedHrpstring::new::<Bech32>(text) else { return false };
    let bytes: Vec<u8> = read.byte_iter().collect();
    // The same bytes have one text: not one with other bits at its end.
    let is_canonical = bech32::encode::<Bech32>(read.hrp(), &bytes).is_ok_and(|again| again.eq_ignore_ascii_case(text));
    match (read.hrp().to_lowercase().as_str(), bytes.len()) {
        ("age", 32) => is_canonical,
        ("age1tag", 33) => is_canonical && p256::PublicKey::from_sec1_bytes(&bytes).is_ok(),
        _ => false,
    }
}
