//! Batches: reads twelve digits per row from one Java array and writes sixteen bytes per row to another.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fugo::{
    Lineage, MyNumber, SYMBOL_LEN,
    flat::{self, Translation},
};
use jni::{
    Env, EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JIntArray},
    sys::{jint, jlong},
};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    arrays::{bytes, count as checked, read, write},
    handles::{Held, held, hold},
    held::prepared,
    numbers::{coded, unanswered},
    thrown::{Thrown, native},
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
        let mut symbols = vec![[0; SYMBOL_LEN]; CHUNK.min(checked(count))];
        by_chunks(env, (&rows, rows_at, count), lineage, |env, start, rows, lineage, refused| {
            let symbols = &mut symbols[..rows.len()];
            let reissued = flat::symbols(key, rows, lineage, symbols, |row, error| refused.add(row, coded(error)))?;
            write(env, &out, out_at + (start * SYMBOL_LEN) as jint, symbols.as_flattened())?;
            Ok(reissued)
        })
    })
}

/// Refused rows, as three values each.
struct Refused {
    values: Vec<jint>,
    /// The first row of the chunk.
    start: usize,
}

impl Refused {
    fn add(&mut self, row: usize, coded: [jint; 2]) {
        self.values.push((self.start + row) as jint);
        self.values.extend(coded);
    }
}

/// Gives the rows of a Java array in chunks to `each`, with the index of the first row; `each` returns the number of rows
/// that were replaced. Returns what [`symbols`] returns.
fn by_chunks<'local>(
    env: &mut Env<'local>,
    (rows, rows_at, count): (&JByteArray<'local>, jint, jint),
    lineage: jlong,
    mut each: impl FnMut(
        &mut Env<'local>,
        usize,
        &[[u8; MyNumber::LEN]],
        Option<&Lineage>,
        &mut Refused,
    ) -> Result<usize, Thrown>,
) -> Result<JIntArray<'local>, Thrown> {
    let lineage = if lineage == 0 { None } else { Some(held(lineage)?) };
    let lineage = lineage.as_deref().map(Held::lineage).transpose()?;
    let count = checked(count);
    let mut digits = Zeroizing::new(vec![0; CHUNK.min(count) * MyNumber::LEN]);
    let (mut refused, mut reissued) = (Refused { values: vec![0], start: 0 }, 0);
    for start in (0..count).step_by(CHUNK) {
        let digits = &mut digits[..CHUNK.min(count - start) * MyNumber::LEN];
        read(env, rows, rows_at + (start * MyNumber::LEN) as jint, digits)?;
        refused.start = start;
        reissued += each(env, start, digits.as_chunks().0, lineage, &mut refused)?;
    }
    faults(env, refused.values, reissued)
}

/// The number of replaced rows, and three values for each refused row; null if no row was replaced or refused.
fn faults<'local>(env: &mut Env<'local>, mut values: Vec<jint>, reissued: usize) -> Result<JIntArray<'local>, Thrown> {
    if values.len() == 1 && reissued == 0 {
        return Ok(JIntArray::default());
    }
    values[0] = reissued as jint;
    let faults = JIntArray::new(env, values.len())?;
    faults.set_region(env, 0, &values)?;
    Ok(faults)
}

/// A translation of the asked symbols, 16 bytes each.
#[jni_mangle("fugo.Native")]
pub fn translation<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    from: jlong,
    to: jlong,
    asked: JByteArray<'local>,
) -> jlong {
    native(env, |env| {
        let (from, to) = (held(from)?, held(to)?);
        let asked = bytes(env, &asked)?;
        Ok(hold(Mutex::new(Translation::new(
            prepared(from.symbol_key()?)?,
            prepared(to.symbol_key()?)?,
            asked.as_chunks().0,
        )?)))
    })
}

fn locked(translation: &Mutex<Translation>) -> MutexGuard<'_, Translation> {
    // Also after a panic: what was found until then is right.
    translation.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finds the people of these rows. Returns what [`symbols`] returns.
#[jni_mangle("fugo.Native")]
pub fn translate<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    translation: jlong,
    lineage: jlong,
    rows: JByteArray<'local>,
    rows_at: jint,
    count: jint,
) -> JIntArray<'local> {
    native(env, |env| {
        let held = held(translation)?;
        let translation = held.translation()?;
        by_chunks(env, (&rows, rows_at, count), lineage, |_, _, rows, lineage, refused| {
            Ok(locked(translation).add(rows, lineage, |row, error| refused.add(row, coded(error))))
        })
    })
}

/// Writes the answers, 16 bytes each, to an array that Java made for all of them. Returns what [`symbols`] returns.
#[jni_mangle("fugo.Native")]
pub fn translated<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    translation: jlong,
    out: JByteArray<'local>,
) -> JIntArray<'local> {
    native(env, |env| {
        let held = held(translation)?;
        let translation = locked(held.translation()?);
        let mut symbols = vec![[0; SYMBOL_LEN]; translation.len()];
        let mut refused = Refused { values: vec![0], start: 0 };
        translation.answers(&mut symbols, |row, reason| refused.add(row, unanswered(reason)));
        let written = write(env, &out, 0, symbols.as_flattened());
        symbols.zeroize();
        written?;
        faults(env, refused.values, 0)
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
