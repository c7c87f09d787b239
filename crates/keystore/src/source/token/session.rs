//! `Token`: a token with a session in which the user is logged in; `TokenKey`: one secret key of it.

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::RvError,
    mechanism::Mechanism,
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::{Session, SessionState, UserType},
    slot::Slot,
};
use fugo::mac::{MAC_LEN, Mac};
use zeroize::Zeroizing;

use super::{
    attributes::read,
    failed::{code, failed},
    identity::Identity,
    pin::pin,
};
use crate::source::{
    error::{SourceError, TokenError},
    open::AskPin,
    token_uri::TokenUri,
    trusted::{self, Distrust},
};

/// A token in which this process is logged in.
pub struct Token {
    pub(super) context: Pkcs11,
    pub(super) slot: Slot,
    pub(super) session: Session,
}

impl Token {
    /// Loads the module, finds the one token that fits, and logs in. A process logs in to a token once; a second
    /// session of it needs no PIN.
    pub fn open(uri: &TokenUri, ask_pin: AskPin<'_>) -> Result<Self, SourceError> {
        let module = || TokenError::Module { module: uri.module_path.clone() };
        trusted::check(&uri.module_path).map_err(|error| match error {
            Distrust::Missing(_) | Distrust::NotAFile => module(),
            Distrust::OthersCanWrite | Distrust::OtherOwner => {
                TokenError::ModuleOfOthers { module: uri.module_path.clone() }
            }
        })?;
        let context = Pkcs11::new(&uri.module_path).map_err(|_| module())?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => {}
            // Another address of this process named the same module.
            Err(error) if code(&error) == Some(&RvError::CryptokiAlreadyInitialized) => {}
            Err(error) => {
                let code = code(&error).map_or_else(|| "no code".to_owned(), |code| format!("{code:?}"));
                return Err(TokenError::NotStarted { code }.into());
            }
        }
        let slot = slot(&context, uri)?;
        let session = context.open_rw_session(slot).map_err(failed)?;
        log_in(&context, slot, &session, uri, ask_pin)?;
        Ok(Self { context, slot, session })
    }

    /// The one secret key that the URI names, which must be of this project.
    pub fn key(&self, uri: &TokenUri) -> Result<TokenKey<'_>, SourceError> {
        let handle = find(&self.session, uri)?;
        let identity = identity(&self.session, handle)?.ok_or(TokenError::UnknownKey)?;
        Ok(TokenKey { session: &self.session, handle, identity })
    }

    /// Refuses a key that the token says it does not destroy. So this is known before a destruction is recorded.
    pub fn check_destroyable(&self, uri: &TokenUri) -> Result<(), SourceError> {
        let key = self.key(uri)?;
        // A token that does not know the attribute destroys every key.
        match read(&self.session, key.handle, AttributeType::Destroyable) {
            Some(false) => Err(TokenError::NotDestroyable.into()),
            _ => Ok(()),
        }
    }

    /// Destroys the one secret key that the URI names, and looks for it afterwards.
    pub fn destroy(&self, uri: &TokenUri) -> Result<(), SourceError> {
        let key = self.key(uri)?;
        self.session.destroy_object(key.handle).map_err(failed)?;
        match find(&self.session, uri) {
            Err(SourceError::Token(TokenError::NoKey)) => Ok(()),
            Ok(_) | Err(SourceError::Token(TokenError::SeveralKeys { .. })) => Err(TokenError::NotDestroyed.into()),
            Err(error) => Err(error),
        }
    }

    /// Whether the token has a mechanism.
    pub(super) fn has(&self, mechanism: cryptoki::mechanism::MechanismType) -> Result<bool, TokenError> {
        Ok(self.context.get_mechanism_list(self.slot).map_err(failed)?.contains(&mechanism))
    }
}

/// A secret key of a token, in the session of its token.
pub struct TokenKey<'a> {
    pub(super) session: &'a Session,
    pub(super) handle: ObjectHandle,
    pub(super) identity: Identity,
}

impl TokenKey<'_> {
    /// What its id says.
    pub fn identity(&self) -> Identity {
        self.identity
    }
}

