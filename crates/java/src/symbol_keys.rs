//! Prepared keys: from a number to its symbol, from an insurers' symbol to the eligibility symbol.

use fugo::{Eligibility, Insurers, NumberKey, SYMBOL_LEN, Symbol, SymbolKey};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass},
    sys::jlong,
};

use crate::{
    arrays::fixed,
    handles::{Held, held, hold},
    numbers::parsed,
    thrown::native,
};

#[jni_mangle("fugo.Native")]
pub fn symbol_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong) -> jlong {
    native(env, |_| Ok(hold(Held::Symbols(NumberKey::new(held(key)?.scope()?)?))))
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
        Ok(hold(Held::Symbols(NumberKey::eligibility(insurers.scope()?, eligibility.scope()?)?)))
    })
}

#[jni_mangle("fugo.Native")]
pub fn issuer_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, eligibility: jlong) -> jlong {
    native(env, |_| Ok(hold(Held::Issuer(SymbolKey::<Eligibility>::new(held(eligibility)?.scope()?)?))))
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
        let mut symbol = [[0; SYMBOL_LEN]];
        held(key)?.symbols()?.symbols(&[number], &mut symbol);
        Ok(env.byte_array_from_slice(&symbol[0])?)
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
        let insurers = Symbol::<Insurers>::from_bytes(*fixed(env, &insurers)?);
        let symbol = held(key)?.issuer()?.symbol_from_insurers(&insurers);
        Ok(env.byte_array_from_slice(symbol.as_bytes())?)
    })
}
