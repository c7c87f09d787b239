//! Accepted rows → symbols under every key of the run, and how a symbol is written.

use fugo::{AnySymbolKey, SYMBOL_LEN, batch, text::TextEncoder};

use super::rows::Rows;

pub(crate) type SymbolBytes = [u8; SYMBOL_LEN];

/// `symbols[k][i] :=` the symbol of accepted row i under key k. The issuer's key stands alone.
pub(crate) fn derive(keys: &[AnySymbolKey], rows: &Rows, symbols: &mut Vec<Vec<SymbolBytes>>) {
    symbols.resize_with(keys.len(), Vec::new);
    symbols.iter_mut().for_each(|column| column.resize(rows.len(), [0; SYMBOL_LEN]));
    let derived = match keys {
        [issuer] if issuer.takes_numbers().is_err() => issuer.symbols_from_insurers(&rows.insurers, &mut symbols[0]),
        keys => {
            let keys: Vec<&AnySymbolKey> = keys.iter().collect();
            let mut columns: Vec<&mut [SymbolBytes]> = symbols.iter_mut().map(Vec::as_mut_slice).collect();
            batch::symbols_for_keys(&keys, &rows.numbers, &mut columns)
        }
    };
    derived.unwrap_or_else(|error| unreachable!("the plan has keys for its source: {error}"));
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
                let start = out.len();
                out.resize(start + 2 * SYMBOL_LEN, 0);
                let written = base16ct::lower::encode(symbol, &mut out[start..]);
                written.unwrap_or_else(|_| unreachable!("room for two digits a byte"));
            }
        }
    }
}
