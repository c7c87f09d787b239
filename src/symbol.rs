//! Symbols: one type per purpose, and the keys that derive them.

use core::{cmp::Ordering, fmt, marker::PhantomData};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    key::{KeyTag, ScopeKey},
    lanes::{MAC_LEN, PreparedKey},
    message::Fixed,
    my_number::MyNumber,
    scope::{Epoch, Purpose, Scope},
};

/// Length of every symbol in bytes.
pub const SYMBOL_LEN: usize = 16;
const _: () = assert!(SYMBOL_LEN == MAC_LEN);

/// A purpose as a type. Sealed: only the seven types of this crate implement it.
pub trait PurposeType: sealed::Sealed + Copy + Ord + core::hash::Hash + 'static {
    /// The purpose as a value.
    const PURPOSE: Purpose;
}

/// A purpose whose symbols are derived from the number itself: every purpose except [`Eligibility`].
pub trait NumberPurpose: PurposeType {}

mod sealed {
    pub trait Sealed {}
}

macro_rules! purposes {
    ($($purpose:ident, $alias:ident, $doc:literal;)*) => {$(
        #[doc = concat!("The purpose of an [`", stringify!($alias), "`]. Has no values.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $purpose {}
        impl sealed::Sealed for $purpose {}
        impl PurposeType for $purpose {
            const PURPOSE: Purpose = Purpose::$purpose;
        }
        #[doc = $doc]
        pub type $alias = Symbol<$purpose>;
    )*};
}

purposes! {
    Agency, AgencySymbol, "機関別符号: a person's symbol for one agency.";
    Insurers, InsurersSymbol, "保険者全体の機関別符号: a person's symbol for all health insurers together.";
    Eligibility, EligibilitySymbol,
        "保険資格符号: one per person for life, whoever insures them. All organisations that hold it can link their data.";
    Network, NetworkSymbol, "地域連携: a person's symbol for one regional care network.";
    Research, ResearchSymbol, "研究: a person's symbol for one provision of data.";
    Registry, RegistrySymbol, "登録: a person's symbol for one registry.";
    Portal, PortalSymbol, "ポータル: a person's symbol for one portal.";
}

impl NumberPurpose for Agency {}
impl NumberPurpose for Insurers {}
impl NumberPurpose for Network {}
impl NumberPurpose for Research {}
impl NumberPurpose for Registry {}
impl NumberPurpose for Portal {}

/// `HMAC-SHA-256(ScopeKey, message)[0..16]` (RFC 2104; truncation as in NIST SP 800-107), 16 bytes.
///
/// Symbols of two purposes have different types. Symbols of two agencies have the same type; key tags tell them apart.
/// Symbols can be sorted by their bytes, hashed and joined. Protect each symbol like a 個人番号. `Debug` prints no
/// bytes.
///
/// ```compile_fail
/// # fn different(a: fugo::AgencySymbol, b: fugo::InsurersSymbol) -> bool {
/// a == b // symbols of two purposes do not compare
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol<P: PurposeType> {
    bytes: [u8; SYMBOL_LEN],
    purpose: PhantomData<P>,
}

impl<P: PurposeType> Symbol<P> {
    /// Takes the bytes of a symbol that is known to be of this purpose, for example from a binary column.
    pub fn from_bytes(bytes: [u8; SYMBOL_LEN]) -> Self {
        Self { bytes, purpose: PhantomData }
    }

    /// The sixteen bytes.
    pub fn to_bytes(self) -> [u8; SYMBOL_LEN] {
        self.bytes
    }

    /// The sixteen bytes, by reference.
    pub fn as_bytes(&self) -> &[u8; SYMBOL_LEN] {
        &self.bytes
    }
}

impl<P: PurposeType> Ord for Symbol<P> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl<P: PurposeType> PartialOrd for Symbol<P> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<P: PurposeType> fmt::Debug for Symbol<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(..)", P::PURPOSE.symbol_name())
    }
}

/// A scope key that is ready to derive symbols of purpose `P`. Its HMAC states are computed once and wiped on drop.
///
/// ```
/// use fugo::{Agency, AgencySymbol, MyNumber, RootKey, Scope, SymbolKey};
/// let root = RootKey::random()?;
/// let key = SymbolKey::<Agency>::new(&root.scope_key(&"agency/nta/1".parse::<Scope>()?))?;
/// let symbol: AgencySymbol = key.symbol(&MyNumber::parse("123456789018")?);
/// assert_eq!(key.parse_text(key.text(&symbol))?, symbol);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SymbolKey<P: PurposeType> {
    scope: Scope,
    tag: KeyTag,
    prepared: PreparedKey,
    purpose: PhantomData<P>,
}

impl<P: PurposeType> SymbolKey<P> {
    /// Prepares a key. Error: the key's purpose is not `P`.
    pub fn new(key: &ScopeKey) -> Result<Self, PurposeError> {
        if key.scope().purpose() != P::PURPOSE {
            return Err(PurposeError::WrongPurpose { expected: P::PURPOSE, found: key.scope().purpose() });
        }
        Ok(Self {
            scope: *key.scope(),
            tag: key.tag(),
            prepared: PreparedKey::new(key.expose_bytes()),
            purpose: PhantomData,
        })
    }

