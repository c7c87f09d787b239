//! Does printing, comparing or converting a value reveal a secret?

mod numbers;

use std::{collections::BTreeSet, fmt, fs, marker::PhantomData, panic, path::Path};

use fugo::{
    Agency, AgencySymbol, AnySymbolKey, BodyError, Eligibility, EligibilityKey, EligibilitySymbol, Epoch, Insurers,
    InsurersSymbol, KeyTag, KeyTagError, Lineage, LineageError, MyNumber, MyNumberError, Network, NetworkSymbol, Pair,
    Portal, PortalSymbol, Purpose, PurposeError, Registry, RegistrySymbol, Research, ResearchSymbol, RootKey, Scope,
    ScopeError, ScopeKey, Symbol, SymbolKey, Translator, batch,
    find::{Shape, candidates},
    flat::{Translation, Unanswered},
    normalize::{Changes, LostZeros, NormalizeError, Normalized, Reading, normalize},
    text::{Decoded, SymbolText, TextEncoder, TextError, decode},
};
use numbers::number;
use subtle::ConstantTimeEq;

/// Every source file of the library, with its path below `src/`.
fn sources() -> Vec<(String, String)> {
    fn read(folder: &Path, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, into);
            } else {
                into.push((path.display().to_string(), fs::read_to_string(&path).expect("source text")));
            }
        }
    }
    let mut files = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
}

/// A struct or enum that a source declares.
#[derive(Debug, PartialEq)]
struct Declared {
    name: String,
    /// Whether it is `pub`.
    is_public: bool,
    /// The traits that it derives, as they are written.
    derives: Vec<String>,
}

/// Every struct and enum of a source file, except those whose names a macro makes. Tests, at the end of a file, are not
/// read.
fn declared(source: &str) -> Vec<Declared> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().expect("a first part");
    let mut all = Vec::new();
    let mut derives = Vec::new();
    for line in source.lines().map(str::trim_start) {
        if let Some(list) = line.strip_prefix("#[derive(") {
            // Only the first line of a list over several lines would be read.
            let list = list.strip_suffix(")]").unwrap_or_else(|| panic!("a list of derives on one line: {line}"));
            derives.extend(list.split(", ").map(str::to_owned));
        } else if line.starts_with("#[") || line.starts_with("//") {
        } else {
            let (is_public, item) = match line.strip_prefix("pub") {
                Some(rest) if rest.starts_with(' ') => (true, rest.trim_start()),
                Some(rest) => (false, rest.split_once(") ").map_or(rest, |(_, item)| item)),
                None => (false, line),
            };
            let named = item.strip_prefix("struct ").or_else(|| item.strip_prefix("enum "));
            let name = named.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                all.push(Declared { name: name.to_owned(), is_public, derives: std::mem::take(&mut derives) });
            }
            derives.clear();
        }
    }
    all
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

fn test_root() -> RootKey {
    RootKey::from_bytes(&[0xa7; 32])
}

fn key(text: &str) -> ScopeKey {
    test_root().scope_key(&scope(text))
}

fn tag() -> KeyTag {
    KeyTag::from_bytes([0x7c, 0x2c, 0xb2, 0xa1])
}

/// A translation of one person, from a scope to the same scope.
fn translator(scope: &ScopeKey) -> Translator<1> {
    let key = AnySymbolKey::new(scope).expect("a key");
    let asked = vec![key.symbol(&number(12_345_678_901)).expect("a key for numbers")];
    Translator::new(&key, [&key], asked).expect("keys for numbers")
}

fn pair(scope: &ScopeKey) -> Pair<1> {
    let mut pairs = Vec::new();
    translator(scope).translate(&[number(12_345_678_901)], &mut pairs);
    pairs.pop().expect("a pair")
}

