//! Scopes and their parts. Purpose codes, labels and the version byte are defined only here.

use core::{fmt, num::NonZeroU32, str::FromStr};

use base16ct::HexDisplay;

use crate::error_kind::{ErrorKind, Found, Place};

/// The version byte of labels, key tags and human-readable parts. A new construction needs a new version.
pub(crate) const VERSION: u8 = 1;
/// The first bytes of every label and of every message that gives a key tag.
pub(crate) const CONTEXT: &[u8; 4] = b"fugo";

/// What symbols are for: the first part of a [`Scope`]. Not exhaustive, because version 1 may gain purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// 機関別符号: one agency.
    Agency,
    /// 保険者全体の機関別符号: all health insurers together, with the fixed scope id `all`.
    Insurers,
    /// 保険資格符号: health-insurance eligibility, with the fixed scope id `all`.
    Eligibility,
    /// 地域連携: a regional care network.
    Network,
    /// 研究: one provision of data to one study.
    Research,
    /// 登録: a registry such as the national cancer registry.
    Registry,
    /// ポータル (PHR): a person's own portal.
    Portal,
}

/// code, name, human-readable part of the text form, name of the symbol type
const PURPOSES: [(Purpose, u8, &str, &str, &str); 7] = [
    (Purpose::Agency, 0x01, "agency", "kikan", "AgencySymbol"),
    (Purpose::Insurers, 0x02, "insurers", "hokensha", "InsurersSymbol"),
    (Purpose::Eligibility, 0x03, "eligibility", "shikaku", "EligibilitySymbol"),
    (Purpose::Network, 0x04, "network", "chiiki", "NetworkSymbol"),
    (Purpose::Research, 0x05, "research", "kenkyu", "ResearchSymbol"),
    (Purpose::Registry, 0x06, "registry", "toroku", "RegistrySymbol"),
    (Purpose::Portal, 0x07, "portal", "portal", "PortalSymbol"),
];

impl Purpose {
    /// Every purpose of version 1, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        PURPOSES.iter().map(|row| row.0)
    }

    fn row(self) -> &'static (Purpose, u8, &'static str, &'static str, &'static str) {
        &PURPOSES[self as usize]
    }

    /// The byte in a [`Label`].
    pub fn code(self) -> u8 {
        self.row().1
    }

    /// The name in key files and scopes, `agency` to `portal`.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The human-readable part of the text form. It names the purpose and the version.
    pub fn text_part(self) -> &'static str {
        self.row().3
    }

    /// The name of the symbol type, `AgencySymbol` to `PortalSymbol`.
    pub fn symbol_name(self) -> &'static str {
        self.row().4
    }

    /// The purpose whose text form starts with this human-readable part.
    pub fn from_text_part(part: &str) -> Option<Self> {
        PURPOSES.iter().find(|row| row.3 == part).map(|row| row.0)
    }

    /// The fixed scope id of a purpose: `all` for insurers and eligibility, otherwise `None`.
    pub fn fixed_id(self) -> Option<&'static str> {
        matches!(self, Self::Insurers | Self::Eligibility).then_some("all")
    }
}

impl FromStr for Purpose {
    type Err = ScopeError;
    fn from_str(name: &str) -> Result<Self, ScopeError> {
        PURPOSES.iter().find(|row| row.2 == name).map(|row| row.0).ok_or(ScopeError::UnknownPurpose)
    }
}

impl TryFrom<u8> for Purpose {
    type Error = ScopeError;
    /// The purpose of a [`Purpose::code`].
    fn try_from(code: u8) -> Result<Self, ScopeError> {
        PURPOSES.iter().find(|row| row.1 == code).map(|row| row.0).ok_or(ScopeError::UnknownPurpose)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The scope id, which names an organisation: 1 to 40 characters of `a-z 0-9 -`. The first and the last are not
/// hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId {
    bytes: [u8; ScopeId::MAX_LEN],
    len: u8,
}

impl ScopeId {
    /// The longest id in bytes.
    pub const MAX_LEN: usize = 40;

    /// Checks a scope id.
    pub fn new(id: &str) -> Result<Self, ScopeError> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let text = id.as_bytes();
        if text.is_empty()
            || text.len() > Self::MAX_LEN
            || !text.iter().copied().all(allowed)
            || text[0] == b'-'
            || text[text.len() - 1] == b'-'
        {
            return Err(ScopeError::Id);
        }
        let mut bytes = [0; Self::MAX_LEN];
        bytes[..text.len()].copy_from_slice(text);
        Ok(Self { bytes, len: text.len() as u8 })
    }

    /// The id as it was given.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_else(|_| unreachable!("an id is ASCII"))
    }
}

impl FromStr for ScopeId {
    type Err = ScopeError;
    fn from_str(id: &str) -> Result<Self, ScopeError> {
        Self::new(id)
    }
}

impl AsRef<str> for ScopeId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeId({})", self.as_str())
    }
}

/// 世代: the generation of a scope's key, 1 to 2^32 − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(NonZeroU32);

impl Epoch {
    /// Epoch 1, the first of every scope. The insurers' stage of an eligibility symbol always has it.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// Takes a number from 1 to 2^32 − 1.
    pub fn new(number: u32) -> Result<Self, ScopeError> {
        NonZeroU32::new(number).map(Self).ok_or(ScopeError::EpochZero)
    }

