//! Rust errors as Java exceptions: the one place where they turn.

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

/// What a native method ends with instead of its result.
pub(crate) enum Thrown {
    /// An error of the library, with a class of its own.
    Fault(Fault),
    /// A handle that stands for nothing any more, or for something else.
    Closed,
    /// An argument that no class of ours is about.
    Argument(String),
    /// The system's random generator.
    Random,
    /// An error of Java's native interface.
    Jni(Error),
}

/// `new CLASS(kind, message, place, found)`; a number that the error does not have is −1.
pub(crate) struct Fault {
    class: &'static JNIStr,
    kind: ErrorKind,
    message: String,
    /// Offset, line or index of a pair: where.
    place: jlong,
    /// A length, an epoch, an amount of work: what was found instead of what is allowed.
    found: jlong,
}

/// Runs the body of a native method. Errors are thrown in Java, and so is a panic; the value returned then is ignored.
pub(crate) fn native<'local, T: Default>(
    mut env: EnvUnowned<'local>,
    body: impl FnOnce(&mut Env<'local>) -> Result<T, Thrown>,
) -> T {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(silence);
    env.with_env(body).resolve::<Throw>()
}

/// A panic's message may quote a text, so it is not printed; where it happened is. The hook is this library's own:
/// other libraries have theirs.
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
            // What comes back is the news that it was thrown.
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
            let message = jni_str!("fugo's native library met a fault of its own; please report it");
            let _ = env.throw_new(jni_str!("java/lang/InternalError"), message);
        }
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, thrown: Thrown) -> jni::errors::Result<()> {
    match thrown {
        Thrown::Fault(fault) => {
            // By `find_class`, which asks the loader of our own classes, whatever loader the thread has.
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
            jni_str!("closed: what was closed cannot be used again"),
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
            env.throw_new(jni_str!("java/lang/OutOfMemoryError"), jni_str!("an array does not fit the heap"))
        }
        Thrown::Jni(_) => env.throw_new(
            jni_str!("java/lang/InternalError"),
            jni_str!("fugo's classes and its native library do not fit together"),
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

/// Offset, line or index of a pair; −1 for none.
fn place_told(place: Option<Place>) -> jlong {
    match place {
        None => -1,
        Some(Place::Offset(number) | Place::Line(number) | Place::Pair(number)) => count(number),
    }
}

/// A length, an epoch, the code of a purpose, a tag as an unsigned integer, the logarithm of an amount of work, the
/// system's error; −1 for none. The kind of the error says which.
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
    use fugo_keystore::{KeyFileError, PlaintextError, RecipientError, RegistryError, SealError, SecretFileError};
    use jni::jni_str;

    use super::{Fault, Thrown, found_told, place_told};

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
