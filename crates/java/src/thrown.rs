//! Turns Rust errors into Java exceptions. No other file does.

use std::{any::Any, panic::set_hook, sync::Once};

use fugo::{
    BodyError, ErrorKind, Found, KeyTagError, LineageError, MyNumberError, Place, PurposeError, RandomError,
    ScopeError, normalize::NormalizeError, text::TextError,
};
use jni::{
    Env, EnvUnowned,
    errors::{Error, ErrorPolicy, JniError},
    jni_sig, jni_str,
    objects::{JString, JThrowable, JValue},
    strings::JNIStr,
    sys::jlong,
};
use zeroize::zeroize_stack;

/// The reason why a native method has no result.
pub(crate) enum Thrown {
    /// An error of the library, which has its own Java class.
    Fault(Fault),
    /// The handle is closed, or has another type.
    Closed,
    /// An argument is wrong, and none of our classes fits.
    Argument(String),
    /// The system's random generator failed.
    Random,
    /// An error of Java's native interface.
    Jni(Error),
}

/// The arguments of `new CLASS(kind, message, place, found)`. A number is −1 if the error does not have it.
pub(crate) struct Fault {
    class: &'static JNIStr,
    kind: ErrorKind,
    message: String,
    /// The offset, the line or the index of a pair.
    place: jlong,
    /// The value that was found, such as a length, an epoch or an amount of work.
    found: jlong,
}

/// Runs the body of a native method. Errors and panics are thrown in Java, which then ignores the
/// returned value. Overwrites what the body left on the stack.
pub(crate) fn native<'local, T: Default>(
    env: EnvUnowned<'local>,
    body: impl FnOnce(&mut Env<'local>) -> Result<T, Thrown>,
) -> T {
    let returned = resolved(env, body);
    zeroize_stack::<8_192>();
    returned
}

/// A function of its own, so that the caller can overwrite its frame.
#[inline(never)]
fn resolved<'local, T: Default>(
    mut env: EnvUnowned<'local>,
    body: impl FnOnce(&mut Env<'local>) -> Result<T, Thrown>,
) -> T {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(silence);
    env.with_env(body).resolve::<Throw>()
}

/// Prints where a panic happened, but not its message, which may quote a value. This library has its own copy of the
/// panic hook, so other Rust libraries in the process are not affected.
fn silence() {
    set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("fugo: internal error at {}:{}", place.file(), place.line());
        }
    }));
}

struct Throw;

impl<T: Default> ErrorPolicy<T, Thrown> for Throw {
    type Captures<'local: 'method, 'method> = ();

    fn on_error<'local: 'method, 'method>(
        env: &mut Env<'local>,
        (): &mut (),
        thrown: Thrown,
    ) -> jni::errors::Result<T> {
        if !env.exception_check() {
            // Throwing returns an error that says that an exception is pending.
            let _ = throw(env, thrown);
        }
        Ok(T::default())
    }

    fn on_panic<'local: 'method, 'method>(
        env: &mut Env<'local>,
        (): &mut (),
        payload: Box<dyn Any + Send + 'static>,
    ) -> jni::errors::Result<T> {
        drop(payload);
        if !env.exception_check() {
            let message = jni_str!("fugo's native library has a bug; please report it");
            let _ = env.throw_new(jni_str!("java/lang/InternalError"), message);
        }
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, thrown: Thrown) -> jni::errors::Result<()> {
    match thrown {
        Thrown::Fault(fault) => {
            // `find_class` uses the class loader of our own classes. The thread's loader may not know them.
            let class = env.find_class(fault.class)?;
            let kind = JString::from_str(env, fault.kind.as_str())?;
            let message = JString::from_str(env, fault.message)?;
            let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;JJ)V");
            let numbers = [JValue::Long(fault.place), JValue::Long(fault.found)];
            let arguments = [JValue::Object(&kind), JValue::Object(&message), numbers[0], numbers[1]];
            let exception = env.new_object(class, signature, &arguments)?;
            let exception = env.cast_local::<JThrowable<'_>>(exception)?;
            env.throw(exception)
        }
        Thrown::Closed => env.throw_new(
            jni_str!("java/lang/IllegalStateException"),
            jni_str!("the object is closed and cannot be used again"),
        ),
        Thrown::Argument(message) => {
            let message = jni::strings::JNIString::new(message);
            env.throw_new(jni_str!("java/lang/IllegalArgumentException"), message)
        }
        Thrown::Random => env.throw_new(
            jni_str!("java/lang/IllegalStateException"),
            jni_str!("the operating system's random generator failed"),
        ),
        Thrown::Jni(Error::NullPtr(_)) => {
            env.throw_new(jni_str!("java/lang/NullPointerException"), jni_str!("an argument is null"))
        }
        Thrown::Jni(Error::JniCall(JniError::NoMemory)) => {
            env.throw_new(jni_str!("java/lang/OutOfMemoryError"), jni_str!("the heap has no memory for an array"))
        }
        Thrown::Jni(_) => env.throw_new(
            jni_str!("java/lang/InternalError"),
            jni_str!("fugo's classes and its native library do not have the same version"),
        ),
    }
}

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Self::Jni(error)
    }
}

