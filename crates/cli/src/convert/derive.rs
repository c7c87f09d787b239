//! Accepted rows → symbols under every key of the run, and how a symbol is written.

use fugo::{Eligibility, EligibilitySymbol, KeyTag, NumberKey, SYMBOL_LEN, Scope, SymbolKey, batch, text::TextEncoder};

use super::rows::Rows;

pub(crate) type SymbolBytes = [u8; SYMBOL_LEN];

/// The keys of a run.
pub(crate) enum Keys {
    /// From numbers, for one output each.
    Numbers(Vec<NumberKey>),
    /// From insurers' symbols, for the one output of eligibility symbols.
    Issuer(Box<SymbolKey<Eligibility>>),
}

impl Keys {
    /// Scope and tag of each output.
    pub(crate) fn scopes(&self) -> Vec<(Scope, KeyTag)> {
        match self {
            Self::Numbers(keys) => keys.iter().map(|key| (*key.scope(), key.tag())).collect(),
            Self::Issuer(key) => vec![(*key.scope(), key.tag())],
        }
    }

    /// `symbols[k][i] :=` the symbol of accepted row i under key k.
    pub(crate) fn derive(&self, rows: &Rows, symbols: &mut Vec<Vec<SymbolBytes>>) {
        match self {
            Self::Numbers(keys) => {
                symbols.resize_with(keys.len(), Vec::new);
                symbols.iter_mut().for_each(|column| column.resize(rows.len(), [0; SYMBOL_LEN]));
                let keys: Vec<&NumberKey> = keys.iter().collect();
                let mut columns: Vec<&mut [SymbolBytes]> = symbols.iter_mut().map(Vec::as_mut_slice).collect();
                batch::symbols_for_keys(&keys, &rows.numbers, &mut columns);
            }
            Self::Issuer(key) => {
                let mut column = vec![EligibilitySymbol::from_bytes([0; SYMBOL_LEN]); rows.len()];
                key.symbols_from_insurers(&rows.insurers, &mut column);
                symbols.resize_with(1, Vec::new);
                symbols[0].clear();
                symbols[0].extend(column.iter().map(EligibilitySymbol::as_bytes));
            }
        }
    }
}

/// How symbols are written in an output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SymbolForm {
    Text(TextEncoder),
    Hex,
    /// The sixteen bytes, in columns only.
    Binary,
}

impl SymbolForm {
    pub(crate) fn write(self, symbol: &SymbolBytes, out: &mut Vec<u8>) {
        match self {
            Self::Text(encoder) => {
                let start = out.len();
                out.resize(start + encoder.text_len(), 0);
                encoder.encode_into(symbol, &mut out[start..]);
            }
            Self::Binary => out.extend_from_slice(symbol),
            Self::Hex => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                out.extend(
                    symbol.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
                );
            }
        }
    }
}
