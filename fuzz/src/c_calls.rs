//! Sequences of calls of the C functions over one block of memory, in which arguments overlap, are missing or have other
//! lengths. Each call is compared with the library in Rust; and what is not an output of the call does not change.

use fugo::{
    AnySymbolKey, Epoch, KeyTag, Lineage, MyNumber, Purpose, RootKey, Scope, ScopeKey,
    flat::REFUSED,
    normalize::{LostZeros, normalize},
    text::{TextEncoder, decode},
};
use fugo_capi::fuzzing::{BYTES, Call, ERROR_LEN, Memory, Part, SLOTS};

use crate::planted::Fault;

/// Statuses, by their numbers in the header.
const OK: i32 = 0;
const OVERLAP: i32 = 4;
const PANIC: i32 = 10;
const OTHER: i32 = 12;
const ROWS_REFUSED: i32 = 20;

/// Calls, each some bytes; the input is also the memory, before the texts below.
pub fn check(data: &[u8]) {
    let mut block = [0; BYTES];
    let len = data.len().min(TEXTS);
    block[..len].copy_from_slice(&data[..len]);
    for (nth, text) in FIXED.iter().enumerate() {
        block[TEXTS + nth * STEP..][..text.len()].copy_from_slice(text.as_bytes());
    }
    let mut program = Program { memory: Memory::new(&block), held: [const { Held::Nothing }; SLOTS] };
    let mut choice = Choice(data);
    for _ in 0..MOST_CALLS {
        if choice.0.is_empty() {
            break;
        }
        let call = choice.call();
        let error = (!choice.next().is_multiple_of(4)).then(|| usize::from(choice.next()) * 7);
        program.run(call, error);
    }
}

const MOST_CALLS: usize = 64;
/// Where the texts are, and how far apart.
const TEXTS: usize = 1024;
const STEP: usize = 48;
const FIXED: [&str; 12] = [
    "agency/nta/1",
    "insurers/all/1",
    "eligibility/all/1",
    "insurers/all/2",
    "123456789018234567890121000000000000345678901234",
    "234567890121123456789018345678901234234567890121",
    "a root key that is of no use....",
    "\u{ff11}\u{ff12}34-5678-9018",
    "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v",
    "12345678901",
    "portal",
    "research/a-1/4294967295",
];

/// The input, read as choices.
struct Choice<'a>(&'a [u8]);

