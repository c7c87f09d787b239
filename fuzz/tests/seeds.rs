//! Seeds that no hand writes: key files, shares, notes, policies, manifests, tables. `FUGO_WRITE_SEEDS=1 cargo test
//! --manifest-path fuzz/Cargo.toml --test seeds` writes them into the corpora; without it they are compared.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use age::secrecy::SecretString;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
    Float64Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray, UInt8Array,
    types::{Int8Type, Int32Type},
};
use fugo::{RootKey, Scope};
use fugo_cli::fuzzing;
use fugo_keystore::{Key, KeyFile, LedgerKeyFile, Note, NoteSigner, Seal, SealedKeyFile, SigningKeyFile, Unlock, Use};
use parquet::{
    arrow::ArrowWriter,
    basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties, WriterVersion},
};
use serde_json::json;

type Seeds = BTreeMap<String, Vec<u8>>;

#[test]
fn the_committed_seeds_are_those_that_are_made_here() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let is_written = std::env::var_os("FUGO_WRITE_SEEDS").is_some();
    let targets = [
        ("scope", scopes()),
        ("kernel", kernel()),
        ("key_file", key_files()),
        ("share", shares()),
        ("registry", registries()),
        ("note", notes()),
        ("grant", grants()),
        ("policy", policies()),
        ("manifest", manifests()),
        ("record", records()),
        ("c_calls", calls()),
        ("table", tables()),
        ("cp932", texts_in_cp932()),
        ("lineage", lineages()),
        ("recipients", recipients()),
        ("report", reports()),
        ("ledger", ledgers()),
        ("archive", archives()),
    ];
    for (target, seeds) in targets {
        fs::create_dir_all(folder.join(target)).expect("a folder");
        for (name, bytes) in seeds {
            let path = folder.join(target).join(&name);
            if is_written {
                fs::write(path, bytes).expect("written");
            } else {
                // Tables name the version of the crate that wrote them.
                let found = fs::read(path).unwrap_or_else(|error| panic!("{target}/{name}: {error}"));
                assert!(target == "table" || found == bytes, "{target}/{name}");
            }
        }
    }
}

