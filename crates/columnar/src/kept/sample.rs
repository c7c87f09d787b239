//! Whether a kept column is computed from the numbers or symbols of its rows. A sample of the rows is examined.

use std::{cell::OnceCell, collections::BTreeMap, fmt};

use fugo::{MyNumber, SYMBOL_LEN, text::TextEncoder};
use memchr::memmem;
use zeroize::Zeroizing;

use super::{
    digests::{self, Known, STRONG, Tokens},
    made::Made,
    places,
    row::{Person, Row},
    search, values,
};

/// The number of rows per column for which digests are computed. Less than the sample, because digests take time.
const LONG: usize = 128;
/// The same number for rows whose cells encode fewer than eight bytes, such as dates and short codes.
const SHORT: usize = 32;

/// Rows from the whole roster. The choice depends only on the positions of the rows, and matches no period that a
/// roster could have. Numbers and cells are wiped on drop.
///
/// ```
/// use fugo_columnar::kept::{Person, Sample};
/// let (people, kept) = (["123456789018", "012345678911"], ["810987654321", "119876543210"]);
/// let mut sample = Sample::new(1, Vec::new());
/// for row in sample.next(people.len()) {
///     sample.take(row, Person::Number(people[row].parse()?), vec![], [kept[row]].into_iter());
/// }
/// let made = sample.judge().expect("a finding");
/// assert_eq!((made.columns(), made.to_string()), (&[0][..], "the number's digits, backwards".to_owned()));
/// # Ok::<(), fugo::MyNumberError>(())
/// ```
pub struct Sample {
    columns: usize,
    encoders: Vec<TextEncoder>,
    rows: Vec<Row>,
    seen: u64,
    /// The first of the rows that were counted last.
    first: u64,
    /// One of this many rows belongs to the sample; a power of two.
    one_in: u64,
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sample(..)")
    }
}

impl Sample {
    /// The most rows of a sample, approximately.
    pub const ROWS: usize = 512;
    /// The most bytes of a cell that are examined.
    pub const CELL: usize = 1_024;

    /// An empty sample for rows with `columns` kept cells each. `encoders` write the text forms of a row's symbols, in
    /// the same order.
    pub fn new(columns: usize, encoders: Vec<TextEncoder>) -> Self {
        Self { columns, encoders, rows: Vec::with_capacity(Self::ROWS), seen: 0, first: 0, one_in: 1 }
    }

    /// Counts the next `rows` rows, and returns those that belong to the sample: [`Self::take`] these.
    ///
    /// The more rows come, the fewer of them are chosen. Of many rows it holds about 256 to 512, spread over all rows.
    pub fn next(&mut self, rows: usize) -> Vec<usize> {
        let (first, end) = (self.seen, self.seen + rows as u64);
        self.seen = end;
        self.first = first;
        if self.columns == 0 {
            return Vec::new();
        }
        while end.div_ceil(self.one_in) > Self::ROWS as u64 {
            self.one_in *= 2;
        }
        let one_in = self.one_in;
        self.rows.retain(|row| is_chosen(row.at, one_in));
        (first..end).filter(|at| is_chosen(*at, one_in)).map(|at| (at - first) as usize).collect()
    }

