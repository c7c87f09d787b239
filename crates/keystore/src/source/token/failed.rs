//! Turns the codes of PKCS#11 into reasons that an operator can act on.

use cryptoki::error::{Error, RvError};

use crate::source::error::TokenError;

/// The reason in a code. `WrongPin` and a missing mechanism are known where they happen.
pub(super) fn failed(error: Error) -> TokenError {
    let Error::Pkcs11(code, function) = &error else {
        return TokenError::Refused { code: plain(&error).to_owned() };
    };
    let text = format!("{code:?} in {function:?}");
    match code {
        RvError::DeviceError
        | RvError::DeviceRemoved
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::TokenNotPresent
        | RvError::UserNotLoggedIn
        | RvError::ObjectHandleInvalid
        | RvError::KeyHandleInvalid => TokenError::SessionLost { code: text },
        RvError::KeyFunctionNotPermitted | RvError::ActionProhibited => TokenError::NotPermitted { code: text },
        RvError::SessionCount => TokenError::NoSession,
        RvError::PinLocked => TokenError::PinLocked,
        RvError::UserPinNotInitialized => TokenError::PinNotSet,
        RvError::PinExpired | RvError::PinInvalid | RvError::PinLenRange => TokenError::PinRefused,
        _ => TokenError::Refused { code: text },
    }
}

/// An error that is not of the token. The texts of the crate are not shown: they could hold a path or a value.
fn plain(error: &Error) -> &'static str {
    match error {
        Error::NotSupported => "not supported",
        Error::NullFunctionPointer => "the module lacks a function",
        _ => "an answer that is not valid",
    }
}

/// The code, if the token gave one.
pub(super) fn code(error: &Error) -> Option<&RvError> {
    match error {
        Error::Pkcs11(code, _) => Some(code),
        _ => None,
    }
}
