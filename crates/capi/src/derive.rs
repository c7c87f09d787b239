use std::ffi::c_char;

use fugo::{
    MyNumber, SYMBOL_LEN,
    flat::{self, REFUSED},
};

use crate::{
    boundary::{boundary, boundary_of_one},
    failure::{Failure, FugoError, OfArgument},
    key::FugoKey,
    lineage::FugoLineage,
    number::FUGO_NUMBER_LEN,
    pointers::{Handle, In, Out},
    rows::Rows,
    spans::{Span, apart},
    status::FugoStatus,
};

/// The length of a symbol (符号) in bytes.
pub const FUGO_SYMBOL_LEN: usize = 16;

const _: () = assert!(FUGO_SYMBOL_LEN == SYMBOL_LEN);

/// The bytes of a symbol. Zeros are refused: encoded, a refused row would be a text with a valid checksum.
pub(crate) fn symbol_bytes(symbol: &[u8]) -> Result<[u8; SYMBOL_LEN], Failure> {
    let symbol = symbol.try_into().map_err(|_| Failure::buffer_length(symbol.len()))?;
    if symbol == REFUSED { Err(FugoStatus::NoSymbol.into()) } else { Ok(symbol) }
}

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
    boundary_of_one(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1, 4)?], &[number.span(number_len, 1, 2)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(4);
        let (key, number) = (key.held().arg(1)?, number.bytes(number_len).arg(2)?);
        let symbol = symbol?;
        key.0.takes_numbers()?;
        symbol.set(&key.0.symbol(&MyNumber::parse(number)?)?);
        Ok(())
    })
}

/// `symbols[i]` := the symbol of `numbers[i]`, as with `fugo_derive`, for `count` rows. An input row has 12 digits, an
/// output row 16 bytes, without separators. The output of a refused row is zeros, which are never a person's symbol.
///
/// `statuses`, if not NULL, gets one status for each of the `count` rows: FUGO_STATUS_OK, or the reason why the row was
/// refused. `refused`, if not NULL, gets the number of refused rows. If any row was refused, all other rows still get
/// their symbols, and the call returns FUGO_STATUS_ROWS_REFUSED; the error's `row` is the first refused row, and
/// `found` is their number. So FUGO_STATUS_OK means that every row has its symbol.
///
/// Memory: 12 KiB for any count, wiped. The call uses one thread; to use more, split the rows and share the key.
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
    boundary(error, |error| batch(error, key, None, numbers, symbols, count, statuses, refused, Out::none()))
}

/// `symbols[i]` := the symbol of the person's first number. Each of the `count` numbers that `lineage` lists as new is
/// replaced by the first number of the same person (`fugo_lineage_first`) before its symbol is derived, so that the person
/// keeps one symbol. `reissued`, if not NULL, is set to the number of rows that were replaced. The rest is as for
/// `fugo_derive_batch`. Failures: those of `fugo_derive_batch`; NULL_POINTER if `lineage` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_batch_lineage(
    key: Handle<FugoKey>,
    lineage: Handle<FugoLineage>,
    numbers: In<c_char>,
    symbols: Out<u8>,
    count: usize,
    statuses: Out<FugoStatus>,
    refused: Out<usize>,
    reissued: Out<usize>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| batch(error, key, Some(lineage), numbers, symbols, count, statuses, refused, reissued))
}

