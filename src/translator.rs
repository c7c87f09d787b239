//! `Translator`: from symbols of one scope to symbols of another, by way of the numbers of a roster.

use alloc::{boxed::Box, vec, vec::Vec};
use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::{
    any_symbol_key::AnySymbolKey,
    lanes::CHUNK,
    my_number::MyNumber,
    symbol::{PurposeError, SYMBOL_LEN},
};

/// `{ (a, b_1, …, b_N) : a asked, a = symbol(from, n), b_i = symbol(to_i, n), n in the roster }`: the translation
/// (情報連携) of the symbols that are asked for. N is 1, or 2 if a record of the translation names its people by symbols
/// of a scope of their own.
///
/// Only whoever holds all keys and the numbers of the people can translate. There is no table of pairs: each
/// translation derives the symbols of the roster again, and forgets them.
///
/// Prepare the asked symbols with [`Translator::new`], then give the numbers of the roster to
/// [`Translator::translate`] in batches of any size. With a [`Lineage`](crate::Lineage), give each person's first
/// number. A person who is in the roster twice gives the same pair twice.
///
/// Cost: one derivation for each number, and N more for each number whose symbol is asked for. Memory: 19 to 22
/// bytes for each asked symbol, whatever the roster has.
///
/// Guarantees: a pair is found for each asked symbol whose person is in the roster, and for no other; the result
/// depends neither on the order of the asked symbols nor on the sizes of the batches. Keys and asked symbols are wiped
/// on drop. Not guaranteed: the pairs belong to the caller, who must forget them. `Debug` prints only the type.
///
/// ```
/// use fugo::{AnySymbolKey, MyNumber, RootKey, Scope, Translator};
/// let root = RootKey::random()?;
/// let key = |scope: &str| Ok::<_, Box<dyn std::error::Error>>(AnySymbolKey::new(&root.scope_key(&scope.parse::<Scope>()?))?);
/// let (from, to) = (key("agency/nta/1")?, key("agency/pension/1")?);
/// let roster = [MyNumber::parse("123456789018")?];
///
/// let translator = Translator::new(&from, [&to], vec![from.symbol(&roster[0])?])?;
/// let mut pairs = Vec::new();
/// translator.translate(&roster, &mut pairs);
/// assert_eq!((pairs.len(), pairs[0].to), (1, [to.symbol(&roster[0])?]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Translator<const N: usize> {
    // In boxes: a translator that is moved leaves no copy of a key behind.
    from: Box<AnySymbolKey>,
    to: Box<[AnySymbolKey; N]>,
    /// Ascending, each once.
    asked: Vec<[u8; SYMBOL_LEN]>,
    /// A Bloom filter: a symbol that is asked for has set its two bits in the word that its first bits name. Most people
    /// of a roster are not searched for.
    filter: Vec<u64>,
    /// Where the asked symbols with each value of the first bits start in `asked`, and its length: two to four of these
    /// symbols are between two starts.
    starts: Vec<usize>,
    /// A symbol's first eight bytes, shifted right by so much, are its index in `starts`.
    shift: u32,
}

/// An asked symbol that was found, and the symbols of the same person in the other scopes.
///
/// A pair links the scopes for its person. `Debug` prints no bytes.
#[derive(Clone)]
pub struct Pair<const N: usize> {
    /// The index of the asked symbol in [`Translator::asked`].
    pub asked: usize,
    /// The person's symbols under the keys that are translated to.
    pub to: [[u8; SYMBOL_LEN]; N],
}

impl<const N: usize> Translator<N> {
    /// Prepares a translation of these symbols of `from`, in any order. A symbol that is there twice counts once.
    /// Error: one of the keys does not take numbers.
    pub fn new(
        from: &AnySymbolKey,
        to: [&AnySymbolKey; N],
        asked: Vec<[u8; SYMBOL_LEN]>,
    ) -> Result<Self, PurposeError> {
        let prepared = Self::prepared(from, to, asked);
        crate::stack::wipe();
        prepared
    }

