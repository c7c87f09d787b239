//! Makes keys in a token: generated there, derived there, or imported. Each is read back before it counts.

use std::{ffi::c_ulong, num::NonZeroUsize, ptr};

use cryptoki::{
    context::Function,
    error::{Error, RvError},
    mechanism::{
        Mechanism, MechanismType,
        hkdf::HkdfParams,
        kbkdf::{Endianness, KbkdfCounterFormat, KbkdfParams, PrfDataParam, PrfDataParamType},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, SessionState},
};
use fugo::{KEY_LEN, KeyTag, RootKey, Scope, ScopeKey, mac};

use super::{
    attributes::{check, is_of_template},
    failed::{code, failed},
    identity::{Identity, Kind},
    session::{Token, TokenKey, find, named},
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

/// A new key: what it is and may do, whether the token makes its bytes, and the tag that it must have.
struct New {
    identity: Identity,
    uses: Uses,
    inside: bool,
    tag: Option<KeyTag>,
}

impl Token {
    /// Makes a root key in the token. `uri` gives its label.
    pub fn make_root(&self, uri: &TokenUri, usage: Use, mode: Mode) -> Result<(), SourceError> {
        let new =
            New { identity: Identity { kind: Kind::Root, usage }, uses: self.uses(mode)?, inside: true, tag: None };
        self.generate(uri, &new).map(drop)
    }

    /// Brings a root key into the token, which confirms its tag if it signs.
    pub fn import_root(&self, uri: &TokenUri, root: &RootKey, usage: Use, mode: Mode) -> Result<(), SourceError> {
        let identity = Identity { kind: Kind::Root, usage };
        let new = New { identity, uses: self.uses(mode)?, inside: false, tag: Some(root.tag()) };
        self.import(uri, &new, root.expose_bytes())
    }

    /// Makes the key of a scope from 32 random bytes of the token, without a root key. Returns its tag, and the URI with
    /// its id, by which no other key is found.
    pub fn make_scope(&self, uri: &TokenUri, scope: &Scope, usage: Use) -> Result<(KeyTag, TokenUri), SourceError> {
        let identity = Identity { kind: Kind::Scope(*scope), usage };
        let (tag, uri) = self.generate(uri, &New { identity, uses: Uses::Sign, inside: true, tag: None })?;
        Ok((tag.unwrap_or_else(|| unreachable!("it signs")), uri))
    }

    /// Brings the key of a scope into the token. The token confirms its tag.
    pub fn import_scope(&self, uri: &TokenUri, key: &ScopeKey, usage: Use) -> Result<(), SourceError> {
        let identity = Identity { kind: Kind::Scope(*key.scope()), usage };
        let new = New { identity, uses: Uses::Sign, inside: false, tag: Some(key.tag()) };
        self.import(uri, &new, key.expose_bytes())
    }

    /// The tag of the scope's key that this root key derives. It is derived twice, because the tag is recorded for good.
    /// The keys live in the session for a moment.
    pub fn derived_tag(&self, root: &TokenKey<'_>, scope: &Scope) -> Result<KeyTag, SourceError> {
        let mechanism = self.derivation()?;
        let derived = || {
            let handle = derive_once(&self.session, root.handle, mechanism, scope.label().as_bytes(), KEY_LEN as u64)
                .map_err(|error| not_derived(error, mechanism))?;
            let tag = mac::tag(&TokenKey { session: &self.session, handle, identity: root.identity });
            self.session.destroy_object(handle).map_err(failed)?;
            tag
        };
        let (first, second) = (derived()?, derived()?);
        if first == second { Ok(first) } else { Err(TokenError::Differs.into()) }
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
        let mechanism = self.derivation()?;
        let identity = Identity { kind: Kind::Scope(*scope), usage: root.identity.usage };
        let new = New { identity, uses: Uses::Sign, inside: false, tag: Some(tag) };
        let label = scope.label();
        let mut named =
            self.session.get_attributes(root.handle, &[AttributeType::Label, AttributeType::Id]).map_err(failed)?;
        named.push(Attribute::Class(ObjectClass::SECRET_KEY));
        let derive = |session: &Session, template: &[Attribute]| {
            // The root key can have another handle in another session.
            let [root] = session.find_objects(&named)?[..] else {
                return Err(Error::Pkcs11(RvError::KeyHandleInvalid, Function::FindObjects));
            };
            with_mechanism(mechanism, label.as_bytes(), |mechanism| session.derive_key(mechanism, root, template))
        };
        self.stored(uri, &new, derive, |error| not_derived(error, mechanism)).map(drop)
    }

    fn generate(&self, uri: &TokenUri, new: &New) -> Result<(Option<KeyTag>, TokenUri), SourceError> {
        let generate =
            |session: &Session, template: &[Attribute]| session.generate_key(&Mechanism::GenericSecretKeyGen, template);
        self.stored(uri, new, generate, failed)
    }

    fn import(&self, uri: &TokenUri, new: &New, bytes: &[u8; KEY_LEN]) -> Result<(), SourceError> {
        let create = |session: &Session, template: &[Attribute]| {
            let of_key = |attribute: &&Attribute| !matches!(attribute, Attribute::ValueLen(_));
            let value = Attribute::Value(bytes.to_vec());
            let template: Vec<Attribute> = template.iter().filter(of_key).cloned().chain([value]).collect();
            session.create_object(&template)
        };
        self.stored(uri, new, create, failed).map(drop)
    }

    /// Makes a key with `make`, which gets a session and a template, and returns its tag (if it signs) and its URI with
    /// its id. The key counts when it has the attributes and the tag that were asked for, and when it is found again
    /// after the session that made it was closed: an object that is not stored ends with that session. A key that does
    /// not count is removed.
    fn stored(
        &self,
        uri: &TokenUri,
        new: &New,
        make: impl Fn(&Session, &[Attribute]) -> Result<ObjectHandle, Error>,
        not_made: impl Fn(Error) -> TokenError,
    ) -> Result<(Option<KeyTag>, TokenUri), SourceError> {
        self.check_is_new(uri)?;
        let (label, id) = (label(uri)?, self.new_id(new.identity)?);
        let template = template(label, Some(&id), &new.uses);
        let exact = TokenUri { id: Some(id), ..uri.clone() };
        let maker = self.another_session()?;
        let session = maker.as_ref().unwrap_or(&self.session);
        let length = [Attribute::ValueLen((KEY_LEN as u64).into())];
        let made = in_turn(&template, |template| make(session, &[template, &length].concat()));
        let judged = made.map_err(|error| not_made(error).into()).and_then(|handle| {
            let judged = check(session, handle, &exact, &new.uses, new.inside)
                .and_then(|()| confirmed(&TokenKey { session, handle, identity: new.identity }, new));
            // By its handle: its id and its label can be others.
            judged.inspect_err(|_| drop(session.destroy_object(handle)))
        });
        drop(maker);
        let outcome = judged.and_then(|tag| self.check_is_stored(&exact, new, tag).map(|()| tag));
        match outcome {
            Ok(tag) => Ok((tag, exact)),
            Err(error) => Err(self.without(&exact, error)),
        }
    }

    /// A session in which a key is made; `None` if the token gives only one.
    fn another_session(&self) -> Result<Option<Session>, TokenError> {
        match self.context.open_rw_session(self.slot) {
            Ok(session) => Ok(Some(session)),
            Err(error) if code(&error) == Some(&RvError::SessionCount) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Finds a new key by its label and its id, and asks for its tag once more. Its label must be its own: two programs
    /// can make keys with one label at once, and each of them finds both.
    fn check_is_stored(&self, exact: &TokenUri, new: &New, tag: Option<KeyTag>) -> Result<(), SourceError> {
        let handle = find(&self.session, exact).map_err(|error| match error {
            SourceError::Token(TokenError::NoKey) => TokenError::NotStored.into(),
            error => error,
        })?;
        self.check_is_new_but_for(exact, 1)?;
        let again = confirmed(&TokenKey { session: &self.session, handle, identity: new.identity }, new)?;
        if again == tag { Ok(()) } else { Err(TokenError::Differs.into()) }
    }

    /// Removes a new key after an error, and looks whether it is gone. Where that cannot be known, the error says so.
    fn without(&self, exact: &TokenUri, error: SourceError) -> SourceError {
        let is_gone = |session: &Session| {
            session.find_objects(&named(exact))?.into_iter().try_for_each(|key| session.destroy_object(key))?;
            // Without a login no key is seen.
            let sees = matches!(session.get_session_info()?.session_state(), SessionState::RwUser)
                || !self.context.get_token_info(self.slot)?.login_required();
            Ok(sees && session.find_objects(&named(exact))?.is_empty())
        };
        let in_another = || self.context.open_rw_session(self.slot).and_then(|session| is_gone(&session));
        if matches!(is_gone(&self.session).or_else(|_: Error| in_another()), Ok(true)) {
            return error;
        }
        let cause = match error {
            SourceError::Token(TokenError::Attribute { attribute, found }) => {
                format!("the token made a key with {attribute} = {found}")
            }
            SourceError::Token(TokenError::Name { attribute }) => {
                format!("the token made a key with another {attribute} than was asked for")
            }
            error => error.to_string(),
        };
        TokenError::Left { cause, id: exact.shown_id().unwrap_or_default() }.into()
    }

    /// Refuses a URI without a label for a new key, and a label that a key of the token has.
    pub fn check_is_new(&self, uri: &TokenUri) -> Result<(), SourceError> {
        label(uri)?;
        self.check_is_new_but_for(uri, 0)
    }

    /// Refuses a label that more than so many keys of the token have.
    fn check_is_new_but_for(&self, uri: &TokenUri, known: usize) -> Result<(), SourceError> {
        let label = TokenUri { id: None, ..uri.clone() };
        let found = self.session.find_objects(&named(&label)).map_err(failed)?;
        if found.len() <= known { Ok(()) } else { Err(TokenError::Exists.into()) }
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

/// The tag of a new key, if it signs. Another one than it must have is refused.
fn confirmed(key: &TokenKey<'_>, new: &New) -> Result<Option<KeyTag>, SourceError> {
    if !matches!(new.uses, Uses::Sign) {
        return Ok(None);
    }
    let found = mac::tag(key)?;
    match new.tag {
        Some(expected) if expected != found => Err(SourceError::WrongTag { expected, found }),
        _ => Ok(Some(found)),
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
    match code(&error) {
        Some(RvError::MechanismInvalid) if mechanism == MechanismType::HKDF_DERIVE => {
            TokenError::NoMechanism { mechanism: "CKM_HKDF_DERIVE, for this key" }
        }
        Some(RvError::MechanismInvalid) => {
            TokenError::NoMechanism { mechanism: "CKM_SP800_108_COUNTER_KDF, for this key" }
        }
        _ => failed(error),
    }
}