    /// Takes the `nth` of the rows that were counted last: its symbols, and its kept cells as text without quotes. A
    /// null is an empty text.
    pub fn take<'a>(
        &mut self,
        nth: usize,
        person: Person,
        symbols: Vec<[u8; SYMBOL_LEN]>,
        cells: impl Iterator<Item = &'a str>,
    ) {
        let start = |cell: &str| {
            let end = (0..=Self::CELL.min(cell.len())).rev().find(|end| cell.is_char_boundary(*end)).unwrap_or(0);
            Zeroizing::new(cell[..end].to_owned())
        };
        self.rows.push(Row { at: self.first + nth as u64, person, symbols, cells: cells.map(start).collect() });
    }

    /// The first transform found that computes kept columns from the rows' numbers or symbols.
    ///
    /// 1. The number in about 20 spellings, each symbol and the insurers' symbol: unchanged, in reverse order, or
    ///    digested by CRC-32, MD5, SHA-1, SHA-2, SHA-3, RIPEMD-160, BLAKE2 or XXH64; complete or cut to 8 bytes or
    ///    more; anywhere in the cell; in hexadecimal, base64, base32 or as an integer. One cell is enough. Of 4 to 7
    ///    bytes, more than half of the cells are needed.
    /// 2. The number plus a constant, times a constant, or combined with a constant by exclusive or, as an integer in
    ///    decimal or hexadecimal; in reverse order; or with up to two digits replaced. More than half of the cells that
    ///    are not empty are needed.
    /// 3. Four or more digits of the number, each at its own position, in one column or in several together, in any
    ///    characters: permuted, masked, split, in other digits, escaped. Ten rows or more are needed.
    ///
    /// For the last two, one row per person counts. They are not tried on numbers below a million, and not if the
    /// numbers rise evenly with the rows, as in generated rosters: there, every column that counts rows is a function
    /// of the numbers. A transform with a secret, such as a key or a salt, is not found.
    pub fn judge(&self) -> Option<Made> {
        // Computed at most once for each row, for all columns.
        let known: Vec<OnceCell<Known>> = self.rows.iter().map(|_| OnceCell::new()).collect();
        let by_bytes = (0..self.columns).find_map(|column| self.by_bytes(column, &known));
        if by_bytes.is_some() || self.rises_evenly() {
            return by_bytes;
        }
        let people = self.people();
        let by_value = |column| {
            let what = values::made_of(&people, column)?.to_owned();
            Some(Made { columns: vec![column], what })
        };
        (0..self.columns).find_map(by_value).or_else(|| places::made_of(&people, self.columns))
    }

    /// One row of each person whose number is at least a million. Smaller numbers, as in generated rosters, are similar
    /// to any small count.
    fn people(&self) -> Vec<(&MyNumber, &Row)> {
        let mut people: Vec<(&MyNumber, &Row)> = self
            .rows
            .iter()
            .filter_map(|row| Some((row.number()?, row)))
            .filter(|(number, _)| values::of(number) >= 1_000_000)
            .collect();
        people.sort_by_key(|(number, row)| (number.expose_digits(), row.at));
        people.dedup_by_key(|(number, _)| number.expose_digits());
        people.sort_by_key(|(_, row)| row.at);
        people
    }

    fn by_bytes(&self, column: usize, known: &[OnceCell<Known>]) -> Option<Made> {
        if let Some(whose) = self.rows.iter().find_map(|row| own_text(row, column, &self.encoders)) {
            return Some(Made { columns: vec![column], what: format!("{whose}, in text form") });
        }
        let filled = self.rows.iter().filter(|row| !row.cells[column].trim().is_empty()).count();
        let rows = self.rows.iter().zip(known).map(|(row, known)| (row, known, digests::tokens(&row.cells[column])));
        let rows: Vec<_> = rows.collect();
        let mut weak: BTreeMap<String, usize> = BTreeMap::new();
        for (is_long, most) in [(true, LONG), (false, SHORT)] {
            let is_one =
                |tokens: &Tokens| !tokens.is_empty() && is_long == tokens.iter().any(|token| token.len() >= STRONG);
            let of_kind: Vec<_> = rows.iter().filter(|(.., tokens)| is_one(tokens)).collect();
            let step = of_kind.len().div_ceil(most).max(1);
            for (row, known, tokens) in of_kind.into_iter().step_by(step) {
                let known = known.get_or_init(|| Known::of(row, &self.encoders));
                for (what, is_strong) in known.matches(tokens) {
                    if is_strong {
                        return Some(Made { columns: vec![column], what });
                    }
                    *weak.entry(what).or_default() += step;
                }
            }
        }
        let (what, count) = weak.into_iter().max_by_key(|(_, count)| *count)?;
        (count >= 2 && count * 2 > filled).then_some(Made { columns: vec![column], what })
    }

    /// Whether number without check digit = a + b · position of the row, in more than half of the rows.
    fn rises_evenly(&self) -> bool {
        let points = self.rows.iter().filter_map(|row| Some((i128::from(row.at), values::of(row.number()?) / 10)));
        values::are_on_one_line(&points.collect::<Vec<_>>())
    }
}

/// The name of a symbol that a cell contains: a symbol of its row, or the insurers' symbol. 12 characters (60 bits) are
/// enough, in order or reversed, with anything before, between and after them.
fn own_text(row: &Row, column: usize, encoders: &[TextEncoder]) -> Option<&'static str> {
    /// Characters of a text form that depend only on the symbol, and characters of the checksum after them.
    const SYMBOL: usize = 25;
    const CHECKSUM: usize = 6;
    const ENOUGH: usize = 12;
    let cell = &row.cells[column];
    if cell.len() < ENOUGH {
        return None;
    }
    let plain = search::plain(cell.as_bytes()).to_ascii_lowercase();
    let backwards: Vec<u8> = plain.iter().rev().copied().collect();
    let insurers = match &row.person {
        Person::Insurers(symbol, encoder) => Some((symbol, encoder, "the insurers' symbol")),
        Person::Number(_) => None,
    };
    let of_row = row.symbols.iter().zip(encoders).map(|(symbol, encoder)| (symbol, encoder, "the row's symbol"));
    let holds = |(symbol, encoder): (&[u8; SYMBOL_LEN], &TextEncoder)| {
        let text = encoder.encode(symbol);
        let end = text.as_ref().len() - CHECKSUM;
        let is_part = |part: &[u8]| [&plain, &backwards].iter().any(|signs| memmem::find(signs, part).is_some());
        text.as_ref()[end - SYMBOL..end].windows(ENOUGH).any(is_part)
    };
    let found = |(symbol, encoder, whose)| holds((symbol, encoder)).then_some(whose);
    of_row.chain(insurers).find_map(found)
}

/// Whether a row belongs to a sample of one in `one_in` rows, a power of two. It then also belongs to every denser
/// sample.
fn is_chosen(at: u64, one_in: u64) -> bool {
    // Multiplication by 2^64 over the golden ratio spreads neighbours evenly over the high bits.
    at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 & (one_in - 1) == 0
}
