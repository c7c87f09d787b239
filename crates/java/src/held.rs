//! What the handles of keys hold. With key files, the holder of a key may keep it, and the handle then has no bytes.

#[cfg(feature = "key-files")]
mod source {
    use fugo::{AnySymbolKey, ScopeKey};
    pub(crate) use fugo_keystore::source::{ScopeSource as HeldScopeKey, SymbolSource as HeldKey};

    use crate::thrown::Thrown;

    pub(crate) fn held(key: ScopeKey) -> HeldScopeKey {
        key.into()
    }

    /// The bytes, or `no-bytes`.
    pub(crate) fn bytes(key: &HeldScopeKey) -> Result<&ScopeKey, Thrown> {
        Ok(key.bytes("this call needs them")?)
    }

    /// The prepared states, or `no-bytes`.
    pub(crate) fn prepared(key: &HeldKey) -> Result<&AnySymbolKey, Thrown> {
        Ok(key.prepared("this call needs them")?)
    }
}

#[cfg(not(feature = "key-files"))]
#[expect(clippy::unnecessary_wraps)] // with key files it can fail
mod source {
    pub(crate) use fugo::{AnySymbolKey as HeldKey, ScopeKey as HeldScopeKey};

    use crate::thrown::Thrown;

    pub(crate) fn held(key: HeldScopeKey) -> HeldScopeKey {
        key
    }

    pub(crate) fn bytes(key: &HeldScopeKey) -> Result<&HeldScopeKey, Thrown> {
        Ok(key)
    }

    pub(crate) fn prepared(key: &HeldKey) -> Result<&HeldKey, Thrown> {
        Ok(key)
    }
}

pub(crate) use source::{HeldKey, HeldScopeKey, bytes, held, prepared};