fn seeds<const N: usize>(pairs: [(&str, &str); N]) -> Seeds {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

fn scopes() -> Seeds {
    let long = format!("network/{}/4294967295", "a".repeat(40));
    seeds([
        ("agency", "agency/nta/1"),
        ("insurers", "insurers/all/1"),
        ("insurers-of-one", "insurers/nta/1"),
        ("eligibility", "eligibility/all/2"),
        ("longest", &long),
        ("too-long", &long.replace("/a", "/aa")),
        ("research", "research/a-1/10"),
        ("registry", "registry/x/3"),
        ("portal", "portal/0/1"),
        ("epoch-zero", "agency/nta/0"),
        ("epoch-leading-zero", "agency/nta/01"),
        ("epoch-plus", "agency/nta/+1"),
        ("epoch-too-large", "agency/nta/4294967296"),
        ("hyphen-first", "agency/-a/1"),
        ("upper-case", "agency/NTA/1"),
        ("four-parts", "agency/nta/1/"),
        ("unknown-purpose", "ministry/nta/1"),
        ("two", "agency/a/1\nagency/a/11"),
        ("two-with-moved-letters", "agency/a-1/1\nagency/a/11"),
        ("tag", "7c2cb2a1"),
        ("epoch", "4294967295"),
        ("full-width", "agency/ｎｔａ/1"),
    ])
}

fn kernel() -> Seeds {
    let seed = |root: u8, keys: u8, size: u8, more: u8, bodies: &[u64]| -> Vec<u8> {
        let bodies = bodies.iter().flat_map(|body| body.to_be_bytes()[3..].to_vec());
        [root; 32].into_iter().chain([keys, size, more]).chain(bodies).collect()
    };
    [
        ("one", seed(1, 0, 1, 1, &[12_345_678_901])),
        ("none", seed(1, 0, 0, 1, &[1])),
        ("sixty-three", seed(2, 0, 63, 1, &[1])),
        ("sixty-four", seed(2, 1, 64, 1, &[99_999_999_999])),
        ("sixty-five", seed(2, 3, 65, 1, &[1, 2])),
        ("eight-keys", seed(3, 7, 9, 1, &[12_345_678_901, 1])),
        ("nine-keys", seed(3, 8, 130, 1, &[12_345_678_901, 1])),
        ("chunks", seed(4, 3, 10, 160, &[5])),
        ("zero-is-left-out", seed(5, 0, 7, 1, &[0, 99_999_999_999])),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

fn root() -> RootKey {
    RootKey::from_bytes(&std::array::from_fn(|i| i as u8))
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

fn text(file: &KeyFile) -> String {
    String::from_utf8(file.to_bytes(&Seal::plaintext()).expect("a test key").to_vec()).expect("text")
}

fn signing_key(seed: u8) -> SigningKeyFile {
    // The id is that of the public key, which the file itself gives.
    let lines =
        |id: &str| format!("fugo-signing-key 1\nuse: test\nkey-id: {id}\nkey: {}\n", format!("{seed:02x}").repeat(32));
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a pair");
    let public = ring::signature::KeyPair::public_key(&pair);
    let id = ring::digest::digest(&ring::digest::SHA256, public.as_ref());
    let file = SealedKeyFile::from_bytes(lines(&data_encoding::HEXLOWER.encode(&id.as_ref()[..16])).as_bytes());
    SigningKeyFile::unlock(&file.expect("a key file"), &Unlock::default().with_test_keys()).expect("a test key")
}

fn key_files() -> Seeds {
    let of_root = text(&KeyFile::root(root(), Use::Test));
    let of_scope = text(&KeyFile::scope(root().scope_key(&scope("agency/nta/1")), Use::Test));
    let longest = text(&KeyFile::scope(root().scope_key(&scope("eligibility/all/4294967295")), Use::Test));
    let signing = fugo_keystore::fuzzing::signing_text(&signing_key(1)).to_string();
    let public = signing_key(1).public().to_string();
    let ledger = {
        let holder = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[9; 32]);
        let id = data_encoding::HEXLOWER.encode(&ring::hmac::sign(&holder, b"id\0").as_ref()[..16]);
        let text = format!("fugo-ledger-key 1\nuse: test\nkey-id: {id}\nkey: {}\n", "09".repeat(32));
        let file = SealedKeyFile::from_bytes(text.as_bytes()).expect("a key file");
        LedgerKeyFile::unlock(&file, &Unlock::default().with_test_keys()).expect("a test key");
        text
    };
    let mut seeds = seeds([
        ("root", &of_root),
        ("root-production", &of_root.replace("use: test", "use: production")),
        ("scope", &of_scope),
        ("scope-production", &of_scope.replace("use: test", "use: production")),
        ("longest", &longest),
        ("upper-case-key", &of_scope.to_uppercase().replace("KEY", "key")),
        ("other-tag", &of_scope.replace("tag: 7", "tag: 8")),
        ("crlf", &of_root.replace('\n', "\r\n")),
        ("no-end", of_root.trim_end()),
        ("epoch-leading-zero", &of_scope.replace("epoch: 1", "epoch: 01")),
        ("twice", &of_scope.replace("use: test\n", "use: test\nuse: test\n")),
        ("signing", &signing),
        ("public", &public),
        ("public-altered", &public.replace("key-id: ", "key-id: 0")),
        ("ledger", &ledger),
        ("age-scrypt", "age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 18\nbody\n--- mac\n"),
    ]);
    // An encrypted file has random bytes, so it is a constant of `tests/`.
    seeds.insert("age-x25519".to_owned(), include_bytes!("data/x25519.age").to_vec());
    seeds.insert("age-armored".to_owned(), include_bytes!("data/armored.age").to_vec());
    seeds.insert("age-passphrase".to_owned(), include_bytes!("data/passphrase.age").to_vec());
    seeds
}

/// `FUGO_WRITE_AGE=1` writes the encrypted files of `data/` anew: an identity that nobody has, and little work.
#[test]
fn encrypted_files_are_written_on_request() {
    if std::env::var_os("FUGO_WRITE_AGE").is_none() {
        return;
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    fs::create_dir_all(&folder).expect("a folder");
    let recipient = age::x25519::Identity::generate().to_public();
    let plaintext = text(&KeyFile::root(root(), Use::Test));
    fs::write(folder.join("x25519.age"), age::encrypt(&recipient, plaintext.as_bytes()).expect("encrypted"))
        .expect("written");
    let armored = age::encrypt_and_armor(&recipient, plaintext.as_bytes()).expect("encrypted");
    fs::write(folder.join("armored.age"), armored).expect("written");
    let mut passphrase = age::scrypt::Recipient::new(SecretString::from("for tests alone".to_owned()));
    passphrase.set_work_factor(4);
    fs::write(folder.join("passphrase.age"), age::encrypt(&passphrase, plaintext.as_bytes()).expect("encrypted"))
        .expect("written");
}

fn shares() -> Seeds {
    let file = KeyFile::root(root(), Use::Test);
    let Key::Root(_) = file.key() else { unreachable!("a root key") };
    let split = fugo_keystore::Share::split_with(&file, 2, 3, Counting(7)).expect("shares");
    let texts: Vec<String> = split.iter().map(|share| fugo_keystore::fuzzing::share_text(share).to_string()).collect();
    let line = texts[0].lines().nth(1).expect("a line").to_owned();
    let mut seeds = seeds([
        ("first", &texts[0]),
        ("third", &texts[2]),
        ("spoilt-line", &texts[0].replace(&line[20..24], "qqqq")),
        ("upper-case-line", &texts[0].replace(&line[7..], &line[7..].to_uppercase())),
        ("no-end", texts[1].trim_end()),
        ("one-check", &texts[0].split(',').next().map(|text| format!("{text}\n")).expect("checks")),
    ]);
    let joined = |threshold: u8, count: u8, picks: u8, edits: u8| -> Vec<u8> {
        [threshold, count, picks, edits].into_iter().chain([0x42; 32]).chain(*b"choice").collect()
    };
    for (name, bytes) in [
        ("joined-two-of-three", joined(2, 3, 2, 0)),
        ("joined-five-of-nine", joined(5, 9, 6, 0)),
        ("joined-edited", joined(2, 3, 2, 1)),
        ("joined-largest", joined(32, 32, 32, 0)),
        ("joined-refused", joined(5, 4, 2, 0)),
        ("joined-too-few", joined(3, 5, 1, 0)),
    ] {
        seeds.insert(name.to_owned(), bytes);
    }
    seeds
}

/// Bytes that count up: for shares of tests.
struct Counting(u8);

impl getrandom::rand_core::TryRng for Counting {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0 = self.0.wrapping_mul(5).wrapping_add(3);
        Ok(self.0.into())
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.try_next_u32().map(u64::from)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            *byte = self.try_next_u32()? as u8;
        }
        Ok(())
    }
}
impl getrandom::rand_core::TryCryptoRng for Counting {}

fn registries() -> Seeds {
    let now = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\n";
    let of = |lines: &str| format!("{now}{lines}");
    seeds([
        ("empty", ""),
        ("header", now),
        ("earlier", "purpose,scope,epoch,tag\nagency,nta,1,7c2cb2a1\ninsurers,all,1,01020304\n"),
        ("rotation", &of("agency,nta,1,7c2cb2a1,,2027-04-30,\nagency,nta,2,01020304,2027-04-01,,\n")),
        ("destroyed", &of("agency,nta,1,7c2cb2a1,2020-01-01,2027-04-30,2027-05-01\n")),
        ("leap-day", &of("research,a,1,7c2cb2a1,2028-02-29,9999-12-31,\n")),
        ("no-such-day", &of("research,a,1,7c2cb2a1,2027-02-29,,\n")),
        ("ends-first", &of("agency,nta,1,7c2cb2a1,2027-04-30,2027-04-01,\n")),
        ("newer-begins-first", &of("agency,nta,2,7c2cb2a1,2027-04-01,,\nagency,nta,1,01020304,2027-05-01,,\n")),
        ("tag-twice", &of("agency,nta,1,7c2cb2a1,,,\nagency,mof,1,7c2cb2a1,,,\n")),
        ("scope-twice", &of("agency,nta,1,7c2cb2a1,,,\nagency,nta,1,7c2cb2a1,,,2027-05-01\n")),
        ("of-this-check", &of("research,of-this-check,4294967295,f00df00d,,,\n")),
        ("crlf", &of("agency,nta,1,7c2cb2a1,,,\n").replace('\n', "\r\n")),
        ("no-end", of("agency,nta,1,7c2cb2a1,,,\n").trim_end()),
        ("four-in-seven", &of("agency,nta,1,7c2cb2a1\n")),
        ("day", "2028-02-29"),
    ])
}

fn signed(text: &str, signers: &[(&str, u8)]) -> String {
    let mut note = Note::new(text).expect("a text");
    signers.iter().for_each(|(name, seed)| note.sign(name, &signing_key(*seed)).expect("signed"));
    note.to_string()
}

fn notes() -> Seeds {
    let go = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
              — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let two = signed("a\n\nb\n", &[("tanaka", 1), ("sato", 2)]);
    seeds([
        ("of-go", go),
        ("signer-of-go", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        ("signer", &NoteSigner::new("tanaka", &signing_key(1).public()).expect("a signer").to_string()),
        ("text", "令和7年分の所得\n"),
        ("one", &signed("a\n", &[("tanaka", 1)])),
        ("two", &two),
        ("altered", &two.replace("b\n", "c\n")),
        ("of-another-key", &signed("a\n", &[("tanaka", 2)])),
        ("empty-text", "\n\n"),
        ("cr", "a\r\nb\n"),
        ("unseen", "a\u{202e}\n"),
        ("no-signature", "a\n\nb\n"),
    ])
}

const TERMS: &str = "fugo-grant 1\ngrant: 2026-0001\ninquirer: 年金機構\nprovider: 国税庁\nfrom: agency/nta/1 7c2cb2a1\n\
                     to: agency/nenkin/1 01020304\nitems: 所得\nlegal-basis: 番号法 19条8号\npurpose: 免除の審査\n\
                     not-before: 2026-11-01T00:00:00Z\nnot-after: 2026-11-02T00:00:00Z\nmost-people: 50000\nbreak-glass: no\n";

fn grants() -> Seeds {
    let signer = |name: &str, seed: u8| {
        let signer = NoteSigner::new(name, &signing_key(seed).public()).expect("a signer");
        format!("{name} = \"{signer}\"\n")
    };
    let policy = format!(
        "version = 1\nsignatures = 2\nbreak-glass-signatures = 1\nbreak-glass-hours = 24\n[signers]\n{}{}",
        signer("tanaka", 1),
        signer("sato", 2)
    );
    let under = |policy: &str, note: &str| format!("{policy}\0{note}");
    let two = signed(TERMS, &[("tanaka", 1), ("sato", 2)]);
    let emergency = TERMS.replace("glass: no", "glass: yes");
    seeds([
        ("terms", TERMS),
        ("terms-of-an-emergency", &emergency),
        ("terms-without-end", TERMS.trim_end()),
        ("terms-out-of-order", &TERMS.replace("items: 所得\n", "").replace("purpose:", "items: 所得\npurpose:")),
        ("terms-ending-first", &TERMS.replace("11-02T", "10-02T")),
        ("terms-for-zero", &TERMS.replace("50000", "0")),
        ("two-of-two", &under(&policy, &two)),
        ("one-of-two", &under(&policy, &signed(TERMS, &[("tanaka", 1)]))),
        ("altered", &under(&policy, &two.replace("50000", "90000"))),
        ("emergency", &under(&policy, &signed(&emergency, &[("sato", 2)]))),
        ("emergency-too-long", &under(&policy, &signed(&emergency.replace("11-02T", "11-03T"), &[("sato", 2)]))),
        ("a-key-twice", &under(&(policy.clone() + &signer("suzuki", 2)), &two)),
        ("one-signature", &under(&policy.replace("signatures = 2", "signatures = 1"), &two)),
        ("not-toml", &under("version = ", &two)),
    ])
}

fn policies() -> Seeds {
    let policy = "version = 1\n[\"agency/nta\"]\nleast-rows = 10\ngroup-size = 5\nsmall-groups = \"coarsen\"\n\
                  leave-out-at-most = \"0.5%\"\nas-of = \"2026-04-01\"\n[\"agency/nta\".columns]\n\
                  a = [\"age 5\", \"age 10\", \"empty\"]\nb = [\"first 3\", \"first 1\"]\nc = \"exact\"\nd = \"drop\"\n\
                  e = [\"exact\", \"month\", \"year\", \"decade\"]\nf = [\"band 10\", \"band 100\"]\n";
    let with = |value: &str| format!("{policy}\0{value}");
    seeds([
        ("no-value", policy),
        ("date", &with("1985-04-01")),
        ("date-with-era", &with("昭和60年4月1日")),
        ("date-of-an-era-in-letters", &with("S60.4.1")),
        ("year-and-month", &with("1985-04")),
        ("code", &with("〒100-0001")),
        ("full-width-code", &with("１００－０００１")),
        ("amount", &with("1,234,567.89")),
        ("largest-amount", &with("9,999,999,999")),
        ("a-number", &with("123456789018")),
        ("spaces", &with(" 12 ")),
        ("not-text", "version = 1\n[\"agency/nta\"]\ncolumns = { a = \"exact\" }\n\0\u{fffd}"),
        ("epoch", "version = 1\n[\"agency/nta/2\"]\ncolumns = {}\n"),
        ("finer", "version = 1\n[\"agency/nta\"]\ncolumns = { a = [\"year\", \"month\"] }\n"),
        ("no-version", "[\"agency/nta\"]\ncolumns = {}\n"),
        ("a-number-in-a-line", "version = 1\n123456789018 five\n"),
    ])
}

fn manifests() -> Seeds {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            { "name": "agency-nta-1-7.csv", "digest": { "sha256": "ab".repeat(32) } },
            { "name": "agency-nta-1-7.tar.age", "digest": { "sha256": "cd".repeat(32) } },
        ],
        "predicateType": "urn:fugo:delivery:v1",
        "predicate": {
            "fugo": "0.1.0", "use": "test", "scope": "agency/nta/1", "tag": "7c2cb2a1", "serial": 7,
            "recipients": ["age1q"],
            "contents": {
                "format": "csv", "csv": { "delimiter": ",", "encoding": "utf-8", "lines": 3 },
                "columns": ["symbol", "a"], "symbol_column": "symbol", "rows": 2,
            },
            "policy": null, "audits": [{ "links": false }], "rejected_by_reason": { "length": 1 },
            "ledger": { "refused": false },
        },
    });
    assert!(fuzzing::manifest(&statement).is_some(), "a statement that is accepted");
    let envelope = fuzzing::sign(&statement, &signing_key(1));
    let text = statement.to_string();
    seeds([
        ("statement", &text),
        (
            "statement-of-parquet",
            &text
                .replace("\"csv\":{\"delimiter\":\",\",\"encoding\":\"utf-8\",\"lines\":3}", "\"csv\":null")
                .replace("\"format\":\"csv\"", "\"format\":\"parquet\"")
                .replace("7.csv", "7.parquet"),
        ),
        ("statement-with-a-path", &text.replace("agency-nta-1-7.csv", "../agency-nta-1-7.csv")),
        ("envelope", &envelope),
        ("envelope-of-another-key", &fuzzing::sign(&statement, &signing_key(2))),
        ("envelope-with-a-space", &envelope.replace(",\"payload\"", ", \"payload\"")),
        ("envelope-of-a-list", &fuzzing::sign(&json!([1, 2]), &signing_key(1))),
        ("envelope-altered", &envelope.replace("\"sig\":\"", "\"sig\":\"A")),
        ("json", "{\"a\":[1.5e3,null,\"\\u00e9\"]}"),
    ])
}