impl Choice<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn slot(&mut self) -> usize {
        usize::from(self.next()) % SLOTS
    }

    /// A length near the right one, which it mostly is.
    fn len(&mut self, right: usize) -> usize {
        match self.next() {
            240 => right + 1,
            241 => right.saturating_sub(1),
            242 => 0,
            243.. => usize::from(self.next()),
            _ => right,
        }
    }

    fn place(&mut self, len: usize) -> usize {
        let place = (usize::from(self.next()) << 8 | usize::from(self.next())) % BYTES;
        place.min(BYTES - len.min(BYTES))
    }

    /// One of the texts, or any bytes.
    fn text(&mut self) -> Part {
        match self.next() % 8 {
            7 => {
                let len = usize::from(self.next() % 64);
                Part(Some(self.place(len)), len)
            }
            6 => Part(None, usize::from(self.next() % 2)),
            _ => {
                let nth = usize::from(self.next()) % FIXED.len();
                Part(Some(TEXTS + nth * STEP), self.len(FIXED[nth].len()))
            }
        }
    }

    /// So many bytes, to read or to write.
    fn part(&mut self, len: usize) -> Part {
        match self.next() % 16 {
            0 => Part(None, len),
            nth @ 1..=6 => Part(Some(TEXTS + usize::from(nth) * STEP), len),
            _ => Part(Some(self.place(len)), len),
        }
    }

    fn near(&mut self, len: usize) -> Part {
        let len = self.len(len);
        self.part(len)
    }

    fn call(&mut self) -> Call {
        let count = usize::from(self.next() % 8);
        match self.next() % 34 {
            0 => Call::RootKeyFromBytes { bytes: self.near(32), out: self.slot() },
            1 => Call::RootKeyTag { key: self.slot(), tag: self.near(4) },
            2 => Call::RootKeyFree { key: self.slot() },
            3 => Call::ScopeKeyDerive { root: self.slot(), scope: self.text(), out: self.slot() },
            4 => Call::ScopeKeyFromBytes { scope: self.text(), bytes: self.near(32), out: self.slot() },
            5 => Call::ScopeKeyTag { key: self.slot(), tag: self.near(4) },
            6 => Call::ScopeKeyScope { key: self.slot(), text: self.near(64) },
            7 => Call::ScopeKeyEqual { first: self.slot(), second: self.slot(), equal: self.part(4) },
            8 => Call::ScopeKeyFree { key: self.slot() },
            9 => Call::KeyNew { key: self.slot(), out: self.slot() },
            10 => Call::KeyEligibility { insurers: self.slot(), eligibility: self.slot(), out: self.slot() },
            11 => Call::KeyIssuer { eligibility: self.slot(), out: self.slot() },
            12 => Call::KeyTag { key: self.slot(), tag: self.near(4) },
            13 => Call::KeyScope { key: self.slot(), text: self.near(64) },
            14 => Call::KeyFree { key: self.slot() },
            15 => Call::Derive { key: self.slot(), number: self.near(12), symbol: self.near(16) },
            16 => Call::DeriveBatch {
                key: self.slot(),
                numbers: self.part(12 * count),
                symbols: self.part(16 * count),
                count,
                statuses: self.part(4 * count),
                refused: self.part(8),
            },
            17 => Call::DeriveBatchLineage {
                key: self.slot(),
                lineage: self.slot(),
                numbers: self.part(12 * count),
                symbols: self.part(16 * count),
                count,
                reissued: self.part(8),
            },
            18 => Call::DeriveFromInsurers { key: self.slot(), insurers: self.near(16), symbol: self.near(16) },
            19 => Call::DeriveFromInsurersBatch {
                key: self.slot(),
                insurers: self.part(16 * count),
                symbols: self.part(16 * count),
                count,
            },
            20 => Call::NumberCheck { text: self.text() },
            21 => Call::CheckDigit { body: self.text(), digit: self.part(1) },
            22 => Call::Normalize {
                text: self.text(),
                restore_zeros: i32::from(self.next() % 3),
                digits: self.near(12),
                changes: self.part(4),
            },
            23 => Call::ScopeText {
                purpose: self.text(),
                id: self.text(),
                epoch: self.next().into(),
                text: self.near(64),
            },
            24 => Call::ScopeLabel { scope: self.text(), label: self.near(51), label_len: self.part(8) },
            25 => Call::TextEncode { key: self.slot(), symbol: self.near(16), text: self.near(48) },
            26 => Call::TextEncodeBatch {
                key: self.slot(),
                symbols: self.part(16 * count),
                texts: self.part(48 * count),
                count,
            },
            27 => Call::TextDecode { key: self.slot(), text: self.text(), symbol: self.near(16) },
            28 => Call::TextEncodeTagged {
                purpose: i32::from(self.next() % 9),
                tag: self.near(4),
                symbol: self.near(16),
                text: self.near(48),
            },
            29 => Call::TextDecodeTagged {
                purpose: i32::from(self.next() % 9),
                tag: self.near(4),
                text: self.text(),
                symbol: self.near(16),
            },
            30 => Call::TextRead { text: self.text(), purpose: self.part(4), tag: self.near(4), symbol: self.near(16) },
            31 => Call::LineageNew { pairs: self.part(24 * count), count, out: self.slot() },
            32 => Call::LineageFirst { lineage: self.slot(), number: self.near(12), first: self.near(12) },
            _ => Call::LineageFree { lineage: self.slot() },
        }
    }
}

/// What a variable for a handle holds.
enum Held {
    Nothing,
    Root(RootKey),
    Scope(ScopeKey),
    Key(AnySymbolKey),
    Lineage(Lineage),
}

/// What a call that succeeds does: the bytes of each output, and the new value of a variable.
struct Effect {
    outputs: Vec<(Part, Vec<u8>)>,
    slot: Option<(usize, Held)>,
    status: i32,
}

