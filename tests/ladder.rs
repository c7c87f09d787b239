//! Is every derivation from root key to symbol the specified HMAC, and do all functions give the same symbol?
//!
//! `ring`'s HKDF and HMAC are the second implementation throughout.

mod numbers;

use std::collections::HashSet;

use fugo::{
    Agency, AgencySymbol, AnySymbolKey, Deriver, Eligibility, EligibilityKey, EligibilitySymbol, Epoch, Insurers,
    InsurersSymbol, KeyTag, MyNumber, Network, NumberPurpose, Portal, Purpose, PurposeError, Registry, Research,
    RootKey, Scope, ScopeError, ScopeId, ScopeKey, Symbol, SymbolKey, batch,
    text::{TextError, decode},
};
use numbers::number;
use proptest::prelude::*;
use ring::{hkdf, hmac};

fn ring_hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().try_into().expect("32 bytes")
}

fn ring_symbol(key: &[u8], message: &[u8]) -> [u8; 16] {
    ring_hmac(key, message)[..16].try_into().expect("16 bytes")
}

fn ring_tag(key: &[u8]) -> KeyTag {
    KeyTag::from_bytes(ring_hmac(key, b"fugo\x01tag\x01")[..4].try_into().expect("4 bytes"))
}

fn ring_scope_key(root: &[u8], label: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, root);
    prk.expand(&[label], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key)).expect("32 bytes");
    key
}

fn test_root() -> RootKey {
    RootKey::from_bytes(&std::array::from_fn(|i| i as u8))
}

fn key(scope: &str) -> ScopeKey {
    test_root().scope_key(&scope.parse().expect("a scope"))
}

fn some_numbers(count: usize) -> Vec<MyNumber> {
    (1..=count as u64).map(|i| number(i * 7_919)).collect()
}

fn scope(purpose: Purpose, id: &str, epoch: u32) -> Result<Scope, ScopeError> {
    Scope::new(purpose, id.parse()?, epoch.try_into()?)
}

fn any_scope() -> impl Strategy<Value = Scope> {
    let purpose = prop::sample::select(Purpose::all().collect::<Vec<_>>());
    let epoch = prop_oneof![Just(1), 1..=3_u32, 1..=u32::MAX];
    (purpose, "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", epoch)
        .prop_map(|(purpose, id, epoch)| scope(purpose, purpose.fixed_id().unwrap_or(&id), epoch).expect("a scope"))
}

/// Reads a label back. It is the inverse, so it exists only if the encoding is injective.
fn read_label(label: &[u8]) -> Option<Scope> {
    let fields = label.strip_prefix(b"fugo\x01")?;
    let (&[code, e0, e1, e2, e3, len], id) = fields.split_first_chunk::<6>()?;
    let purpose = Purpose::try_from(code).ok()?;
    let id = std::str::from_utf8(id).ok().filter(|id| id.len() == usize::from(len))?;
    scope(purpose, id, u32::from_be_bytes([e0, e1, e2, e3])).ok()
}

#[test]
fn the_known_answer_of_the_specification_holds() {
    let root = test_root();
    assert_eq!(root.tag().to_string(), "0e84213a");
    let sample = MyNumber::parse("123456789018").expect("the sample number");
    let agency = key("agency/nta/1");
    assert_eq!(hex::encode(agency.scope().label().as_bytes()), "6675676f010100000001036e7461");
    assert_eq!(hex::encode(agency.expose_bytes()), "753e614d2f63180152f30488c967fb46ad0876995bd711b1c5df6448234540c0");
    assert_eq!(agency.tag().to_string(), "7c2cb2a1");
    let symbol = SymbolKey::<Agency>::new(&agency).expect("an agency key").symbol(&sample);
    assert_eq!(hex::encode(symbol.as_bytes()), "aca8b7a2ad979b290c590b2464183640");
    assert_eq!(symbol.to_text(agency.tag()).as_str(), "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v");

    let (insurers, eligibility) = (key("insurers/all/1"), key("eligibility/all/1"));
    let symbol = SymbolKey::<Insurers>::new(&insurers).expect("an insurers' key").symbol(&sample);
    assert_eq!(hex::encode(symbol.as_bytes()), "d7da56371f414d6cc5e4d22d142087bb");
    assert_eq!(symbol.to_text(insurers.tag()).as_str(), "hokensha10k50hmwhmftrw86pf4kvtexj952zppam2edvsz");
    let symbol = EligibilityKey::new(&insurers, &eligibility).expect("both keys").symbol(&sample);
    assert_eq!(hex::encode(symbol.as_bytes()), "a2a10d1bae57c12b9a3cb92ecf0a2417");
    assert_eq!(symbol.to_text(eligibility.tag()).as_str(), "shikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5");
}

