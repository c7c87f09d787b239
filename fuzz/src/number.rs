//! The strict parse and lenient normalisation, compared with a slow and plain model of both.

use fugo::{
    AnySymbolKey, BodyError, MyNumber, MyNumberError, RootKey, SYMBOL_LEN, flat,
    normalize::{LostZeros, NormalizeError, normalize},
};

use crate::{
    plain::{self, Refusal},
    planted::Fault,
};

/// Any bytes for the strict parse; if they are UTF-8, as text for lenient normalisation too.
pub fn check(data: &[u8]) {
    let strict = MyNumber::parse(data);
    let mut judged = strict.as_ref().map(|_| ()).map_err(|error| parse_refusal(*error));
    if Fault::CheckDigit.is_planted() && data.first() == Some(&b'9') && judged == Err(("check-digit", None)) {
        judged = Ok(());
    }
    assert_eq!(judged, plain::parse(data));
    if let Ok(number) = &strict {
        assert_eq!(number.expose_digits(), data);
    }

    match MyNumber::check_digit(data) {
        // Eleven digits with their check digit are a number (or all zeros). With any other last digit they are not.
        Ok(digit) => {
            for last in 0..10 {
                let text = [data, &[b'0' + last]].concat();
                let passes = !matches!(plain::parse(&text), Err(("check-digit", _)));
                assert_eq!(passes, last == digit);
            }
        }
        Err(BodyError::NonDigit { offset }) => assert_eq!(plain::parse(data), Err(("non-digit", Some(offset)))),
        Err(_) => assert_ne!(data.len(), MyNumber::BODY_LEN),
    }

    flat_rows(data);

    let Ok(text) = std::str::from_utf8(data) else { return };
    for (lost_zeros, restore) in [(LostZeros::Refuse, false), (LostZeros::Restore, true)] {
        let found = normalize(text, lost_zeros);
        let expected = plain::normalize(text, restore);
        match (&found, &expected) {
            (Ok(found), Ok((digits, changes))) => {
                assert_eq!(found.expose_digits(), digits.as_bytes());
                assert!(found.changes().names().eq(changes.iter().copied()));
                assert_eq!(found.changes().is_empty(), changes.is_empty());
                let parsed = found.parse().map(|_| ()).map_err(parse_refusal);
                assert_eq!(parsed, plain::parse(digits.as_bytes()));
                // Normalisation does not change a strict number.
                let again = normalize(digits, lost_zeros).expect("twelve digits");
                assert!(again.changes().is_empty() && again.expose_digits() == found.expose_digits());
            }
            (Err(found), Err(expected)) => assert_eq!(&normalize_refusal(*found), expected),
            _ => panic!("{found:?} where the model has {expected:?}"),
        }
        // Normalisation accepts every strict number.
        if let Ok(number) = &strict {
            assert_eq!(found.expect("strict already").parse().as_ref(), Ok(number));
        }
    }
}

/// As flat rows: each row is refused as it is alone, and the symbols of the others are in their own rows.
fn flat_rows(data: &[u8]) {
    let (rows, _) = data.as_chunks::<{ MyNumber::LEN }>();
    let scope = "agency/nta/1".parse().expect("a scope");
    let key = AnySymbolKey::new(&RootKey::from_bytes(&[7; 32]).scope_key(&scope)).expect("a key for numbers");
    let mut out = vec![[0xff; SYMBOL_LEN]; rows.len()];
    let mut refused = Vec::new();
    flat::symbols(&key, rows, None, &mut out, |row, error| refused.push((row, parse_refusal(error))))
        .expect("a key for numbers");
    let mut expected = Vec::new();
    for (i, (row, symbol)) in rows.iter().zip(out).enumerate() {
        let mut alone = [[0; SYMBOL_LEN]];
        match plain::parse(row) {
            Ok(()) => {
                let number = MyNumber::parse(row).expect("as the model says");
                alone[0] = key.symbol(&number).expect("a key for numbers");
            }
            Err(refusal) => expected.push((i, refusal)),
        }
        assert_eq!([symbol], alone);
    }
    assert_eq!(refused, expected);
}

fn parse_refusal(error: MyNumberError) -> Refusal {
    match error {
        MyNumberError::NonDigit { offset } => (error.kind().as_str(), Some(offset)),
        MyNumberError::Length { found } => (error.kind().as_str(), Some(found)),
        _ => (error.kind().as_str(), None),
    }
}

fn normalize_refusal(error: NormalizeError) -> Refusal {
    match error {
        NormalizeError::Character { offset } => (error.kind().as_str(), Some(offset)),
        NormalizeError::Length { found } => (error.kind().as_str(), Some(found)),
        _ => (error.kind().as_str(), None),
    }
}