impl Effect {
    fn of(outputs: impl IntoIterator<Item = (Part, Vec<u8>)>) -> Self {
        Self { outputs: outputs.into_iter().collect(), slot: None, status: OK }
    }

    fn slot(slot: usize, held: Held) -> Self {
        Self { outputs: Vec::new(), slot: Some((slot, held)), status: OK }
    }
}

struct Program {
    memory: Memory,
    held: [Held; SLOTS],
}

impl Program {
    fn run(&mut self, call: Call, error: Option<usize>) {
        let before = *self.memory.bytes();
        let (inputs, outputs) = parts(call);
        let effect = Model { bytes: &before, held: &self.held }.effect(call);
        // A call that frees has no error.
        let is_free = matches!(
            call,
            Call::RootKeyFree { .. } | Call::ScopeKeyFree { .. } | Call::KeyFree { .. } | Call::LineageFree { .. }
        );
        let error = error.filter(|_| !is_free);
        let error_part = Part(error, ERROR_LEN);
        let mut parts: Vec<Part> = outputs.iter().map(|output| output.part).chain(inputs).collect();
        let is_error_apart = !parts.iter().any(|part| meet(*part, error_part));
        let overlap = (0..outputs.len()).any(|nth| parts[nth + 1..].iter().any(|part| meet(parts[nth], *part)));

        let status = self.memory.call(call, error);
        let is_done = [OK, ROWS_REFUSED].contains(&status);
        if Fault::CallLeaves.is_planted() && !is_done {
            for Part(start, len) in &parts[..outputs.len()] {
                let Some(start) = *start else { continue };
                self.memory.bytes()[start..start + len].copy_from_slice(&before[start..start + len]);
            }
        }
        let after = *self.memory.bytes();
        assert!(![PANIC, OTHER].contains(&status), "{call:?}");
        assert_eq!(status == OVERLAP, overlap || !is_error_apart, "{call:?}");
        if let (Some(at), true) = (error, is_error_apart) {
            assert_eq!(after[at..at + 4], status.to_le_bytes(), "{call:?}: the error has another status");
        }
        for Output { part, is_right } in &outputs {
            let Part(Some(at), len) = *part else { continue };
            let (was, is) = (&before[at..at + len], &after[at..at + len]);
            // Of a call that fails, nothing is left that could be taken for a result.
            let is_empty = is.iter().all(|byte| *byte == 0) || is.chunks(4).all(|four| four == OTHER.to_le_bytes());
            let expected = if status == OVERLAP || !is_right { was == is } else { is_empty };
            assert!(is_done || expected, "{call:?}: status {status}");
        }
        // Whatever else there is in the memory is as it was.
        parts.truncate(outputs.len());
        if is_error_apart {
            parts.push(error_part);
        }
        let is_output = |at: usize| {
            parts.iter().any(|Part(start, len)| start.is_some_and(|start| (start..start + len).contains(&at)))
        };
        for at in (0..BYTES).filter(|at| before[*at] != after[*at]) {
            assert!(is_output(at), "{call:?}: byte {at} is not an output");
        }
        match effect.filter(|_| status != OVERLAP) {
            Some(effect) => {
                assert_eq!(status, effect.status, "{call:?}");
                for (part, bytes) in effect.outputs {
                    let Part(Some(at), _) = part else { continue };
                    assert_eq!(after[at..at + bytes.len()], bytes, "{call:?}");
                }
                if let Some((slot, held)) = effect.slot {
                    self.held[slot] = held;
                }
            }
            None => assert!(!is_done, "{call:?} succeeds"),
        }
        for (slot, held) in self.held.iter().enumerate() {
            assert_eq!(self.memory.is_held(slot), !matches!(held, Held::Nothing), "{call:?}: the variable {slot}");
        }
    }
}

/// Whether two parts share a byte.
fn meet(Part(a, a_len): Part, Part(b, b_len): Part) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    (a..a + a_len).any(|at| (b..b + b_len).contains(&at))
}

/// An output of a call, and whether it has a length that the call accepts.
#[derive(Clone, Copy)]
struct Output {
    part: Part,
    is_right: bool,
}