#[test]
fn purposes_have_the_codes_names_and_parts_of_the_specification() {
    let found: Vec<_> = Purpose::all().map(|p| (p.code(), p.name(), p.text_part(), p.fixed_id())).collect();
    let expected = [
        (0x01, "agency", "kikan", None),
        (0x02, "insurers", "hokensha", Some("all")),
        (0x03, "eligibility", "shikaku", Some("all")),
        (0x04, "network", "chiiki", None),
        (0x05, "research", "kenkyu", None),
        (0x06, "registry", "toroku", None),
        (0x07, "portal", "portal", None),
    ];
    assert_eq!(found, expected);
    for purpose in Purpose::all() {
        assert_eq!(purpose.name().parse(), Ok(purpose));
        assert_eq!(Purpose::from_text_part(purpose.text_part()), Some(purpose));
    }
}

/// All ids of one to three characters from an alphabet of a letter, two digits and the hyphen, seven purposes, and
/// epochs whose bytes or digits could be confused with an id.
fn small_scopes() -> Vec<Scope> {
    let alphabet = ["", "a", "1", "2", "-"];
    let mut ids = HashSet::new();
    for a in alphabet {
        for b in alphabet {
            for c in alphabet {
                ids.insert(format!("{a}{b}{c}"));
            }
        }
    }
    ids.insert("all".to_owned());
    let epochs = [1, 2, 11, 12, 21, 111, 0x61, 0x3161, 0x0161_0000, u32::MAX];
    let mut scopes = Vec::new();
    for purpose in Purpose::all() {
        for id in &ids {
            for epoch in epochs {
                scopes.extend(scope(purpose, id, epoch));
            }
        }
    }
    scopes
}

#[test]
fn no_two_small_scopes_share_a_label() {
    let scopes = small_scopes();
    assert!(scopes.len() > 2_000, "{} scopes", scopes.len());
    let distinct = |encode: &dyn Fn(&Scope) -> Vec<u8>| scopes.iter().map(encode).collect::<HashSet<_>>().len();
    assert_eq!(distinct(&|scope| scope.label().as_bytes().to_vec()), scopes.len());
    // The same scopes detect an encoding that is not injective: decimal fields without a length.
    let careless =
        |scope: &Scope| format!("{}{}{}", scope.purpose(), scope.id().as_str(), scope.epoch().number()).into_bytes();
    assert!(distinct(&careless) < scopes.len());
}

proptest! {
    #[test]
    fn a_label_is_read_back_as_its_scope(scope in any_scope()) {
        let label = scope.label();
        prop_assert_eq!(read_label(label.as_bytes()), Some(scope));
        prop_assert!((12..=51).contains(&label.as_bytes().len()));
        prop_assert_eq!(scope.to_string().parse(), Ok(scope));
    }

    #[test]
    fn labels_are_equal_only_if_scopes_are(a in any_scope(), b in any_scope()) {
        prop_assert_eq!(a.label() == b.label(), a == b);
        prop_assert_eq!(a.label().as_bytes() == b.label().as_bytes(), a == b);
    }

    #[test]
    fn scope_keys_and_tags_are_those_of_ring(root: [u8; 32], scope in any_scope()) {
        let root_key = RootKey::from_bytes(&root);
        let key = root_key.scope_key(&scope);
        let label = scope.label();
        prop_assert_eq!(key.expose_bytes(), &ring_scope_key(&root, label.as_bytes()));
        prop_assert_eq!(key.expose_bytes(), &ring_hmac(&root, &[label.as_bytes(), &[0x01]].concat()));
        prop_assert_eq!(key.scope(), &scope);
        prop_assert_eq!(root_key.tag(), ring_tag(&root));
        prop_assert_eq!(key.tag(), ring_tag(key.expose_bytes()));
        // A key that was written to bytes and read again is the same key.
        let loaded = ScopeKey::from_bytes(&scope, key.expose_bytes());
        prop_assert_eq!(&loaded, &key);
        prop_assert_eq!(RootKey::from_bytes(root_key.expose_bytes()), root_key);
    }

    #[test]
    fn every_way_to_a_symbol_gives_that_of_ring(root: [u8; 32], bodies in prop::collection::vec(1..100_000_000_000_u64, 0..300)) {
        let root = RootKey::from_bytes(&root);
        let numbers: Vec<MyNumber> = bodies.into_iter().map(number).collect();
        all_ways::<Agency>(&root, "agency/nta/1", &numbers);
        all_ways::<Insurers>(&root, "insurers/all/1", &numbers);
        all_ways::<Network>(&root, "network/north-7/2", &numbers);
        all_ways::<Research>(&root, "research/study-2026-004/1", &numbers);
        all_ways::<Registry>(&root, "registry/cancer/4294967295", &numbers);
        all_ways::<Portal>(&root, "portal/p/1", &numbers);
        all_ways_to_eligibility(&root, "eligibility/all/3", &numbers);
    }
}

