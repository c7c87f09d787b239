//! The specification's rules for numbers, implemented slowly and plainly: lists of characters, one step after the
//! other, without code of the library. `tests/normalize.rs` uses it too.

/// A word of the closed vocabulary, and its offset or count.
pub(crate) type Refusal = (&'static str, Option<usize>);

/// Step 1 of the table.
pub(crate) const INVISIBLES: [u32; 6] = [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD];
/// The characters that step 2 trims, besides spaces.
pub(crate) const ENDS: [u32; 3] = [0x0009, 0x000A, 0x000D];
/// Trimmed at the ends, and separators inside.
pub(crate) const SPACES: [u32; 16] = [
    0x0020, 0x00A0, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x202F,
    0x205F, 0x3000,
];
/// Separators inside only.
pub(crate) const DASHES_AND_POINTS: [u32; 18] = [
    0x002D, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x30FC, 0xFF70,
    0x002E, 0x005F, 0xFF0E, 0xFF3F,
];
/// Step 3: the full-width digits, `0` first.
pub(crate) const FULL_WIDTH: [u32; 10] =
    [0xFF10, 0xFF11, 0xFF12, 0xFF13, 0xFF14, 0xFF15, 0xFF16, 0xFF17, 0xFF18, 0xFF19];
/// The digits that need no change.
pub(crate) const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// The strict parse.
pub(crate) fn parse(text: &[u8]) -> Result<(), Refusal> {
    let mut values = Vec::new();
    for (offset, byte) in text.iter().enumerate() {
        match DIGITS.iter().position(|digit| *digit as u32 == u32::from(*byte)) {
            Some(value) => values.push(value),
            None => return Err(("non-digit", Some(offset))),
        }
    }
    if values.len() != 12 {
        return Err(("length", Some(values.len())));
    }
    let mut sum = 0;
    for n in 1..=11 {
        let p = values[11 - n];
        let q = if n <= 6 { n + 1 } else { n - 5 };
        sum += p * q;
    }
    let r = sum % 11;
    let check_digit = if r <= 1 { 0 } else { 11 - r };
    if values[11] != check_digit {
        return Err(("check-digit", None));
    }
    if values == [0; 12] {
        return Err(("never-issued", None));
    }
    Ok(())
}

/// Lenient normalisation: the digits, and the names of the changes.
pub(crate) fn normalize(text: &str, restore: bool) -> Result<(String, Vec<&'static str>), Refusal> {
    let mut changes = Vec::new();
    let is_one_of = |list: &[u32], c: char| list.contains(&(c as u32));

    // 1. Delete invisible characters, wherever they are.
    let mut characters: Vec<(usize, char)> = text.char_indices().collect();
    let before = characters.len();
    characters.retain(|(_, c)| !is_one_of(&INVISIBLES, *c));
    if characters.len() != before {
        changes.push("invisibles");
    }

    // 2. Trim.
    let before = characters.len();
    let is_end = |c: char| is_one_of(&SPACES, c) || is_one_of(&ENDS, c);
    while characters.first().is_some_and(|(_, c)| is_end(*c)) {
        characters.remove(0);
    }
    while characters.last().is_some_and(|(_, c)| is_end(*c)) {
        characters.pop();
    }
    if characters.len() != before {
        changes.push("trimmed");
    }
    if characters.is_empty() {
        return Err(("empty", None));
    }

    // 3. Full-width digits.
    let mut full_width = false;
    for (_, c) in &mut characters {
        if let Some(value) = FULL_WIDTH.iter().position(|digit| *digit == *c as u32) {
            *c = DIGITS[value];
            full_width = true;
        }
    }
    if full_width {
        changes.push("full-width");
    }

    // 4. The two forms, or a reason.
    if is_scientific(&characters.iter().map(|(_, c)| *c).collect::<Vec<_>>()) {
        return Err(("scientific-notation", None));
    }
    let is_separator = |c: char| is_one_of(&SPACES, c) || is_one_of(&DASHES_AND_POINTS, c);
    for (offset, c) in &characters {
        if !DIGITS.contains(c) && !is_separator(*c) {
            return Err(("character", Some(*offset)));
        }
    }
    let mut digits: String = characters.iter().map(|(_, c)| *c).filter(|c| DIGITS.contains(c)).collect();
    let shape: String = characters.iter().map(|(_, c)| if DIGITS.contains(c) { 'D' } else { 'S' }).collect();
    if shape.contains('S') {
        let mut good = false;
        for first in ["S", "SS", "SSS"] {
            for second in ["S", "SS", "SSS"] {
                good |= shape == format!("DDDD{first}DDDD{second}DDDD");
            }
        }
        if !good {
            return Err(("grouping", None));
        }
        changes.push("separators");
        return Ok((digits, changes));
    }

    // 5. Lost zeros.
    match digits.len() {
        12 => {}
        9..=11 if restore => {
            while digits.len() < 12 {
                digits.insert(0, '0');
            }
            changes.push("zeros-restored");
        }
        other => return Err(("length", Some(other))),
    }
    Ok((digits, changes))
}

/// `[0-9]+ ( . [0-9]* )? [eE] [+-]? [0-9]+`
fn is_scientific(text: &[char]) -> bool {
    let mut rest = text;
    let skip_digits = |rest: &mut &[char]| {
        let count = rest.iter().take_while(|c| DIGITS.contains(c)).count();
        *rest = &rest[count..];
        count
    };
    if skip_digits(&mut rest) == 0 {
        return false;
    }
    if rest.first() == Some(&'.') {
        rest = &rest[1..];
        skip_digits(&mut rest);
    }
    if !matches!(rest.first(), Some('e' | 'E')) {
        return false;
    }
    rest = &rest[1..];
    if matches!(rest.first(), Some('+' | '-')) {
        rest = &rest[1..];
    }
    skip_digits(&mut rest) > 0 && rest.is_empty()
}
