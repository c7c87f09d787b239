use std::ffi::c_char;

use fugo::{
    KeyTag, SYMBOL_LEN,
    flat::REFUSED,
    text::{self, SymbolText, TextEncoder},
};

use crate::{
    boundary::{boundary, boundary_of_one},
    derive::{FUGO_SYMBOL_LEN, symbol_bytes},
    failure::{Failure, FugoError, OfArgument},
    key::FugoKey,
    ladder::FUGO_TAG_LEN,
    pointers::{Handle, In, Out},
    scope,
    spans::apart,
    status::FugoStatus,
};

/// The size of a buffer for the text form of any symbol (44 to 47 characters, depending on the purpose) and a NUL. Also
/// the length of a row in a batch of texts.
pub const FUGO_SYMBOL_TEXT_SIZE: usize = 48;

const _: () = assert!(FUGO_SYMBOL_TEXT_SIZE == SymbolText::MAX_LEN + 1);

fn encoder(purpose: i32, tag: &[u8]) -> Result<TextEncoder, Failure> {
    let tag = <[u8; KeyTag::LEN]>::try_from(tag).map_err(|_| Failure::buffer_length(tag.len()))?;
    Ok(TextEncoder::new(scope::purpose(purpose)?, KeyTag::from_bytes(tag)))
}

/// `text` := the text form of a symbol of `key`: Bech32m over tag || symbol, 44 to 47 characters such as `kikan1...`,
/// then NUL up to `text_size`, which is at least FUGO_SYMBOL_TEXT_SIZE. `symbol_len` is FUGO_SYMBOL_LEN. Failure:
/// NO_SYMBOL for sixteen zero bytes, the output of a failed call.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_encode(
    key: Handle<FugoKey>,
    symbol: In<u8>,
    symbol_len: usize,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[text.span(text_size, 1, 4)?], &[symbol.span(symbol_len, 1, 2)?])?;
        let text = text.at_least(text_size, FUGO_SYMBOL_TEXT_SIZE).arg(4);
        let (key, symbol) = (key.held().arg(1)?, symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(2)?);
        text?.set(key.0.encoder().encode(&symbol_bytes(symbol)?).as_str().as_bytes());
        Ok(())
    })
}

/// `texts[i]` := the text form of `symbols[i]`, as with `fugo_text_encode`, for `count` rows. An input row has 16
/// bytes, an output row FUGO_SYMBOL_TEXT_SIZE bytes, without separators. NUL fills each row after its text. A refused
/// row, which is sixteen zero bytes, becomes a row of NUL: an empty text. Failures: OVERFLOW, OVERLAP, NULL_POINTER.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_encode_batch(
    key: Handle<FugoKey>,
    symbols: In<u8>,
    texts: Out<c_char>,
    count: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[texts.span(count, FUGO_SYMBOL_TEXT_SIZE, 3)?], &[symbols.span(count, FUGO_SYMBOL_LEN, 2)?])?;
        let texts = texts.rows::<FUGO_SYMBOL_TEXT_SIZE>(count).arg(3);
        let (key, symbols) = (key.held().arg(1)?, symbols.rows::<SYMBOL_LEN>(count).arg(2)?);
        let mut texts = texts?;
        let encoder = key.0.encoder();
        let len = encoder.text_len();
        for (symbol, text) in symbols.iter().zip(texts.rows::<FUGO_SYMBOL_TEXT_SIZE>()) {
            if *symbol == REFUSED {
                text.fill(0);
            } else {
                encoder.encode_into(symbol, text);
                text[len..].fill(0);
            }
        }
        texts.keep();
        Ok(())
    })
}

/// `symbol` := the symbol that has this text form under `key`. The text must be byte for byte the encoder's output; its
/// `text_len` bytes have no NUL. `symbol_len` is FUGO_SYMBOL_LEN. Failures: CORRUPTED; then, only if the checksum is
/// valid, UNKNOWN_PART, WRONG_PURPOSE (`found`), WRONG_KEY (`found`).
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_decode(
    key: Handle<FugoKey>,
    text: In<c_char>,
    text_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1, 4)?], &[text.span(text_len, 1, 2)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(4);
        let (key, text) = (key.held().arg(1)?, text.bytes(text_len).arg(2)?);
        let symbol = symbol?;
        symbol.set(&key.0.encoder().decode(text)?);
        Ok(())
    })
}

/// `fugo_text_encode` for a receiver of symbols, who has no key: `purpose` is a fugo_purpose, and `tag` is the key tag,
/// of FUGO_TAG_LEN bytes. Failures: UNKNOWN_PURPOSE; NO_SYMBOL for sixteen zero bytes.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_encode_tagged(
    purpose: i32,
    tag: In<u8>,
    tag_len: usize,
    symbol: In<u8>,
    symbol_len: usize,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[text.span(text_size, 1, 6)?], &[tag.span(tag_len, 1, 2)?, symbol.span(symbol_len, 1, 4)?])?;
        let text = text.at_least(text_size, FUGO_SYMBOL_TEXT_SIZE).arg(6);
        let (tag, symbol) =
            (tag.exactly(tag_len, FUGO_TAG_LEN).arg(2)?, symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(4)?);
        let text = text?;
        text.set(encoder(purpose, tag)?.encode(&symbol_bytes(symbol)?).as_str().as_bytes());
        Ok(())
    })
}

/// `fugo_text_decode` for a receiver of symbols, who has no key: `purpose` is the expected fugo_purpose, and `tag` is
/// the expected key tag, of FUGO_TAG_LEN bytes. Failures: those of `fugo_text_decode`; UNKNOWN_PURPOSE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_decode_tagged(
    purpose: i32,
    tag: In<u8>,
    tag_len: usize,
    text: In<c_char>,
    text_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1, 6)?], &[tag.span(tag_len, 1, 2)?, text.span(text_len, 1, 4)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(6);
        let (tag, text) = (tag.exactly(tag_len, FUGO_TAG_LEN).arg(2)?, text.bytes(text_len).arg(4)?);
        let symbol = symbol?;
        symbol.set(&encoder(purpose, tag)?.decode(text)?);
        Ok(())
    })
}

/// Reads a text of any purpose and key: `*purpose` := its fugo_purpose, `tag` := the tag of its key, `symbol` := the
/// symbol. `tag_len` is FUGO_TAG_LEN, `symbol_len` FUGO_SYMBOL_LEN. Whose symbol it is, is not checked: hold purpose
/// and tag against those you expect, or use `fugo_text_decode`. Failures: CORRUPTED, UNKNOWN_PART.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_text_read(
    text: In<c_char>,
    text_len: usize,
    purpose: Out<i32>,
    tag: Out<u8>,
    tag_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        let outputs = [purpose.span(1, size_of::<i32>(), 3)?, tag.span(tag_len, 1, 4)?, symbol.span(symbol_len, 1, 6)?];
        apart(error, &outputs, &[text.span(text_len, 1, 1)?])?;
        let (purpose, tag) = (purpose.place(0).arg(3), tag.exactly(tag_len, FUGO_TAG_LEN).arg(4));
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(6);
        let text = text.bytes(text_len).arg(1)?;
        let (purpose, tag, symbol) = (purpose?, tag?, symbol?);
        let decoded = text::decode(text)?;
        purpose.set(decoded.purpose.code().into());
        tag.set(&decoded.tag.to_bytes());
        symbol.set(&decoded.symbol);
        Ok(())
    })
}