impl From<RandomError> for Thrown {
    fn from(_: RandomError) -> Self {
        Self::Random
    }
}

impl From<KeyTagError> for Thrown {
    fn from(error: KeyTagError) -> Self {
        Self::Argument(error.to_string())
    }
}

/// The offset, the line or the index of a pair; −1 if absent.
fn place_told(place: Option<Place>) -> jlong {
    match place {
        None => -1,
        Some(Place::Offset(number) | Place::Line(number) | Place::Pair(number)) => count(number),
    }
}

/// The value that was found; −1 if absent. It is a length, an epoch, the code of a purpose, a tag as an unsigned
/// integer, the logarithm of an amount of work, or the system's error number. The kind of the error says which.
fn found_told(found: Option<Found>) -> jlong {
    match found {
        None | Some(Found::SystemError(None)) => -1,
        Some(Found::Length(found) | Found::Rows { found, .. }) => count(found),
        Some(Found::Purpose { found, .. }) => found.code().into(),
        Some(Found::Epoch(epoch)) => epoch.into(),
        Some(Found::Tag { found, .. }) => u32::from_be_bytes(found.to_bytes()).into(),
        Some(Found::Work(log2)) => log2.into(),
        Some(Found::SystemError(Some(number))) => number.into(),
    }
}

fn count(number: usize) -> jlong {
    jlong::try_from(number).unwrap_or(jlong::MAX)
}

macro_rules! faults {
    ($($error:ident => $class:literal,)*) => {$(
        impl From<$error> for Thrown {
            fn from(error: $error) -> Self {
                Self::Fault(Fault {
                    class: jni_str!($class),
                    kind: error.kind(),
                    message: error.to_string(),
                    place: place_told(error.place()),
                    found: found_told(error.found()),
                })
            }
        }
    )*};
}

faults! {
    MyNumberError => "fugo/MyNumberException",
    BodyError => "fugo/MyNumberException",
    NormalizeError => "fugo/NormalizeException",
    ScopeError => "fugo/ScopeException",
    PurposeError => "fugo/PurposeException",
    TextError => "fugo/TextFormException",
    LineageError => "fugo/LineageException",
}

#[cfg(feature = "key-files")]
mod of_key_files {
    use fugo_keystore::{
        KeyFileError, PlaintextError, RecipientError, RegistryError, SealError, SecretFileError, source::SourceError,
    };
    use jni::jni_str;

    use super::{Fault, Thrown, found_told, place_told};

    impl From<SourceError> for Thrown {
        fn from(error: SourceError) -> Self {
            if let SourceError::Purpose(error) = error {
                return error.into();
            }
            Self::Fault(Fault {
                class: jni_str!("fugo/KeyFileException"),
                kind: error.kind(),
                message: error.to_string(),
                place: place_told(error.place()),
                found: found_told(error.found()),
            })
        }
    }

    impl From<RecipientError> for Thrown {
        fn from(error: RecipientError) -> Self {
            Self::Argument(error.to_string())
        }
    }

    faults! {
        KeyFileError => "fugo/KeyFileException",
        PlaintextError => "fugo/KeyFileException",
        SecretFileError => "fugo/KeyFileException",
        SealError => "fugo/KeyFileException",
        RegistryError => "fugo/KeyFileException",
    }
}