/// The arguments of both calls in their order; a lineage moves those behind it by one place.
#[expect(clippy::too_many_arguments, clippy::needless_pass_by_value)]
fn batch(
    error: Span,
    key: Handle<FugoKey>,
    lineage: Option<Handle<FugoLineage>>,
    numbers: In<c_char>,
    symbols: Out<u8>,
    count: usize,
    statuses: Out<FugoStatus>,
    refused: Out<usize>,
    reissued: Out<usize>,
) -> Result<(), Failure> {
    let place = |argument: usize| argument + usize::from(lineage.is_some());
    let outputs = [
        symbols.span(count, FUGO_SYMBOL_LEN, place(3))?,
        statuses.span(count, size_of::<FugoStatus>(), place(5))?,
        refused.span(1, size_of::<usize>(), place(6))?,
        reissued.span(1, size_of::<usize>(), place(7))?,
    ];
    apart(error, &outputs, &[numbers.span(count, FUGO_NUMBER_LEN, place(2))?])?;
    // A call that fails leaves no row with the status OK.
    let symbols = symbols.rows::<SYMBOL_LEN>(count).arg(place(3));
    let mut rows = Rows::new(&statuses, place(5), &refused, place(6), count)?;
    let reissued = reissued.places(1, 0).arg(place(7))?;
    let key = key.held().arg(1)?;
    let lineage = lineage.as_ref().map(|lineage| lineage.held().arg(2)).transpose()?;
    let numbers = numbers.rows(count).arg(place(2))?;
    let mut symbols = symbols?;
    key.0.takes_numbers()?;
    rows.begin();
    let replaced = flat::symbols(&key.0, numbers, lineage.map(|lineage| &lineage.0), symbols.rows(), |row, error| {
        rows.refuse(row, Failure::from(error).status);
    })?;
    symbols.keep();
    if let Some(reissued) = reissued {
        reissued.set(replaced);
    }
    rows.end()
}

/// `symbol` := HMAC-SHA-256(eligibility key, insurers' symbol of epoch 1)[0..16]. The issuer derives this way and never
/// sees a number. Both lengths are FUGO_SYMBOL_LEN. Give insurers' symbols of epoch 1 only: the bytes of a symbol do
/// not show their epoch, so decode them from their text form with the tag of that key. Failures: WRONG_PURPOSE if the
/// key's purpose is not eligibility; NO_SYMBOL for sixteen zero bytes, the output of a failed call.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_from_insurers(
    key: Handle<FugoKey>,
    insurers: In<u8>,
    insurers_len: usize,
    symbol: Out<u8>,
    symbol_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary_of_one(error, |error| {
        apart(error, &[symbol.span(symbol_len, 1, 4)?], &[insurers.span(insurers_len, 1, 2)?])?;
        let symbol = symbol.exactly(symbol_len, FUGO_SYMBOL_LEN).arg(4);
        let (key, insurers) = (key.held().arg(1)?, insurers.exactly(insurers_len, FUGO_SYMBOL_LEN).arg(2)?);
        let symbol = symbol?;
        symbol.set(&key.0.symbol_from_insurers(&symbol_bytes(insurers)?)?);
        Ok(())
    })
}

/// `symbols[i]` := the eligibility symbol of `insurers[i]`, as with `fugo_derive_from_insurers`, for `count` rows.
/// Input and output rows have 16 bytes, without separators. A row of sixteen zero bytes, which an earlier call refused,
/// is refused again, and its output is zeros. All other rows still get their symbols, and the call returns
/// FUGO_STATUS_ROWS_REFUSED; the error's `row` is the first refused row, and `found` is their number. Failures:
/// OVERFLOW, OVERLAP, NULL_POINTER, WRONG_PURPOSE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_derive_from_insurers_batch(
    key: Handle<FugoKey>,
    insurers: In<u8>,
    symbols: Out<u8>,
    count: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[symbols.span(count, FUGO_SYMBOL_LEN, 3)?], &[insurers.span(count, FUGO_SYMBOL_LEN, 2)?])?;
        let symbols = symbols.rows::<SYMBOL_LEN>(count).arg(3);
        let (key, insurers) = (key.held().arg(1)?, insurers.rows::<SYMBOL_LEN>(count).arg(2)?);
        let mut symbols = symbols?;
        let mut rows = Rows::default();
        flat::symbols_from_insurers(&key.0, insurers, symbols.rows(), |row| rows.refuse(row, FugoStatus::NoSymbol))?;
        symbols.keep();
        rows.end()
    })
}