fn all_ways<P: NumberPurpose>(root: &RootKey, scope: &str, numbers: &[MyNumber]) {
    let key = root.scope_key(&scope.parse().expect("a scope"));
    let expected: Vec<[u8; 16]> =
        numbers.iter().map(|number| ring_symbol(key.expose_bytes(), number.expose_digits())).collect();
    let typed = SymbolKey::<P>::new(&key).expect("a key of this purpose");
    assert_eq!((typed.scope(), typed.tag()), (key.scope(), key.tag()));
    let single: Vec<[u8; 16]> = numbers.iter().map(|number| typed.symbol(number).to_bytes()).collect();
    assert_eq!(single, expected);
    let mut batch = vec![Symbol::<P>::from_bytes([0; 16]); numbers.len()];
    typed.symbols(numbers, &mut batch);
    assert!(batch.iter().map(Symbol::as_bytes).eq(&expected));
    let untyped = AnySymbolKey::new(&key).expect("a key for numbers");
    assert_eq!((untyped.scope(), untyped.tag()), (key.scope(), key.tag()));
    let mut batch = vec![[0; 16]; numbers.len()];
    untyped.symbols(numbers, &mut batch).expect("a key for numbers");
    assert_eq!(batch, expected);
}

fn all_ways_to_eligibility(root: &RootKey, scope: &str, numbers: &[MyNumber]) {
    let insurers_key = root.scope_key(&"insurers/all/1".parse().expect("a scope"));
    let key = root.scope_key(&scope.parse().expect("a scope"));
    let two_stages = |number: &MyNumber| {
        ring_symbol(key.expose_bytes(), &ring_symbol(insurers_key.expose_bytes(), number.expose_digits()))
    };
    let expected: Vec<[u8; 16]> = numbers.iter().map(two_stages).collect();

    // From the number.
    let both = EligibilityKey::new(&insurers_key, &key).expect("both keys");
    assert_eq!((both.eligibility().scope(), both.eligibility().tag()), (key.scope(), key.tag()));
    assert_eq!((both.insurers().scope(), both.insurers().tag()), (insurers_key.scope(), insurers_key.tag()));
    let single: Vec<[u8; 16]> = numbers.iter().map(|number| both.symbol(number).to_bytes()).collect();
    assert_eq!(single, expected);
    let untyped = AnySymbolKey::eligibility(&insurers_key, &key).expect("both keys");
    assert_eq!((untyped.scope(), untyped.tag()), (key.scope(), key.tag()));
    let mut batch = vec![[0; 16]; numbers.len()];
    untyped.symbols(numbers, &mut batch).expect("a key for numbers");
    assert_eq!(batch, expected);

    // From the insurers' symbols, without a number.
    let insurers = SymbolKey::<Insurers>::new(&insurers_key).expect("the insurers' key");
    let insurers: Vec<InsurersSymbol> = numbers.iter().map(|number| insurers.symbol(number)).collect();
    let alone = SymbolKey::<Eligibility>::new(&key).expect("the eligibility key");
    let single: Vec<[u8; 16]> = insurers.iter().map(|symbol| alone.symbol_from_insurers(symbol).to_bytes()).collect();
    assert_eq!(single, expected);
    let mut batch = vec![EligibilitySymbol::from_bytes([0; 16]); numbers.len()];
    alone.symbols_from_insurers(&insurers, &mut batch);
    assert!(batch.iter().map(Symbol::as_bytes).eq(&expected));
}

