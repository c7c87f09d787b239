//! Makes keys in a token: generated there, derived there, or imported. Each is read back before it counts.

use std::{ffi::c_ulong, num::NonZeroUsize, ptr};

use cryptoki::{
    error::Error,
    mechanism::{
        Mechanism, MechanismType,
        hkdf::HkdfParams,
        kbkdf::{Endianness, KbkdfCounterFormat, KbkdfParams, PrfDataParam, PrfDataParamType},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use fugo::{KEY_LEN, KeyTag, RootKey, Scope, ScopeKey, mac};

use super::{
    attributes::{check, is_of_template},
    failed::failed,
    identity::{Identity, Kind},
    session::{Token, TokenKey, named},
};
use crate::{
    key_file::Use,
    source::{
        error::{SourceError, TokenError},
        token_uri::TokenUri,
    },
};

/// What a root key in a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It signs, and a scope's key leaves the token as one MAC.
    SignedOut,
    /// It derives, and a scope's key stays in the token.
    DerivedIn,
}

/// What the attributes of a new key allow.
pub(super) enum Uses {
    Sign,
    Derive(Vec<MechanismType>),
}

impl Token {
    /// Makes a root key in the token. `uri` gives its label.
    pub fn make_root(&self, uri: &TokenUri, usage: Use, mode: Mode) -> Result<(), SourceError> {
        self.make(uri, Identity { kind: Kind::Root, usage }, &self.uses(mode)?, None).map(|_| ())
    }

    /// Brings a root key into the token.
    pub fn import_root(&self, uri: &TokenUri, root: &RootKey, usage: Use, mode: Mode) -> Result<(), SourceError> {
        let identity = Identity { kind: Kind::Root, usage };
        self.make(uri, identity, &self.uses(mode)?, Some(root.expose_bytes())).map(|_| ())
    }

    /// Makes the key of a scope from 32 random bytes of the token, without a root key. Returns its tag.
    pub fn make_scope(&self, uri: &TokenUri, scope: &Scope, usage: Use) -> Result<KeyTag, SourceError> {
        let identity = Identity { kind: Kind::Scope(*scope), usage };
        let handle = self.make(uri, identity, &Uses::Sign, None)?;
        mac::tag(&TokenKey { session: &self.session, handle, identity })
    }

    /// Brings the key of a scope into the token. The token confirms its tag.
    pub fn import_scope(&self, uri: &TokenUri, key: &ScopeKey, usage: Use) -> Result<(), SourceError> {
        let identity = Identity { kind: Kind::Scope(*key.scope()), usage };
        let handle = self.make(uri, identity, &Uses::Sign, Some(key.expose_bytes()))?;
        self.confirmed(handle, identity, key.tag())
    }

    /// The tag of the scope's key that this root key derives. The key lives in the session for a moment.
    pub fn derived_tag(&self, root: &TokenKey<'_>, scope: &Scope) -> Result<KeyTag, SourceError> {
        let mechanism = self.derivation()?;
        let handle = derive_once(&self.session, root.handle, mechanism, scope.label().as_bytes(), KEY_LEN as u64)
            .map_err(|error| not_derived(error, mechanism))?;
        let tag = mac::tag(&TokenKey { session: &self.session, handle, identity: root.identity });
        self.session.destroy_object(handle).map_err(failed)?;
        tag
    }

    /// Derives the key of a scope within the token, as an object that signs and does nothing else. `tag` is that of
    /// [`Self::derived_tag`], which was recorded.
    pub fn derive_scope(
        &self,
        root: &TokenKey<'_>,
        uri: &TokenUri,
        scope: &Scope,
        tag: KeyTag,
    ) -> Result<(), SourceError> {
        self.check_is_new(uri)?;
        let mechanism = self.derivation()?;
        let identity = Identity { kind: Kind::Scope(*scope), usage: root.identity.usage };
        let template = template(label(uri)?, Some(&self.new_id(identity)?), &Uses::Sign);
        let label = scope.label();
        let handle = in_turn(&template, |template| {
            with_mechanism(mechanism, label.as_bytes(), |mechanism| {
                let length = Attribute::ValueLen((KEY_LEN as u64).into());
                self.session.derive_key(mechanism, root.handle, &[template, &[length]].concat())
            })
        })
        .map_err(|error| not_derived(error, mechanism))?;
        check(&self.session, handle, &Uses::Sign, false)?;
        self.confirmed(handle, identity, tag)
    }

    /// Removes a new key whose tag is not the expected one.
    fn confirmed(&self, handle: ObjectHandle, identity: Identity, expected: KeyTag) -> Result<(), SourceError> {
        let found = mac::tag(&TokenKey { session: &self.session, handle, identity });
        if !matches!(&found, Ok(found) if *found == expected) {
            self.session.destroy_object(handle).map_err(failed)?;
            return Err(SourceError::WrongTag { expected, found: found? });
        }
        Ok(())
    }

    fn make(
        &self,
        uri: &TokenUri,
        identity: Identity,
        uses: &Uses,
        bytes: Option<&[u8; KEY_LEN]>,
    ) -> Result<ObjectHandle, SourceError> {
        self.check_is_new(uri)?;
        let template = template(label(uri)?, Some(&self.new_id(identity)?), uses);
        let length = [Attribute::ValueLen((KEY_LEN as u64).into())];
        let handle = in_turn(&template, |template| match bytes {
            Some(bytes) => self.session.create_object(&[template, &[Attribute::Value(bytes.to_vec())]].concat()),
            None => self.session.generate_key(&Mechanism::GenericSecretKeyGen, &[template, &length].concat()),
        })
        .map_err(failed)?;
        check(&self.session, handle, uses, bytes.is_none())?;
        Ok(handle)
    }

    /// Refuses a URI without a label for a new key, and a label that a key of the token has.
    pub fn check_is_new(&self, uri: &TokenUri) -> Result<(), SourceError> {
        label(uri)?;
        let label = TokenUri { id: None, ..uri.clone() };
        let found = self.session.find_objects(&named(&label)).map_err(failed)?;
        if found.is_empty() { Ok(()) } else { Err(TokenError::Exists.into()) }
    }

    /// An id that no key of the token has.
    fn new_id(&self, identity: Identity) -> Result<Vec<u8>, SourceError> {
        let id = identity.id().map_err(|_| TokenError::NoRandom)?;
        let found = self.session.find_objects(&[Attribute::Id(id.clone())]).map_err(failed)?;
        if found.is_empty() { Ok(id) } else { Err(TokenError::Exists.into()) }
    }

    fn uses(&self, mode: Mode) -> Result<Uses, SourceError> {
        Ok(match mode {
            Mode::SignedOut => Uses::Sign,
            Mode::DerivedIn => Uses::Derive(vec![self.derivation()?]),
        })
    }

    /// The mechanism by which this token derives.
    fn derivation(&self) -> Result<MechanismType, SourceError> {
        for mechanism in [MechanismType::HKDF_DERIVE, MechanismType::SP800_108_COUNTER_KDF] {
            if self.has(mechanism)? {
                return Ok(mechanism);
            }
        }
        Err(TokenError::NoMechanism { mechanism: "CKM_HKDF_DERIVE or CKM_SP800_108_COUNTER_KDF" }.into())
    }
}

fn label(uri: &TokenUri) -> Result<&str, SourceError> {
    if uri.id.is_some() {
        return Err(SourceError::Address(crate::source::AddressError::Value {
            name: "id",
            allowed: "absent for a new key: it says what the key is",
        }));
    }
    uri.object.as_deref().ok_or(SourceError::Address(crate::source::AddressError::Missing { name: "object" }))
}

/// Every attribute is given, because the defaults of tokens are open. Without an id the key lives in the session.
fn template(label: &str, id: Option<&[u8]>, uses: &Uses) -> Vec<Attribute> {
    let signs = matches!(uses, Uses::Sign);
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Token(id.is_some()),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(signs),
        Attribute::Verify(false),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::Derive(!signs),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    template.extend(id.map(|id| Attribute::Id(id.to_vec())));
    // Those that some tokens do not know are last: see `in_turn`.
    template.extend([Attribute::Modifiable(false), Attribute::Copyable(false)]);
    match uses {
        Uses::Sign => template.push(Attribute::AllowedMechanisms(vec![MechanismType::SHA256_HMAC])),
        Uses::Derive(mechanisms) => {
            template.push(Attribute::AllowedMechanisms(mechanisms.clone()));
            template.extend(derive_template());
        }
    }
    template
}

/// `CKA_DERIVE_TEMPLATE`: what a root key derives is sensitive, not extractable, and has 32 bytes. Where the token honours
/// it, keys of other lengths are refused, from which a key could be found byte by byte.
///
/// `cryptoki` has no type for an attribute that holds attributes, so this is its form in C, an array of
/// `CK_ATTRIBUTE { type, pValue, ulValueLen }` of three words each. The values are statics: their addresses stay valid.
fn derive_template() -> Option<Attribute> {
    const DERIVE_TEMPLATE: c_ulong = 0x4000_0213;
    const EXTRACTABLE: c_ulong = 0x162;
    const SENSITIVE: c_ulong = 0x103;
    const VALUE_LEN: c_ulong = 0x161;
    static FALSE: u8 = 0;
    static TRUE: u8 = 1;
    static LENGTH: c_ulong = KEY_LEN as c_ulong;
    let attributes = [
        (SENSITIVE, ptr::from_ref(&TRUE).expose_provenance(), size_of_val(&TRUE)),
        (EXTRACTABLE, ptr::from_ref(&FALSE).expose_provenance(), size_of_val(&FALSE)),
        (VALUE_LEN, ptr::from_ref(&LENGTH).expose_provenance(), size_of_val(&LENGTH)),
    ];
    let bytes = attributes.into_iter().flat_map(|(kind, address, length)| {
        [kind.to_ne_bytes(), (address as c_ulong).to_ne_bytes(), (length as c_ulong).to_ne_bytes()].concat()
    });
    // On Windows an address does not fit into a word of PKCS#11: there is no template there.
    let fits = size_of::<c_ulong>() == size_of::<usize>();
    fits.then(|| Attribute::VendorDefined((AttributeType::VendorDefined(DERIVE_TEMPLATE), bytes.collect())))
}

/// Tries the whole template, and if the token does not know its last attributes, without the last, the last two and so
/// on. What the token then says is read back, and `fugo key inspect` shows it.
fn in_turn<T>(template: &[Attribute], make: impl Fn(&[Attribute]) -> Result<T, Error>) -> Result<T, Error> {
    let optional =
        template.iter().rev().take_while(|attribute| !matches!(attribute, Attribute::Id(_) | Attribute::Label(_)));
    let mut outcome = make(template);
    for without in 1..=optional.count() {
        match &outcome {
            Err(error) if is_of_template(error) => outcome = make(&template[..template.len() - without]),
            _ => break,
        }
    }
    outcome
}

/// A key in the session that signs, derived from `key` with a length in bytes.
pub(super) fn derive_once(
    session: &Session,
    key: ObjectHandle,
    mechanism: MechanismType,
    info: &[u8],
    length: u64,
) -> Result<ObjectHandle, Error> {
    let template = template("fugo", None, &Uses::Sign);
    in_turn(&template, |template| {
        with_mechanism(mechanism, info, |mechanism| {
            session.derive_key(mechanism, key, &[template, &[Attribute::ValueLen(length.into())]].concat())
        })
    })
}

/// Calls with HKDF-Expand (RFC 5869 §2.3), or with the counter mode of SP 800-108r1, whose 8-bit counter is after the
/// info: for one block they are the same MAC.
pub(super) fn with_mechanism<T>(
    mechanism: MechanismType,
    info: &[u8],
    call: impl FnOnce(&Mechanism<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    match mechanism {
        MechanismType::HKDF_DERIVE => {
            call(&Mechanism::HkdfDerive(HkdfParams::new(MechanismType::SHA256, None, Some(info))))
        }
        MechanismType::HKDF_DATA => {
            call(&Mechanism::HkdfData(HkdfParams::new(MechanismType::SHA256, None, Some(info))))
        }
        _ => {
            let counter = KbkdfCounterFormat::new(Endianness::Big, NonZeroUsize::MIN.saturating_add(7));
            let parts = [
                PrfDataParam::new(PrfDataParamType::ByteArray(info)),
                PrfDataParam::new(PrfDataParamType::IterationVariable(Some(&counter))),
            ];
            call(&Mechanism::KbkdfCounter(KbkdfParams::new(MechanismType::SHA256_HMAC, &parts, None)))
        }
    }
}

fn not_derived(error: Error, mechanism: MechanismType) -> TokenError {
    use cryptoki::error::RvError;
    match super::failed::code(&error) {
        Some(RvError::MechanismInvalid) if mechanism == MechanismType::HKDF_DERIVE => {
            TokenError::NoMechanism { mechanism: "CKM_HKDF_DERIVE, for this key" }
        }
        Some(RvError::MechanismInvalid) => {
            TokenError::NoMechanism { mechanism: "CKM_SP800_108_COUNTER_KDF, for this key" }
        }
        _ => failed(error),
    }
}