fn translation(from: &ScopeKey, to: &ScopeKey) -> Translation {
    let (from, to) = (AnySymbolKey::new(from).expect("a key"), AnySymbolKey::new(to).expect("a key"));
    let asked = [from.symbol(&number(12_345_678_901)).expect("a key for numbers")];
    Translation::new(&from, &to, &asked).expect("keys of two scopes")
}

type Row = (&'static str, String, &'static str);

fn row<T: fmt::Debug>(name: &'static str, value: T, expected: &'static str) -> Row {
    // In both layouts, only the type is printed.
    assert!(!expected.ends_with("(..)") || format!("{value:#?}") == expected, "{name}");
    (name, format!("{value:?}"), expected)
}

/// All public types with values, and the exact text of their `Debug`.
fn debugs() -> Vec<Row> {
    let insurers = key("insurers/all/1");
    let eligibility = key("eligibility/all/1");
    let agency = key("agency/nta/1");
    let text = TextEncoder::new(Purpose::Agency, tag()).encode(&[0xcd; 16]);
    vec![
        row("MyNumber", number(12_345_678_901), "MyNumber(..)"),
        row("MyNumberError", MyNumberError::NonDigit { offset: 3 }, "NonDigit { offset: 3 }"),
        row("BodyError", BodyError::Length { found: 3 }, "Length { found: 3 }"),
        row("Normalized", normalize("123456789018", LostZeros::Refuse).expect("strict"), "Normalized(..)"),
        row("LostZeros", LostZeros::Refuse, "Refuse"),
        row(
            "Changes",
            Changes::default(),
            "Changes { invisibles: false, trimmed: false, full_width: false, separators: false, zeros_restored: false }",
        ),
        row("NormalizeError", NormalizeError::Character { offset: 3 }, "Character { offset: 3 }"),
        row("Candidates", candidates("123456789018"), "Candidates(..)"),
        row("Candidate", candidates("123456789018").next().expect("one"), "Candidate(..)"),
        row("Shape", Shape::Whole, "Whole"),
        row("Lineage", Lineage::new(vec![(number(1), number(2))]).expect("a lineage"), "Lineage(..)"),
        row("LineageError", LineageError::SelfPair { pair: 3 }, "SelfPair { pair: 3 }"),
        row("RootKey", test_root(), "RootKey(..)"),
        row("ScopeKey", agency.clone(), "ScopeKey(..)"),
        row("KeyTag", tag(), "KeyTag(7c2cb2a1)"),
        row("KeyTagError", KeyTagError, "KeyTagError"),
        #[cfg(feature = "std")]
        row("RandomError", fugo::RandomError, "RandomError"),
        row("Purpose", Purpose::Agency, "Agency"),
        row("ScopeId", *scope("agency/nta/1").id(), "ScopeId(nta)"),
        row("Epoch", Epoch::FIRST, "Epoch(1)"),
        row("Scope", scope("agency/nta/1"), "Scope(agency/nta/1)"),
        row("Label", scope("agency/a/1").label(), "Label(6675676f0101000000010161)"),
        row("ScopeError", ScopeError::FixedId, "FixedId"),
        row("Symbol", AgencySymbol::from_bytes([0xcd; 16]), "AgencySymbol(..)"),
        row("Symbol", InsurersSymbol::from_bytes([0xcd; 16]), "InsurersSymbol(..)"),
        row("Symbol", EligibilitySymbol::from_bytes([0xcd; 16]), "EligibilitySymbol(..)"),
        row("Symbol", NetworkSymbol::from_bytes([0xcd; 16]), "NetworkSymbol(..)"),
        row("Symbol", ResearchSymbol::from_bytes([0xcd; 16]), "ResearchSymbol(..)"),
        row("Symbol", RegistrySymbol::from_bytes([0xcd; 16]), "RegistrySymbol(..)"),
        row("Symbol", PortalSymbol::from_bytes([0xcd; 16]), "PortalSymbol(..)"),
        row("SymbolKey", SymbolKey::<Agency>::new(&agency).expect("a key"), "SymbolKey(..)"),
        row("EligibilityKey", EligibilityKey::new(&insurers, &eligibility).expect("keys"), "EligibilityKey(..)"),
        row("AnySymbolKey", AnySymbolKey::new(&agency).expect("a key"), "AnySymbolKey(..)"),
        row("AnySymbolKey", AnySymbolKey::eligibility(&insurers, &eligibility).expect("keys"), "AnySymbolKey(..)"),
        row("AnySymbolKey", AnySymbolKey::issuer(&eligibility).expect("a key"), "AnySymbolKey(..)"),
        row("Translator", translator(&agency), "Translator(..)"),
        row("Pair", pair(&agency), "Pair(..)"),
        row("Translation", translation(&agency, &key("agency/b/1")), "Translation(..)"),
        row("Unanswered", Unanswered::NoSymbol, "NoSymbol"),
        row("ErrorKind", fugo::ErrorKind::CheckDigit, "CheckDigit"),
        row("Place", fugo::Place::Offset(3), "Offset(3)"),
        row("Found", fugo::Found::Length(11), "Length(11)"),
        row("Reading", Reading::Lenient(LostZeros::Refuse), "Lenient(Refuse)"),
        row("PurposeError", PurposeError::InsurersMissing, "InsurersMissing"),
        row(
            "TextEncoder",
            TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([0; 4])),
            "TextEncoder { purpose: Agency, tag: KeyTag(00000000), .. }",
        ),
        row("Decoded", decode(text).expect("a symbol"), "Decoded(agency, 7c2cb2a1, ..)"),
        row("SymbolText", text, "SymbolText(..)"),
        row(
            "TextError",
            TextError::WrongKey { expected: tag(), found: KeyTag::from_bytes([0; 4]) },
            "WrongKey { expected: KeyTag(7c2cb2a1), found: KeyTag(00000000) }",
        ),
    ]
}

