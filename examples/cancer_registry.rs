//! Use case ⑥, the national cancer registry (全国がん登録).
//!
//! Scopes: `registry/cancer/1` for the registry; `research/cancer-survival/1` for a provision of its data.
//!
//! Who holds which key: the central party, which turns reports into symbols. The registry and the researchers are in
//! *issued* mode: they hold no keys, and only the central party sees numbers.
//!
//! Shown: three hospitals write the same numbers in three ways, and each person is one person in the registry. Without
//! normalisation, two of the three ways are refused, and none of them becomes another person. The hash ids of the NDB
//! failed to match because of such differences (Board of Audit, September 2015). A report with one wrong digit is
//! refused, unless the check digit does not detect the error; those reports are counted. Deaths join to cases. Data for
//! research has its own scope.
//!
//! Not shown: how reports travel, and how the registry matches cases under its own law. The law, not this library,
//! decides whether a report may carry the number. A check digit cannot detect the valid number of another person.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{
    MyNumber, Registry, RegistrySymbol, Research, SymbolKey,
    normalize::{LostZeros, normalize},
};

/// How the three hospitals write a number: digits only, groups with hyphens, full-width digits with ideographic spaces.
fn written(number: &MyNumber, hospital: usize) -> String {
    let digits: Vec<char> = number.expose_digits().iter().map(|digit| char::from(*digit)).collect();
    let full_width = |c: &char| char::from_u32(*c as u32 - u32::from('0') + 0xFF10).unwrap_or(*c);
    let groups =
        |separator| digits.chunks(4).map(|four| four.iter().collect()).collect::<Vec<String>>().join(separator);
    match hospital {
        0 => digits.iter().collect(),
        1 => groups("-"),
        _ => groups("\u{3000}").chars().map(|c| if c.is_ascii_digit() { full_width(&c) } else { c }).collect(),
    }
}

/// The reception of reports at the central party: from the written number to the person's symbol, or a refusal. The
/// number is dropped here.
fn door(key: &SymbolKey<Registry>, text: &str) -> Option<RegistrySymbol> {
    let number = normalize(text, LostZeros::Refuse).ok()?.parse().ok()?;
    Some(key.symbol(&number))
}

fn main() -> cast::Outcome {
    let patients = cast::people(90)?;
    let key = cast::symbol_key::<Registry>("registry/cancer/1")?;

    // Two of the three hospitals report each patient.
    let reports: Vec<String> = patients
        .iter()
        .enumerate()
        .flat_map(|(person, number)| [written(number, person % 3), written(number, (person + 1) % 3)])
        .collect();
    let mut cases = BTreeMap::<RegistrySymbol, u32>::new();
    for text in &reports {
        *cases.entry(door(&key, text).ok_or("a good report was refused")?).or_default() += 1;
    }
    assert_eq!(cases.len(), patients.len());
    assert!(cases.values().all(|reports| *reports == 2));
    println!("{} reports written in three ways: {} people, two reports each", reports.len(), cases.len());

    let strict = reports.iter().filter(|text| MyNumber::parse(text).is_ok()).count();
    assert_eq!(strict, reports.len() / 3);
    println!("without normalisation {} reports are refused, none becomes another person", reports.len() - strict);

    // One wrong digit, at every position and with every other value: refused, unless the check digit does not detect
    // it.
    let (mut tried, mut unseen) = (0, 0);
    for number in &patients {
        for place in 0..MyNumber::LEN {
            for digit in (b'0'..=b'9').filter(|digit| *digit != number.expose_digits()[place]) {
                let mut wrong = *number.expose_digits();
                wrong[place] = digit;
                tried += 1;
                if MyNumber::parse(wrong).is_ok() {
                    unseen += 1;
                    assert_eq!(number.expose_digits()[MyNumber::BODY_LEN], b'0', "seen, but for check digit 0");
                }
            }
        }
    }
    assert!(unseen * 20 < tried, "a wrong digit passes in fewer than one case of twenty");
    println!("{tried} reports with one wrong digit: {} refused, {unseen} not seen", tried - unseen);

    // Other offices report deaths. They join to the cases, and the other cases are the survivors.
    let deaths: BTreeSet<_> = patients.iter().step_by(9).map(|number| key.symbol(number)).collect();
    let survivors = cases.keys().filter(|case| !deaths.contains(case)).count();
    assert_eq!((deaths.len(), survivors), (10, 80));
    println!("{} deaths joined, {survivors} survivors", deaths.len());

    // The data for research contains neither the registry's symbols nor values that join to them.
    let provided = cast::issue::<Research>("research/cancer-survival/1", &patients)?;
    assert_eq!(cast::in_common(&provided, &cases.keys().copied().collect::<Vec<_>>()), 0);
    println!("provided for research: {} rows, no value in common with the registry", provided.len());
    Ok(())
}
