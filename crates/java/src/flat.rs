//! Batches: reads twelve digits per row from one Java array and writes sixteen bytes per row to another.

use fugo::{MyNumber, SYMBOL_LEN, flat};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JIntArray},
    sys::{jint, jlong},
};
use zeroize::Zeroizing;

use crate::{
    arrays::{count as checked, read, write},
    handles::{Held, held},
    numbers::coded,
    thrown::native,
};

/// Rows that are copied, derived and copied back together. They are few enough to stay in the CPU cache, so that
/// copying costs almost nothing.
const CHUNK: usize = 1024;

/// Returns the number of rows whose re-issued number was replaced through `lineage`, and then three values for each
/// refused row: row, code and number. Returns null if no row was replaced or refused. A `lineage` of 0 replaces nothing.
/// Java has checked that `count` rows fit both arrays.
#[jni_mangle("fugo.Native")]
pub fn symbols<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    key: jlong,
    lineage: jlong,
    rows: JByteArray<'local>,
    rows_at: jint,
    out: JByteArray<'local>,
    out_at: jint,
    count: jint,
) -> JIntArray<'local> {
    native(env, |env| {
        let held = held(key)?;
        let key = held.symbol_key()?;
        let lineage = if lineage == 0 { None } else { Some(self::held(lineage)?) };
        let lineage = lineage.as_deref().map(Held::lineage).transpose()?;
        let count = checked(count);
        let mut digits = Zeroizing::new(vec![0; CHUNK.min(count) * MyNumber::LEN]);
        let mut symbols = vec![[0; SYMBOL_LEN]; CHUNK.min(count)];
        let (mut refused, mut reissued): (Vec<jint>, usize) = (vec![0], 0);
        for start in (0..count).step_by(CHUNK) {
            let chunk = CHUNK.min(count - start);
            let digits = &mut digits[..chunk * MyNumber::LEN];
            read(env, &rows, rows_at + (start * MyNumber::LEN) as jint, digits)?;
            let (rows, _) = digits.as_chunks();
            reissued += flat::symbols(key, rows, lineage, &mut symbols[..chunk], |row, error| {
                refused.push((start + row) as jint);
                refused.extend(coded(error));
            })?;
            write(env, &out, out_at + (start * SYMBOL_LEN) as jint, symbols[..chunk].as_flattened())?;
        }
        if refused.len() == 1 && reissued == 0 {
            return Ok(JIntArray::default());
        }
        refused[0] = reissued as jint;
        let faults = JIntArray::new(env, refused.len())?;
        faults.set_region(env, 0, &refused)?;
        Ok(faults)
    })
}

/// Reads and writes sixteen bytes per row.
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
        let key = held.symbol_key()?;
        let count = checked(count);
        let mut insurers = vec![[0; SYMBOL_LEN]; CHUNK.min(count)];
        let mut symbols = insurers.clone();
        for start in (0..count).step_by(CHUNK) {
            let chunk = CHUNK.min(count - start);
            let (insurers, symbols) = (&mut insurers[..chunk], &mut symbols[..chunk]);
            let at = (start * SYMBOL_LEN) as jint;
            read(env, &rows, rows_at + at, insurers.as_flattened_mut())?;
            // Java refused rows of zeros before the call. If another thread has written one since, it stays zeros.
            flat::symbols_from_insurers(key, insurers, symbols, |_| ())?;
            write(env, &out, out_at + at, symbols.as_flattened())?;
        }
        Ok(())
    });
}
