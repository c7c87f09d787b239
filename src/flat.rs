//! Flat buffers for other languages: twelve digits per row in, sixteen bytes per row out, without separators. A row
//! that gives no symbol becomes `REFUSED`, sixteen zero bytes. No function accepts these bytes as a symbol.

use alloc::vec::Vec;

use crate::{
    deriver::Deriver,
    lanes::CHUNK,
    lineage::Lineage,
    my_number::{MyNumber, MyNumberError},
    symbol::SYMBOL_LEN,
};

mod translation;

pub use translation::{Translation, Unanswered};

/// The bytes of a row that gave no symbol. A real symbol is equal to them with probability 2^-128.
pub const REFUSED: [u8; SYMBOL_LEN] = [0; SYMBOL_LEN];

/// `out[i] :=` the symbol of the number `rows[i]`, 16 bytes for 12. If the strict parse refuses a row, the function
/// calls `refused(i, error)` and writes [`REFUSED`]. Refused rows are reported in order.
///
/// With a lineage, each re-issued number is replaced by the person's first number before the symbol is derived. Returns
/// the number of rows that were replaced.
///
/// Memory: 12 KiB, wiped on return. The caller's rows are not wiped. Error: the key does not take numbers, or its holder
/// fails; then some of `out` may have symbols.
///
/// ```
/// use fugo::{MyNumberError, AnySymbolKey, RootKey, flat};
/// let key = AnySymbolKey::new(&RootKey::random()?.scope_key(&"agency/nta/1".parse::<fugo::Scope>()?))?;
/// let (mut out, mut refused) = ([[0; 16]; 2], Vec::new());
/// let rows = [*b"123456789018", *b"123456789012"];
/// flat::symbols(&key, &rows, None, &mut out, |row, error| refused.push((row, error)))?;
/// assert_eq!(refused, [(1, MyNumberError::CheckDigit)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// If the slices differ in length.
pub fn symbols<K: Deriver + ?Sized>(
    key: &K,
    rows: &[[u8; MyNumber::LEN]],
    lineage: Option<&Lineage>,
    out: &mut [[u8; SYMBOL_LEN]],
    mut refused: impl FnMut(usize, MyNumberError),
) -> Result<usize, K::Error> {
    key.takes_numbers()?;
    let mut outcome = Ok(());
    let reissued = parse_and_derive(rows, lineage, out, &mut refused, &mut |numbers, out| {
        outcome = key.symbols(numbers, out);
        outcome.is_ok()
    });
    outcome.map(|()| reissued)
}

/// Derives the symbols of the numbers, or returns false.
type Derive<'a> = &'a mut dyn FnMut(&[MyNumber], &mut [[u8; SYMBOL_LEN]]) -> bool;

/// Not generic, so it is compiled once, in this crate. Inlined into callers, its speed varied by 10 %. It stops when
/// `derive` returns false.
fn parse_and_derive(
    rows: &[[u8; MyNumber::LEN]],
    lineage: Option<&Lineage>,
    out: &mut [[u8; SYMBOL_LEN]],
    refused: &mut dyn FnMut(usize, MyNumberError),
    derive: Derive<'_>,
) -> usize {
    assert_eq!(rows.len(), out.len(), "as many symbols as rows");
    // The vector never reallocates, so wiping it reaches every number.
    let mut numbers = Vec::with_capacity(CHUNK.min(rows.len()));
    let mut gaps = Vec::new();
    let mut reissued = 0;
    for (chunk, (rows, out)) in rows.chunks(CHUNK).zip(out.chunks_mut(CHUNK)).enumerate() {
        numbers.clear();
        gaps.clear();
        reissued += read(rows, lineage, &mut numbers, &mut |i, error| {
            gaps.push(i);
            refused(chunk * CHUNK + i, error);
        });
        if !derive(&numbers, &mut out[..numbers.len()]) {
            break;
        }
        spread(out, numbers.len(), &gaps);
    }
    reissued
}