fn records() -> Seeds {
    let entry = fugo_fuzz::record::entry_text(5, &[9; 32]);
    let log = NoteSigner::new("record", &signing_key(1).public()).expect("a signer");
    let witness = NoteSigner::witness("ministry", &signing_key(2).public()).expect("a witness");
    let trust = format!(
        "version = 1\nlog = \"{log}\"\npeople = \"portal/record/1 01020304\"\nwitnesses-needed = 1\n\n[witnesses]\n\
         ministry = \"{witness}\"\n"
    );
    let checkpoint = "record\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let mut seeds = seeds([
        ("entry", &entry),
        ("entry-that-does-not-add-up", &entry.replace("asked: 5", "asked: 6")),
        ("entry-of-another-purpose", &entry.replace("portal/record", "agency/record")),
        ("checkpoint", checkpoint),
        ("checkpoint-leading-zero", &checkpoint.replace("\n3\n", "\n03\n")),
        ("request", &format!("old 2\n{}\n\n{}", &checkpoint[9..53], signed(checkpoint, &[("record", 1)]))),
        ("trust", &trust),
        ("trust-of-too-few", &trust.replace("needed = 1", "needed = 2")),
        ("trust-of-one-key", &trust.replace(&witness.to_string(), &log.to_string())),
    ]);
    // Which record and what of it, the number of the file or the size, and how it is altered.
    let alterations: [(&str, &[u8]); 16] = [
        ("file-unaltered", &[0, 0, 0]),
        ("file-checkpoint", &[0, 0, 0, 3, 0, 9, 1]),
        ("file-checkpoint-signed-by-others", &[0, 0, 0, 1, 255, 255, 0xe2, 0x80, 0x94, b' ', b'a', b' ', b'A', b'\n']),
        ("file-people", &[0, 0, 1, 3, 0, 5, 1]),
        ("file-tile", &[0, 0, 4, 3, 0, 40, 1]),
        ("file-entries", &[0, 0, 5, 3, 1, 0, 1]),
        ("file-cut", &[0, 0, 5, 0, 0, 7]),
        ("large-people", &[1, 0, 1, 3, 0x25, 0x90, 1]),
        ("large-tile", &[1, 1, 3, 3, 0, 33, 1]),
        ("large-upper-tile", &[1, 1, 5, 3, 0, 0, 1]),
        ("growth", &[2, 0, 2, 0]),
        ("growth-from-a-fork", &[2, 0, 2, 5]),
        ("growth-altered", &[2, 0, 1, 0, 3, 0, 20, 1]),
        ("large-growth", &[3, 0, 200, 0]),
        ("extract", &[4, 0]),
        ("extract-altered", &[4, 0, 3, 0, 90, 1]),
    ];
    seeds.extend(alterations.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())));
    seeds
}

