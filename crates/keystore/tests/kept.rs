//! Keys whose holder computes the symbols: the same symbols as from the bytes of the key, and the same refusals.

use std::sync::Arc;

use fugo::{AnySymbolKey, Deriver, KeyTag, MyNumber, Purpose, PurposeError, RootKey, SYMBOL_LEN, Scope, mac::Mac};
use fugo_keystore::{
    Use,
    source::{KeptKey, ScopeSource, SourceError, SymbolSource},
};
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

/// A holder in this process.
struct Kept(Scope, KeyTag, [u8; 32]);

struct Session<'a>(&'a [u8; 32]);

impl KeptKey for Kept {
    fn scope(&self) -> &Scope {
        &self.0
    }

    fn tag(&self) -> KeyTag {
        self.1
    }

    fn usage(&self) -> Use {
        Use::Test
    }

    fn session(&self) -> Result<Box<dyn Mac<Error = SourceError> + '_>, SourceError> {
        Ok(Box::new(Session(&self.2)))
    }
}

impl Mac for Session<'_> {
    type Error = SourceError;

    fn mac(&self, message: &[u8], out: &mut [u8; 32]) -> Result<(), SourceError> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0).expect("a key").chain_update(message);
        out.copy_from_slice(&mac.finalize().into_bytes());
        Ok(())
    }
}

fn key(scope: &str) -> fugo::ScopeKey {
    RootKey::from_bytes(&[7; 32]).scope_key(&scope.parse().expect("a scope"))
}

fn bytes(scope: &str) -> ScopeSource {
    ScopeSource::Bytes(Box::new(key(scope)), Use::Test)
}

fn kept(scope: &str) -> ScopeSource {
    let key = key(scope);
    ScopeSource::Kept(Arc::new(Kept(*key.scope(), key.tag(), *key.expose_bytes())))
}

fn numbers() -> Vec<MyNumber> {
    ["123456789018", "000000000108", "000000000205"].map(|digits| MyNumber::parse(digits).expect("a number")).into()
}

const NTA: &str = "agency/nta/1";
const INSURERS: &str = "insurers/all/1";
const ELIGIBILITY: &str = "eligibility/all/1";

#[test]
fn a_holder_gives_the_symbols_of_its_key() {
    let (numbers, mut expected) = (numbers(), vec![[0; SYMBOL_LEN]; 3]);
    AnySymbolKey::new(&key(NTA)).expect("a key").symbols(&numbers, &mut expected).expect("derived");
    let source = SymbolSource::new(&kept(NTA)).expect("a source");
    assert_eq!((source.scope(), source.tag()), (key(NTA).scope(), key(NTA).tag()));
    assert!(source.here().is_none() && SymbolSource::new(&bytes(NTA)).expect("a source").here().is_some());
    assert!(matches!(source.prepared("a test"), Err(SourceError::NoBytes { needs: "a test" })));
    let mut found = vec![[0; SYMBOL_LEN]; 3];
    source.symbols(&numbers, &mut found).expect("derived");
    assert_eq!(found, expected);
    found.fill([0; SYMBOL_LEN]);
    Deriver::symbols(&source, &numbers, &mut found).expect("derived");
    assert_eq!(found, expected);
    assert_eq!(source.symbol(&numbers[1]).expect("derived"), expected[1]);
    // Together with a key that is here.
    let moj = SymbolSource::new(&bytes("agency/moj/1")).expect("a source");
    let mut outs = [vec![[0; SYMBOL_LEN]; 3], vec![[0; SYMBOL_LEN]; 3]];
    let [one, other] = &mut outs;
    SymbolSource::symbols_for_keys(&[&source, &moj], &numbers, &mut [one, other]).expect("derived");
    assert_eq!((&outs[0], outs[1][2]), (&expected, moj.symbol(&numbers[2]).expect("derived")));
    assert_eq!(format!("{:?} {:?} {:?}", kept(NTA), bytes(NTA), source), "Kept(..) Bytes(..) SymbolSource(..)");
}

#[test]
fn either_stage_of_an_eligibility_symbol_can_be_at_a_holder() {
    let numbers = numbers();
    let whole = AnySymbolKey::eligibility(&key(INSURERS), &key(ELIGIBILITY)).expect("a key");
    let first = AnySymbolKey::new(&key(INSURERS)).expect("a key");
    let (mut insurers, mut expected) = (vec![[0; SYMBOL_LEN]; 3], vec![[0; SYMBOL_LEN]; 3]);
    first.symbols(&numbers, &mut insurers).expect("derived");
    whole.symbols(&numbers, &mut expected).expect("derived");
    for (one, other) in [
        (bytes(INSURERS), bytes(ELIGIBILITY)),
        (kept(INSURERS), bytes(ELIGIBILITY)),
        (bytes(INSURERS), kept(ELIGIBILITY)),
        (kept(INSURERS), kept(ELIGIBILITY)),
    ] {
        let source = SymbolSource::eligibility(&one, &other).expect("a source");
        assert!(source.takes_numbers().is_ok() && source.takes_insurers().is_ok());
        let mut found = vec![[0; SYMBOL_LEN]; 3];
        source.symbols(&numbers, &mut found).expect("derived");
        assert_eq!(found, expected, "{one:?} {other:?}");
        found.fill([0; SYMBOL_LEN]);
        Deriver::symbols_from_insurers(&source, &insurers, &mut found).expect("derived");
        assert_eq!(found, expected, "{one:?} {other:?}");
        assert_eq!(source.symbol_from_insurers(&insurers[2]).expect("derived"), expected[2]);
    }
    // The issuer has the second key alone.
    for source in [bytes(ELIGIBILITY), kept(ELIGIBILITY)] {
        let issuer = SymbolSource::issuer(&source).expect("a source");
        assert_eq!(issuer.symbol_from_insurers(&insurers[0]).expect("derived"), expected[0]);
        assert_eq!(issuer.takes_numbers(), Err(PurposeError::InsurersMissing));
        assert_eq!(Deriver::takes_numbers(&issuer), Err(PurposeError::InsurersMissing));
        assert!(issuer.takes_insurers().is_ok() && issuer.symbol(&numbers[0]).is_err());
    }
}

#[test]
fn a_holder_of_another_key_than_is_needed_is_refused() {
    let wrong = |expected, found| PurposeError::WrongPurpose { expected, found };
    for source in [bytes(NTA), kept(NTA)] {
        let takes = SymbolSource::new(&source).expect("a source");
        assert!(takes.takes_numbers().is_ok());
        let refusal = wrong(Purpose::Eligibility, Purpose::Agency);
        assert_eq!(takes.takes_insurers(), Err(refusal));
        assert!(takes.symbol_from_insurers(&[0; SYMBOL_LEN]).is_err());
        assert_eq!(SymbolSource::issuer(&source).err(), Some(refusal));
        assert_eq!(SymbolSource::eligibility(&kept(INSURERS), &source).err(), Some(refusal));
        let insurers = wrong(Purpose::Insurers, Purpose::Agency);
        assert_eq!(SymbolSource::eligibility(&source, &kept(ELIGIBILITY)).err(), Some(insurers));
    }
    for source in [bytes(ELIGIBILITY), kept(ELIGIBILITY)] {
        assert_eq!(SymbolSource::new(&source).err(), Some(PurposeError::InsurersMissing));
    }
    for source in [bytes("insurers/all/2"), kept("insurers/all/2")] {
        let refusal = SymbolSource::eligibility(&source, &kept(ELIGIBILITY)).err();
        assert_eq!(refusal, Some(PurposeError::InsurersEpoch { found: 2 }));
    }
}