#[test]
fn every_debug_is_exactly_this() {
    for (name, found, expected) in debugs() {
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn no_public_type_is_without_a_pinned_debug() {
    let sources = sources();
    let all: Vec<Declared> = sources.iter().flat_map(|(_, source)| declared(source)).collect();
    let declared: BTreeSet<&str> = all.iter().filter(|found| found.is_public).map(|found| &*found.name).collect();
    let pinned: BTreeSet<&str> =
        debugs().into_iter().map(|row| row.0).chain((!cfg!(feature = "std")).then_some("RandomError")).collect();
    // The seven types of purposes are made by a macro. They have no values to print.
    assert_eq!(pinned, declared);
}

#[test]
fn every_display_is_exactly_this() {
    let wrong_key = TextError::WrongKey { expected: KeyTag::from_bytes([0; 4]), found: KeyTag::from_bytes([0xff; 4]) };
    let shown: Vec<(&dyn fmt::Display, &str)> = vec![
        (
            &MyNumberError::NonDigit { offset: 3 },
            "the byte at offset 3 is not an ASCII digit; a MyNumber is twelve ASCII digits",
        ),
        (&MyNumberError::Length { found: 3 }, "the length is 3; a MyNumber has exactly 12 digits"),
        (&MyNumberError::CheckDigit, "the check digit does not match the eleven digits before it"),
        (&MyNumberError::NeverIssued, "twelve zeros are never issued"),
        (
            &BodyError::NonDigit { offset: 3 },
            "the byte at offset 3 is not an ASCII digit; the body of a number is eleven ASCII digits",
        ),
        (&BodyError::Length { found: 3 }, "the length is 3; the body of a number has exactly 11 digits"),
        (&NormalizeError::Empty, "the value is empty"),
        (
            &NormalizeError::ScientificNotation,
            "the value is in scientific notation, which has lost digits; export the column as text",
        ),
        (
            &NormalizeError::Character { offset: 3 },
            "the character at byte offset 3 is neither a digit nor an accepted separator",
        ),
        (
            &NormalizeError::Grouping,
            "separators are accepted only between three groups of four digits, one to three between two groups",
        ),
        (
            &NormalizeError::Length { found: 3 },
            "the number of digits is 3; exactly 12 are needed (9 to 11 where lost zeros are restored)",
        ),
        (&LineageError::SelfPair { pair: 3 }, "the new and the previous number of pair 3 are equal; they must differ"),
        (
            &LineageError::DuplicateNew { pair: 3 },
            "pair 3 repeats a number of the column `new`; a number may appear there only once",
        ),
        (
            &LineageError::DuplicatePrevious { pair: 3 },
            "pair 3 repeats a number of the column `previous`; a number may appear there only once",
        ),
        (&LineageError::Cycle, "a chain of re-issued numbers is a cycle; each chain must end at a first number"),
        (&KeyTagError, "a key tag is 8 characters of 0-9 and a-f"),
        #[cfg(feature = "std")]
        (&fugo::RandomError, "the operating system's random generator failed"),
        (&ScopeError::Id, "a scope id is 1 to 40 of a-z, 0-9 and hyphen, and neither starts nor ends with a hyphen"),
        (&ScopeError::FixedId, "the scope id of the purposes insurers and eligibility must be `all`"),
        (&ScopeError::EpochZero, "an epoch is 1 to 4294967295; 0 is refused"),
        (
            &ScopeError::UnknownPurpose,
            "a purpose is agency, insurers, eligibility, network, research, registry or portal",
        ),
        (
            &ScopeError::Form,
            "a scope is written purpose/id/epoch, such as agency/nta/1, the epoch from 1 to 4294967295",
        ),
        (
            &PurposeError::WrongPurpose { expected: Purpose::Agency, found: Purpose::Portal },
            "the key's purpose is portal; this needs a key of purpose agency",
        ),
        (
            &PurposeError::InsurersEpoch { found: 3 },
            "the epoch of the insurers' key is 3; eligibility symbols need the insurers' key of epoch 1",
        ),
        (
            &PurposeError::InsurersMissing,
            "to derive from numbers, an eligibility key also needs the insurers' key of epoch 1",
        ),
        (
            &PurposeError::SameKey,
            "both keys have the same tag; a translation needs the keys of two scopes, or of two epochs of one scope",
        ),
        (&Unanswered::NoSymbol, "sixteen zero bytes are not a symbol: they mark a row that was refused"),
        (&Unanswered::UnknownSymbol, "nobody in the roster has this symbol"),
        (
            &TextError::Corrupted,
            "the text is corrupted: it is not a complete symbol in lower case with a matching checksum",
        ),
        (
            &TextError::UnknownPart,
            "the text is of another kind or version; this version knows kikan, hokensha, shikaku, chiiki, kenkyu, \
             toroku and portal",
        ),
        (
            &TextError::WrongPurpose { expected: Purpose::Agency, found: Purpose::Portal },
            "the symbol is of purpose portal; purpose agency was expected",
        ),
        (&wrong_key, "the symbol is of the key tagged ffffffff; the key tagged 00000000 was expected"),
    ];
    for (value, expected) in shown {
        assert_eq!(value.to_string(), expected);
    }
    // Public values are printed completely.
    assert_eq!(tag().to_string(), "7c2cb2a1");
    assert_eq!(Purpose::Eligibility.to_string(), "eligibility");
    assert_eq!(scope("agency/nta/1").to_string(), "agency/nta/1");
    let text = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([0; 4])).encode(&[0; 16]);
    assert_eq!(text.to_string(), "kikan1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqr70evn");
}

/// Whether the text contains four consecutive digits of the number, or four consecutive characters of the symbol.
fn gives_away(secret: &str, text: &str) -> bool {
    secret.as_bytes().windows(4).any(|run| text.as_bytes().windows(4).any(|window| window == run))
}

/// A number of which no four consecutive digits are in the constant text of a message.
fn watched() -> String {
    String::from_utf8(number(86_420_975_318).expose_digits().to_vec()).expect("ASCII")
}

fn printed<T: fmt::Debug, E: fmt::Debug + fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => format!("{value:?} {value:#?}"),
        Err(error) => format!("{error:?} {error:#?} {error}"),
    }
}

