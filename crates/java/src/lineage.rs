//! Re-issued numbers.

use fugo::{Lineage, MyNumber};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass},
    sys::{jint, jlong},
};

use crate::{
    arrays::{bytes, fixed},
    handles::{held, hold},
    numbers::parsed,
    thrown::native,
};

/// Reads pairs of 24 digits: the new number, then the previous number.
#[jni_mangle("fugo.Native")]
pub fn lineage<'local>(env: EnvUnowned<'local>, _: JClass<'local>, pairs: JByteArray<'local>) -> jlong {
    native(env, |env| {
        let digits = bytes(env, &pairs)?;
        let (numbers, _) = digits.as_chunks::<{ MyNumber::LEN }>();
        let (pairs, _) = numbers.as_chunks::<2>();
        // The vector never grows: growing would leave an unwiped copy of the numbers.
        let mut parsed_pairs = Vec::with_capacity(pairs.len());
        for [new, previous] in pairs {
            parsed_pairs.push((parsed(new)?, parsed(previous)?));
        }
        Ok(hold(Lineage::new(parsed_pairs)?))
    })
}

#[jni_mangle("fugo.Native")]
pub fn first<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    lineage: jlong,
    number: JByteArray<'local>,
) -> JByteArray<'local> {
    native(env, |env| {
        let number = parsed(&*fixed(env, &number)?)?;
        let held = held(lineage)?;
        Ok(env.byte_array_from_slice(held.lineage()?.first(&number).expose_digits())?)
    })
}

#[jni_mangle("fugo.Native")]
pub fn lineage_len<'local>(env: EnvUnowned<'local>, _: JClass<'local>, lineage: jlong) -> jint {
    native(env, |_| Ok(held(lineage)?.lineage()?.len() as jint))
}