    /// The number of the epoch.
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for Epoch {
    type Error = ScopeError;
    fn try_from(number: u32) -> Result<Self, ScopeError> {
        Self::new(number)
    }
}

impl From<Epoch> for u32 {
    fn from(epoch: Epoch) -> Self {
        epoch.number()
    }
}

impl FromStr for Epoch {
    type Err = ScopeError;
    /// Decimal digits without sign and without leading zeros, so an epoch has only one spelling.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text == "0" {
            return Err(ScopeError::EpochZero);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) || text.starts_with('0') {
            return Err(ScopeError::Form);
        }
        text.parse().map_err(|_| ScopeError::Form).and_then(Self::new)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A scope: purpose, scope id and epoch. Two scopes never share a key.
///
/// Written `agency/nta/1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    purpose: Purpose,
    id: ScopeId,
    epoch: Epoch,
}

impl Scope {
    /// The scope of these parts. Error: [`ScopeError::FixedId`], if the id of insurers or eligibility is not `all`.
    ///
    /// ```
    /// use fugo::{Epoch, Purpose, Scope};
    /// let scope = Scope::new(Purpose::Agency, "nta".parse()?, Epoch::new(2)?)?;
    /// assert_eq!(scope, "agency/nta/2".parse()?);
    /// # Ok::<(), fugo::ScopeError>(())
    /// ```
    pub fn new(purpose: Purpose, id: ScopeId, epoch: Epoch) -> Result<Self, ScopeError> {
        if purpose.fixed_id().is_some_and(|fixed| fixed != id.as_str()) {
            return Err(ScopeError::FixedId);
        }
        Ok(Self { purpose, id, epoch })
    }

    /// The purpose.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The id.
    pub fn id(&self) -> &ScopeId {
        &self.id
    }

    /// The epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// `Label := "fugo" ‖ 0x01 ‖ purpose (1) ‖ epoch (4, big-endian) ‖ len(id) (1) ‖ id`, 12 to 51 bytes.
    ///
    /// Injective: the first eleven bytes are fields of fixed width, the eleventh gives the length of the id, and the id
    /// is last. So two labels are equal only if all fields are equal.
    pub fn label(&self) -> Label {
        let id = self.id.as_str().as_bytes();
        let mut bytes = [0; Label::MAX_LEN];
        bytes[..4].copy_from_slice(CONTEXT);
        bytes[4] = VERSION;
        bytes[5] = self.purpose.code();
        bytes[6..10].copy_from_slice(&self.epoch.number().to_be_bytes());
        bytes[10] = self.id.len;
        bytes[11..11 + id.len()].copy_from_slice(id);
        Label { bytes, len: 11 + id.len() }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.purpose, self.id, self.epoch)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({self})")
    }
}

impl FromStr for Scope {
    type Err = ScopeError;
    /// Reads `purpose/id/epoch`. The epoch is decimal, without sign and without leading zeros.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let mut parts = text.split('/');
        let (Some(purpose), Some(id), Some(epoch), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ScopeError::Form);
        };
        // The epoch is parsed before the id, because this order decides which error is reported if both are wrong.
        let (purpose, epoch) = (purpose.parse()?, epoch.parse()?);
        Self::new(purpose, id.parse()?, epoch)
    }
}

/// The `info` of HKDF-Expand for a scope key, without its counter byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    bytes: [u8; Label::MAX_LEN],
    len: usize,
}

impl Label {
    /// The longest label in bytes.
    pub const MAX_LEN: usize = 11 + ScopeId::MAX_LEN;

    /// The bytes, 12 to 51 of them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl fmt::Debug for Label {
    /// The bytes in hexadecimal: a label is public.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Label(")?;
        write!(f, "{:x})", HexDisplay(self.as_bytes()))
    }
}

// Every label with its counter byte fits one block of SHA-256, so a scope key needs one block inside and one outside.
const _: () = assert!(Label::MAX_LEN < 55);

/// The reason why a scope is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// The scope id has a wrong character or a wrong length.
    #[error("a scope id is 1 to 40 of a-z, 0-9 and hyphen, and neither starts nor ends with a hyphen")]
    Id,
    /// Insurers or eligibility with another scope id than `all`.
    #[error("the scope id of the purposes insurers and eligibility must be `all`")]
    FixedId,
    /// Epoch 0.
    #[error("an epoch is 1 to 4294967295; 0 is refused")]
    EpochZero,
    /// The name of the purpose is unknown.
    #[error("a purpose is agency, insurers, eligibility, network, research, registry or portal")]
    UnknownPurpose,
    /// Not of the form purpose/id/epoch.
    #[error("a scope is written purpose/id/epoch, such as agency/nta/1, the epoch from 1 to 4294967295")]
    Form,
}

impl ScopeError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Id => ErrorKind::ScopeId,
            Self::FixedId => ErrorKind::ScopeIdFixed,
            Self::EpochZero => ErrorKind::EpochZero,
            Self::UnknownPurpose => ErrorKind::UnknownPurpose,
            Self::Form => ErrorKind::ScopeForm,
        }
    }

    /// Always `None`: the error concerns the whole scope.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`.
    pub fn found(self) -> Option<Found> {
        None
    }
}