/// Programs, call by call: the number of rows, the function, its arguments, and where its error is.
fn calls() -> Seeds {
    let error = [1, 240];
    let program = |calls: &[&[u8]]| calls.iter().flat_map(|call| [call, &error[..]].concat()).collect::<Vec<u8>>();
    let (root, scope): (&[u8], &[u8]) = (&[0, 0, 0, 6, 0], &[0, 3, 0, 0, 0, 0, 1]);
    let (insurers, eligibility): (&[u8], &[u8]) = (&[0, 3, 0, 0, 1, 0, 3], &[0, 3, 0, 0, 2, 0, 4]);
    let (key, both): (&[u8], &[u8]) = (&[0, 9, 1, 2], &[0, 10, 3, 4, 5]);
    let batch: &[u8] = &[4, 16, 2, 4, 8, 2, 0, 8, 3, 0, 8, 3, 100];
    let lineage: &[u8] = &[2, 31, 5, 0];
    [
        ("batch", program(&[root, scope, key, batch, &[4, 26, 2, 8, 2, 0, 8, 0, 0]])),
        ("batch-over-its-numbers", program(&[root, scope, key, &[4, 16, 2, 4, 5, 0, 0, 0]])),
        ("one", program(&[root, scope, key, &[0, 15, 2, 0, 4, 0, 8, 2, 0], &[0, 25, 2, 0, 8, 2, 0, 0, 8, 2, 50]])),
        ("one-refused", program(&[root, scope, key, &[0, 15, 2, 0, 6, 0, 3]])),
        ("both-keys", program(&[root, insurers, eligibility, both, &[4, 16, 5, 4, 8, 2, 0, 0, 0]])),
        ("issuer", program(&[root, eligibility, &[0, 11, 4, 2], &[2, 19, 2, 6, 8, 2, 0]])),
        ("re-issued", program(&[root, scope, key, &[0, 2, 0], lineage, &[4, 17, 2, 0, 4, 8, 2, 0, 8, 3, 0]])),
        ("wrong-handles", program(&[root, &[0, 9, 0, 1], &[0, 8, 0], &[0, 5, 0, 0, 8, 2, 0], &[0, 2, 0], &[0, 2, 0]])),
        ("occupied", program(&[root, root, scope, scope, &[0, 7, 1, 1, 8, 2, 0]])),
        (
            "normalised",
            program(&[&[0, 22, 0, 7, 0, 1, 0, 8, 2, 0, 8, 2, 60], &[0, 20, 0, 4, 241], &[0, 21, 0, 9, 0, 9, 0, 0]]),
        ),
        (
            "texts",
            program(&[&[0, 30, 0, 8, 0, 8, 2, 0, 0, 8, 2, 8, 0, 8, 2, 16], &[0, 24, 0, 0, 0, 0, 8, 2, 0, 8, 3, 0]]),
        ),
        ("error-over-an-output", [&program(&[root])[..], &[0, 1, 0, 0, 8, 0, 7, 1, 1]].concat()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

fn batch() -> RecordBatch {
    let columns: [(&str, ArrayRef); 14] = [
        ("number", Arc::new(StringArray::from(vec![Some("123456789018"), Some("１２３４５６７８９０１８"), None]))),
        ("integer", Arc::new(Int64Array::from(vec![Some(123_456_789_018), Some(-1), None]))),
        ("view", Arc::new(StringViewArray::from(vec!["short", "longer than twelve bytes", ""]))),
        ("large", Arc::new(LargeStringArray::from(vec![Some("東京都"), None, Some("")]))),
        ("bytes", Arc::new(BinaryArray::from_vec(vec![b"\x00\xff", b"", b"a"]))),
        ("fixed", Arc::new(FixedSizeBinaryArray::try_from_iter([[1_u8; 16], [2; 16], [3; 16]].iter()).expect("bytes"))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("date", Arc::new(Date32Array::from(vec![0, 5_570, -1]))),
        ("time", Arc::new(TimestampMicrosecondArray::from(vec![0, 1, -1]))),
        ("float", Arc::new(Float64Array::from(vec![1.5, f64::NAN, 123_456_789_018.0]))),
        ("decimal", Arc::new(Decimal128Array::from(vec![1, 2, 3]).with_precision_and_scale(12, 0).expect("digits"))),
        ("byte", Arc::new(UInt8Array::from(vec![1, 2, 3]))),
        ("dictionary", Arc::new(vec!["a", "b", "a"].into_iter().collect::<DictionaryArray<Int8Type>>())),
        (
            "list",
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), None, Some(vec![])])),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).expect("a batch")
}

fn tables() -> Seeds {
    let all = batch();
    let narrow = all.project(&[0, 7]).expect("two columns");
    let parquet = |batch: &RecordBatch, properties: WriterProperties| {
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
        writer.write(batch).expect("written");
        writer.close().expect("closed");
        bytes
    };
    let small = || WriterProperties::builder().set_statistics_enabled(EnabledStatistics::None);
    let mut seeds = Seeds::new();
    seeds.insert("all.parquet".to_owned(), parquet(&all, small().build()));
    seeds.insert("cut.parquet".to_owned(), parquet(&narrow, small().build())[4..].to_vec());
    for (name, compression) in [
        ("plain", Compression::UNCOMPRESSED),
        ("snappy", Compression::SNAPPY),
        ("zstd", Compression::ZSTD(ZstdLevel::default())),
        ("gzip", Compression::GZIP(GzipLevel::default())),
        ("brotli", Compression::BROTLI(BrotliLevel::default())),
        ("lz4", Compression::LZ4_RAW),
    ] {
        let properties = small().set_compression(compression).set_dictionary_enabled(name == "plain").build();
        seeds.insert(format!("{name}.parquet"), parquet(&narrow, properties));
    }
    let second = small().set_writer_version(WriterVersion::PARQUET_2_0).set_max_row_group_row_count(Some(2));
    seeds.insert("second-version.parquet".to_owned(), parquet(&narrow, second.build()));

    let file = |batch: &RecordBatch, options: arrow_ipc::writer::IpcWriteOptions| {
        let mut bytes = Vec::new();
        let mut writer = arrow_ipc::writer::FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options)
            .expect("a writer");
        writer.write(batch).expect("written");
        writer.finish().expect("finished");
        drop(writer);
        bytes
    };
    let stream = |batch: &RecordBatch| {
        let mut bytes = Vec::new();
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut bytes, &batch.schema()).expect("a writer");
        writer.write(batch).expect("written");
        writer.write(batch).expect("written");
        writer.finish().expect("finished");
        drop(writer);
        bytes
    };
    let packed = |compression| {
        arrow_ipc::writer::IpcWriteOptions::default().try_with_compression(Some(compression)).expect("options")
    };
    seeds.insert("all.arrow".to_owned(), file(&all, arrow_ipc::writer::IpcWriteOptions::default()));
    seeds.insert("lz4.arrow".to_owned(), file(&narrow, packed(arrow_ipc::CompressionType::LZ4_FRAME)));
    seeds.insert("zstd.arrow".to_owned(), file(&narrow, packed(arrow_ipc::CompressionType::ZSTD)));
    seeds.insert("all.stream".to_owned(), stream(&all));
    seeds.insert("narrow.stream".to_owned(), stream(&narrow));
    seeds.insert("empty.stream".to_owned(), stream(&narrow.slice(0, 0)));
    seeds
}