#[test]
fn a_batch_is_the_singles_for_every_length_to_200_and_around_every_chunk() {
    let numbers = some_numbers(2_500);
    for len in (0..=200).chain([255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 2500]) {
        all_ways::<Agency>(&test_root(), "agency/nta/1", &numbers[..len]);
        all_ways_to_eligibility(&test_root(), "eligibility/all/1", &numbers[..len]);
    }
}

#[test]
fn several_keys_in_one_pass_give_what_each_gives_alone() {
    let numbers = some_numbers(2_500);
    let scopes = ["agency/nta/1", "agency/nta/2", "insurers/all/1", "portal/p/1"];
    let mut keys: Vec<AnySymbolKey> =
        scopes.iter().map(|scope| AnySymbolKey::new(&key(scope)).expect("a key")).collect();
    keys.insert(2, AnySymbolKey::eligibility(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys"));
    for len in [0, 1, 63, 64, 65, 1023, 1024, 1025, 2500] {
        for count in 0..=keys.len() {
            let keys: Vec<&AnySymbolKey> = keys[..count].iter().collect();
            let mut columns = vec![vec![[0; 16]; len]; count];
            let mut out: Vec<&mut [[u8; 16]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
            batch::symbols_for_keys(&keys, &numbers[..len], &mut out).expect("keys for numbers");
            for (key, column) in keys.iter().zip(columns) {
                let mut alone = vec![[0; 16]; len];
                key.symbols(&numbers[..len], &mut alone).expect("a key for numbers");
                assert_eq!(column, alone);
            }
        }
    }
}

#[test]
fn slices_that_differ_in_length_panic_before_anything_is_written() {
    let numbers = some_numbers(3);
    let typed = SymbolKey::<Agency>::new(&key("agency/nta/1")).expect("an agency key");
    let alone = SymbolKey::<Eligibility>::new(&key("eligibility/all/1")).expect("the eligibility key");
    let untyped = AnySymbolKey::new(&key("agency/nta/1")).expect("a key");
    let panics = |run: &mut dyn FnMut() -> Result<(), PurposeError>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).expect_err("panics");
    };
    for wrong in [0, 2, 4] {
        let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); wrong];
        panics(&mut || {
            typed.symbols(&numbers, &mut symbols);
            Ok(())
        });
        assert!(symbols.iter().all(|symbol| symbol.as_bytes() == &[0; 16]));
        let mut symbols = vec![EligibilitySymbol::from_bytes([0; 16]); wrong];
        panics(&mut || {
            alone.symbols_from_insurers(&[InsurersSymbol::from_bytes([1; 16]); 3], &mut symbols);
            Ok(())
        });
        assert!(symbols.iter().all(|symbol| symbol.as_bytes() == &[0; 16]));
        let (mut first, mut second) = (vec![[0; 16]; 3], vec![[0; 16]; wrong]);
        panics(&mut || untyped.symbols(&numbers, &mut second));
        panics(&mut || batch::symbols_for_keys(&[&untyped, &untyped], &numbers, &mut [&mut first, &mut second]));
        panics(&mut || batch::symbols_for_keys(&[&untyped], &numbers, &mut [&mut first, &mut second]));
        panics(&mut || batch::symbols_for_keys(&[&untyped, &untyped], &numbers, &mut [&mut first]));
        assert!(first.iter().chain(&second).all(|bytes| bytes == &[0; 16]));
    }
}

#[test]
fn a_key_of_another_purpose_is_refused_for_every_pair_of_purposes() {
    fn try_type<P: fugo::PurposeType>(key: &ScopeKey) -> Option<PurposeError> {
        SymbolKey::<P>::new(key).err()
    }
    let tries = [
        try_type::<Agency>,
        try_type::<Insurers>,
        try_type::<Eligibility>,
        try_type::<Network>,
        try_type::<Research>,
        try_type::<Registry>,
        try_type::<Portal>,
    ];
    for (expected, try_type) in Purpose::all().zip(tries) {
        for found in Purpose::all() {
            let key = test_root().scope_key(&scope(found, "all", 1).expect("a scope"));
            let refusal = (expected != found).then_some(PurposeError::WrongPurpose { expected, found });
            assert_eq!(try_type(&key), refusal);
        }
    }
}

#[test]
fn an_eligibility_key_alone_takes_no_numbers() {
    assert_eq!(AnySymbolKey::new(&key("eligibility/all/1")).err(), Some(PurposeError::InsurersMissing));
    for purpose in Purpose::all().filter(|purpose| *purpose != Purpose::Eligibility) {
        let scope = scope(purpose, "all", 1).expect("a scope");
        assert!(AnySymbolKey::new(&test_root().scope_key(&scope)).is_ok());
    }
}