/// Appends the numbers of these rows, and of a person with a lineage the first one. Returns how many were replaced.
fn read(
    rows: &[[u8; MyNumber::LEN]],
    lineage: Option<&Lineage>,
    numbers: &mut Vec<MyNumber>,
    refused: &mut dyn FnMut(usize, MyNumberError),
) -> usize {
    let mut reissued = 0;
    for (i, row) in rows.iter().enumerate() {
        match MyNumber::parse(row) {
            Ok(number) => match lineage.and_then(|lineage| lineage.get(&number)) {
                Some(first) => {
                    numbers.push(first.clone());
                    reissued += 1;
                }
                None => numbers.push(number),
            },
            Err(error) => refused(i, error),
        }
    }
    reissued
}

/// `out[i] :=` the eligibility symbol of the insurers' symbol `rows[i]` of epoch 1. If the row is [`REFUSED`], the
/// function calls `refused(i)` and writes [`REFUSED`]; otherwise all refused rows would become one person.
///
/// Error: the key does not take insurers' symbols, or its holder fails.
///
/// # Panics
/// If the slices differ in length.
pub fn symbols_from_insurers<K: Deriver + ?Sized>(
    key: &K,
    rows: &[[u8; SYMBOL_LEN]],
    out: &mut [[u8; SYMBOL_LEN]],
    mut refused: impl FnMut(usize),
) -> Result<(), K::Error> {
    key.symbols_from_insurers(rows, out)?;
    for (i, (_, out)) in rows.iter().zip(out).enumerate().filter(|(_, (row, _))| **row == REFUSED) {
        *out = REFUSED;
        refused(i);
    }
    Ok(())
}