fn texts_in_cp932() -> Seeds {
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).expect("hexadecimal digits");
    [
        ("empty", ""),
        ("letters", "616263"),
        ("address", "938c8b9e937382502d3132"),
        ("half-width", "b1b2b3dddede"),
        ("second-byte-of-ascii", "955c815c835c"),
        ("second-byte-that-may-be-first", "81819fe0e0e0fcfc"),
        ("of-nec-and-ibm", "8740ed40fa5cfc4b"),
        ("user-defined", "f040f9fc"),
        ("lone-first-byte", "938c8b"),
        ("first-byte-and-line-end", "81610a810a"),
        ("no-character", "fdfeffa080"),
        ("unassigned-pair", "8540eb40"),
    ]
    .map(|(name, text)| (name.to_owned(), hex(text)))
    .into()
}

fn lineages() -> Seeds {
    let [a, b, c, d] = ["123456789018", "100000000005", "200000000000", "300000000004"];
    let of = |lines: &str| format!("new,previous\n{lines}");
    seeds([
        ("none", "new,previous\n"),
        ("one", &of(&format!("{a},{b}\n"))),
        ("chain", &of(&format!("{a},{b}\n{c},{a}\n{d},{c}\n"))),
        ("circle", &of(&format!("{a},{b}\n{b},{a}\n"))),
        ("itself", &of(&format!("{a},{a}\n"))),
        ("new-twice", &of(&format!("{a},{b}\n{a},{c}\n"))),
        ("previous-twice", &of(&format!("{a},{b}\n{c},{b}\n"))),
        ("quoted", &format!("\"new\",previous\r\n\"{a}\",\"{b}\"\r\n")),
        ("marks-and-blanks", &format!("\u{feff}\u{feff}new,previous\n{a},{b}\n\n \t\n\u{1a}\u{1a}")),
        ("blank-between", &of(&format!("\n{a},{b}\n"))),
        ("check-digit", &of(&format!("{a},100000000006\n"))),
        ("three-fields", &of(&format!("{a},{b},{c}\n"))),
        ("no-end", &of(&format!("{a},{b}"))),
        ("cr-alone", &of(&format!("{a},{b}\r{c},{d}\r"))),
        ("other-header", &format!("previous,new\n{a},{b}\n")),
    ])
}

