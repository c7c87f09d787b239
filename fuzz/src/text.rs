//! The text form, compared with the `bech32` crate.

use bech32::{Bech32m, primitives::decode::CheckedHrpstring};
use fugo::{
    KeyTag, MyNumber, Purpose,
    text::{TextEncoder, TextError, decode},
};

use crate::planted::Fault;

/// Any bytes as a text; and the first 21 of them as a purpose, a tag and a symbol, which are written and read back.
pub fn check(data: &[u8]) {
    let decoded = decode(data);
    let mut found = decoded.map(|decoded| (decoded.purpose, payload(decoded.tag, decoded.symbol)));
    if let Ok((Purpose::Portal, payload)) = &mut found {
        payload[4] ^= u8::from(Fault::TextSymbol.is_planted());
    }
    assert_eq!(found, oracle(data));
    if let Ok(decoded) = decoded {
        // An accepted text is exactly the output of encoding, and is not a number.
        let text = TextEncoder::new(decoded.purpose, decoded.tag).encode(&decoded.symbol);
        assert_eq!(text.as_bytes(), data);
        assert!(MyNumber::parse(data).is_err());
    }

    let Some((first, rest)) = data.split_first() else { return };
    let Some((bytes, _)) = rest.split_first_chunk::<20>() else { return };
    let purpose = Purpose::all().nth(usize::from(first % 7)).expect("seven purposes");
    let (tag, symbol) = bytes.split_first_chunk::<4>().expect("20 bytes");
    let encoder = TextEncoder::new(purpose, KeyTag::from_bytes(*tag));
    let symbol: [u8; 16] = symbol.try_into().expect("16 bytes");
    let text = encoder.encode(&symbol);
    assert_eq!(encoder.decode(text), Ok(symbol));
    assert_eq!(oracle(text.as_bytes()), Ok((purpose, *bytes)));
}

fn payload(tag: KeyTag, symbol: [u8; 16]) -> [u8; 20] {
    let mut payload = [0; 20];
    payload[..4].copy_from_slice(&tag.to_bytes());
    payload[4..].copy_from_slice(&symbol);
    payload
}

/// The result by the specification, computed with the `bech32` crate.
fn oracle(data: &[u8]) -> Result<(Purpose, [u8; 20]), TextError> {
    let text = std::str::from_utf8(data).map_err(|_| TextError::Corrupted)?;
    // The crate does not have the limit of 90 here, and accepts upper case.
    if text.len() > 90 || text.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(TextError::Corrupted);
    }
    let checked = CheckedHrpstring::new::<Bech32m>(text).map_err(|_| TextError::Corrupted)?;
    let purpose = Purpose::from_text_part(checked.hrp().as_str()).ok_or(TextError::UnknownPart)?;
    if checked.data_part_ascii_no_checksum().len() != 32 {
        return Err(TextError::Corrupted);
    }
    let bytes: Vec<u8> = checked.byte_iter().collect();
    Ok((purpose, bytes.try_into().expect("32 characters are 20 bytes")))
}
