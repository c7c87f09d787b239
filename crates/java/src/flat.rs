//! Batches: twelve digits a row out of one Java array, sixteen bytes a row into another.

use fugo::{EligibilitySymbol, InsurersSymbol, MyNumber, SYMBOL_LEN, Symbol, flat};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JIntArray},
    sys::{jint, jlong},
};
use zeroize::Zeroizing;

use crate::{
    arrays::{count as checked, read, write},
    handles::held,
    numbers::coded,
    thrown::native,
};

/// Rows that are copied, derived from and copied back together: they stay in the cache, so that copying costs next to
/// nothing.
const CHUNK: usize = 1024;

/// The refused rows as row, code and number, three values each; null if there is none. Java has checked that `count`
/// rows fit both arrays.
#[jni_mangle("fugo.Native")]
pub fn symbols<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    key: jlong,
    rows: JByteArray<'local>,
    rows_at: jint,
    out: JByteArray<'local>,
    out_at: jint,
    count: jint,
) -> JIntArray<'local> {
    native(env, |env| {
        let held = held(key)?;
        let key = held.symbols()?;
        let count = checked(count);
        let mut digits = Zeroizing::new(vec![0; CHUNK.min(count) * MyNumber::LEN]);
        let mut symbols = vec![[0; SYMBOL_LEN]; CHUNK.min(count)];
        let mut refused: Vec<jint> = Vec::new();
        for start in (0..count).step_by(CHUNK) {
            let chunk = CHUNK.min(count - start);
            let digits = &mut digits[..chunk * MyNumber::LEN];
            read(env, &rows, rows_at + (start * MyNumber::LEN) as jint, digits)?;
            let (rows, _) = digits.as_chunks();
            flat::symbols(key, rows, &mut symbols[..chunk], |row, error| {
                refused.push((start + row) as jint);
                refused.extend(coded(error));
            });
            write(env, &out, out_at + (start * SYMBOL_LEN) as jint, symbols[..chunk].as_flattened())?;
        }
        if refused.is_empty() {
            return Ok(JIntArray::default());
        }
        let faults = JIntArray::new(env, refused.len())?;
        faults.set_region(env, 0, &refused)?;
        Ok(faults)
    })
}

/// Sixteen bytes a row in, sixteen out.
#[jni_mangle("fugo.Native")]
pub fn symbols_from_insurers<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    key: jlong,
    rows: JByteArray<'local>,
    rows_at: jint,
    out: JByteArray<'local>,
    out_at: jint,
    count: jint,
) {
    native(env, |env| {
        let held = held(key)?;
        let key = held.issuer()?;
        let count = checked(count);
        let mut bytes = vec![[0; SYMBOL_LEN]; CHUNK.min(count)];
        let mut insurers: Vec<InsurersSymbol> = Vec::with_capacity(bytes.len());
        let mut symbols: Vec<EligibilitySymbol> = vec![Symbol::from_bytes([0; SYMBOL_LEN]); bytes.len()];
        for start in (0..count).step_by(CHUNK) {
            let chunk = CHUNK.min(count - start);
            let (bytes, at) = (&mut bytes[..chunk], (start * SYMBOL_LEN) as jint);
            read(env, &rows, rows_at + at, bytes.as_flattened_mut())?;
            insurers.clear();
            insurers.extend(bytes.iter().map(|bytes| InsurersSymbol::from_bytes(*bytes)));
            key.symbols_from_insurers(&insurers, &mut symbols[..chunk]);
            bytes.iter_mut().zip(&symbols).for_each(|(bytes, symbol)| *bytes = symbol.to_bytes());
            write(env, &out, out_at + at, bytes.as_flattened())?;
        }
        Ok(())
    });
}