/// Moves the first `filled` symbols to their rows, and writes zeros to the rows in `gaps`, which are in ascending
/// order.
fn spread(out: &mut [[u8; SYMBOL_LEN]], mut filled: usize, gaps: &[usize]) {
    let mut end = out.len();
    // From the end, so that no symbol overwrites one that still has to move.
    for &gap in gaps.iter().rev() {
        let behind = end - gap - 1;
        out.copy_within(filled - behind..filled, gap + 1);
        out[gap] = REFUSED;
        filled -= behind;
        end = gap;
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec};

    use super::*;
    use crate::{AnySymbolKey, RootKey, Scope};

    fn row(i: usize) -> [u8; MyNumber::LEN] {
        let body = format!("{i:011}");
        let check = MyNumber::check_digit(&body).expect("eleven digits");
        format!("{body}{check}").into_bytes().try_into().expect("twelve digits")
    }

    /// Each row gives the same as the function for a single number, whatever the other rows are.
    fn holds(rows: &[[u8; MyNumber::LEN]]) {
        let root = RootKey::from_bytes(&[7; 32]);
        let key = |scope: &str| root.scope_key(&scope.parse::<Scope>().expect("a scope"));
        holds_under(&AnySymbolKey::new(&key("agency/nta/1")).expect("a key for numbers"), rows);
        let both = AnySymbolKey::eligibility(&key("insurers/all/1"), &key("eligibility/all/1"));
        holds_under(&both.expect("both keys"), rows);
    }

    fn holds_under(key: &AnySymbolKey, rows: &[[u8; MyNumber::LEN]]) {
        let mut out = vec![[0xff; SYMBOL_LEN]; rows.len()];
        let mut refused = Vec::new();
        let reissued = symbols(key, rows, None, &mut out, |row, error| refused.push((row, error)));
        assert_eq!(reissued, Ok(0));
        let mut expected = Vec::new();
        for (i, (row, symbol)) in rows.iter().zip(&out).enumerate() {
            let mut one = [[0; SYMBOL_LEN]];
            match MyNumber::parse(row) {
                Ok(number) => one[0] = key.symbol(&number).expect("a key for numbers"),
                Err(error) => expected.push((i, error)),
            }
            assert_eq!(*symbol, one[0], "row {i} of {}", rows.len());
        }
        assert_eq!(refused, expected);
    }

    #[test]
    fn each_row_has_the_symbol_of_its_number() {
        for count in [0, 1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3] {
            holds(&(1..=count).map(row).collect::<Vec<_>>());
        }
    }

    #[test]
    fn with_a_lineage_each_row_has_the_symbol_of_the_first_number_and_replaced_rows_are_counted() {
        let parse = |i: usize| MyNumber::parse(row(i)).expect("a valid number");
        // Every number above 100 that 7 divides was issued in the place of the number 7 before it.
        let pairs = (100..2 * CHUNK + 50).filter(|i| i % 7 == 0).map(|i| (parse(i), parse(i - 7))).collect();
        let lineage = Lineage::new(pairs).expect("a lineage");
        let mut rows: Vec<_> = (1..2 * CHUNK + 3).map(row).collect();
        (3..rows.len()).step_by(7).for_each(|i| rows[i][2] = b'x');
        let root = RootKey::from_bytes(&[7; 32]);
        let key = AnySymbolKey::new(&root.scope_key(&"agency/nta/1".parse().expect("a scope")));
        let key = key.expect("a key for numbers");
        let (mut out, mut refused, mut expected) = (vec![[0xff; SYMBOL_LEN]; rows.len()], 0, 0);
        let reissued = symbols(&key, &rows, Some(&lineage), &mut out, |_, _| refused += 1);
        for (row, symbol) in rows.iter().zip(&out) {
            let Ok(number) = MyNumber::parse(row) else {
                assert_eq!(*symbol, REFUSED);
                continue;
            };
            let first = lineage.first(&number);
            expected += usize::from(first != &number);
            assert_eq!(Ok(*symbol), key.symbol(first));
        }
        assert!(expected > 200 && refused > 200);
        assert_eq!(reissued, Ok(expected));
        let none = Lineage::new(Vec::new()).expect("a lineage");
        assert_eq!(symbols(&key, &rows, Some(&none), &mut out, |_, _| ()), Ok(0));
    }

    #[test]
    fn eligibility_symbols_are_those_of_the_single_call_and_a_refused_row_stays_refused() {
        let root = RootKey::from_bytes(&[7; 32]);
        let key = AnySymbolKey::issuer(&root.scope_key(&"eligibility/all/1".parse().expect("a scope")))
            .expect("the issuer's key");
        for count in [0, 1, 511, 512, 513, 1100] {
            let rows: Vec<[u8; SYMBOL_LEN]> =
                (0..count).map(|i| if i % 5 == 3 { REFUSED } else { [1 + (i % 251) as u8; SYMBOL_LEN] }).collect();
            let (mut out, mut refused) = (vec![[0xff; SYMBOL_LEN]; count], Vec::new());
            symbols_from_insurers(&key, &rows, &mut out, |row| refused.push(row)).expect("a key for insurers' symbols");
            assert_eq!(refused, (0..count).filter(|i| i % 5 == 3).collect::<Vec<_>>());
            for (row, out) in rows.iter().zip(&out) {
                let one = key.symbol_from_insurers(row).expect("the issuer's key");
                assert_eq!(*out, if *row == REFUSED { REFUSED } else { one });
            }
        }
    }

    #[test]
    fn refused_rows_are_zeros_and_move_no_other() {
        let count = 2 * CHUNK + 3;
        let good: Vec<_> = (1..=count).map(row).collect();
        let faults: [&[usize]; 7] = [
            &[0],
            &[count - 1],
            &[CHUNK - 1, CHUNK],
            &[0, 1, 2, CHUNK, count - 1],
            &[5, 7, 8, 1000, 1001],
            &[2 * CHUNK, 2 * CHUNK + 1, 2 * CHUNK + 2],
            &[3],
        ];
        for at in faults {
            let mut rows = good.clone();
            for &at in at {
                rows[at][at % 11] = b'x';
            }
            holds(&rows);
        }
        let every_third: Vec<_> = (0..count).map(|i| if i % 3 == 0 { *b"000000000000" } else { row(i) }).collect();
        holds(&every_third);
        holds(&[*b"123456789012"; CHUNK + 1]);
    }
}