    /// The scope of the key.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The key's tag, which identifies the key in text forms.
    pub fn tag(&self) -> KeyTag {
        self.tag
    }

    pub(crate) fn prepared(&self) -> &PreparedKey {
        &self.prepared
    }

    fn truncated_mac<const LEN: usize>(&self, message: impl Fn() -> Fixed<LEN>) -> Symbol<P> {
        let mut symbol = [0; SYMBOL_LEN];
        self.prepared.derive(1, |_| message(), |_, bytes| symbol = bytes);
        Symbol::from_bytes(symbol)
    }
}

impl<P: NumberPurpose> SymbolKey<P> {
    /// `Symbol := HMAC-SHA-256(ScopeKey, twelve ASCII digits)[0..16]`.
    pub fn symbol(&self, number: &MyNumber) -> Symbol<P> {
        self.truncated_mac(|| Fixed::number(number))
    }
}

impl SymbolKey<Eligibility> {
    /// `EligibilitySymbol := HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol of epoch 1)[0..16]`, for issuers, who
    /// need no numbers.
    ///
    /// The bytes of a symbol do not contain its epoch. This method is only for insurers' symbols of epoch 1. To be sure
    /// of the epoch, read them from their text form with the tag of that key.
    pub fn symbol_from_insurers(&self, insurers: &InsurersSymbol) -> EligibilitySymbol {
        self.truncated_mac(|| Fixed::insurers(insurers.to_bytes()))
    }
}

impl<P: PurposeType> fmt::Debug for SymbolKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymbolKey(..)")
    }
}

/// Both stages of the eligibility symbol: number → insurers' symbol of epoch 1 → eligibility symbol.
///
/// No insurer is an input, so the symbol stays the same when a person changes insurers.
#[derive(Clone)]
pub struct EligibilityKey {
    insurers: SymbolKey<Insurers>,
    eligibility: SymbolKey<Eligibility>,
}

impl EligibilityKey {
    /// Takes the two keys. The insurers' key must be of epoch 1: the issuer maps insurers' symbols of later epochs back
    /// to epoch 1, and never derives eligibility symbols from them.
    pub fn new(insurers: &ScopeKey, eligibility: &ScopeKey) -> Result<Self, PurposeError> {
        let insurers = SymbolKey::<Insurers>::new(insurers)?;
        if insurers.scope.epoch() != Epoch::FIRST {
            return Err(PurposeError::InsurersEpoch { found: insurers.scope.epoch().number() });
        }
        Ok(Self { insurers, eligibility: SymbolKey::new(eligibility)? })
    }

    /// `HMAC-SHA-256(ScopeKey[eligibility], HMAC-SHA-256(ScopeKey[insurers, epoch 1], number)[0..16])[0..16]`.
    pub fn symbol(&self, number: &MyNumber) -> EligibilitySymbol {
        self.eligibility.symbol_from_insurers(&self.insurers.symbol(number))
    }

    /// The key of the second stage. Its scope and tag are those of the symbols.
    pub fn eligibility(&self) -> &SymbolKey<Eligibility> {
        &self.eligibility
    }

    /// The key of the first stage.
    pub fn insurers(&self) -> &SymbolKey<Insurers> {
        &self.insurers
    }
}

impl fmt::Debug for EligibilityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EligibilityKey(..)")
    }
}

/// A key whose scope does not fit the derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PurposeError {
    /// The key is of another purpose.
    #[error("the key's purpose is {found}; this needs a key of purpose {expected}")]
    WrongPurpose {
        /// The purpose that was needed.
        expected: Purpose,
        /// The purpose that the key has.
        found: Purpose,
    },
    /// The insurers' key for eligibility symbols is of a later epoch than 1.
    #[error("the epoch of the insurers' key is {found}; eligibility symbols need the insurers' key of epoch 1")]
    InsurersEpoch {
        /// The epoch that the key has.
        found: u32,
    },
    /// An eligibility key alone does not take numbers.
    #[error("to derive from numbers, an eligibility key also needs the insurers' key of epoch 1")]
    InsurersMissing,
    /// A translation between a scope and itself.
    #[error("both keys have the same tag; a translation needs the keys of two scopes, or of two epochs of one scope")]
    SameKey,
}

impl PurposeError {
    /// The kind of the error, as one word: the same in every binding.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::WrongPurpose { .. } => ErrorKind::WrongPurpose,
            Self::InsurersEpoch { .. } => ErrorKind::InsurersEpoch,
            Self::InsurersMissing => ErrorKind::InsurersMissing,
            Self::SameKey => ErrorKind::SameKey,
        }
    }

    /// Always `None`.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// The purpose or the epoch of the key.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::WrongPurpose { expected, found } => Some(Found::Purpose { expected, found }),
            Self::InsurersEpoch { found } => Some(Found::Epoch(found)),
            Self::InsurersMissing | Self::SameKey => None,
        }
    }
}