fn exactly(part: Part, len: usize) -> Output {
    Output { part, is_right: part.1 == len }
}

fn at_least(part: Part, len: usize) -> Output {
    Output { part, is_right: part.1 >= len }
}

fn any(part: Part) -> Output {
    Output { part, is_right: true }
}

/// The inputs and the outputs of a call.
fn parts(call: Call) -> (Vec<Part>, Vec<Output>) {
    match call {
        Call::RootKeyFromBytes { bytes, .. } => (vec![bytes], vec![]),
        Call::RootKeyTag { tag, .. } | Call::ScopeKeyTag { tag, .. } | Call::KeyTag { tag, .. } => {
            (vec![], vec![exactly(tag, 4)])
        }
        Call::ScopeKeyDerive { scope, .. } => (vec![scope], vec![]),
        Call::ScopeKeyFromBytes { scope, bytes, .. } => (vec![scope, bytes], vec![]),
        Call::ScopeKeyScope { text, .. } | Call::KeyScope { text, .. } => (vec![], vec![at_least(text, 64)]),
        Call::ScopeKeyEqual { equal, .. } => (vec![], vec![any(equal)]),
        Call::Derive { number, symbol, .. } => (vec![number], vec![exactly(symbol, 16)]),
        Call::DeriveBatch { numbers, symbols, statuses, refused, .. } => {
            (vec![numbers], vec![any(symbols), any(statuses), any(refused)])
        }
        Call::DeriveBatchLineage { numbers, symbols, reissued, .. } => {
            (vec![numbers], vec![any(symbols), any(reissued)])
        }
        Call::DeriveFromInsurers { insurers, symbol, .. } => (vec![insurers], vec![exactly(symbol, 16)]),
        Call::DeriveFromInsurersBatch { insurers, symbols, .. } => (vec![insurers], vec![any(symbols)]),
        Call::NumberCheck { text } => (vec![text], vec![]),
        Call::CheckDigit { body, digit } => (vec![body], vec![any(digit)]),
        Call::Normalize { text, digits, changes, .. } => (vec![text], vec![exactly(digits, 12), any(changes)]),
        Call::ScopeText { purpose, id, text, .. } => (vec![purpose, id], vec![at_least(text, 64)]),
        Call::ScopeLabel { scope, label, label_len } => (vec![scope], vec![at_least(label, 51), any(label_len)]),
        Call::TextEncode { symbol, text, .. } => (vec![symbol], vec![at_least(text, 48)]),
        Call::TextEncodeBatch { symbols, texts, .. } => (vec![symbols], vec![any(texts)]),
        Call::TextDecode { text, symbol, .. } => (vec![text], vec![exactly(symbol, 16)]),
        Call::TextEncodeTagged { tag, symbol, text, .. } => (vec![tag, symbol], vec![at_least(text, 48)]),
        Call::TextDecodeTagged { tag, text, symbol, .. } => (vec![tag, text], vec![exactly(symbol, 16)]),
        Call::TextRead { text, purpose, tag, symbol } => {
            (vec![text], vec![any(purpose), exactly(tag, 4), exactly(symbol, 16)])
        }
        Call::LineageNew { pairs, .. } => (vec![pairs], vec![]),
        Call::LineageFirst { number, first, .. } => (vec![number], vec![exactly(first, 12)]),
        _ => (vec![], vec![]),
    }
}

/// The library in Rust, with the memory before a call.
struct Model<'a> {
    bytes: &'a [u8; BYTES],
    held: &'a [Held; SLOTS],
}