#[test]
fn nothing_that_is_printed_about_a_number_holds_four_of_its_digits() {
    let digits = watched();
    assert!(gives_away(&digits, &format!("invalid number {digits}")), "the search finds what is there");
    assert!(gives_away(&digits, "…2097…") && !gives_away(&digits, "209 7"));

    let (head, tail) = digits.split_at(6);
    let wide: String = digits.bytes().map(|c| char::from_u32(0xFF10 + u32::from(c - b'0')).expect("a digit")).collect();
    let mut texts = vec![
        digits.clone(),
        digits[1..].to_owned(),
        digits[..11].to_owned(),
        digits.repeat(2),
        wide,
        format!("{head}x{tail}"),
        format!("{head}e{tail}"),
        format!("{}.{}E+11", &digits[..1], &digits[1..7]),
        format!("{head}-{tail}"),
        format!("-{digits}"),
        format!("\t{digits}\n"),
        format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..]),
    ];
    for last in 0..10 {
        texts.push(format!("{}{last}", &digits[..11]));
    }
    let mut seen = BTreeSet::new();
    for text in &texts {
        let mut outputs = vec![printed(MyNumber::parse(text)), printed(MyNumber::check_digit(text))];
        for lost_zeros in [LostZeros::Refuse, LostZeros::Restore] {
            let normalized = normalize(text, lost_zeros);
            outputs.push(printed(normalized.clone()));
            outputs.extend(normalized.ok().map(|normalized| printed(normalized.parse())));
        }
        for output in outputs {
            assert!(!gives_away(&digits, &output), "{output}");
            seen.insert(output);
        }
    }
    assert!(seen.len() > 12, "many kinds of output were looked at: {seen:?}");

    let person = || MyNumber::parse(&digits).expect("a number");
    let lineages = [
        vec![(person(), number(1))],
        vec![(person(), person())],
        vec![(person(), number(1)), (person(), number(2))],
        vec![(number(1), person()), (number(2), person())],
        vec![(number(1), person()), (person(), number(1))],
    ];
    for pairs in lineages {
        let output = printed(Lineage::new(pairs));
        assert!(!gives_away(&digits, &output), "{output}");
    }
}

