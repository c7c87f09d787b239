//! Prepared keys. They derive symbols from numbers, and eligibility symbols from insurers' symbols.

use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass},
    sys::jlong,
};

use crate::{
    arrays::fixed,
    handles::{held, hold},
    held::HeldKey,
    numbers::parsed,
    thrown::native,
};

#[jni_mangle("fugo.Native")]
pub fn symbol_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong) -> jlong {
    native(env, |_| Ok(hold(HeldKey::new(held(key)?.scope()?)?)))
}

#[jni_mangle("fugo.Native")]
pub fn eligibility_key<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    insurers: jlong,
    eligibility: jlong,
) -> jlong {
    native(env, |_| {
        let (insurers, eligibility) = (held(insurers)?, held(eligibility)?);
        Ok(hold(HeldKey::eligibility(insurers.scope()?, eligibility.scope()?)?))
    })
}

#[jni_mangle("fugo.Native")]
pub fn issuer_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, eligibility: jlong) -> jlong {
    native(env, |_| Ok(hold(HeldKey::issuer(held(eligibility)?.scope()?)?)))
}

#[jni_mangle("fugo.Native")]
pub fn symbol<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    key: jlong,
    number: JByteArray<'local>,
) -> JByteArray<'local> {
    native(env, |env| {
        let number = parsed(&*fixed(env, &number)?)?;
        let symbol = held(key)?.symbol_key()?.symbol(&number)?;
        Ok(env.byte_array_from_slice(&symbol)?)
    })
}

#[jni_mangle("fugo.Native")]
pub fn symbol_from_insurers<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    key: jlong,
    insurers: JByteArray<'local>,
) -> JByteArray<'local> {
    native(env, |env| {
        let symbol = held(key)?.symbol_key()?.symbol_from_insurers(&*fixed(env, &insurers)?)?;
        Ok(env.byte_array_from_slice(&symbol)?)
    })
}
