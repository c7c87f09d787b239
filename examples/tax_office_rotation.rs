//! The symbol of each agency (機関別符号, the 2014 document's page on 番号制度のインフラによる情報連携) outside
//! medicine: a tax office with the library inside its own service, through a change of epoch (世代).
//!
//! Scopes: `agency/nta/1` and, after the change, `agency/nta/2`.
//!
//! Who holds which key: the tax office is in *embedded* mode and holds its own two scope keys. The root key stays with
//! the central party. Only the root key gives the key of a new epoch; no other key is derived from a scope key.
//!
//! Shown: before the change there is one key. During the change (the window), symbols of both epochs are accepted and
//! told apart by tag, and an old row is moved when its taxpayer files. At the end, the remaining rows are moved in bulk
//! and the old key is dropped. After that, an old symbol is refused as of the wrong key. And the limit of this mode:
//! whoever holds the key can try numbers, and finds the number of any symbol of the scope.
//!
//! Not shown: the risk of the window (the table from old to new symbols joins both epochs; it is dropped at the end),
//! how keys travel (see the crate `keystore`), and how long a window should be.

mod cast;

use std::collections::BTreeMap;

use fugo::{Agency, AgencySymbol, ErrorKind, MyNumber, ScopeKey, SymbolKey, text::TextError};

/// The office's service: the file under the current key and, during the window, the rows of the old epoch.
struct TaxOffice {
    current: SymbolKey<Agency>,
    file: BTreeMap<AgencySymbol, usize>,
    old: Option<OldEpoch>,
}

/// The old key, the rows that are not moved yet, and the new symbols of the moved rows. All of it is dropped at the
/// end.
struct OldEpoch {
    key: SymbolKey<Agency>,
    file: BTreeMap<AgencySymbol, usize>,
    moved: BTreeMap<AgencySymbol, AgencySymbol>,
}

impl TaxOffice {
    /// The amount for a symbol in text form. The tag in the text identifies the epoch.
    fn amount(&self, text: &str) -> Result<Option<usize>, TextError> {
        match (AgencySymbol::from_text(text, self.current.tag()), &self.old) {
            (Err(TextError::WrongKey { found, .. }), Some(old)) if found == old.key.tag() => {
                let symbol = AgencySymbol::from_text(text, found)?;
                let moved = old.moved.get(&symbol).and_then(|symbol| self.file.get(symbol));
                Ok(moved.or_else(|| old.file.get(&symbol)).copied())
            }
            (symbol, _) => Ok(self.file.get(&symbol?).copied()),
        }
    }

    /// Starts to use the key of the next epoch, which opens the window.
    fn rotate(&mut self, next: &ScopeKey) -> cast::Outcome {
        let key = std::mem::replace(&mut self.current, SymbolKey::new(next)?);
        self.old = Some(OldEpoch { key, file: std::mem::take(&mut self.file), moved: BTreeMap::new() });
        Ok(())
    }

    /// Moves a taxpayer's row to the current epoch if needed. The number is known because the taxpayer files now.
    fn refile(&mut self, number: &MyNumber) -> bool {
        let Some(old) = &mut self.old else { return false };
        let (before, now) = (old.key.symbol(number), self.current.symbol(number));
        let Some(amount) = old.file.remove(&before) else { return false };
        old.moved.insert(before, now);
        self.file.insert(now, amount).is_none()
    }
}

fn main() -> cast::Outcome {
    let taxpayers = cast::people(60)?;
    let current = SymbolKey::<Agency>::new(&cast::scope_key("agency/nta/1")?)?;
    let file = taxpayers.iter().enumerate().map(|(person, number)| (current.symbol(number), person)).collect();
    let mut office = TaxOffice { current, file, old: None };
    let text = |scope: &str, number: &MyNumber| -> Result<String, Box<dyn std::error::Error>> {
        let key = cast::symbol_key::<Agency>(scope)?;
        Ok(key.symbol(number).to_text(key.tag()).to_string())
    };
    let (mut old_texts, mut new_texts) = (Vec::new(), Vec::new());
    for number in &taxpayers {
        old_texts.push(text("agency/nta/1", number)?);
        new_texts.push(text("agency/nta/2", number)?);
    }
    assert!(new_texts.iter().all(|text| office.amount(text).map_err(TextError::kind) == Err(ErrorKind::WrongKey)));
    println!("before: {} symbols of epoch 1 accepted, those of epoch 2 refused", old_texts.len());

    // The window: two thirds file and are moved. Old text forms find all rows, new ones find the moved rows.
    office.rotate(&cast::scope_key("agency/nta/2")?)?;
    let filed = |person: usize| !person.is_multiple_of(3);
    let moved = (0..taxpayers.len()).filter(|person| filed(*person) && office.refile(&taxpayers[*person])).count();
    for person in 0..taxpayers.len() {
        assert_eq!(office.amount(&old_texts[person]), Ok(Some(person)));
        assert_eq!(office.amount(&new_texts[person]), Ok(filed(person).then_some(person)));
    }
    println!("window: old and new accepted together; {moved} rows moved as their taxpayers filed");

    // The end: the remaining rows are moved from the roster, and the old epoch is dropped. Its symbols are then
    // refused.
    let rest = taxpayers.iter().filter(|number| office.refile(number)).count();
    let left = office.old.take().map(|old| old.file.len());
    assert_eq!((moved, rest, left), (40, 20, Some(0)));
    for (person, (old, new)) in old_texts.iter().zip(&new_texts).enumerate() {
        assert_eq!(office.amount(old).map_err(TextError::kind), Err(ErrorKind::WrongKey));
        assert_eq!(office.amount(new), Ok(Some(person)));
    }
    println!("after: {rest} rows moved in bulk; epoch 2 finds all {} rows, epoch 1 is refused", office.file.len());

    // The limit of embedded mode: the key holder tries numbers until one gives the symbol.
    let wanted = office.current.symbol(&taxpayers[41]);
    let found = taxpayers.iter().position(|number| office.current.symbol(number) == wanted);
    assert_eq!(found, Some(41));
    println!("who holds the key and tries numbers finds a symbol's number: yes");
    Ok(())
}