fn recipients() -> Seeds {
    let of = |lines: &str| format!("scope,recipient\n{lines}");
    let x25519 = |byte: u8| bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("age").expect("a name"), &[byte; 32]);
    let [one, two] = [1, 2].map(|byte| x25519(byte).expect("a recipient"));
    // The generator of P-256 (SEC 2, 2.4.2).
    let point = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    let point = data_encoding::HEXLOWER.decode(point.as_bytes()).expect("hexadecimal digits");
    let tagged = bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("age1tag").expect("a name"), &point);
    let tagged = tagged.expect("a recipient");
    let lines = (0..65).map(|byte| format!("agency/nta/1,{}\n", x25519(byte).expect("a recipient")));
    let many = lines.collect::<Vec<_>>().concat();
    seeds([
        ("none", "scope,recipient\n"),
        ("one", &of(&format!("agency/nta/1,{one}\n"))),
        ("two-of-a-scope", &of(&format!("agency/nta/1,{one}\nagency/nta/1,{two}\nagency/mof/1,{one}\n"))),
        ("twice", &of(&format!("agency/nta/1,{one}\nagency/nta/1,{one}\n"))),
        ("in-hardware", &of(&format!("agency/nta/1,{tagged}\n"))),
        ("upper-case", &of(&format!("agency/nta/1,{}\n", one.to_uppercase()))),
        ("spaces", &format!("\u{feff}scope,recipient \r\n agency/nta/1 , {one} \r\n\r\n \r\n")),
        ("too-many", &of(&many)),
        ("identity", &of("agency/nta/1,AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ\n")),
        ("plugin", &of("agency/nta/1,age1yubikey1qqqq\n")),
        ("ssh", &of("agency/nta/1,ssh-ed25519 AAAA\n")),
        ("no-scope", &of(&format!("nta,{one}\n"))),
        ("other-header", &format!("recipient,scope\nagency/nta/1,{one}\n")),
    ])
}

