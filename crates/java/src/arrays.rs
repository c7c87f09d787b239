//! Copies bytes from Java's arrays and to them.

use jni::{
    Env,
    objects::JByteArray,
    sys::{jint, jsize},
};
use zeroize::Zeroizing;

use crate::thrown::Thrown;

/// The bytes of an array, wiped on drop.
pub(crate) fn bytes(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Zeroizing<Vec<u8>>, Thrown> {
    Ok(Zeroizing::new(env.convert_byte_array(array)?))
}

/// The first `LEN` bytes of an array, wiped on drop. Java made the array of that length.
pub(crate) fn fixed<const LEN: usize>(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Zeroizing<[u8; LEN]>, Thrown> {
    let mut bytes = Zeroizing::new([0; LEN]);
    read(env, array, 0, bytes.as_mut_slice())?;
    Ok(bytes)
}

/// Fills `into` from the array, starting at index `at`.
pub(crate) fn read(env: &Env<'_>, array: &JByteArray<'_>, at: jsize, into: &mut [u8]) -> Result<(), Thrown> {
    Ok(array.get_region(env, at, bytemuck::cast_slice_mut(into))?)
}

/// Writes `from` to the array, starting at index `at`.
pub(crate) fn write(env: &Env<'_>, array: &JByteArray<'_>, at: jsize, from: &[u8]) -> Result<(), Thrown> {
    Ok(array.set_region(env, at, bytemuck::cast_slice(from))?)
}

/// A text in UTF-8 that Java encoded.
pub(crate) fn text(env: &Env<'_>, array: &JByteArray<'_>) -> Result<String, Thrown> {
    String::from_utf8(env.convert_byte_array(array)?).map_err(|_| Thrown::Argument("the text is not UTF-8".into()))
}

/// A count that Java has checked.
pub(crate) fn count(count: jint) -> usize {
    usize::try_from(count).expect("a count is not negative")
}