#[test]
fn no_panic_message_holds_a_number() {
    let digits = watched();
    let people = vec![MyNumber::parse(&digits).expect("a number"); 3];
    let agency = key("agency/nta/1");
    let typed = SymbolKey::<Agency>::new(&agency).expect("a key");
    let untyped = AnySymbolKey::new(&agency).expect("a key");
    let message = |run: &mut dyn FnMut()| -> String {
        let payload = panic::catch_unwind(panic::AssertUnwindSafe(run)).expect_err("panics");
        payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref().map(|text: &&str| (*text).to_owned()))
            .expect("a text")
    };
    let messages = [
        message(&mut || typed.symbols(&people, &mut [])),
        message(&mut || untyped.symbols(&people, &mut []).expect("a key for numbers")),
        message(&mut || batch::symbols_for_keys(&[&untyped], &people, &mut []).expect("keys for numbers")),
        message(&mut || batch::symbols_for_keys(&[&untyped], &people, &mut [&mut []]).expect("keys for numbers")),
        message(&mut || {
            TextEncoder::new(Purpose::Agency, tag()).encode_into(typed.symbol(&people[0]).as_bytes(), &mut []);
        }),
        message(&mut || assert_eq!(people[0], number(1), "two numbers that differ")),
        message(&mut || drop(MyNumber::parse(&digits[1..]).expect("a number"))),
    ];
    for message in messages {
        assert!(!message.is_empty() && !gives_away(&digits, &message), "{message}");
    }
}

