//! Derives symbols of the accepted rows under every key of the run.

use fugo::{AnySymbolKey, SYMBOL_LEN, batch};

use super::rows::Rows;

/// Sets `symbols[k][i]` to the symbol of accepted row i under key k. A key for insurers' symbols is the only key of a
/// run. Without keys, the symbols that were read are the only column.
pub(crate) fn derive(keys: &[AnySymbolKey], rows: &Rows, symbols: &mut Vec<Vec<[u8; SYMBOL_LEN]>>) {
    symbols.resize_with(keys.len().max(usize::from(!rows.symbols.is_empty())), Vec::new);
    symbols.iter_mut().for_each(|column| column.resize(rows.len(), [0; SYMBOL_LEN]));
    let derived = match keys {
        [] => {
            symbols.iter_mut().for_each(|column| column.copy_from_slice(&rows.symbols));
            Ok(())
        }
        [issuer] if issuer.takes_numbers().is_err() => issuer.symbols_from_insurers(&rows.symbols, &mut symbols[0]),
        keys => {
            let keys: Vec<&AnySymbolKey> = keys.iter().collect();
            let mut columns: Vec<&mut [[u8; SYMBOL_LEN]]> = symbols.iter_mut().map(Vec::as_mut_slice).collect();
            batch::symbols_for_keys(&keys, &rows.numbers, &mut columns)
        }
    };
    derived.unwrap_or_else(|error| unreachable!("the plan has keys for its source: {error}"));
}