impl Model<'_> {
    fn input(&self, Part(start, len): Part) -> Option<&[u8]> {
        if len == 0 {
            return Some(&[]);
        }
        Some(&self.bytes[start?..start? + len])
    }

    fn utf8(&self, part: Part) -> Option<&str> {
        std::str::from_utf8(self.input(part)?).ok()
    }

    fn array<const N: usize>(&self, part: Part) -> Option<[u8; N]> {
        self.input(part)?.try_into().ok()
    }

    fn rows<const N: usize>(&self, part: Part) -> Option<&[[u8; N]]> {
        Some(self.input(part)?.as_chunks().0)
    }

    fn root(&self, slot: usize) -> Option<&RootKey> {
        if let Held::Root(key) = &self.held[slot] { Some(key) } else { None }
    }

    fn scope(&self, slot: usize) -> Option<&ScopeKey> {
        if let Held::Scope(key) = &self.held[slot] { Some(key) } else { None }
    }

    fn key(&self, slot: usize) -> Option<&AnySymbolKey> {
        if let Held::Key(key) = &self.held[slot] { Some(key) } else { None }
    }

    fn lineage(&self, slot: usize) -> Option<&Lineage> {
        if let Held::Lineage(lineage) = &self.held[slot] { Some(lineage) } else { None }
    }

    fn made(&self, slot: usize, held: Held) -> Option<Effect> {
        matches!(self.held[slot], Held::Nothing).then(|| Effect::slot(slot, held))
    }

    fn freed(&self, slot: usize, is_it: bool) -> Option<Effect> {
        (is_it || matches!(self.held[slot], Held::Nothing)).then(|| Effect::slot(slot, Held::Nothing))
    }

    /// What a call does; `None` if it must fail.
    fn effect(&self, call: Call) -> Option<Effect> {
        match call {
            Call::RootKeyFromBytes { bytes, out } => {
                self.made(out, Held::Root(RootKey::from_bytes(&self.array(bytes)?)))
            }
            Call::RootKeyTag { key, tag } => output(tag, 4, &self.root(key)?.tag().to_bytes()),
            Call::RootKeyFree { key } => self.freed(key, self.root(key).is_some()),
            Call::ScopeKeyDerive { root, scope, out } => {
                self.made(out, Held::Scope(self.root(root)?.scope_key(&self.utf8(scope)?.parse().ok()?)))
            }
            Call::ScopeKeyFromBytes { scope, bytes, out } => {
                let key = ScopeKey::from_bytes(&self.utf8(scope)?.parse().ok()?, &self.array(bytes)?);
                self.made(out, Held::Scope(key))
            }
            Call::ScopeKeyTag { key, tag } => output(tag, 4, &self.scope(key)?.tag().to_bytes()),
            Call::ScopeKeyScope { key, text } => buffer(text, 64, self.scope(key)?.scope().to_string().as_bytes()),
            Call::ScopeKeyEqual { first, second, equal } => {
                let is_equal = self.scope(first)? == self.scope(second)?;
                output(equal, 4, &i32::from(is_equal).to_le_bytes())
            }
            Call::ScopeKeyFree { key } => self.freed(key, self.scope(key).is_some()),
            Call::KeyNew { key, out } => self.made(out, Held::Key(AnySymbolKey::new(self.scope(key)?).ok()?)),
            Call::KeyEligibility { insurers, eligibility, out } => {
                let key = AnySymbolKey::eligibility(self.scope(insurers)?, self.scope(eligibility)?);
                self.made(out, Held::Key(key.ok()?))
            }
            Call::KeyIssuer { eligibility, out } => {
                self.made(out, Held::Key(AnySymbolKey::issuer(self.scope(eligibility)?).ok()?))
            }
            Call::KeyTag { key, tag } => output(tag, 4, &self.key(key)?.tag().to_bytes()),
            Call::KeyScope { key, text } => buffer(text, 64, self.key(key)?.scope().to_string().as_bytes()),
            Call::KeyFree { key } => self.freed(key, self.key(key).is_some()),
            Call::NumberCheck { text } => MyNumber::parse(self.input(text)?).ok().map(|_| Effect::of([])),
            Call::CheckDigit { body, digit } => output(digit, 1, &[MyNumber::check_digit(self.input(body)?).ok()?]),
            Call::Normalize { text, restore_zeros, digits, changes } => {
                let lost = [LostZeros::Refuse, LostZeros::Restore].into_iter().nth(restore_zeros as usize)?;
                let found = normalize(self.utf8(text)?, lost).ok()?;
                found.parse().ok()?;
                let made = found.changes();
                let made = [made.invisibles, made.trimmed, made.full_width, made.separators, made.zeros_restored];
                let bits = (0..).zip(made).map(|(bit, is_made)| u32::from(is_made) << bit).sum::<u32>();
                let digits = output(digits, 12, found.expose_digits())?;
                Some(Effect::of(digits.outputs.into_iter().chain(output(changes, 4, &bits.to_le_bytes())?.outputs)))
            }
            Call::ScopeText { purpose, id, epoch, text } => {
                let (purpose, id) = (self.utf8(purpose)?.parse().ok()?, self.utf8(id)?.parse().ok()?);
                let scope = Scope::new(purpose, id, Epoch::new(epoch).ok()?).ok()?;
                buffer(text, 64, scope.to_string().as_bytes())
            }
            Call::ScopeLabel { scope, label, label_len } => {
                let content = self.utf8(scope)?.parse::<Scope>().ok()?.label();
                let len = output(label_len, 8, &content.as_bytes().len().to_le_bytes())?;
                Some(Effect::of(buffer(label, 51, content.as_bytes())?.outputs.into_iter().chain(len.outputs)))
            }
            Call::LineageNew { pairs, out, .. } => {
                let number = |digits: &[u8]| MyNumber::parse(digits).ok();
                let pair = |pair: &[u8; 24]| Some((number(&pair[..12])?, number(&pair[12..])?));
                let pairs = self.rows(pairs)?.iter().map(pair).collect::<Option<Vec<_>>>()?;
                self.made(out, Held::Lineage(Lineage::new(pairs).ok()?))
            }
            Call::LineageFirst { lineage, number, first } => {
                let number = MyNumber::parse(self.input(number)?).ok()?;
                output(first, 12, self.lineage(lineage)?.first(&number).expose_digits())
            }
            Call::LineageFree { lineage } => self.freed(lineage, self.lineage(lineage).is_some()),
            call => self.symbols(call),
        }
    }

    fn symbols(&self, call: Call) -> Option<Effect> {
        match call {
            Call::Derive { key, number, symbol } => {
                let number = MyNumber::parse(self.input(number)?).ok();
                output(symbol, 16, &self.key(key)?.symbol(&number?).ok()?)
            }
            Call::DeriveBatch { key, numbers, symbols, statuses, refused, .. } => {
                let (made, many, _) = self.batch(key, None, numbers)?;
                let outputs = output(symbols, symbols.1, made.as_flattened())?;
                // What the statuses say of rows that are done: the reasons are those of `fugo_number_check`.
                let all_done = many == 0 && statuses.0.is_some();
                let done = all_done.then(|| (statuses, vec![0; statuses.1]));
                let many_bytes = refused.0.map(|_| (refused, many.to_le_bytes().to_vec()));
                let mut effect = Effect::of(outputs.outputs.into_iter().chain(done).chain(many_bytes));
                effect.status = if many > 0 { ROWS_REFUSED } else { OK };
                Some(effect)
            }
            Call::DeriveBatchLineage { key, lineage, numbers, symbols, reissued, .. } => {
                let (made, many, replaced) = self.batch(key, Some(self.lineage(lineage)?), numbers)?;
                let outputs = output(symbols, symbols.1, made.as_flattened())?;
                let replaced = reissued.0.map(|_| (reissued, replaced.to_le_bytes().to_vec()));
                let mut effect = Effect::of(outputs.outputs.into_iter().chain(replaced));
                effect.status = if many > 0 { ROWS_REFUSED } else { OK };
                Some(effect)
            }
            Call::DeriveFromInsurers { key, insurers, symbol } => {
                let insurers = self.array(insurers).filter(|insurers| *insurers != REFUSED);
                output(symbol, 16, &self.key(key)?.symbol_from_insurers(&insurers?).ok()?)
            }
            Call::DeriveFromInsurersBatch { key, insurers, symbols, .. } => {
                let (key, rows) = (self.key(key)?, self.rows::<16>(insurers)?);
                let one = |row: &[u8; 16]| {
                    if *row == REFUSED { Some(REFUSED) } else { key.symbol_from_insurers(row).ok() }
                };
                // Without a row, the key must still be one that takes insurers' symbols.
                key.symbol_from_insurers(&[1; 16]).ok()?;
                let made = rows.iter().map(one).collect::<Option<Vec<_>>>()?;
                let mut effect = output(symbols, symbols.1, made.as_flattened())?;
                effect.status = if made.contains(&REFUSED) { ROWS_REFUSED } else { OK };
                Some(effect)
            }
            Call::TextEncode { key, symbol, text } => {
                let symbol = self.array(symbol).filter(|symbol| *symbol != REFUSED)?;
                buffer(text, 48, self.key(key)?.encoder().encode(&symbol).as_str().as_bytes())
            }
            Call::TextEncodeBatch { key, symbols, texts, .. } => {
                let encoder = self.key(key)?.encoder();
                let row = |symbol: &[u8; 16]| {
                    let mut row = [0; 48];
                    if *symbol != REFUSED {
                        let text = encoder.encode(symbol);
                        row[..text.as_str().len()].copy_from_slice(text.as_str().as_bytes());
                    }
                    row
                };
                let rows: Vec<[u8; 48]> = self.rows(symbols)?.iter().map(row).collect();
                output(texts, texts.1, rows.as_flattened())
            }
            Call::TextDecode { key, text, symbol } => {
                output(symbol, 16, &self.key(key)?.encoder().decode(self.input(text)?).ok()?)
            }
            Call::TextEncodeTagged { purpose, tag, symbol, text } => {
                let symbol = self.array(symbol).filter(|symbol| *symbol != REFUSED)?;
                buffer(text, 48, encoder(purpose, self.array(tag)?)?.encode(&symbol).as_str().as_bytes())
            }
            Call::TextDecodeTagged { purpose, tag, text, symbol } => {
                output(symbol, 16, &encoder(purpose, self.array(tag)?)?.decode(self.input(text)?).ok()?)
            }
            Call::TextRead { text, purpose, tag, symbol } => {
                let found = decode(self.input(text)?).ok()?;
                let outputs = [
                    output(purpose, 4, &i32::from(found.purpose.code()).to_le_bytes())?,
                    output(tag, 4, &found.tag.to_bytes())?,
                    output(symbol, 16, &found.symbol)?,
                ];
                Some(Effect::of(outputs.into_iter().flat_map(|effect| effect.outputs)))
            }
            _ => unreachable!("a call about symbols"),
        }
    }

    /// The symbols of rows, one by one; how many were refused, and how many were replaced.
    fn batch(&self, key: usize, lineage: Option<&Lineage>, numbers: Part) -> Option<(Vec<[u8; 16]>, usize, usize)> {
        let (key, rows) = (self.key(key)?, self.rows::<12>(numbers)?);
        // Without a row, the key must still be one that takes numbers.
        key.symbol(&MyNumber::parse("123456789018").expect("a number")).ok()?;
        let (mut symbols, mut many, mut replaced) = (Vec::new(), 0, 0);
        for row in rows {
            let Ok(number) = MyNumber::parse(row) else {
                many += 1;
                symbols.push(REFUSED);
                continue;
            };
            let first = lineage.map_or(&number, |lineage| lineage.first(&number));
            replaced += usize::from(*first != number);
            symbols.push(key.symbol(first).ok()?);
        }
        Some((symbols, many, replaced))
    }
}

fn encoder(purpose: i32, tag: [u8; 4]) -> Option<TextEncoder> {
    Some(TextEncoder::new(Purpose::try_from(u8::try_from(purpose).ok()?).ok()?, KeyTag::from_bytes(tag)))
}

/// An output of exactly so many bytes.
fn output(part: Part, len: usize, bytes: &[u8]) -> Option<Effect> {
    (part.1 == len && (part.0.is_some() || len == 0)).then(|| Effect::of([(part, bytes.to_vec())]))
}

/// A buffer of at least so many bytes: NUL fills the rest.
fn buffer(part: Part, least: usize, bytes: &[u8]) -> Option<Effect> {
    let mut all = vec![0; part.1.max(bytes.len())];
    all[..bytes.len()].copy_from_slice(bytes);
    (part.1 >= least && part.0.is_some()).then(|| Effect::of([(part, all)]))
}