#[test]
fn nothing_that_is_printed_about_a_text_holds_the_symbol() {
    let encoder = TextEncoder::new(Purpose::Agency, tag());
    let bytes = std::array::from_fn(|i| 0x9d ^ (i as u8).wrapping_mul(0x35));
    let text = encoder.encode(&bytes);
    // After the human-readable part and the tag: the symbol and the checksum.
    let secret = &text[6 + 7..];
    let hex = hex::encode(bytes);
    let mut corrupted = text.as_bytes().to_vec();
    corrupted[20] ^= 1;
    let other = TextEncoder::new(Purpose::Portal, tag());
    let outputs = [
        printed(decode(text)),
        printed(decode(corrupted)),
        printed(other.decode(text).map(drop)),
        printed(TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([0; 4])).decode(text).map(drop)),
        printed(AgencySymbol::from_text(text, tag())),
        format!("{text:?} {text:#?} {encoder:?}"),
    ];
    for output in outputs {
        assert!(!gives_away(secret, &output) && !gives_away(&hex, &output), "{output}");
        assert!(!output.contains(&format!("{}, {}", bytes[0], bytes[1])), "{output}");
    }
    assert!(gives_away(secret, &text) && gives_away(&hex, &format!("{bytes:02x?}").replace(", ", "")));
}

/// Whether a type implements a trait. An inherent constant takes precedence over a constant of a trait.
macro_rules! implements {
    ($type:ty: $($bound:tt)+) => {{
        #[allow(dead_code)]
        struct Probe<T>(PhantomData<T>);
        #[allow(dead_code)]
        trait Otherwise {
            const IMPLEMENTS: bool = false;
        }
        impl<T> Otherwise for Probe<T> {}
        #[allow(dead_code)]
        impl<T: $($bound)+> Probe<T> {
            const IMPLEMENTS: bool = true;
        }
        (concat!(stringify!($type), ": ", stringify!($($bound)+)), Probe::<$type>::IMPLEMENTS)
    }};
}

/// The conversions that a type with a secret must not have.
macro_rules! ways_out {
    ($($type:ty),+) => {
        [$(
            implements!($type: Copy),
            implements!($type: fmt::Display),
            implements!($type: fmt::LowerHex),
            implements!($type: fmt::UpperHex),
            implements!($type: fmt::Binary),
            implements!($type: std::ops::Deref),
            implements!($type: AsRef<[u8]>),
            implements!($type: AsRef<str>),
            implements!($type: AsRef<[u8; 12]>),
            implements!($type: AsRef<[u8; 32]>),
            implements!($type: std::borrow::Borrow<[u8]>),
            implements!($type: std::borrow::Borrow<str>),
            implements!($type: Into<String>),
            implements!($type: Into<Vec<u8>>),
            implements!($type: Into<[u8; 12]>),
            implements!($type: Into<[u8; 32]>),
            implements!($type: Into<u64>),
            implements!($type: std::hash::Hash),
            implements!($type: PartialOrd),
            implements!($type: Default),
            implements!($type: PartialEq<str>),
            implements!($type: PartialEq<[u8]>),
            implements!($type: IntoIterator)
        ),+]
    };
}

/// A type for which all questions about arrays have the answer yes.
struct Bytes<const LEN: usize>([u8; LEN]);

impl<const LEN: usize> AsRef<[u8; LEN]> for Bytes<LEN> {
    fn as_ref(&self) -> &[u8; LEN] {
        &self.0
    }
}

