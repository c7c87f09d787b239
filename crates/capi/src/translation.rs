use std::{
    ffi::c_char,
    sync::{Mutex, MutexGuard, PoisonError},
};

use fugo::{SYMBOL_LEN, flat::Translation};

use crate::{
    boundary::boundary,
    derive::FUGO_SYMBOL_LEN,
    failure::{Failure, FugoError, OfArgument},
    held::prepared,
    key::FugoKey,
    lineage::FugoLineage,
    number::FUGO_NUMBER_LEN,
    pointers::{Handle, In, Out, Slot},
    rows::Rows,
    spans::apart,
    status::FugoStatus,
};

/// A translation (情報連携): from symbols of one scope to symbols of another, by way of the numbers of a roster. Only a
/// handle of this type changes: `fugo_translation_add` adds to it. Threads may share it, and wait for each other.
pub struct FugoTranslation(Mutex<Translation>);

impl FugoTranslation {
    /// Also after a panic: what was found until then is right.
    fn locked(&self) -> MutexGuard<'_, Translation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `*out` := a translation of the `count` symbols `asked`, 16 bytes each, from the scope of `from` to the scope of `to`.
/// The keys may be freed afterwards. A symbol may be there twice. A row of sixteen zero bytes, which an earlier call
/// refused, is nobody's.
///
/// A translation links the two scopes for its people. `fugo translate` asks for a grant, and records each run (番号法
/// 23条). These functions do neither: the caller must.
///
/// Memory: about 50 bytes for each symbol, whatever the roster has; wiped by `fugo_translation_free`. Failures: SAME_KEY;
/// INSURERS_MISSING for an issuer's key; NO_BYTES for a key that a token keeps, which would be asked for every person of
/// the roster; NULL_POINTER, WRONG_HANDLE, OVERFLOW, OVERLAP, OCCUPIED_HANDLE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_translation_new(
    from: Handle<FugoKey>,
    to: Handle<FugoKey>,
    asked: In<u8>,
    count: usize,
    out: Slot<FugoTranslation>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(5)?], &[asked.span(count, FUGO_SYMBOL_LEN, 3)?])?;
        let out = out.vacant().arg(5);
        let (from, to) = (from.held().arg(1)?, to.held().arg(2)?);
        let asked = asked.rows::<SYMBOL_LEN>(count).arg(3)?;
        let out = out?;
        out.set(FugoTranslation(Mutex::new(Translation::new(prepared(&from.0)?, prepared(&to.0)?, asked)?)));
        Ok(())
    })
}

/// Finds the people of `count` rows of the roster, 12 digits each, without separators. Give the whole roster, in as many
/// calls as you like. A row that is given twice changes nothing.
///
/// `lineage` may be NULL. If it is not, each re-issued number is replaced by the person's first number, and `reissued`,
/// if not NULL, gets the number of these rows. `statuses` and `refused` are as in `fugo_derive_batch`: if a row is
/// refused, all others are added, and the call returns FUGO_STATUS_ROWS_REFUSED. A symbol whose person is in a refused
/// row stays unknown. Failures: NULL_POINTER, WRONG_HANDLE, OVERFLOW, OVERLAP; then no row is added.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_translation_add(
    translation: Handle<FugoTranslation>,
    lineage: Handle<FugoLineage>,
    numbers: In<c_char>,
    count: usize,
    statuses: Out<FugoStatus>,
    refused: Out<usize>,
    reissued: Out<usize>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let outputs = [
            statuses.span(count, size_of::<FugoStatus>(), 5)?,
            refused.span(1, size_of::<usize>(), 6)?,
            reissued.span(1, size_of::<usize>(), 7)?,
        ];
        apart(error, &outputs, &[numbers.span(count, FUGO_NUMBER_LEN, 3)?])?;
        let mut rows = Rows::new(&statuses, 5, &refused, 6, count)?;
        let reissued = reissued.places(1, 0).arg(7)?;
        let translation = translation.held().arg(1)?;
        let lineage = lineage.held_if_any().arg(2)?.map(|lineage| &lineage.0);
        let numbers = numbers.rows(count).arg(3)?;
        rows.begin();
        let replaced = translation.locked().add(numbers, lineage, |row, error| {
            rows.refuse(row, Failure::from(error).status);
        });
        if let Some(reissued) = reissued {
            reissued.set(replaced);
        }
        rows.end()
    })
}

/// `symbols[i]` := the symbol, under the key `to`, of the person with the symbol `asked[i]`, 16 bytes. `count` is the
/// number of asked symbols. The rows have their order, and an order links scopes: sort the rows by the new symbols before
/// you give them to anybody who has the old ones.
///
/// A row whose person was not found is zeros, and its status is UNKNOWN_SYMBOL; a row that was zeros when it was asked
/// has the status NO_SYMBOL. `statuses` and `refused`, each if not NULL, get the statuses and the number of rows without
/// a symbol. If there is such a row, the call returns FUGO_STATUS_ROWS_REFUSED, and the others have their symbols.
/// More rows may be added after this call. Failures: BUFFER_LENGTH if `count` is another; NULL_POINTER, WRONG_HANDLE,
/// OVERFLOW, OVERLAP.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_translation_symbols(
    translation: Handle<FugoTranslation>,
    symbols: Out<u8>,
    count: usize,
    statuses: Out<FugoStatus>,
    refused: Out<usize>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let outputs = [
            symbols.span(count, FUGO_SYMBOL_LEN, 2)?,
            statuses.span(count, size_of::<FugoStatus>(), 4)?,
            refused.span(1, size_of::<usize>(), 5)?,
        ];
        apart(error, &outputs, &[])?;
        let symbols = symbols.rows::<SYMBOL_LEN>(count).arg(2);
        let mut rows = Rows::new(&statuses, 4, &refused, 5, count)?;
        let translation = translation.held().arg(1)?.locked();
        let mut symbols = symbols?;
        if translation.len() != count {
            return Err(Failure::buffer_length(count)).arg(3);
        }
        rows.begin();
        translation.answers(symbols.rows(), |row, reason| {
            rows.refuse(row, FugoStatus::of_kind(reason.kind()).unwrap_or(FugoStatus::Other));
        });
        symbols.keep();
        rows.end()
    })
}

/// Wipes and frees `*translation` and sets it to NULL. Does nothing if `translation` or `*translation` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_translation_free(translation: Slot<FugoTranslation>) -> FugoStatus {
    boundary(Out::none(), |_| translation.free().arg(1))
}