fn reports() -> Seeds {
    let sha256 = "ab".repeat(32);
    let output = json!({ "sha256": sha256, "rows": 2, "scope": "agency/nta/1", "tag": "7c2cb2a1" });
    let converted = json!({
        "fugo_report": 1, "roster": "a folder/a roster.csv", "use": "test", "outputs": [output],
        "policy": { "sha256": "cd".repeat(32) }, "rejected_by_reason": { "check-digit": 3, "length": 1 },
    });
    let audit = json!({
        "fugo_audit": 1, "links": true, "roster": "a.csv",
        "files": [{ "sha256": sha256, "rows": 2, "columns": ["a"] }, { "sha256": null, "rows": 2, "columns": ["a"] }],
        "findings": [
            { "kind": "columns", "weight": "links", "count": 5 },
            { "kind": "order", "weight": "allowed", "count": 7 },
            { "kind": "order", "weight": "allowed", "count": 9 },
        ],
    });
    let ledger = json!({
        "fugo_ledger": 1, "roster": "a.csv", "sha256": sha256, "scope": "agency/nta/1", "serial": 7,
        "refused": false, "recorded": true, "deliveries": 2, "came": 1, "gone": 0, "changed": 1, "least": 10,
        "allowed": 0,
        "histories": [{ "columns": [], "people": 9, "groups": 1, "alone": 0, "in_small_groups": 9 }],
    });
    let [converted, audit, ledger] = [converted, audit, ledger].map(|report| report.to_string());
    seeds([
        ("converted", &converted),
        ("converted-of-other-rows", &converted.replace("\"rows\":2", "\"rows\":3")),
        ("converted-with-a-path", &converted.replace("check-digit", "../check-digit")),
        ("converted-without-policy", &converted.replace("\"policy\"", "\"none\"")),
        ("audit", &audit),
        ("audit-without-digests", &audit.replace(&sha256, "")),
        ("audit-of-a-sentence", &audit.replace("columns\",\"weight", "a sentence\",\"weight")),
        ("ledger", &ledger),
        ("ledger-without-histories", &ledger.replace("histories", "other")),
        ("ledger-of-another-serial", &ledger.replace("\"serial\":7", "\"serial\":8")),
        ("ledger-with-a-fraction", &ledger.replace("\"people\":9", "\"people\":9.5")),
        ("list", "[1, 2]"),
    ])
}