#[test]
fn secrets_have_no_way_out_but_the_named_one() {
    let found = ways_out!(
        MyNumber,
        Normalized,
        Lineage,
        RootKey,
        ScopeKey,
        SymbolKey<Agency>,
        SymbolKey<Insurers>,
        SymbolKey<Eligibility>,
        SymbolKey<Network>,
        SymbolKey<Research>,
        SymbolKey<Registry>,
        SymbolKey<Portal>,
        EligibilityKey,
        AnySymbolKey
    );
    for (question, answer) in found {
        assert!(!answer, "{question}");
    }
    // Each question has the answer yes for some type.
    let controls = [
        implements!(u8: Copy),
        implements!(KeyTag: fmt::Display),
        implements!(u8: fmt::LowerHex),
        implements!(u8: fmt::UpperHex),
        implements!(u8: fmt::Binary),
        implements!(SymbolText: std::ops::Deref),
        implements!(SymbolText: AsRef<[u8]>),
        implements!(String: AsRef<str>),
        implements!(Bytes<12>: AsRef<[u8; 12]>),
        implements!(Bytes<32>: AsRef<[u8; 32]>),
        implements!([u8; 12]: std::borrow::Borrow<[u8]>),
        implements!(String: std::borrow::Borrow<str>),
        implements!(&str: Into<String>),
        implements!(String: Into<Vec<u8>>),
        implements!([u8; 12]: Into<[u8; 12]>),
        implements!([u8; 32]: Into<[u8; 32]>),
        implements!(u8: Into<u64>),
        implements!(AgencySymbol: std::hash::Hash),
        implements!(AgencySymbol: PartialOrd),
        implements!(u8: Default),
        implements!(String: PartialEq<str>),
        implements!([u8; 3]: PartialEq<[u8]>),
        implements!(Vec<u8>: IntoIterator),
    ];
    for (question, answer) in controls {
        assert!(answer, "{question}");
    }
}

#[test]
fn a_symbol_prints_and_converts_only_by_name() {
    let found = [
        implements!(AgencySymbol: fmt::Display),
        implements!(AgencySymbol: fmt::LowerHex),
        implements!(AgencySymbol: std::ops::Deref),
        implements!(AgencySymbol: AsRef<[u8]>),
        implements!(AgencySymbol: From<[u8; 16]>),
        implements!(AgencySymbol: PartialEq<InsurersSymbol>),
        implements!(AgencySymbol: Into<InsurersSymbol>),
        implements!(Symbol<Eligibility>: From<InsurersSymbol>),
        implements!(Decoded: fmt::Display),
    ];
    for (question, answer) in found {
        assert!(!answer, "{question}");
    }
}

#[test]
fn secrets_are_wiped_by_type_when_they_end_and_not_before_and_compare_in_constant_time() {
    let found = [
        implements!(MyNumber: zeroize::ZeroizeOnDrop),
        implements!(Normalized: zeroize::ZeroizeOnDrop),
        implements!(RootKey: zeroize::ZeroizeOnDrop),
        implements!(ScopeKey: zeroize::ZeroizeOnDrop),
        implements!(MyNumber: ConstantTimeEq),
        implements!(RootKey: ConstantTimeEq),
        implements!(ScopeKey: ConstantTimeEq),
    ];
    for (question, answer) in found {
        assert!(answer, "{question}");
    }
    assert!(!implements!(KeyTag: ConstantTimeEq).1, "a tag is public");
    // If a number or a key could be wiped before its end, it would still derive symbols, but wrong ones.
    let emptied = [
        implements!(MyNumber: zeroize::Zeroize),
        implements!(Normalized: zeroize::Zeroize),
        implements!(RootKey: zeroize::Zeroize),
        implements!(ScopeKey: zeroize::Zeroize),
        implements!(AnySymbolKey: zeroize::Zeroize),
    ];
    for (question, answer) in emptied {
        assert!(!answer, "{question}");
    }
    assert!(implements!([u8; 12]: zeroize::Zeroize).1);
}

