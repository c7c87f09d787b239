use std::ffi::c_char;

use fugo::{Lineage, MyNumber};

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError, OfArgument},
    number::FUGO_NUMBER_LEN,
    pointers::{Handle, In, Out, Slot},
    spans::apart,
    status::FugoStatus,
};

/// The length in bytes of a pair: the new number, then the previous number.
pub const FUGO_PAIR_LEN: usize = 24;

/// The first number of each person whose number was replaced. A leaked number is replaced by a new one, and the person
/// keeps the symbols of the first number.
pub struct FugoLineage(pub(crate) Lineage);

/// `*out` := the lineage of `count` pairs. Each pair is 24 bytes, the new number and then the previous number, without
/// separators. Chains are resolved. A number may be the new number of one pair only, and the previous number of one
/// pair only. Failures, with `row` the pair counted from 0: NON_DIGIT (`at` is 0 to 23), CHECK_DIGIT and NEVER_ISSUED
/// (`at` is 0 for the new number, 12 for the previous number), SELF_PAIR, DUPLICATE_NEW, DUPLICATE_PREVIOUS. CYCLE has
/// no row. OVERFLOW. Memory: 24 bytes per pair, and 36 more per pair during the call.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_lineage_new(
    pairs: In<c_char>,
    count: usize,
    out: Slot<FugoLineage>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[pairs.span(count, FUGO_PAIR_LEN, 1)?])?;
        let out = out.vacant().arg(3);
        let rows = pairs.rows::<FUGO_PAIR_LEN>(count).arg(1)?;
        let out = out?;
        // The vector never grows, so wiping reaches every number.
        let mut pairs = Vec::with_capacity(count);
        for (row, pair) in rows.iter().enumerate() {
            let (new, previous) = pair.split_at(FUGO_NUMBER_LEN);
            let number = |digits: &[u8], behind| {
                MyNumber::parse(digits).map_err(|error| Failure::from(error).behind(behind).row(row))
            };
            pairs.push((number(new, 0)?, number(previous, FUGO_NUMBER_LEN)?));
        }
        out.set(FugoLineage(Lineage::new(pairs)?));
        Ok(())
    })
}

/// `first` := the first number of the person who has `number`, or `number` itself if no pair has it as new number.
/// `first_len` is FUGO_NUMBER_LEN. Failures: those of `fugo_number_check`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_lineage_first(
    lineage: Handle<FugoLineage>,
    number: In<c_char>,
    number_len: usize,
    first: Out<c_char>,
    first_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[first.span(first_len, 1, 4)?], &[number.span(number_len, 1, 2)?])?;
        let first = first.exactly(first_len, FUGO_NUMBER_LEN).arg(4);
        let (lineage, number) = (lineage.held().arg(1)?, number.bytes(number_len).arg(2)?);
        let first = first?;
        let number = MyNumber::parse(number)?;
        first.set(lineage.0.first(&number).expose_digits());
        Ok(())
    })
}

/// Wipes and frees `*lineage` and sets it to NULL. Does nothing if `lineage` or `*lineage` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_lineage_free(lineage: Slot<FugoLineage>) -> FugoStatus {
    boundary(Out::none(), |_| lineage.free().arg(1))
}