impl Mac for TokenKey<'_> {
    type Error = SourceError;

    fn mac(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), SourceError> {
        mac(self.session, self.handle, message, out)
    }
}

/// `CKM_SHA256_HMAC`.
pub(super) fn mac(
    session: &Session,
    key: ObjectHandle,
    message: &[u8],
    out: &mut [u8; MAC_LEN],
) -> Result<(), SourceError> {
    let answer = session.sign(&Mechanism::Sha256Hmac, key, message).map_err(|error| match code(&error) {
        Some(RvError::MechanismInvalid) => TokenError::NoMechanism { mechanism: "CKM_SHA256_HMAC, for this key" },
        _ => failed(error),
    })?;
    let answer = Zeroizing::new(answer);
    out.copy_from_slice(answer.get(..).filter(|answer| answer.len() == MAC_LEN).ok_or(TokenError::Length)?);
    Ok(())
}

fn slot(context: &Pkcs11, uri: &TokenUri) -> Result<Slot, SourceError> {
    let slots = context.get_slots_with_initialized_token().map_err(failed)?;
    let mut found = Vec::new();
    for slot in &slots {
        let info = context.get_token_info(*slot).map_err(failed)?;
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is.trim_end());
        let is_slot = uri.slot_id.is_none_or(|wanted| wanted == slot.id());
        if is_slot
            && fits(&uri.token, info.label())
            && fits(&uri.serial, info.serial_number())
            && fits(&uri.manufacturer, info.manufacturer_id())
            && fits(&uri.model, info.model())
        {
            found.push(*slot);
        }
    }
    match found[..] {
        [slot] => Ok(slot),
        [] => Err(TokenError::NoToken { found: slots.len() }.into()),
        _ => Err(TokenError::SeveralTokens { found: found.len() }.into()),
    }
}

fn log_in(
    context: &Pkcs11,
    slot: Slot,
    session: &Session,
    uri: &TokenUri,
    ask_pin: AskPin<'_>,
) -> Result<(), SourceError> {
    let info = context.get_token_info(slot).map_err(failed)?;
    let state = session.get_session_info().map_err(failed)?.session_state();
    if !info.login_required() || matches!(state, SessionState::RwUser | SessionState::RoUser) {
        return Ok(());
    }
    if info.user_pin_locked() {
        return Err(TokenError::PinLocked.into());
    }
    // A token with a keypad asks for the PIN itself.
    let pin = if info.protected_authentication_path() { None } else { Some(pin(uri, ask_pin)?) };
    match session.login(UserType::User, pin.as_ref()) {
        Ok(()) => Ok(()),
        Err(error) if code(&error) == Some(&RvError::UserAlreadyLoggedIn) => Ok(()),
        Err(error) if code(&error) == Some(&RvError::PinIncorrect) => {
            let info = context.get_token_info(slot).map_err(failed)?;
            if info.user_pin_locked() {
                return Err(TokenError::PinLocked.into());
            }
            Err(TokenError::WrongPin { low: info.user_pin_count_low(), last: info.user_pin_final_try() }.into())
        }
        Err(error) => Err(failed(error).into()),
    }
}

/// The one secret key that the URI names.
pub(super) fn find(session: &Session, uri: &TokenUri) -> Result<ObjectHandle, SourceError> {
    let found = session.find_objects(&named(uri)).map_err(failed)?;
    match found[..] {
        [key] => Ok(key),
        [] => Err(TokenError::NoKey.into()),
        _ => Err(TokenError::SeveralKeys { found: found.len() }.into()),
    }
}

/// The attributes by which the URI names a key.
pub(super) fn named(uri: &TokenUri) -> Vec<Attribute> {
    let mut template = vec![Attribute::Class(ObjectClass::SECRET_KEY)];
    template.extend(uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
    template.extend(uri.id.clone().map(Attribute::Id));
    template
}

/// What the id of a key says; `None` if it is not a key of this project.
pub(super) fn identity(session: &Session, key: ObjectHandle) -> Result<Option<Identity>, SourceError> {
    let found = session.get_attributes(key, &[AttributeType::Id]).map_err(failed)?;
    Ok(found.iter().find_map(|attribute| match attribute {
        Attribute::Id(id) => Identity::of_id(id),
        _ => None,
    }))
}
