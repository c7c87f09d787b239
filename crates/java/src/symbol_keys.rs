//! Prepared keys: from a number to its symbol, from an insurers' symbol to the eligibility symbol.

use fugo::{
    Agency, Eligibility, EligibilityKey, Insurers, MyNumber, Network, NumberKey, Portal, Purpose, PurposeError,
    Registry, Research, SYMBOL_LEN, ScopeKey, Symbol, SymbolKey,
};
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

/// One prepared key twice: for one number, where the kernel of batches would work for sixty-four, and for many.
pub(crate) struct SymbolKeys {
    one: One,
    many: NumberKey,
}

macro_rules! one {
    ($($purpose:ident)*) => {
        /// A key whose purpose is known at run time, as one of the types that know theirs.
        // Few live at a time, and a box would only scatter what is to be wiped.
        #[expect(clippy::large_enum_variant)]
        enum One {
            $($purpose(SymbolKey<$purpose>),)*
            Eligibility(EligibilityKey),
        }

        impl One {
            fn new(key: &ScopeKey) -> Result<Self, PurposeError> {
                match key.scope().purpose() {
                    $(Purpose::$purpose => SymbolKey::new(key).map(Self::$purpose),)*
                    // `NumberKey::new` refused every other purpose before.
                    _ => Err(PurposeError::InsurersMissing),
                }
            }

            fn symbol(&self, number: &MyNumber) -> [u8; SYMBOL_LEN] {
                match self {
                    $(Self::$purpose(key) => key.symbol(number).to_bytes(),)*
                    Self::Eligibility(key) => key.symbol(number).to_bytes(),
                }
            }
        }
    };
}

one!(Agency Insurers Network Research Registry Portal);

impl SymbolKeys {
    pub(crate) fn many(&self) -> &NumberKey {
        &self.many
    }
}

#[jni_mangle("fugo.Native")]
pub fn symbol_key<'local>(env: EnvUnowned<'local>, _: JClass<'local>, key: jlong) -> jlong {
    native(env, |_| {
        let held = held(key)?;
        let key = held.scope()?;
        let many = NumberKey::new(key)?;
        Ok(hold(Held::Symbols(SymbolKeys { one: One::new(key)?, many })))
    })
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
        let (insurers, eligibility) = (insurers.scope()?, eligibility.scope()?);
        let one = One::Eligibility(EligibilityKey::new(insurers, eligibility)?);
        Ok(hold(Held::Symbols(SymbolKeys { one, many: NumberKey::eligibility(insurers, eligibility)? })))
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
        let symbol = held(key)?.symbols()?.one.symbol(&number);
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
        let insurers = Symbol::<Insurers>::from_bytes(*fixed(env, &insurers)?);
        let symbol = held(key)?.issuer()?.symbol_from_insurers(&insurers);
        Ok(env.byte_array_from_slice(symbol.as_bytes())?)
    })
}
