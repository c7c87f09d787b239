//! Checks that the arguments of one call do not share bytes.

use crate::{
    failure::{Failure, OfArgument},
    status::FugoStatus,
};

/// The addresses of an argument: its start and its length in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    len: usize,
    /// The position of the argument in the call, counted from 1.
    argument: usize,
}

impl Span {
    /// `count` rows of `row` bytes. NULL has no bytes, but its length is checked too.
    pub(crate) fn new<T>(start: *const T, count: usize, row: usize, argument: usize) -> Result<Self, Failure> {
        let len = count.checked_mul(row).filter(|len| isize::try_from(*len).is_ok());
        let len = len.filter(|len| start.addr().checked_add(*len).is_some());
        let len = len.ok_or(FugoStatus::Overflow).map_err(Failure::from).arg(argument)?;
        Ok(Self { start: start.addr(), len: if start.is_null() { 0 } else { len }, argument })
    }

    fn meets(self, other: Self) -> bool {
        let (first, second) = if self.start <= other.start { (self, other) } else { (other, self) };
        first.len > 0 && second.len > 0 && second.start - first.start < first.len
    }
}

/// Fails if an output shares a byte with another output or with an input. The call's `error` is an output too. If it
/// overlaps, it is not written.
pub(crate) fn apart(error: Span, outputs: &[Span], inputs: &[Span]) -> Result<(), Failure> {
    if outputs.iter().chain(inputs).any(|other| error.meets(*other)) {
        return Err(Failure::from(FugoStatus::Overlap).untold());
    }
    for (i, output) in outputs.iter().enumerate() {
        if let Some(other) = outputs[i + 1..].iter().chain(inputs).find(|other| output.meets(**other)) {
            return Err(Failure::from(FugoStatus::Overlap).at(output.argument).found(other.argument as u64));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    fn span(start: usize, len: usize) -> Span {
        Span::new(ptr::without_provenance::<u8>(start), len, 1, 7).expect("a length")
    }

    #[test]
    fn spans_meet_where_they_share_a_byte_and_only_there() {
        let nowhere = span(0, 32);
        let is_apart = |a: Span, b: Span| {
            let found = [
                apart(nowhere, &[a], &[b]),
                apart(nowhere, &[a, b], &[]),
                apart(a, &[b], &[]),
                apart(a, &[nowhere], &[nowhere, b]),
            ];
            let told = found.map(|found| found.err().is_none_or(Failure::is_told));
            assert_eq!(told, [true, true, found[2].is_ok(), found[3].is_ok()]);
            found.map(|found| found.is_ok())
        };
        for ((start, len), expected) in [
            ((90, 10), true),
            ((90, 11), false),
            ((100, 20), false),
            ((105, 5), false),
            ((119, 1), false),
            ((119, 9), false),
            ((120, 9), true),
            ((110, 0), true),
            ((0, 200), true), // NULL
            ((1, 200), false),
        ] {
            let (first, second) = (span(100, 20), span(start, len));
            assert_eq!(is_apart(first, second), [expected; 4], "{start} {len}");
            assert_eq!(is_apart(second, first), [expected; 4], "{start} {len}");
        }
        // Inputs may share bytes.
        assert!(apart(nowhere, &[], &[span(100, 20), span(100, 20)]).is_ok());
    }

    #[test]
    fn a_length_that_no_memory_has_is_refused() {
        let overflows = |start: usize, count, row| {
            let span = Span::new(ptr::without_provenance::<u8>(start), count, row, 3);
            span.map(|_| ()) == Err(Failure::from(FugoStatus::Overflow).at(3))
        };
        assert!(overflows(0, usize::MAX, 16));
        assert!(overflows(100, usize::MAX / 16 + 1, 16));
        assert!(overflows(100, isize::MAX as usize + 1, 1));
        assert!(overflows(usize::MAX - 15, 1, 16));
        assert!(!overflows(usize::MAX - 16, 1, 16));
        assert!(!overflows(100, isize::MAX as usize, 1));
    }
}