/// A derived `PartialEq` compares byte by byte and stops early. A derived `Debug` prints the value.
#[test]
fn whatever_is_not_declared_to_be_public_knowledge_derives_nothing_but_clone() {
    // A new type is secret until it is in this list.
    let public_knowledge = [
        "BodyError",
        "Changes",
        "Decoded",
        "Epoch",
        "ErrorKind",
        "Found",
        "KeyTag",
        "KeyTagError",
        "Label",
        "Level",
        "LineageError",
        "LostZeros",
        "Mode",
        "MyNumberError",
        "NormalizeError",
        "Place",
        "Purpose",
        "PurposeError",
        "Reading",
        "Run",
        "Shape",
        "RandomError",
        "Scope",
        "ScopeError",
        "ScopeId",
        "Symbol",
        "SymbolText",
        "TextEncoder",
        "TextError",
        "Unanswered",
    ];
    let mut secrets = BTreeSet::new();
    for (file, source) in sources() {
        for found in declared(&source) {
            if !public_knowledge.contains(&&*found.name) {
                assert!(found.derives.is_empty() || found.derives == ["Clone"], "{file}: {found:?}");
                secrets.insert(found.name);
            }
        }
    }
    for name in ["MyNumber", "Normalized", "RootKey", "ScopeKey", "PreparedKey", "SymbolKey", "AnySymbolKey", "Lineage"]
    {
        assert!(secrets.contains(name), "{name}");
    }
}

#[test]
fn declarations_are_found_wherever_they_stand_with_what_they_derive() {
    let source = "
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outside([u8; 32]);
/// A text.
pub(crate) enum Inside {
mod nested {
    #[derive(Copy)]
    /// A text.
    pub struct Nested<T>(T);
    struct Private;
}
#[derive(Clone)]
pub enum $made {}
fn structure() {}
#[cfg(test)]
mod tests {
    struct OfATest;
";
    let found = |name: &str, is_public, derives: &[&str]| Declared {
        name: name.to_owned(),
        is_public,
        derives: derives.iter().map(|name| (*name).to_owned()).collect(),
    };
    let expected = [
        found("Outside", true, &["Clone", "Debug"]),
        found("Inside", false, &[]),
        found("Nested", true, &["Copy"]),
        found("Private", false, &[]),
    ];
    assert_eq!(declared(source), expected);
}

#[test]
fn equality_looks_at_every_byte() {
    let digits = watched();
    let person = MyNumber::parse(&digits).expect("a number");
    assert!(person == MyNumber::parse(&digits).expect("a number"));
    let mut others = 0;
    for body_place in 0..11 {
        for digit in 0..10 {
            let mut body = digits[..11].to_owned();
            body.replace_range(body_place..=body_place, &digit.to_string());
            let other = number(body.parse().expect("digits"));
            let is_same = other.expose_digits() == person.expose_digits();
            assert_eq!((other == person, bool::from(other.ct_eq(&person))), (is_same, is_same));
            others += usize::from(!is_same);
        }
    }
    assert_eq!(others, 11 * 9);

    let bytes: [u8; 32] = std::array::from_fn(|i| i as u8);
    let scopes = [scope("agency/nta/1"), scope("agency/nta/2")];
    for bit in 0..256 {
        let mut other = bytes;
        other[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(RootKey::from_bytes(&bytes), RootKey::from_bytes(&other));
        assert_ne!(ScopeKey::from_bytes(&scopes[0], &bytes), ScopeKey::from_bytes(&scopes[0], &other));
    }
    assert_eq!(RootKey::from_bytes(&bytes), RootKey::from_bytes(&bytes));
    assert_eq!(ScopeKey::from_bytes(&scopes[0], &bytes), ScopeKey::from_bytes(&scopes[0], &bytes));
    assert_ne!(ScopeKey::from_bytes(&scopes[0], &bytes), ScopeKey::from_bytes(&scopes[1], &bytes));

    let normalized = |text: &str| normalize(text, LostZeros::Restore).expect("twelve digits");
    assert_eq!(normalized("123456789018"), normalized("123456789018"));
    assert_ne!(normalized("123456789018"), normalized("123456789017"));
    assert_ne!(normalized("123456789018"), normalized(" 123456789018"));
}
