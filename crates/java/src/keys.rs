//! Root keys and scope keys.

use fugo::{KEY_LEN, KeyTag, RootKey, Scope, ScopeKey};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JString},
    sys::{jboolean, jint, jlong},
};

use crate::{
    arrays::fixed,
    handles::{Held, held, hold},
    held::{bytes, held as of_bytes},
    scopes::{parsed, tag_number},
    thrown::{Thrown, native},
};

#[jni_mangle("fugo.Native")]
pub fn root_from_bytes<'local>(env: EnvUnowned<'local>, _: JClass<'local>, bytes: JByteArray<'local>) -> jlong {
    native(env, |env| Ok(hold(RootKey::from_bytes(&*fixed::<KEY_LEN>(env, &bytes)?))))
}

#[jni_mangle("fugo.Native")]
pub fn root_random<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> jlong {
    native(env, |_| Ok(hold(RootKey::random()?)))
}

#[jni_mangle("fugo.Native")]
pub fn scope_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, root: jlong, scope: JByteArray<'local>) -> jlong {
    native(env, |env| {
        let scope = parsed(env, &scope)?;
        Ok(hold(of_bytes(held(root)?.root()?.scope_key(&scope))))
    })
}

#[jni_mangle("fugo.Native")]
pub fn scope_key_from_bytes<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    scope: JByteArray<'local>,
    bytes: JByteArray<'local>,
) -> jlong {
    native(env, |env| {
        let scope = parsed(env, &scope)?;
        Ok(hold(of_bytes(ScopeKey::from_bytes(&scope, &*fixed::<KEY_LEN>(env, &bytes)?))))
    })
}

/// Compares two keys in constant time.
#[jni_mangle("fugo.Native")]
pub fn same_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, a: jlong, b: jlong) -> jboolean {
    native(env, |_| {
        let (a, b) = (held(a)?, held(b)?);
        Ok(match (&*a, &*b) {
            (Held::Root(a), Held::Root(b)) => a == b,
            (a, b) => bytes(a.scope()?)? == bytes(b.scope()?)?,
        })
    })
}

/// The key tag of a key or key file.
#[jni_mangle("fugo.Native")]
pub fn tag<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong) -> jint {
    native(env, |_| held(key)?.tag().map(tag_number))
}

/// The scope of a key or key file, such as `agency/nta/1`; null for the file of a root key.
#[jni_mangle("fugo.Native")]
pub fn scope_of<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong) -> JString<'local> {
    native(env, |env| {
        Ok(match held(key)?.scope_named()? {
            Some(scope) => JString::from_str(env, scope.to_string())?,
            None => JString::default(),
        })
    })
}

impl Held {
    fn tag(&self) -> Result<KeyTag, Thrown> {
        Ok(match self {
            Self::Root(key) => key.tag(),
            Self::Scope(key) => key.tag(),
            Self::SymbolKey(key) => key.tag(),
            #[cfg(feature = "key-files")]
            Self::KeyFile(file) => file.tag(),
            _ => return Err(Thrown::Closed),
        })
    }

    fn scope_named(&self) -> Result<Option<Scope>, Thrown> {
        Ok(match self {
            Self::Scope(key) => Some(*key.scope()),
            Self::SymbolKey(key) => Some(*key.scope()),
            #[cfg(feature = "key-files")]
            Self::KeyFile(file) => file.scope().copied(),
            _ => return Err(Thrown::Closed),
        })
    }
}