/// What is between the first line of a ledger and its seal.
fn ledgers() -> Seeds {
    let head = |columns: &[&str]| {
        let delivery = json!({ "serial": 1, "rows": 2, "came": 2, "gone": 0, "changed": 0 });
        let head = json!({
            "scope": "agency/nta/1", "tag": "7c2cb2a1", "columns": columns, "shared": [], "deliveries": [delivery],
        });
        format!("{head}\n").into_bytes()
    };
    let with = |columns: &[&str], people: usize| {
        let mut bytes = head(columns);
        bytes.extend((0..people).map(|byte| (byte % 7) as u8));
        bytes
    };
    let nine: Vec<String> = (0..9).map(|nth| nth.to_string()).collect();
    let nine: Vec<&str> = nine.iter().map(String::as_str).collect();
    let no_serial = String::from_utf8(head(&[])).expect("text").replace("\"serial\":1", "\"serial\":0");
    [
        ("nobody", with(&["a"], 0)),
        ("no-columns", with(&[], 2 * 17)),
        ("one-column", with(&["a"], 3 * 27)),
        ("two-columns", with(&["a", "b"], 2 * 45)),
        ("nine-columns", with(&nine, 2 * 43)),
        ("a-byte-more", with(&["a"], 28)),
        ("no-serial", no_serial.into_bytes()),
        ("no-line", b"{}".to_vec()),
        ("list", b"[]\n".to_vec()),
        ("without-a-seal", [b"fugo-ledger 1\n", &head(&[])[..], &[0; 32]].concat()),
        ("first-line-alone", b"fugo-ledger 1\n".to_vec()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

/// Entries by name, type, contents and size; and how the archive ends.
fn archives() -> Seeds {
    let (rows, inner) = ([0, 0, 0, 0], [1, 0, 1, 0]);
    let whole = fugo_fuzz::archive::whole();
    let mut altered = whole.clone();
    altered[600] ^= 1;
    [
        ("delivery", [rows, inner].concat()),
        ("delivery-without-an-end", [&rows[..], &inner, &[3]].concat()),
        ("delivery-with-bytes-behind", [&rows[..], &inner, &[2]].concat()),
        ("delivery-with-half-an-end", [&rows[..], &inner, &[1]].concat()),
        ("binary-sizes", [[0, 0, 0, 1], [1, 1, 1, 1]].concat()),
        ("rows-alone", rows.to_vec()),
        ("other-order", [inner, rows].concat()),
        ("three-entries", [rows, inner, inner].concat()),
        ("in-a-folder", [[3, 0, 0, 0], inner].concat()),
        ("above", [[4, 0, 0, 0], inner].concat()),
        ("prefixed", [[7, 0, 0, 0], inner].concat()),
        ("of-a-link", [[0, 4, 0, 0], inner].concat()),
        ("long-name", [[0, 7, 0, 0], rows, inner].concat()),
        ("altered-rows", [[0, 0, 2, 0], inner].concat()),
        ("of-another-key", [rows, [1, 0, 5, 0]].concat()),
        ("earlier", [rows, [1, 0, 6, 0]].concat()),
        ("outer", [rows, [1, 0, 4, 0]].concat()),
        ("one-less", [rows, [1, 0, 1, 2]].concat()),
        ("huge", [[0, 0, 0, 3], inner].concat()),
        ("whole", whole.clone()),
        ("whole-cut", whole[..whole.len() - 1600].to_vec()),
        ("whole-altered", altered),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}
