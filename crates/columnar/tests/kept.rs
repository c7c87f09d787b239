//! Tests of the searches in kept columns: the values that must be found in a cell or a column, and those that must not.

use blake2::{
    Blake2b, Blake2s, Blake2s256, Digest,
    digest::consts::{U16, U32},
};
use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use fugo::{AnySymbolKey, KeyTag, Lineage, MyNumber, Purpose, RootKey, text::TextEncoder};
use fugo_columnar::kept::{Cell, Codes, KeptFault, Owner, Person, Sample, search};

/// A generator of test data (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn number(&mut self) -> MyNumber {
        let body = format!("{:011}", self.below(100_000_000_000));
        MyNumber::parse(format!("{body}{}", MyNumber::check_digit(&body).expect("eleven digits"))).expect("a number")
    }
}

const TAG: [u8; 4] = [1, 2, 3, 4];

fn key() -> AnySymbolKey {
    let root = RootKey::from_bytes(&std::array::from_fn(|i| 7 * i as u8 + 1));
    AnySymbolKey::new(&root.scope_key(&"agency/nta/1".parse().expect("a scope"))).expect("a key")
}

struct Row {
    number: MyNumber,
    text: String,
    symbol: [u8; 16],
    /// The position of the row, from which all its random values are computed.
    at: usize,
    random: u64,
}

fn rows(count: usize) -> Vec<Row> {
    let (mut random, key) = (Random(1), key());
    let numbers: Vec<MyNumber> = (0..count).map(|_| random.number()).collect();
    let mut symbols = vec![[0; 16]; count];
    key.symbols(&numbers, &mut symbols).expect("a key for numbers");
    let all = numbers.into_iter().zip(symbols).enumerate();
    all.map(|(at, (number, symbol))| Row {
        text: String::from_utf8(number.expose_digits().to_vec()).expect("digits"),
        number,
        symbol,
        at,
        random: random.next(),
    })
    .collect()
}

/// The finding in columns of a roster that is given in blocks.
fn judged(rows: &[Row], columns: &[&dyn Fn(&Row) -> String]) -> Option<(Vec<usize>, String)> {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes(TAG));
    let mut sample = Sample::new(columns.len(), vec![encoder]);
    for block in rows.chunks(1_000) {
        for row in sample.next(block.len()) {
            let cells: Vec<String> = columns.iter().map(|column| column(&block[row])).collect();
            let person = Person::Number(block[row].number.clone());
            sample.take(row, person, vec![block[row].symbol], cells.iter().map(String::as_str));
        }
    }
    sample.judge().map(|made| (made.columns().to_vec(), made.to_string()))
}

fn sha_256(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    sha2::Sha256::digest(bytes).to_vec()
}

fn md5(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    md5::Md5::digest(bytes).to_vec()
}

fn with_hyphens(text: &str) -> String {
    format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..])
}

fn in_signs(text: &str, signs: &str) -> String {
    let signs: Vec<char> = signs.chars().collect();
    text.bytes().map(|digit| signs[usize::from(digit - b'0')]).collect()
}

fn each_digit(row: &Row, write: fn(u8) -> String) -> String {
    row.text.bytes().map(write).collect::<Vec<_>>().concat()
}

fn value(row: &Row) -> u64 {
    row.text.parse().expect("digits")
}

fn backwards(row: &Row) -> u64 {
    row.text.bytes().rev().fold(0, |sum, digit| 10 * sum + u64::from(digit - b'0'))
}

