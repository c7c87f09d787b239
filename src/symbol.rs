//! One derivation, one type per purpose.

use core::{cmp::Ordering, fmt, marker::PhantomData};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    key::{KeyTag, ScopeKey},
    lanes::PreparedKey,
    my_number::MyNumber,
    scope::{Epoch, Purpose, Scope},
};

/// Length of every symbol in bytes.
pub const SYMBOL_LEN: usize = 16;

/// A purpose known to the compiler. Sealed: the seven types beside it are all there are.
pub trait PurposeType: sealed::Sealed + Copy + Ord + core::hash::Hash + 'static {
    /// The purpose as a value.
    const PURPOSE: Purpose;
}

/// A purpose whose symbols are derived from the number itself: every one but [`Eligibility`].
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
    Agency, AgencySymbol, "機関別符号: what one agency calls a person.";
    Insurers, InsurersSymbol, "保険者全体の機関別符号: what all health insurers together call a person.";
    Eligibility, EligibilitySymbol, "保険資格符号: one per person for life, whoever insures them. A declared link handle among those who hold it.";
    Network, NetworkSymbol, "地域連携: what one regional care network calls a person.";
    Research, ResearchSymbol, "研究: what one provision of data calls a person.";
    Registry, RegistrySymbol, "登録: what one registry calls a person.";
    Portal, PortalSymbol, "ポータル: what one portal calls a person.";
}

impl NumberPurpose for Agency {}
impl NumberPurpose for Insurers {}
impl NumberPurpose for Network {}
impl NumberPurpose for Research {}
impl NumberPurpose for Registry {}
impl NumberPurpose for Portal {}

/// `HMAC-SHA-256(ScopeKey, message)[0..16]` (RFC 2104; truncation as in NIST SP 800-107), 16 bytes.
///
/// The type keeps purposes apart, not two agencies of one purpose: key tags do that. Symbols sort (by their
/// bytes), hash and join. Treat every one as 個人番号. `Debug` prints no bytes.
///
/// ```compile_fail
/// # fn different(a: fugo::AgencySymbol, b: fugo::InsurersSymbol) -> bool {
/// a == b // two purposes do not compare
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol<P: PurposeType> {
    bytes: [u8; SYMBOL_LEN],
    purpose: PhantomData<P>,
}

impl<P: PurposeType> Symbol<P> {
    /// Takes the bytes of a symbol that is known to be of this purpose, from a binary column say.
    pub fn from_bytes(bytes: [u8; SYMBOL_LEN]) -> Self {
        Self { bytes, purpose: PhantomData }
    }

    /// The sixteen bytes.
    pub fn to_bytes(self) -> [u8; SYMBOL_LEN] {
        self.bytes
    }

    /// The sixteen bytes in place.
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

/// A scope key ready to derive symbols of purpose `P`: its HMAC states are prepared once and wiped on drop.
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
    /// Prepares a key. The one step that can fail: the key's purpose must be `P`.
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

    /// Whom the key is for.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The key's tag, which names it in text forms.
    pub fn tag(&self) -> KeyTag {
        self.tag
    }

    pub(crate) fn prepared(&self) -> &PreparedKey {
        &self.prepared
    }

    fn truncated_mac<const LEN: usize>(&self, message: &[u8; LEN]) -> Symbol<P> {
        let mut symbol = [0; SYMBOL_LEN];
        self.prepared.derive(1, |_| *message, |_, bytes| symbol = bytes);
        Symbol::from_bytes(symbol)
    }
}

impl<P: NumberPurpose> SymbolKey<P> {
    /// `Symbol := HMAC-SHA-256(ScopeKey, twelve ASCII digits)[0..16]`.
    pub fn symbol(&self, number: &MyNumber) -> Symbol<P> {
        self.truncated_mac(number.expose_digits())
    }
}

impl SymbolKey<Eligibility> {
    /// `EligibilitySymbol := HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol of epoch 1)[0..16]`: the
    /// issuer's path, in which no number appears.
    ///
    /// The bytes of a symbol do not say their epoch. Only symbols of the insurers' epoch 1 belong here; read
    /// them from their text form with the tag of that key, which tells epochs apart.
    pub fn symbol_from_insurers(&self, insurers: &InsurersSymbol) -> EligibilitySymbol {
        self.truncated_mac(insurers.as_bytes())
    }
}

impl<P: PurposeType> fmt::Debug for SymbolKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymbolKey(..)")
    }
}

/// Both stages of the eligibility symbol: number → insurers' symbol of epoch 1 → eligibility symbol.
///
/// It takes no insurer, so changing insurers cannot change the symbol.
#[derive(Clone)]
pub struct EligibilityKey {
    insurers: SymbolKey<Insurers>,
    eligibility: SymbolKey<Eligibility>,
}

impl EligibilityKey {
    /// Joins the two keys. The insurers' key must be of epoch 1: symbols of later insurers' epochs are mapped
    /// back to epoch 1 by the issuer, never into new eligibility symbols.
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

    /// The second stage, whose scope and tag are those of the symbols.
    pub fn eligibility(&self) -> &SymbolKey<Eligibility> {
        &self.eligibility
    }

    /// The first stage.
    pub fn insurers(&self) -> &SymbolKey<Insurers> {
        &self.insurers
    }
}

impl fmt::Debug for EligibilityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EligibilityKey(..)")
    }
}

/// A key whose scope does not fit what is to be derived.
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
    /// The insurers' stage of an eligibility symbol with a later key.
    #[error("the insurers' key is of epoch {found}; eligibility symbols start from insurers' epoch 1 only")]
    InsurersEpoch {
        /// The epoch that the key has.
        found: u32,
    },
    /// An eligibility key alone, where numbers come in.
    #[error("an eligibility key needs the insurers' key of epoch 1 beside it to start from a number")]
    InsurersMissing,
}

impl PurposeError {
    /// One word of a closed vocabulary, the same in every binding.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::WrongPurpose { .. } => ErrorKind::WrongPurpose,
            Self::InsurersEpoch { .. } => ErrorKind::InsurersEpoch,
            Self::InsurersMissing => ErrorKind::InsurersMissing,
        }
    }

    /// None: a key has no place.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// The purpose or the epoch of the key.
    pub fn found(self) -> Option<Found> {
        match self {
            Self::WrongPurpose { expected, found } => Some(Found::Purpose { expected, found }),
            Self::InsurersEpoch { found } => Some(Found::Epoch(found)),
            Self::InsurersMissing => None,
        }
    }
}
