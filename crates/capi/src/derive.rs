use std::ffi::c_char;

use fugo::{EligibilitySymbol, InsurersSymbol, MyNumber, SYMBOL_LEN, flat};

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError},
    key::FugoKey,
    number::FUGO_NUMBER_LEN,
    pointers::{Handle, In, Out},
    spans::apart,
    status::FugoStatus,
};

/// Bytes of a symbol (符号).
pub const FUGO_SYMBOL_LEN: usize = 16;

const _: () = assert!(FUGO_SYMBOL_LEN == SYMBOL_LEN);

/// `symbol` := HMAC-SHA-256(key, twelve ASCII digits)[0..16], or for an eligibility key
/// HMAC-SHA-256(eligibility key, HMAC-SHA-256(insurers' key of epoch 1, digits)[0..16])[0..16]. `symbol_len` is
/// FUGO_SYMBOL_LEN. Failures: those of `fugo_number_check`; INSURERS_MISSING for an issuer's key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive(
    key: Handle<FugoKey>,
    number: In<c_char>,
    number_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1)?], &[number.span(number_len, 1)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN);
        let (key, number) = (key.held()?, number.bytes(number_len)?);
        let symbol = symbol?;
        let mut derived = [[0; SYMBOL_LEN]];
        key.numbers()?.symbols(&[MyNumber::parse(number)?], &mut derived);
        symbol.set(&derived[0]);
        Ok(())
    })
}

/// `symbols[i]` := the symbol of `numbers[i]`, as `fugo_derive`, for `count` rows: 12 digits in, 16 bytes out, row
/// behind row with nothing in between. A row that is refused has a symbol of zeros, which is no symbol of anybody.
///
/// `statuses`, if not NULL, gets FUGO_STATUS_OK or why the row was refused, for each of the `count` rows. `refused`, if
/// not NULL, gets how many were. If any row was, the call returns FUGO_STATUS_ROWS_REFUSED (the error's `row` is the
/// first of them, `found` how many) with all other rows done; so FUGO_STATUS_OK means that every row has its symbol.
///
/// Memory: 12 KiB, wiped, whatever the count. One thread; for more, split the rows and share the key.
/// Failures: OVERFLOW, OVERLAP, NULL_POINTER, INSURERS_MISSING for an issuer's key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_batch(
    key: Handle<FugoKey>,
    numbers: In<c_char>,
    symbols: Out<u8>,
    count: usize,
    statuses: Out<FugoStatus>,
    refused: Out<usize>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let outputs = [
            symbols.span(count, FUGO_SYMBOL_LEN)?,
            statuses.span(count, size_of::<FugoStatus>())?,
            refused.span(1, size_of::<usize>())?,
        ];
        apart(error, &outputs, &[numbers.span(count, FUGO_NUMBER_LEN)?])?;
        // A call that fails leaves no row with the status OK.
        let (symbols, statuses) = (symbols.rows::<SYMBOL_LEN>(count), statuses.places(count, FugoStatus::Other)?);
        let refused = refused.places(1, 0)?;
        let (key, numbers) = (key.held()?, numbers.rows(count)?);
        let (mut symbols, mut statuses) = (symbols?, statuses);
        let key = key.numbers()?;
        if let Some(statuses) = &mut statuses {
            statuses.fill(FugoStatus::Ok);
        }
        let (mut first, mut many) = (0, 0);
        flat::symbols(key, numbers, symbols.rows(), |row, error| {
            if many == 0 {
                first = row;
            }
            many += 1;
            if let Some(statuses) = &mut statuses {
                statuses.put(row, Failure::from(error).status);
            }
        });
        symbols.keep();
        if let Some(statuses) = &mut statuses {
            statuses.keep();
        }
        if let Some(refused) = refused {
            refused.set(many);
        }
        if many > 0 { Err(Failure::from(FugoStatus::RowsRefused).row(first).found(many as u64)) } else { Ok(()) }
    })
}

/// `symbol` := HMAC-SHA-256(eligibility key, insurers' symbol of epoch 1)[0..16]: the issuer's way, in which no number
/// appears. Both lengths are FUGO_SYMBOL_LEN. The bytes of a symbol do not say their epoch: only insurers' symbols of
/// epoch 1 belong here; decode them from their text form with the tag of that key. Failure: WRONG_PURPOSE for a key of
/// another purpose than eligibility.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_from_insurers(
    key: Handle<FugoKey>,
    insurers: In<u8>,
    insurers_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1)?], &[insurers.span(insurers_len, 1)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN);
        let (key, insurers) = (key.held()?, insurers.exactly(insurers_len, FUGO_SYMBOL_LEN)?);
        let symbol = symbol?;
        let insurers: [u8; SYMBOL_LEN] = insurers.try_into().map_err(|_| Failure::buffer_length(insurers_len))?;
        symbol.set(key.insurers()?.symbol_from_insurers(&InsurersSymbol::from_bytes(insurers)).as_bytes());
        Ok(())
    })
}

/// Rows that are derived from together: few enough for the first-level cache.
const CHUNK: usize = 512;

/// `symbols[i]` := the eligibility symbol of `insurers[i]`, as `fugo_derive_from_insurers`, for `count` rows: 16 bytes
/// in, 16 bytes out, row behind row. No row can be refused. Failures: OVERFLOW, OVERLAP, NULL_POINTER, WRONG_PURPOSE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_from_insurers_batch(
    key: Handle<FugoKey>,
    insurers: In<u8>,
    symbols: Out<u8>,
    count: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[symbols.span(count, FUGO_SYMBOL_LEN)?], &[insurers.span(count, FUGO_SYMBOL_LEN)?])?;
        let symbols = symbols.rows::<SYMBOL_LEN>(count);
        let (key, insurers) = (key.held()?, insurers.rows::<SYMBOL_LEN>(count)?);
        let mut symbols = symbols?;
        let key = key.insurers()?;
        let mut from = [InsurersSymbol::from_bytes([0; SYMBOL_LEN]); CHUNK];
        let mut to = [EligibilitySymbol::from_bytes([0; SYMBOL_LEN]); CHUNK];
        for (insurers, symbols) in insurers.chunks(CHUNK).zip(symbols.rows::<SYMBOL_LEN>().chunks_mut(CHUNK)) {
            let (from, to) = (&mut from[..insurers.len()], &mut to[..insurers.len()]);
            from.iter_mut().zip(insurers).for_each(|(from, bytes)| *from = InsurersSymbol::from_bytes(*bytes));
            key.symbols_from_insurers(from, to);
            symbols.iter_mut().zip(to).for_each(|(symbol, to)| *symbol = to.to_bytes());
        }
        symbols.keep();
        Ok(())
    })
}