fn uuid(bytes: &[u8; 16]) -> String {
    let hex = HEXLOWER.encode(bytes);
    format!("{{{}-{}-{}-{}-{}}}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

type Column = fn(&Row) -> String;
type Transform = (&'static str, Column, &'static str);

/// Columns of digests, or of the bytes themselves. One cell is enough.
const BY_BYTES: [Transform; 37] = [
    ("SHA-256, hexadecimal", |row| HEXLOWER.encode(&sha_256(&row.text)), "SHA-256 of the number"),
    ("upper case", |row| HEXUPPER.encode(&sha_256(&row.text)), "SHA-256 of the number"),
    ("base64", |row| BASE64.encode(&sha_256(&row.text)), "SHA-256 of the number"),
    ("base64 for addresses", |row| BASE64URL_NOPAD.encode(&sha_256(&row.text)), "SHA-256 of the number"),
    ("base32", |row| BASE32_NOPAD.encode(&sha_256(&row.text)), "SHA-256 of the number"),
    ("cut", |row| HEXLOWER.encode(&sha_256(&row.text))[..16].to_owned(), "SHA-256 of the number"),
    ("the end", |row| HEXLOWER.encode(&sha_256(&row.text))[40..].to_owned(), "SHA-256 of the number"),
    ("base64, cut", |row| BASE64.encode(&sha_256(&row.text))[..20].to_owned(), "SHA-256 of the number"),
    ("base64, cut within a group", |row| BASE64.encode(&sha_256(&row.text))[..21].to_owned(), "SHA-256 of the number"),
    ("in text", |row| format!("会員 ref={};ok", HEXLOWER.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("with hyphens", |row| HEXLOWER.encode(&sha_256(with_hyphens(&row.text))), "SHA-256 of the number"),
    ("a line", |row| HEXLOWER.encode(&sha_256(format!("{}\n", row.text))), "SHA-256 of the number"),
    (
        "UTF-16",
        |row| HEXLOWER.encode(&sha_256(row.text.bytes().flat_map(|b| [b, 0]).collect::<Vec<_>>())),
        "SHA-256 of the number",
    ),
    (
        "full width",
        |row| HEXLOWER.encode(&sha_256(in_signs(&row.text, "０１２３４５６７８９"))),
        "SHA-256 of the number",
    ),
    ("without zeros", |row| HEXLOWER.encode(&sha_256(value(row).to_string())), "SHA-256 of the number"),
    ("body", |row| HEXLOWER.encode(&sha_256(&row.text[..11])), "SHA-256 of the number"),
    ("integer", |row| HEXLOWER.encode(&sha_256(value(row).to_le_bytes())), "SHA-256 of the number"),
    ("MD5", |row| HEXLOWER.encode(&md5(&row.text)), "MD5 of the number"),
    ("MD5 as UUID", |row| uuid(md5(&row.text).first_chunk().expect("16")), "MD5 of the number"),
    (
        "MD5 with colons",
        |row| {
            HEXLOWER
                .encode(&md5(&row.text))
                .as_bytes()
                .chunks(2)
                .map(|b| String::from_utf8_lossy(b))
                .collect::<Vec<_>>()
                .join(":")
        },
        "MD5 of the number",
    ),
    ("SHA-1", |row| HEXLOWER.encode(&sha1::Sha1::digest(&row.text)), "SHA-1 of the number"),
    ("SHA-224", |row| HEXLOWER.encode(&sha2::Sha224::digest(&row.text)), "SHA-224 of the number"),
    ("SHA-384", |row| HEXLOWER.encode(&sha2::Sha384::digest(&row.text)), "SHA-384 of the number"),
    ("SHA-512", |row| BASE64.encode(&sha2::Sha512::digest(&row.text)), "SHA-512 of the number"),
    ("SHA3-256", |row| HEXLOWER.encode(&sha3::Sha3_256::digest(&row.text)), "SHA3-256 of the number"),
    ("RIPEMD-160", |row| HEXLOWER.encode(&ripemd::Ripemd160::digest(&row.text)), "RIPEMD-160 of the number"),
    ("BLAKE2s", |row| HEXLOWER.encode(&Blake2s256::digest(&row.text)), "BLAKE2s of the number"),
    (
        "XXH64 as Spark has it",
        |row| twox_hash::XxHash64::oneshot(42, row.text.as_bytes()).cast_signed().to_string(),
        "XXH64 of the number",
    ),
    ("base64 of the digits", |row| BASE64.encode(row.text.as_bytes()), "the number"),
    ("hexadecimal of the digits", |row| HEXLOWER.encode(row.text.as_bytes()), "the number"),
    ("the symbol, hexadecimal", |row| format!("0x{}", HEXLOWER.encode(&row.symbol)), "the row's symbol"),
    ("the symbol, base64", |row| BASE64.encode(&row.symbol), "the row's symbol"),
    ("the symbol, UUID", |row| uuid(&row.symbol), "the row's symbol"),
    ("the symbol, cut", |row| HEXLOWER.encode(&row.symbol[..8]), "the row's symbol"),
    (
        "the symbol, backwards",
        |row| HEXLOWER.encode(&row.symbol.iter().rev().copied().collect::<Vec<u8>>()),
        "the row's symbol",
    ),
    ("a digest of the symbol", |row| HEXLOWER.encode(&sha_256(row.symbol)), "SHA-256 of the row's symbol"),
    (
        "a digest of its text",
        |row| HEXLOWER.encode(&md5(TextEncoder::new(Purpose::Agency, KeyTag::from_bytes(TAG)).encode(&row.symbol))),
        "MD5 of the row's symbol",
    ),
];

/// The same with other characters before, between or after them, and transforms whose parameters anybody knows.
const DRESSED: [Transform; 31] = [
    ("id-", |row| format!("id-{}", HEXLOWER.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("d", |row| format!("d{}", HEXLOWER.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("v1:", |row| format!("v1:{}", HEXLOWER.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("urn:uuid:", |row| format!("urn:uuid:{}", &uuid(&row.symbol)[1..37]), "the row's symbol"),
    ("id: symbol", |row| format!("id: {}", HEXLOWER.encode(&row.symbol)), "the row's symbol"),
    (
        "a year and a part",
        |row| format!("2026-{}", &HEXLOWER.encode(&sha_256(&row.text))[..16]),
        "SHA-256 of the number",
    ),
    (
        "a part and a day",
        |row| format!("{} 2026-04-01", &HEXLOWER.encode(&sha_256(&row.text))[..16]),
        "SHA-256 of the number",
    ),
    (
        "a day and a part",
        |row| format!("20260401{}", &HEXLOWER.encode(&sha_256(&row.text))[..32]),
        "SHA-256 of the number",
    ),
    ("the middle", |row| HEXLOWER.encode(&md5(&row.text))[8..24].to_owned(), "MD5 of the number"),
    ("sha256-", |row| format!("sha256-{}", BASE64.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    (
        "a path",
        |row| format!("https://x.jp/u/{}", BASE64URL_NOPAD.encode(&sha_256(&row.text))),
        "SHA-256 of the number",
    ),
    ("id/", |row| format!("id/{}", BASE64URL_NOPAD.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("SHA-512/224", |row| HEXLOWER.encode(&sha2::Sha512_224::digest(&row.text)), "SHA-512/224 of the number"),
    ("SHA3-224", |row| HEXLOWER.encode(&sha3::Sha3_224::digest(&row.text)), "SHA3-224 of the number"),
    ("SHA3-384", |row| HEXLOWER.encode(&sha3::Sha3_384::digest(&row.text)), "SHA3-384 of the number"),
    ("BLAKE2b, 16 bytes", |row| HEXLOWER.encode(&Blake2b::<U16>::digest(&row.text)), "BLAKE2b of the number"),
    ("BLAKE2b, 32 bytes", |row| HEXLOWER.encode(&Blake2b::<U32>::digest(&row.text)), "BLAKE2b of the number"),
    ("BLAKE2s, 16 bytes", |row| HEXLOWER.encode(&Blake2s::<U16>::digest(&row.text)), "BLAKE2s of the number"),
    ("UUID 5", |row| named(&row.text, 5), "UUID of version 5 of the number"),
    ("UUID 3", |row| named(&row.text, 3), "UUID of version 3 of the number"),
    (
        "little-endian integer",
        |row| u64::from_le_bytes(*sha_256(&row.text).first_chunk().expect("8")).to_string(),
        "SHA-256 of the number",
    ),
    ("the symbol, decimal", |row| u128::from_be_bytes(row.symbol).to_string(), "the row's symbol"),
    ("the symbol's text without its part", |row| own_text(row)[6..].to_owned(), "the row's symbol, in text form"),
    ("the symbol's text, cut", |row| own_text(row)[..38].to_owned(), "the row's symbol, in text form"),
    (
        "the symbol's text with hyphens",
        |row| own_text(row).as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-"),
        "the row's symbol, in text form",
    ),
    (
        "with a space within",
        |row| format!("{} {}", &own_text(row)[..20], &own_text(row)[20..]),
        "the row's symbol, in text form",
    ),
    (
        "with what nobody sees within",
        |row| format!("{}\u{200B}{}", &own_text(row)[..20], &own_text(row)[20..]),
        "the row's symbol, in text form",
    ),
    (
        "with colons",
        |row| {
            HEXUPPER.encode(&row.symbol).as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(":")
        },
        "the row's symbol",
    ),
    ("a quarter of SHA-512", |row| HEXLOWER.encode(&sha2::Sha512::digest(&row.text)[16..32]), "SHA-512 of the number"),
    ("in JSON", |row| format!("{{\"id\":\"{}\"}}", HEXLOWER.encode(&sha_256(&row.text))), "SHA-256 of the number"),
    ("in brackets", |row| format!("(0x{})", HEXUPPER.encode(&row.symbol)), "the row's symbol"),
];

fn own_text(row: &Row) -> String {
    TextEncoder::new(Purpose::Agency, KeyTag::from_bytes(TAG)).encode(&row.symbol).to_string()
}

/// UUID of a name in the namespace of object identifiers (RFC 9562).
fn named(text: &str, version: u8) -> String {
    let namespace = HEXLOWER.decode(b"6ba7b8129dad11d180b400c04fd430c8").expect("hexadecimal");
    let name = [&namespace[..], text.as_bytes()].concat();
    let mut bytes: [u8; 16] =
        if version == 5 { *sha1::Sha1::digest(name).first_chunk().expect("20") } else { md5::Md5::digest(name).into() };
    bytes[6] = bytes[6] & 0x0F | version << 4;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    uuid(&bytes)
}

#[test]
fn the_uuid_of_a_published_name_is_the_published_one() {
    // RFC 9562, A.4: www.example.com in the namespace of DNS names.
    let namespace = HEXLOWER.decode(b"6ba7b8109dad11d180b400c04fd430c8").expect("hexadecimal");
    let digest = sha1::Sha1::digest([&namespace[..], b"www.example.com"].concat());
    assert_eq!(HEXLOWER.encode(&digest)[..12], *"2ed6657de927");
}

/// Columns computed by arithmetic or digit by digit. More than half of the cells are needed.
const BY_VALUES: [Transform; 31] = [
    ("backwards", |row| row.text.chars().rev().collect(), "backwards"),
    (
        "one digit off",
        |row| format!("{}{}{}", &row.text[..5], (row.text.as_bytes()[5] - b'0' + 1) % 10, &row.text[6..]),
        "one or two digits replaced",
    ),
    ("masked", |row| format!("{}*{}", &row.text[..4], &row.text[5..]), "one or two digits replaced"),
    (
        "masked anywhere",
        |row| {
            let at = row.random as usize % 12;
            format!("{}X{}", &row.text[..at], &row.text[at + 1..])
        },
        "one or two digits replaced",
    ),
    (
        "two masked, in groups",
        |row| with_hyphens(&format!("{}**{}", &row.text[..6], &row.text[8..])),
        "one or two digits replaced",
    ),
    ("plus one", |row| (value(row) + 1).to_string(), "plus or minus something small"),
    ("times and plus", |row| (value(row) * 7 + 123_456_789).to_string(), "times a constant"),
    ("complement", |row| (999_999_999_999 - value(row)).to_string(), "times a constant"),
    ("the body, moved", |row| (value(row) / 10 + 5_000_000_000_000).to_string(), "times a constant"),
    ("a fraction", |row| format!("{}.{:06}", value(row) / 1_000_000, value(row) % 1_000_000), "times a constant"),
    ("hexadecimal integer", |row| format!("0x{:x}", value(row) + 77_777), "times a constant"),
    ("exclusive or", |row| (value(row) ^ 0x5A_5A5A_5A5A).to_string(), "exclusive or"),
    ("turned by four", |row| format!("{}{}", &row.text[4..], &row.text[..4]), "digits of the number"),
    (
        "in pairs",
        |row| {
            (0..6).flat_map(|i| [row.text.as_bytes()[2 * i + 1], row.text.as_bytes()[2 * i]].map(char::from)).collect()
        },
        "digits of the number",
    ),
    ("kanji", |row| in_signs(&row.text, "〇一二三四五六七八九"), "digits of the number"),
    ("Arabic-Indic", |row| in_signs(&row.text, "٠١٢٣٤٥٦٧٨٩"), "digits of the number"),
    ("circled, after text", |row| format!("番号{}", in_signs(&row.text, "⓪①②③④⑤⑥⑦⑧⑨")), "digits of the number"),
    ("bold", |row| in_signs(&row.text, "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"), "digits of the number"),
    ("letters of a secret alphabet", |row| in_signs(&row.text, "qpzmwoxnei"), "digits of the number"),
    (
        "behind something of any length",
        |row| format!("{}:{}", "x".repeat(row.at % 9), in_signs(&row.text, "ABCDEFGHIJ")),
        "digits of the number",
    ),
    ("in an address", |row| each_digit(row, |b| format!("%{b:02X}")), "the number"),
    ("in JSON", |row| each_digit(row, |b| format!("\\u{b:04x}")), "digits of the number"),
    ("in HTML", |row| each_digit(row, |b| format!("&#{b};")), "digits of the number"),
    ("five digits", |row| row.text[3..8].to_owned(), "5 digits of the number"),
    ("masked but four", |row| format!("********{}", &row.text[8..]), "4 digits of the number"),
    (
        "three of four rows",
        |row| {
            if row.at % 4 == 0 {
                format!("{:012}", row.random % 1_000_000_000_000)
            } else {
                row.text.chars().rev().collect()
            }
        },
        "backwards",
    ),
    (
        "and empty ones",
        |row| if row.at % 3 > 0 { String::new() } else { row.text.chars().rev().collect() },
        "backwards",
    ),
    ("the body, backwards", |row| row.text[..11].chars().rev().collect(), "backwards"),
    ("backwards, times and plus", |row| (backwards(row) * 3 + 17).to_string(), "backwards, times a constant"),
    ("plus almost a thousand", |row| (value(row) + 999).to_string(), "plus or minus something small"),
    ("hexadecimal, times and plus", |row| format!("{:x}", value(row) * 7 + 5), "times a constant"),
];

#[test]
fn columns_made_of_numbers_or_symbols_are_found() {
    let all = rows(3_000);
    for (name, transform, what) in BY_BYTES.iter().chain(&DRESSED).chain(&BY_VALUES) {
        for count in [3_000, 40] {
            let found = judged(&all[..count], &[&|row: &Row| format!("memo {}", row.at % 50), transform]);
            let (columns, found) = found.unwrap_or_else(|| panic!("{name}, {count} rows: not found"));
            assert_eq!(columns, [1], "{name}");
            assert!(found.contains(what) || found == "the number", "{name}, {count} rows: {found}");
        }
    }
}

#[test]
fn one_digest_among_many_cells_is_found_and_a_short_one_needs_more_than_half() {
    let all = rows(40);
    for (name, transform, what) in BY_BYTES {
        let found =
            judged(&all, &[&|row: &Row| if row.at == 17 { transform(row) } else { format!("{:032x}", row.random) }]);
        assert!(found.is_some_and(|(_, found)| found.contains(what)), "{name}");
    }
    let crc = |row: &Row| format!("{:08x}", crc32fast::hash(row.text.as_bytes()));
    assert_eq!(judged(&all, &[&crc]).expect("found").1, "CRC-32 of the number");
    let some = |row: &Row| if row.at < 3 { crc(row) } else { format!("{:08x}", row.random as u32) };
    assert_eq!(judged(&all, &[&some]), None);
}

#[test]
fn more_than_half_of_the_cells_are_needed_for_values() {
    let all = rows(100);
    // One for each way of reading the cells.
    let names = ["backwards", "plus one", "masked", "times and plus", "backwards, times and plus", "exclusive or"];
    for name in names {
        let (_, transform, what) = BY_VALUES.iter().find(|(known, ..)| *known == name).expect("a transform");
        for other in [|row: &Row| (row.random % 1_000_000_000_000).to_string(), |_: &Row| "memo".to_owned()] {
            let of_ten = |most: usize| {
                judged(&all, &[&|row: &Row| if (row.at + 4) % 10 < most { transform(row) } else { other(row) }])
            };
            assert_eq!(of_ten(5), None, "{name}");
            assert!(of_ten(6).is_some_and(|(_, found)| found.contains(what)), "{name}");
        }
        let one = |row: &Row| if row.at == 17 { transform(row) } else { "memo".to_owned() };
        assert_eq!(judged(&all, &[&one]), None, "{name}");
    }
}

#[test]
fn short_parts_of_a_digest_are_found_at_both_ends_in_more_than_half_of_the_cells() {
    let all = rows(40);
    let ends: [Column; 2] =
        [|row| HEXLOWER.encode(&sha_256(&row.text)[..6]), |row| HEXLOWER.encode(&sha_256(&row.text)[26..])];
    for end in ends {
        let of_four = |most: usize| {
            let column = |row: &Row| if row.at % 4 < most { end(row) } else { format!("{:012x}", row.random >> 16) };
            judged(&all, &[&column]).map(|(_, found)| found)
        };
        let found = || Some("SHA-256 of the number".to_owned());
        assert_eq!([of_four(2), of_four(3), of_four(4)], [None, found(), found()]);
    }
}

#[test]
fn what_only_the_key_decides_in_a_text_form_tells_nothing() {
    // Five letters, the separator, version and key tag.
    assert_eq!(judged(&rows(40), &[&|row: &Row| own_text(row)[..13].to_owned()]), None);
    assert!(judged(&rows(40), &[&|row: &Row| own_text(row)[13..38].to_owned()]).is_some());
}

#[test]
fn a_sample_has_all_of_few_rows_and_about_256_to_512_of_many_spread_over_them() {
    let chosen = |rows: usize| Sample::new(1, Vec::new()).next(rows);
    assert_eq!(chosen(512), (0..512).collect::<Vec<_>>());
    for rows in [513, 1_000, 4_096, 100_000, 1_000_003] {
        let chosen = chosen(rows);
        assert!((240..=530).contains(&chosen.len()), "{} of {rows}", chosen.len());
        let longest = chosen.windows(2).map(|pair| pair[1] - pair[0]).max().expect("rows");
        assert!(longest <= 8 * rows / chosen.len(), "a gap of {longest} in {rows}");
    }
    assert_eq!(Sample::new(0, Vec::new()).next(10), [0; 0]);
}

#[test]
fn digits_over_two_columns_are_found_together() {
    let all = rows(100);
    let (first, second) = (|row: &Row| row.text[..3].to_owned(), |row: &Row| row.text[9..].to_owned());
    assert_eq!(judged(&all, &[&first]), None);
    let found = judged(&all, &[&first, &|row: &Row| row.at.to_string(), &second]).expect("found");
    assert_eq!(found, (vec![0, 2], "6 digits of the number, each at its own position".to_owned()));
}

#[test]
fn few_rows_are_enough_for_what_chance_does_not_make() {
    let all = rows(12);
    for (name, transform, what) in BY_BYTES.iter().chain(&BY_VALUES[..12]) {
        let found = judged(&all, &[transform]);
        assert!(found.is_some_and(|(_, found)| found.contains(what)), "{name}");
    }
    for (name, transform, what) in BY_BYTES.iter().chain(&BY_VALUES[..6]) {
        let found = judged(&all[..1], &[transform]);
        assert!(found.is_some_and(|(_, found)| found.contains(what)), "{name}, one row");
    }
}

/// Ordinary columns of rosters.
const ORDINARY: [(&str, Column); 22] = [
    ("prefecture", |row| format!("{:02}", row.random % 47 + 1)),
    ("municipality", |row| format!("{:05}", 1_000 + row.random % 46_000)),
    ("place", |row| ["東京都", "北海道", "沖縄県", ""][row.random as usize % 4].to_owned()),
    ("name", |row| ["Satou Hanako", "SUZUKI Ichirou", "takahashi"][row.random as usize % 3].to_owned()),
    ("birth", |row| format!("{}-{:02}-{:02}", 1930 + row.random % 90, row.random % 12 + 1, row.random % 28 + 1)),
    ("birth, plain", |row| format!("{}{:02}{:02}", 1930 + row.random % 90, row.random % 12 + 1, row.random % 28 + 1)),
    ("telephone", |row| format!("090-{:04}-{:04}", row.random % 10_000, row.random / 10_000 % 10_000)),
    ("amount", |row| (row.random % 9_000_000 * 10).to_string()),
    ("fraction", |row| format!("{:.2}", (row.random % 1_000_000) as f64 / 100.0)),
    ("row", |row| row.at.to_string()),
    ("row with zeros", |row| format!("{:010}", row.at)),
    ("rows down", |row| (1_000_000 - row.at).to_string()),
    ("UUID", |row| {
        uuid(&[row.random.to_le_bytes(), (!row.random).rotate_left(17).to_be_bytes()].concat().try_into().expect("16"))
    }),
    ("random id", |row| HEXLOWER.encode(&row.random.to_le_bytes())),
    ("random short id", |row| format!("{:08x}", row.random as u32)),
    ("digest of the row", |row| HEXLOWER.encode(&sha_256(row.at.to_string()))),
    ("base64 id", |row| BASE64.encode(&sha_256(row.random.to_le_bytes()))),
    ("time", |row| {
        format!("2026-11-{:02}T09:{:02}:{:02}+09:00", row.random % 30 + 1, row.random % 60, row.random % 59)
    }),
    ("code of 12 digits", |row| format!("{:012}", row.random % 1_000_000_000_000)),
    ("code of 13 digits", |row| format!("{:013}", row.random % 10_000_000_000_000)),
    ("sex", |row| (row.random % 2 + 1).to_string()),
    ("nothing", |_| String::new()),
];

#[test]
fn ordinary_columns_are_not_found_to_be_made_of_anything() {
    for count in [3_000, 500, 100, 40, 30, 29, 20, 12, 10, 4, 2, 1] {
        let all = rows(count);
        for (name, column) in ORDINARY {
            assert_eq!(judged(&all, &[&column]), None, "{name}, {count} rows");
        }
        let together: Vec<&dyn Fn(&Row) -> String> =
            ORDINARY.iter().map(|(_, column)| column as &dyn Fn(&Row) -> String).collect();
        assert_eq!(judged(&all, &together), None, "{count} rows");
    }
}

/// Prints how often random columns of few rows are refused: chance refuses these more often than columns of many rows.
#[test]
fn false_alarms_are_rare() {
    let mut random = Random(99);
    for (count, tries) in [(10, 600), (29, 200), (30, 200), (100, 50)] {
        let alarms = (0..tries).filter(|_| {
            let mut all = rows(count);
            all.iter_mut().for_each(|row| {
                row.number = random.number();
                row.random = random.next();
            });
            let digits = |row: &Row| format!("{:020}", row.random);
            let signs = |row: &Row| HEXLOWER.encode(&row.random.rotate_left(9).to_le_bytes());
            judged(&all, &[&digits, &signs]).is_some()
        });
        let alarms = alarms.count();
        println!("{count} rows: {alarms} of {tries} rosters with two random columns refused");
        assert_eq!(alarms, 0, "{count} rows");
    }
}

type MadeUp = fn(u64) -> String;

/// A payment card's number with its check digit (ISO/IEC 7812-1), in groups.
fn card(random: u64) -> String {
    let body = format!("{:015}", random % 1_000_000_000_000_000);
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 })
        .map(|value| value / 10 + value % 10)
        .sum();
    let whole = format!("{body}{}", (10 - sum % 10) % 10);
    format!("{}-{}-{}-{}", &whole[..4], &whole[4..8], &whole[8..12], &whole[12..])
}

/// Ordinary cells, with the fewest and the most of 1,000 cells in which another person's number may be found.
const CODES: [(&str, MadeUp, [f64; 2]); 10] = [
    ("random code of 12 digits", |r| format!("{:012}", r % 1_000_000_000_000), [97.0, 103.0]),
    ("amount of 12 digits that ends in 0", |r| format!("{:011}0", r % 100_000_000_000), [178.0, 186.0]),
    ("code of 11 digits", |r| format!("{:011}", r % 100_000_000_000), [0.0, 0.0]),
    ("corporate number, 13 digits", |r| format!("{:013}", r % 10_000_000_000_000), [0.0, 0.0]),
    ("payment card, 4-4-4-4", card, [0.0, 0.0]),
    ("telephone", |r| format!("090-{:04}-{:04}", r % 10_000, r / 10_000 % 10_000), [0.0, 0.0]),
    (
        "time to the minute, 12 digits",
        |r| format!("{}{:02}{:02}{:02}{:02}", 1950 + r % 100, r % 12 + 1, r % 28 + 1, r / 128 % 24, r / 4096 % 60),
        [0.0, 0.0],
    ),
    ("time to the second, 14 digits", |r| format!("20261128{:06}", r % 1_000_000), [0.0, 0.0]),
    (
        "UUID",
        |r| {
            let d = uuid(sha_256(r.to_le_bytes()).first_chunk().expect("32"));
            d[1..37].to_owned()
        },
        [0.0, 0.1],
    ),
    ("SHA-256 in hexadecimal", |r| HEXLOWER.encode(&sha_256(r.to_le_bytes())), [0.0, 0.0]),
];

/// Prints in how many cells of ordinary columns another person's number is found.
#[test]
fn rates_of_false_alarms_are_those_that_documents_name() {
    const CELLS: u32 = 200_000;
    let mut random = Random(5);
    for (name, cell, [least, most]) in CODES {
        let found = (0..CELLS).filter(|_| Codes::of(&cell(random.next())).valid > 0).count();
        let rate = 1_000.0 * found as f64 / f64::from(CELLS);
        println!("{name}: {rate:.1} of 1,000 cells");
        assert!((least..=most).contains(&rate), "{name}: {rate:.3}");
    }
}

#[test]
fn rosters_whose_numbers_count_rows_keep_columns_that_count_rows() {
    let mut all = rows(300);
    for (i, row) in all.iter_mut().enumerate() {
        let body = format!("{:011}", 700_000 + i);
        row.text = format!("{body}{}", MyNumber::check_digit(&body).expect("eleven digits"));
        row.number = row.text.parse().expect("a number");
    }
    assert_eq!(judged(&all, &[&|row: &Row| row.at.to_string()]), None);
    assert_eq!(judged(&all, &[&|row: &Row| format!("P{:06}", 700_000 + row.at)]), None);
    assert!(judged(&all, &[&|row: &Row| HEXLOWER.encode(&md5(&row.text))]).is_some());
}

#[test]
fn insurers_symbols_and_their_digests_are_found() {
    let encoder = TextEncoder::new(Purpose::Insurers, KeyTag::from_bytes(TAG));
    let columns: [&dyn Fn(&Row) -> String; 3] =
        [&|row| BASE64.encode(&row.symbol), &|row| HEXUPPER.encode(&sha_256(row.symbol)), &|row| {
            HEXLOWER.encode(&sha_256(encoder.encode(&row.symbol)))
        }];
    for column in columns {
        let mut sample = Sample::new(1, Vec::new());
        let all = rows(5);
        for row in sample.next(5) {
            let person = Person::Insurers(all[row].symbol, encoder);
            sample.take(row, person, vec![[9; 16]], [&*column(&all[row])].into_iter());
        }
        assert!(sample.judge().expect("found").to_string().ends_with("the insurers' symbol"));
    }
}

type Cut = fn(&str) -> String;

#[test]
fn a_part_of_a_text_form_is_found_whosever_it_is_in_either_direction() {
    let insurers = TextEncoder::new(Purpose::Insurers, KeyTag::from_bytes(TAG));
    let eligibility = TextEncoder::new(Purpose::Eligibility, KeyTag::from_bytes(TAG));
    let cuts: [(&str, Cut); 7] = [
        ("without the last character", |text| text[..text.len() - 1].to_owned()),
        ("without the checksum", |text| text[..text.len() - 6].to_owned()),
        ("without the human-readable part", |text| text[7..].to_owned()),
        ("the first thirty characters", |text| text[..30].to_owned()),
        ("twelve characters", |text| text[text.len() - 18..text.len() - 6].to_owned()),
        ("backwards", |text| text.chars().rev().collect()),
        ("in another case", |text| text[8..30].to_uppercase()),
    ];
    let all = rows(5);
    for (name, cut) in cuts {
        for (encoder, whose) in [(&insurers, "the insurers' symbol"), (&eligibility, "the row's symbol")] {
            let mut sample = Sample::new(1, vec![eligibility]);
            for row in sample.next(5) {
                let person = Person::Insurers(all[row].symbol, insurers);
                let cell = cut(&encoder.encode(if whose.starts_with("the row") { &[9; 16] } else { &all[row].symbol }));
                sample.take(row, person, vec![[9; 16]], [&*cell].into_iter());
            }
            let made = sample.judge().map(|made| made.to_string());
            assert_eq!(made, Some(format!("{whose}, in text form")), "{name}");
        }
    }
}

#[test]
fn a_cell_is_searched_for_the_rows_number_any_number_and_symbols() {
    let all = rows(2);
    let [own, other] = [&all[0], &all[1]];
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes(TAG));
    let symbol = encoder.encode(&own.symbol);
    let wide =
        |text: &str| text.chars().map(|c| char::from_u32(0xFEE0 + c as u32).expect("full width")).collect::<String>();
    let dashed = |text: &str| text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
    let found = |cell: &str, other_codes: bool| {
        let owner = Owner::Number { numbers: [&own.number, &own.number], lineage: None };
        let cells = |text| {
            [Cell { place: 0, text: "x", is_count: false }, Cell { place: 1, text, is_count: false }].into_iter()
        };
        let mut codes = vec![Codes::default(); 2];
        let result = search(|| cells(cell), owner, &[false, other_codes], &mut codes);
        (result, codes[1].shapes, codes[1].valid)
    };
    for cell in [own.text.clone(), with_hyphens(&own.text), format!("No.{}x", own.text), own.text[..11].to_owned()] {
        assert_eq!(found(&cell, true).0, Err((1, KeptFault::OwnNumber)), "{cell}");
    }
    for cell in [other.text.clone(), with_hyphens(&other.text), in_signs(&other.text, "０１２３４５６７８９")]
    {
        assert_eq!(found(&cell, false).0, Err((1, KeptFault::OtherNumber)), "{cell}");
        assert_eq!(found(&cell, true), (Ok(()), 1, 1), "{cell}");
    }
    for cell in [
        symbol.to_string(),
        format!("ref={}", symbol.to_uppercase()),
        format!("x{symbol}y"),
        wide(&symbol),
        dashed(&symbol),
        format!("{}\u{200B} {}", &symbol[..9], &symbol[9..]),
    ] {
        assert_eq!(found(&cell, true).0, Err((1, KeptFault::Symbol)), "{cell}");
    }
    for cell in ["123456789012", "20261128123456", "090-1234-5678", "東京都千代田区", ""] {
        assert_eq!(found(cell, false).0, Ok(()), "{cell}");
    }
}

#[test]
fn digits_of_other_people_and_of_none_are_not_the_rows_number() {
    let numbers = rows(4);
    let lineage = Lineage::new(vec![(numbers[1].number.clone(), numbers[0].number.clone())]).expect("a chain");
    let of = |number: &MyNumber, lineage: Option<&Lineage>, text: &str| {
        let owner = Owner::Number { numbers: [number, number], lineage };
        let cells = || std::iter::once(Cell { place: 0, text, is_count: false });
        search(cells, owner, &[true], &mut [Codes::default()])
    };
    let own = &numbers[0].number;
    assert_eq!(of(own, Some(&lineage), &numbers[1].text), Err((0, KeptFault::OwnNumber)));
    assert_eq!(of(own, None, &numbers[1].text), Ok(()));
    for other in [numbers[2].text.as_str(), "090-1234-5678", "20261128123456"] {
        assert_eq!(of(own, Some(&lineage), other), Ok(()), "{other}");
    }
    // Of a number with many zeros in front, nine digits are needed.
    let body = "00000000001";
    let small = format!("{body}{}", MyNumber::check_digit(body).expect("eleven digits"));
    let small: MyNumber = small.parse().expect("a number");
    let text = String::from_utf8(small.expose_digits().to_vec()).expect("digits");
    assert_eq!(of(&small, None, &text[3..]), Err((0, KeptFault::OwnNumber)));
    for other in [format!("2026{}2026", &text[6..]), format!("987654321{}", &text[4..])] {
        assert_eq!(of(&small, None, &other), Ok(()), "{other}");
    }
    let no_symbol = format!("abcdef1{}", "q".repeat(38));
    assert_eq!(of(own, None, &no_symbol), Ok(()));
}

#[test]
fn each_fault_says_what_a_cell_holds() {
    for (fault, words) in [
        (KeptFault::OwnNumber, "the row's own number"),
        (KeptFault::OtherNumber, "a valid MyNumber"),
        (KeptFault::Symbol, "a symbol"),
    ] {
        assert!(fault.to_string().contains(words), "{fault}");
    }
}
