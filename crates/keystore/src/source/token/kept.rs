//! `Kept`: the key of a scope that stays in its token. It opens as many sessions as threads ask for and the token gives.

use std::{
    cell::Cell,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use cryptoki::{context::Pkcs11, error::RvError, object::ObjectHandle, session::Session, slot::Slot};
use fugo::{
    KeyTag, Scope,
    mac::{self, MAC_LEN, Mac},
};

use super::{
    failed::{code, failed},
    identity::{Identity, Kind},
    session::{self, Token, TokenKey},
};
use crate::{
    key_file::Use,
    source::{
        error::{SourceError, TokenError},
        scope_source::KeptKey,
        token_uri::TokenUri,
    },
};

/// The key of a scope, in a token.
pub(super) struct Kept {
    context: Pkcs11,
    slot: Slot,
    uri: TokenUri,
    scope: Scope,
    tag: KeyTag,
    usage: Use,
    sessions: Mutex<Sessions>,
    returned: Condvar,
}

struct Sessions {
    idle: Vec<(Session, ObjectHandle)>,
    open: usize,
}

impl Kept {
    /// `tag` is what the token computed for the key, whose handle in the token's session is `handle`.
    pub(super) fn new(
        token: Token,
        uri: &TokenUri,
        handle: ObjectHandle,
        scope: Scope,
        tag: KeyTag,
        usage: Use,
    ) -> Self {
        let Token { context, slot, session } = token;
        let sessions = Mutex::new(Sessions { idle: vec![(session, handle)], open: 1 });
        Self { context, slot, uri: uri.clone(), scope, tag, usage, sessions, returned: Condvar::new() }
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session more. An object can have another handle in another session, so it is found again, and its tag confirms it.
    fn open(&self) -> Result<(Session, ObjectHandle), SourceError> {
        let session = self.context.open_ro_session(self.slot).map_err(|error| match code(&error) {
            Some(RvError::SessionCount) => TokenError::NoSession,
            _ => failed(error),
        })?;
        let handle = session::find(&session, &self.uri).map_err(|error| match error {
            // The key was in sight: the login ended with the last session of this process.
            SourceError::Token(TokenError::NoKey) => TokenError::SessionLost { code: "logged out".to_owned() }.into(),
            error => error,
        })?;
        // It is found by its name, and what a token finds in one session can be another key in the next.
        let identity = Identity { kind: Kind::Scope(self.scope), usage: self.usage };
        let found = mac::tag(&TokenKey { session: &session, handle, identity })?;
        if found != self.tag {
            return Err(SourceError::WrongTag { expected: self.tag, found });
        }
        Ok((session, handle))
    }
}

impl KeptKey for Kept {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn tag(&self) -> KeyTag {
        self.tag
    }

    fn usage(&self) -> Use {
        self.usage
    }

    fn session(&self) -> Result<Box<dyn Mac<Error = SourceError> + '_>, SourceError> {
        let mut sessions = self.sessions();
        loop {
            let borrowed = |session| Box::new(Borrowed { kept: self, session: Some(session), lost: Cell::new(false) });
            if let Some(session) = sessions.idle.pop() {
                return Ok(borrowed(session));
            }
            match self.open() {
                Ok(session) => {
                    sessions.open += 1;
                    return Ok(borrowed(session));
                }
                Err(SourceError::Token(TokenError::NoSession)) if sessions.open > 0 => {
                    sessions = self.returned.wait(sessions).unwrap_or_else(PoisonError::into_inner);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// A session that returns when it is dropped, unless it was lost.
struct Borrowed<'a> {
    kept: &'a Kept,
    session: Option<(Session, ObjectHandle)>,
    lost: Cell<bool>,
}

impl Mac for Borrowed<'_> {
    type Error = SourceError;

    fn mac(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), SourceError> {
        let Some((session, handle)) = &self.session else { unreachable!("taken by drop alone") };
        session::mac(session, *handle, message, out).inspect_err(|_| self.lost.set(true))
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let mut sessions = self.kept.sessions();
        match self.session.take() {
            Some(session) if !self.lost.get() => sessions.idle.push(session),
            _ => sessions.open -= 1,
        }
        drop(sessions);
        self.kept.returned.notify_one();
    }
}
