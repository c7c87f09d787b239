//! `Translation`: a translation in flat buffers, for other languages.

use alloc::{vec, vec::Vec};
use core::fmt;

use zeroize::Zeroize;

use super::{REFUSED, read};
use crate::{
    any_symbol_key::AnySymbolKey,
    error_kind::ErrorKind,
    lanes::CHUNK,
    lineage::Lineage,
    my_number::{MyNumber, MyNumberError},
    symbol::{PurposeError, SYMBOL_LEN},
    translator::{Pair, Translator},
};

/// `answers[i] := symbol(to, n)`, where `n` is the number of the roster with `symbol(from, n) = asked[i]`: the
/// translation (情報連携) of a column of symbols, row for row. [`Translator`] does the same for pairs of any order.
///
/// Prepare it with the asked symbols, [add](Self::add) the numbers of the roster in batches of any size, then read the
/// [answers](Self::answers). A symbol that is asked for twice has its answer in both rows, and a number that is added
/// twice changes nothing. The answers keep the order of the asked rows. Such an order links scopes: sort the rows by
/// the new symbols (`docs/spec.md`, section 5) before anybody gets them who has the old ones.
///
/// Memory: 33 to 34 bytes for each asked symbol and 16 for each row, whatever the roster has. Keys and symbols are wiped
/// on drop. `Debug` prints only the type.
///
/// Not guaranteed: a grant and a record. `fugo translate` asks for one and writes the other; this type does neither, so
/// the caller must.
///
/// ```
/// use fugo::{AnySymbolKey, MyNumber, RootKey, Scope, flat};
/// let root = RootKey::random()?;
/// let key = |scope: &str| Ok::<_, Box<dyn std::error::Error>>(AnySymbolKey::new(&root.scope_key(&scope.parse::<Scope>()?))?);
/// let (from, to) = (key("agency/nta/1")?, key("agency/pension/1")?);
/// let number = MyNumber::parse("123456789018")?;
///
/// let mut translation = flat::Translation::new(&from, &to, &[from.symbol(&number)?, [7; 16]])?;
/// translation.add(&[*b"123456789018"], None, |_, _| ());
/// let (mut answers, mut unknown) = ([[0; 16]; 2], Vec::new());
/// translation.answers(&mut answers, |row, _| unknown.push(row));
/// assert_eq!((answers, unknown), ([to.symbol(&number)?, flat::REFUSED], vec![1]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Translation {
    translator: Translator<1>,
    /// As the caller gave them.
    asked: Vec<[u8; SYMBOL_LEN]>,
    /// For each of `translator.asked()`, the symbol of its person, or [`REFUSED`] while nobody was found.
    found: Vec<[u8; SYMBOL_LEN]>,
    pairs: Vec<Pair<1>>,
}

/// The reason why an asked row has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The asked row is [`REFUSED`], which an earlier call wrote for a row that it refused.
    #[error("sixteen zero bytes are not a symbol: they mark a row that was refused")]
    NoSymbol,
    /// Nobody in the roster has the symbol, so far.
    #[error("nobody in the roster has this symbol")]
    UnknownSymbol,
}

impl Unanswered {
    /// The kind, as one word.
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::NoSymbol => ErrorKind::NoSymbol,
            Self::UnknownSymbol => ErrorKind::UnknownSymbol,
        }
    }
}

impl Translation {
    /// Prepares a translation of these symbols of `from`. A row that is [`REFUSED`] is nobody's and gets no answer.
    /// Error: one of the keys does not take numbers, or both have the same tag.
    pub fn new(from: &AnySymbolKey, to: &AnySymbolKey, asked: &[[u8; SYMBOL_LEN]]) -> Result<Self, PurposeError> {
        if from.tag() == to.tag() {
            return Err(PurposeError::SameKey);
        }
        // Space for all rows: a vector that grows would leave symbols in freed memory.
        let mut symbols = Vec::with_capacity(asked.len());
        symbols.extend(asked.iter().filter(|symbol| **symbol != REFUSED));
        let translator = Translator::new(from, [to], symbols)?;
        let found = vec![REFUSED; translator.asked().len()];
        Ok(Self { translator, asked: asked.to_vec(), found, pairs: Vec::with_capacity(CHUNK) })
    }

    /// The number of asked rows.
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    /// Whether no row was asked.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// Finds the people of these rows of the roster, twelve digits each. If the strict parse refuses a row, the function
    /// calls `refused(i, error)`, in order, and goes on. With a lineage, each re-issued number is replaced by the person's
    /// first number. Returns the number of rows that were replaced.
    pub fn add(
        &mut self,
        rows: &[[u8; MyNumber::LEN]],
        lineage: Option<&Lineage>,
        mut refused: impl FnMut(usize, MyNumberError),
    ) -> usize {
        let (mut numbers, mut reissued) = (Vec::with_capacity(CHUNK.min(rows.len())), 0);
        for (chunk, rows) in rows.chunks(CHUNK).enumerate() {
            numbers.clear();
            reissued += read(rows, lineage, &mut numbers, &mut |i, error| refused(chunk * CHUNK + i, error));
            self.add_numbers(&numbers);
        }
        reissued
    }

    /// Finds the people of these numbers.
    pub fn add_numbers(&mut self, numbers: &[MyNumber]) {
        for numbers in numbers.chunks(CHUNK) {
            self.translator.translate(numbers, &mut self.pairs);
            for pair in &mut self.pairs {
                self.found[pair.asked] = pair.to[0];
                pair.to.zeroize();
            }
            self.pairs.clear();
        }
    }

    /// `out[i] :=` the answer to row i. If there is none, the function calls `unanswered(i, reason)`, in order, and writes
    /// [`REFUSED`].
    ///
    /// # Panics
    /// If `out` does not have [`Self::len`] rows.
    pub fn answers(&self, out: &mut [[u8; SYMBOL_LEN]], mut unanswered: impl FnMut(usize, Unanswered)) {
        assert_eq!(self.asked.len(), out.len(), "as many answers as asked rows");
        for (row, (asked, out)) in self.asked.iter().zip(out).enumerate() {
            *out = self.translator.index_of(asked).map_or(REFUSED, |index| self.found[index]);
            if *out == REFUSED {
                unanswered(row, if *asked == REFUSED { Unanswered::NoSymbol } else { Unanswered::UnknownSymbol });
            }
        }
    }
}

impl Drop for Translation {
    fn drop(&mut self) {
        self.asked.zeroize();
        self.found.zeroize();
    }
}

impl fmt::Debug for Translation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Translation(..)")
    }
}
