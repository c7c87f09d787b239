//! Derives symbols of the accepted rows under every key of the run.

use fugo::{AnySymbolKey, SYMBOL_LEN, batch};
use fugo_keystore::source::{SourceError, SymbolSource};

use super::rows::Rows;
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
};

/// So many rows are derived at a holder that keeps its key before the run looks for a signal: a tenth of a second.
const BETWEEN_SIGNALS: usize = 1000;

/// Sets `symbols[k][i]` to the symbol of accepted row i under key k. A key for insurers' symbols is the only key of a
/// run. Without keys, the symbols that were read are the only column.
pub(crate) fn derive(
    keys: &[SymbolSource],
    rows: &Rows,
    symbols: &mut Vec<Vec<[u8; SYMBOL_LEN]>>,
    interrupt: &Interrupt,
) -> Result<()> {
    symbols.resize_with(keys.len().max(usize::from(!rows.symbols.is_empty())), Vec::new);
    symbols.iter_mut().for_each(|column| column.resize(rows.len(), [0; SYMBOL_LEN]));
    if keys.is_empty() {
        symbols.iter_mut().for_each(|column| column.copy_from_slice(&rows.symbols));
        return Ok(());
    }
    if let [issuer] = keys
        && issuer.takes_numbers().is_err()
    {
        return chunks(issuer, &rows.symbols, &mut symbols[0], interrupt, SymbolSource::symbols_from_insurers);
    }
    let (mut here, mut columns) = (Vec::<&AnySymbolKey>::new(), Vec::new());
    for (key, column) in keys.iter().zip(symbols) {
        match key.here() {
            Some(key) => {
                here.push(key);
                columns.push(column.as_mut_slice());
            }
            None => chunks(key, &rows.numbers, column, interrupt, SymbolSource::symbols)?,
        }
    }
    batch::symbols_for_keys(&here, &rows.numbers, &mut columns)
        .unwrap_or_else(|error| unreachable!("the plan has keys for its source: {error}"));
    Ok(())
}

/// Symbols of rows, from numbers or from insurers' symbols.
type Derive<T> = fn(&SymbolSource, &[T], &mut [[u8; SYMBOL_LEN]]) -> Result<(), SourceError>;

fn chunks<T>(
    key: &SymbolSource,
    rows: &[T],
    symbols: &mut [[u8; SYMBOL_LEN]],
    interrupt: &Interrupt,
    derive: Derive<T>,
) -> Result<()> {
    let size = if key.here().is_some() { rows.len().max(1) } else { BETWEEN_SIGNALS };
    for (rows, symbols) in rows.chunks(size).zip(symbols.chunks_mut(size)) {
        interrupt.check()?;
        derive(key, rows, symbols).map_err(|error| {
            Failure::new(
                format_args!("the key of {}: {error}", key.scope()),
                "run the command again; no output was changed",
            )
        })?;
    }
    Ok(())
}