    /// A function of its own, so that the caller can overwrite its frame.
    #[inline(never)]
    fn prepared(
        from: &AnySymbolKey,
        to: [&AnySymbolKey; N],
        mut asked: Vec<[u8; SYMBOL_LEN]>,
    ) -> Result<Self, PurposeError> {
        from.takes_numbers()?;
        to.iter().try_for_each(|to| to.takes_numbers())?;
        asked.sort_unstable();
        asked.dedup();
        let bits = asked.len().max(4).ilog2() - 1;
        let shift = u64::BITS - bits;
        let (mut filter, mut starts) = (vec![0; 1 << (bits - 1)], vec![0; (1 << bits) + 1]);
        for symbol in &asked {
            let (word, both) = filter_bits(symbol, shift);
            filter[word] |= both;
            starts[first(symbol, shift) + 1] += 1;
        }
        for nth in 1..starts.len() {
            starts[nth] += starts[nth - 1];
        }
        let (from, to) = (Box::new(from.clone()), Box::new(to.map(AnySymbolKey::clone)));
        Ok(Self { from, to, asked, filter, starts, shift })
    }

    /// The asked symbols, ascending, each once.
    pub fn asked(&self) -> &[[u8; SYMBOL_LEN]] {
        &self.asked
    }

    /// The index of a symbol in [`Self::asked`], if it is asked for.
    #[inline]
    pub fn index_of(&self, symbol: &[u8; SYMBOL_LEN]) -> Option<usize> {
        if self.may_be_asked(symbol) { self.search(symbol) } else { None }
    }

    #[inline]
    fn may_be_asked(&self, symbol: &[u8; SYMBOL_LEN]) -> bool {
        let (word, both) = filter_bits(symbol, self.shift);
        self.filter[word] & both == both
    }

    /// Few symbols are between two starts, because symbols are uniform. If somebody chose them, the search between the
    /// two is binary.
    fn search(&self, symbol: &[u8; SYMBOL_LEN]) -> Option<usize> {
        let bits = first(symbol, self.shift);
        let (start, end) = (self.starts[bits], self.starts[bits + 1]);
        self.asked[start..end].binary_search(symbol).ok().map(|nth| start + nth)
    }

    /// Appends a pair for each of these numbers whose symbol under the key `from` is asked for, in the order of the
    /// numbers.
    pub fn translate(&self, numbers: &[MyNumber], pairs: &mut Vec<Pair<N>>) {
        let mut symbols = Zeroizing::new(vec![[0; SYMBOL_LEN]; CHUNK.min(numbers.len())]);
        let mut candidates = vec![0; symbols.len()];
        // Space for every number: a vector that grows would leave numbers in freed memory.
        let mut found: Vec<MyNumber> = Vec::with_capacity(symbols.len());
        for numbers in numbers.chunks(CHUNK) {
            let first = pairs.len();
            derive(&self.from, numbers, &mut symbols[..numbers.len()]);
            // Without a branch for each symbol: the processor looks up several at the same time.
            let mut count = 0;
            for (nth, symbol) in symbols[..numbers.len()].iter().enumerate() {
                candidates[count] = nth;
                count += usize::from(self.may_be_asked(symbol));
            }
            for &nth in &candidates[..count] {
                if let Some(asked) = self.search(&symbols[nth]) {
                    pairs.push(Pair { asked, to: [[0; SYMBOL_LEN]; N] });
                    found.push(numbers[nth].clone());
                }
            }
            for (nth, to) in self.to.iter().enumerate() {
                derive(to, &found, &mut symbols[..found.len()]);
                for (pair, symbol) in pairs[first..].iter_mut().zip(symbols.iter()) {
                    pair.to[nth] = *symbol;
                }
            }
            found.clear();
        }
    }
}

fn derive(key: &AnySymbolKey, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) {
    key.symbols(numbers, out).unwrap_or_else(|_| unreachable!("the keys take numbers: this was checked"));
}

#[inline]
fn eight(symbol: &[u8; SYMBOL_LEN]) -> u64 {
    u64::from_be_bytes(*symbol.first_chunk().unwrap_or_else(|| unreachable!("a symbol has more than eight bytes")))
}

/// The first bits of a symbol.
#[inline]
fn first(symbol: &[u8; SYMBOL_LEN], shift: u32) -> usize {
    (eight(symbol) >> shift) as usize
}

/// The word of the filter for a symbol, and its two bits there: by the last bits of its first eight bytes.
#[inline]
fn filter_bits(symbol: &[u8; SYMBOL_LEN], shift: u32) -> (usize, u64) {
    let bits = eight(symbol);
    (first(symbol, shift) / 2, 1 << (bits % 64) | 1 << (bits / 64 % 64))
}

impl<const N: usize> Drop for Translator<N> {
    fn drop(&mut self) {
        self.asked.zeroize();
        self.filter.zeroize();
        self.starts.zeroize();
    }
}

impl<const N: usize> fmt::Debug for Translator<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Translator(..)")
    }
}

impl<const N: usize> fmt::Debug for Pair<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pair(..)")
    }
}