#[test]
fn an_insurers_key_of_a_later_epoch_starts_no_eligibility_symbol() {
    for epoch in [2, 3, 256, u32::MAX] {
        let later = test_root().scope_key(&scope(Purpose::Insurers, "all", epoch).expect("a scope"));
        let refusal = Some(PurposeError::InsurersEpoch { found: epoch });
        assert_eq!(EligibilityKey::new(&later, &key("eligibility/all/1")).err(), refusal);
        assert_eq!(AnySymbolKey::eligibility(&later, &key("eligibility/all/1")).err(), refusal);
    }
    assert!(EligibilityKey::new(&key("insurers/all/1"), &key("eligibility/all/1")).is_ok());
    // Keys of other purposes are refused at both positions.
    let (agency, insurers, eligibility) = (key("agency/all/1"), key("insurers/all/1"), key("eligibility/all/1"));
    for (first, second) in [(&agency, &eligibility), (&insurers, &agency), (&eligibility, &insurers)] {
        assert!(matches!(EligibilityKey::new(first, second), Err(PurposeError::WrongPurpose { .. })));
        assert!(matches!(AnySymbolKey::eligibility(first, second), Err(PurposeError::WrongPurpose { .. })));
    }
}

/// A person moves from one insurer to another. Each insurer has its own agency scope, and the insurers' scope changes
/// to epoch 2 meanwhile. The eligibility symbol, and the symbol of epoch 1 from which it is derived, stay the same.
#[test]
fn a_change_of_insurer_leaves_the_eligibility_symbol_alone() {
    let person = number(12_345_678_901);
    let eligibility = EligibilityKey::new(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
    let at = |insurer: &str, insurers_epoch: u32| {
        let own = SymbolKey::<Agency>::new(&key(insurer)).expect("an agency key").symbol(&person);
        let scope = scope(Purpose::Insurers, "all", insurers_epoch).expect("a scope");
        let working = SymbolKey::<Insurers>::new(&test_root().scope_key(&scope)).expect("a key").symbol(&person);
        (own, working, eligibility.symbol(&person))
    };
    let (before, after) = (at("agency/kokuho-13101/1", 1), at("agency/kenpo-0604/1", 2));
    assert_ne!(before.0, after.0, "each insurer knows the person by another symbol");
    assert_ne!(before.1, after.1, "the working symbols of the insurers were rotated");
    assert_eq!(before.2, after.2);
    // The symbol of the later epoch would give another eligibility symbol. This is the reason for the rule.
    let mistaken = eligibility.eligibility().symbol_from_insurers(&after.1);
    assert_ne!(mistaken, before.2);
    assert_eq!(eligibility.eligibility().symbol_from_insurers(&before.1), before.2);
}

#[test]
fn two_epochs_of_one_agency_stand_side_by_side_and_are_told_apart_by_their_tags() {
    let keys = [key("agency/nta/1"), key("agency/nta/2")].map(|key| SymbolKey::<Agency>::new(&key).expect("a key"));
    let [old, new] = &keys;
    assert_ne!(old.tag(), new.tag());
    let mut seen = HashSet::new();
    for person in some_numbers(50) {
        let texts = [old, new].map(|key| key.symbol(&person).to_text(key.tag()));
        // During the change, a receiver chooses the key by the tag in the text.
        for (text, own) in texts.iter().zip([old, new]) {
            let tag = decode(text).expect("a symbol").tag;
            let picked: Vec<_> = keys.iter().filter(|key| key.tag() == tag).collect();
            assert_eq!(picked.len(), 1);
            assert_eq!(picked[0].scope(), own.scope());
            assert_eq!(AgencySymbol::from_text(text, tag), Ok(own.symbol(&person)));
            assert!(seen.insert(own.symbol(&person)), "no symbol comes twice, in either epoch");
        }
        // After the change, the old tag is refused as the wrong key.
        let refusal = Err(TextError::WrongKey { expected: new.tag(), found: old.tag() });
        assert_eq!(AgencySymbol::from_text(texts[0], new.tag()), refusal);
        assert!(AgencySymbol::from_text(texts[1], new.tag()).is_ok());
    }
}

#[test]
fn another_root_purpose_id_or_epoch_gives_other_symbols() {
    let person = number(1);
    let mut seen = HashSet::new();
    let mut count = 0;
    for root in [test_root(), RootKey::from_bytes(&[0; 32]), RootKey::from_bytes(&[0xff; 32])] {
        for scope in small_scopes().iter().step_by(7) {
            let key = root.scope_key(scope);
            if let Ok(key) = AnySymbolKey::new(&key) {
                assert!(seen.insert(key.symbol(&person).expect("a key for numbers")), "{scope}");
                count += 1;
            }
        }
    }
    assert!(count > 700, "{count} symbols");
}

#[cfg(feature = "std")]
#[test]
fn random_root_keys_differ() {
    let keys: HashSet<_> = (0..100).map(|_| *RootKey::random().expect("random bytes").expose_bytes()).collect();
    assert_eq!(keys.len(), 100);
    // All 256 bits of the key matter.
    let set = keys.iter().fold([0; 32], |all, key| std::array::from_fn(|i| all[i] | key[i]));
    let clear = keys.iter().fold([0; 32], |all, key| std::array::from_fn(|i| all[i] | !key[i]));
    assert_eq!((set, clear), ([0xff; 32], [0xff; 32]));
}

#[test]
fn symbols_sort_by_their_bytes() {
    let key = SymbolKey::<Agency>::new(&key("agency/nta/1")).expect("an agency key");
    let mut symbols: Vec<AgencySymbol> = some_numbers(500).iter().map(|number| key.symbol(number)).collect();
    let mut bytes: Vec<[u8; 16]> = symbols.iter().map(|symbol| symbol.to_bytes()).collect();
    symbols.sort();
    bytes.sort_unstable();
    assert!(symbols.iter().map(Symbol::as_bytes).eq(&bytes));
    assert!(symbols[0] < symbols[1] && symbols[0].partial_cmp(&symbols[0]) == Some(std::cmp::Ordering::Equal));
    // The texts have another order, so this test fixes which order is meant.
    let texts: Vec<String> = symbols.iter().map(|symbol| symbol.to_text(key.tag()).to_string()).collect();
    assert!(!texts.is_sorted());
}

#[test]
fn scopes_refuse_what_the_specification_refuses() {
    for (scope, kind) in [
        ("agency//1", "scope-id"),
        ("agency/-nta/1", "scope-id"),
        ("agency/nta-/1", "scope-id"),
        ("agency/NTA/1", "scope-id"),
        ("agency/n_a/1", "scope-id"),
        ("agency/国税庁/1", "scope-id"),
        ("agency/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/1", "scope-id"),
        ("insurers/nta/1", "scope-id-fixed"),
        ("eligibility/nta/1", "scope-id-fixed"),
        ("agency/nta/0", "epoch-zero"),
        ("agent/nta/1", "unknown-purpose"),
        ("Agency/nta/1", "unknown-purpose"),
        ("agency/nta", "scope-form"),
        ("agency/nta/1/1", "scope-form"),
        ("agency/nta/01", "scope-form"),
        ("agency/nta/+1", "scope-form"),
        ("agency/nta/", "scope-form"),
        ("agency/nta/4294967296", "scope-form"),
        ("", "scope-form"),
    ] {
        assert_eq!(scope.parse::<Scope>().map_err(|error| error.kind().as_str()), Err(kind), "{scope}");
    }
    for scope in ["agency/a/1", "agency/0-0/4294967295", "agency/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/1"] {
        assert_eq!(scope.parse::<Scope>().expect("a scope").to_string(), scope);
    }
}

#[test]
fn ids_and_epochs_convert_to_what_they_are_written_as() {
    let id: ScopeId = "nta".parse().expect("an id");
    assert_eq!((id.as_ref(), id.as_str()), ("nta", "nta"));
    let epoch = Epoch::new(7).expect("an epoch");
    assert_eq!((u32::from(epoch), epoch.number()), (7, 7));
}

#[test]
fn the_level_of_the_kernel_has_a_name_that_the_documents_know() {
    assert!(["avx512", "sha-ni", "avx2", "portable"].contains(&batch::level()), "{}", batch::level());
}

#[test]
fn a_deriver_says_whether_it_takes_numbers() {
    let agency = AnySymbolKey::new(&key("agency/nta/1")).expect("a key for numbers");
    let issuer = AnySymbolKey::issuer(&key("eligibility/all/1")).expect("the issuer's key");
    assert_eq!(Deriver::takes_numbers(&agency), Ok(()));
    assert_eq!(Deriver::takes_numbers(&issuer), Err(PurposeError::InsurersMissing));
}
