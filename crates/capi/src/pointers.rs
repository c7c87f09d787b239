//! Checks the pointers that C passes, and turns them into slices, values and handles. The unsafe code of this crate is
//! this file and the attribute `#[unsafe(no_mangle)]` on exported functions.
//!
//! An [`In`], [`Out`], [`Handle`] or [`Slot`] is an argument of an exported function. This crate never makes one,
//! except an `Out` of NULL, and those of `fuzzing.rs`. The SAFETY comments call the header's rules for its callers **the contract**:
//!
//! 1. A pointer is NULL, or it points to memory of the length (or number of rows) that is passed with it; a pointer to
//!    one value points to that value. Nobody else writes this memory during the call. Nobody else reads it if it is an
//!    output.
//! 2. A handle is NULL, or it came from this library and is not freed before the call returns.
//!
//! No alignment is required: bytes need none, and wider values are read and written unaligned.

use std::{marker::PhantomData, mem::MaybeUninit, ptr, slice};

use zeroize::Zeroize;

use crate::{failure::Failure, spans::Span, status::FugoStatus};

/// The argument number to use where the caller adds the number itself, with `arg`.
const UNNAMED: usize = 0;

/// `const T *`: an input.
#[repr(transparent)]
pub struct In<T>(*const T);

/// `T *`: an output.
#[repr(transparent)]
pub struct Out<T>(*mut T);

/// `const T *`, where `T` is opaque: a handle.
#[repr(transparent)]
pub struct Handle<T>(*const T);

/// `T **`, where `T` is opaque: a variable that holds a handle, or receives one.
#[repr(transparent)]
pub struct Slot<T>(*mut *mut T);

/// Arguments that C did not make, for fuzz targets.
#[cfg(feature = "fuzzing")]
mod arguments {
    use super::{Handle, In, Out, Slot};

    impl<T> In<T> {
        pub(crate) fn at(start: *const T) -> Self {
            Self(start)
        }
    }

    impl<T> Out<T> {
        pub(crate) fn at(start: *mut T) -> Self {
            Self(start)
        }
    }

    impl<T> Handle<T> {
        pub(crate) fn at(handle: *const T) -> Self {
            Self(handle)
        }
    }

    impl<T> Slot<T> {
        pub(crate) fn at(slot: *mut *mut T) -> Self {
            Self(slot)
        }
    }
}

impl<T> In<T> {
    /// The addresses of `count` rows of `row` bytes, for the argument of this number.
    pub(crate) fn span(&self, count: usize, row: usize, argument: usize) -> Result<Span, Failure> {
        Span::new(self.0, count, row, argument)
    }

    /// `len` bytes. NULL is accepted if `len` is 0.
    pub(crate) fn bytes(&self, len: usize) -> Result<&[u8], Failure> {
        const { assert!(size_of::<T>() == 1) };
        self.span(len, 1, UNNAMED)?;
        if len == 0 {
            return Ok(&[]);
        }
        if self.0.is_null() {
            return Err(FugoStatus::NullPointer.into());
        }
        // SAFETY: not NULL, so by the contract (1) there are `len` bytes, which nobody writes during the call, and this
        // borrow ends with the argument, at the end of the call; `apart` was asked about this call's own outputs. `len`
        // was checked against isize::MAX and the end of the address space; bytes need no alignment.
        Ok(unsafe { slice::from_raw_parts(self.0.cast(), len) })
    }

    /// The bytes. Their length must be the expected one.
    pub(crate) fn exactly(&self, len: usize, needed: usize) -> Result<&[u8], Failure> {
        if len == needed { self.bytes(len) } else { Err(Failure::buffer_length(len)) }
    }

    /// Rows of `N` bytes.
    pub(crate) fn rows<const N: usize>(&self, count: usize) -> Result<&[[u8; N]], Failure> {
        let len = count.checked_mul(N).ok_or(FugoStatus::Overflow)?;
        Ok(self.bytes(len)?.as_chunks().0)
    }
}

/// An output of bytes. It is zeroed when the call ends, unless it is kept. So after a failure or a panic it does not
/// hold an earlier result.
pub(crate) struct Output<'a> {
    bytes: &'a mut [u8],
    is_kept: bool,
}

impl Output<'_> {
    pub(crate) fn rows<const N: usize>(&mut self) -> &mut [[u8; N]] {
        self.bytes.as_chunks_mut().0
    }

    /// Copies the result and fills the rest with zeros.
    pub(crate) fn set(mut self, content: &[u8]) {
        let (head, rest) = self.bytes.split_at_mut(content.len());
        head.copy_from_slice(content);
        rest.fill(0);
        self.keep();
    }

    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.bytes.zeroize();
        }
    }
}

impl<T> Out<T> {
    /// The addresses of `count` rows of `row` bytes, for the argument of this number.
    pub(crate) fn span(&self, count: usize, row: usize, argument: usize) -> Result<Span, Failure> {
        Span::new(self.0, count, row, argument)
    }

    /// `len` bytes to write. NULL is accepted if `len` is 0.
    pub(crate) fn bytes(&self, len: usize) -> Result<Output<'_>, Failure> {
        const { assert!(size_of::<T>() == 1) };
        self.span(len, 1, UNNAMED)?;
        if len == 0 {
            return Ok(Output { bytes: &mut [], is_kept: false });
        }
        if self.0.is_null() {
            return Err(FugoStatus::NullPointer.into());
        }
        // SAFETY: not NULL, so by the contract (1) there are `len` bytes, which nobody else reads or writes during the
        // call, and this borrow ends with the argument; each function takes an output once, after `apart`. `len` was
        // checked against isize::MAX and the end of the address space; bytes need no alignment. C may not have
        // initialised them; to this code they are bytes of some value, and none is read before it is written.
        Ok(Output { bytes: unsafe { slice::from_raw_parts_mut(self.0.cast(), len) }, is_kept: false })
    }

    /// The bytes to write. Their length must be the expected one.
    pub(crate) fn exactly(&self, len: usize, needed: usize) -> Result<Output<'_>, Failure> {
        if len == needed { self.bytes(len) } else { Err(Failure::buffer_length(len)) }
    }

    /// The bytes to write. Their length must be at least the expected one.
    pub(crate) fn at_least(&self, len: usize, needed: usize) -> Result<Output<'_>, Failure> {
        if len >= needed { self.bytes(len) } else { Err(Failure::buffer_length(len)) }
    }

    /// Rows of `N` bytes to write.
    pub(crate) fn rows<const N: usize>(&self, count: usize) -> Result<Output<'_>, Failure> {
        self.bytes(count.checked_mul(N).ok_or(FugoStatus::Overflow)?)
    }
}

impl<T: Copy> Out<T> {
    /// An output of one value.
    pub(crate) fn place(&self, empty: T) -> Result<Places<'_, T>, Failure> {
        self.places(1, empty)?.ok_or(FugoStatus::NullPointer.into())
    }

    /// An output of `count` values, or `None` if the caller passed NULL and does not want them.
    pub(crate) fn places(&self, count: usize, empty: T) -> Result<Option<Places<'_, T>>, Failure> {
        self.span(count, size_of::<T>(), UNNAMED)?;
        if self.0.is_null() {
            return Ok(None);
        }
        Ok(Some(Places { start: self.0, count, empty, is_kept: false, argument: PhantomData }))
    }
}

/// An output of values, at any alignment. It is reset when the call ends, unless it is kept.
pub(crate) struct Places<'a, T: Copy> {
    start: *mut T,
    count: usize,
    empty: T,
    is_kept: bool,
    argument: PhantomData<&'a Out<T>>,
}

impl<T: Copy> Places<'_, T> {
    pub(crate) fn put(&mut self, at: usize, value: T) {
        assert!(at < self.count, "an index within the output");
        // SAFETY: not NULL (`Out::places`), so by the contract (1) there is memory for `count` values, which nobody
        // else reads or writes; `at` is below `count`, whose bytes were checked against isize::MAX and the end of the
        // address space. Unaligned writes need no alignment, and dropping nothing is right for `Copy`.
        unsafe { self.start.add(at).write_unaligned(value) }
    }

    /// Writes the same value everywhere.
    pub(crate) fn fill(&mut self, value: T) {
        (0..self.count).for_each(|at| self.put(at, value));
    }

    /// Writes the only value.
    pub(crate) fn set(mut self, value: T) {
        self.fill(value);
        self.keep();
    }

    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl<T: Copy> Drop for Places<'_, T> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.fill(self.empty);
        }
    }
}

/// A mark for each type of handle, so that a handle of another type is recognised.
pub trait Opaque: Send + Sync {
    /// The eight bytes before the value.
    const MARK: u64;
}

macro_rules! opaque {
    ($($(#[$meta:meta])* $kind:ty = $mark:literal,)*) => {
        $($(#[$meta])* impl Opaque for $kind {
            const MARK: u64 = u64::from_le_bytes(*$mark);
        })*
        const _: () = {
            let marks: &[&[u8; 8]] = &[$($(#[$meta])* $mark),*];
            let mut i = 0;
            while i < marks.len() {
                let mut j = 0;
                while j < i {
                    let (first, second) = (u64::from_le_bytes(*marks[i]), u64::from_le_bytes(*marks[j]));
                    assert!(first != second, "each type has its own mark");
                    j += 1;
                }
                i += 1;
            }
        };
    };
}

opaque! {
    crate::ladder::FugoRootKey = b"fugoroot",
    crate::ladder::FugoScopeKey = b"fugoscop",
    crate::key::FugoKey = b"fugo key",
    #[cfg(feature = "key-files")]
    crate::key_file::FugoKeyFile = b"fugofile",
    crate::lineage::FugoLineage = b"fugoline",
    crate::translation::FugoTranslation = b"fugotran",
}

/// The memory that a handle points to.
#[repr(C)]
struct Held<T> {
    mark: u64,
    value: T,
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        self.mark.zeroize();
    }
}

/// The memory of a handle of this type. The mark reveals a handle of another type.
fn held<T: Opaque>(handle: *const T) -> Result<*const Held<T>, Failure> {
    if handle.is_null() {
        return Err(FugoStatus::NullPointer.into());
    }
    let held: *const Held<T> = handle.cast();
    if !held.is_aligned() {
        return Err(FugoStatus::WrongHandle.into());
    }
    // SAFETY: not NULL, so by the contract (2) it came from this library, perhaps as a handle of another type; every
    // handle points to a live, aligned `Held`, which starts with its mark whatever the type (repr(C)).
    let mark = unsafe { held.cast::<u64>().read() };
    if mark == T::MARK { Ok(held) } else { Err(FugoStatus::WrongHandle.into()) }
}

impl<T: Opaque> Handle<T> {
    /// The value of the handle.
    pub(crate) fn held(&self) -> Result<&T, Failure> {
        let held = held(self.0)?;
        // SAFETY: a live `Held<T>`, as its mark says (`held`); no exported function writes to it before it is freed,
        // which by the contract (2) is not before this call, and so this borrow, ends. `T` is `Sync`: other threads may
        // borrow it.
        Ok(&unsafe { &*held }.value)
    }

    /// The value of the handle, or `None` if the caller passed NULL and has none.
    pub(crate) fn held_if_any(&self) -> Result<Option<&T>, Failure> {
        if self.0.is_null() { Ok(None) } else { self.held().map(Some) }
    }
}

/// A slot that holds NULL.
pub(crate) struct Vacant<'a, T>(*mut *mut T, PhantomData<&'a Slot<T>>);

impl<T: Opaque> Slot<T> {
    /// The addresses of the slot, for the argument of this number.
    pub(crate) fn span(&self, argument: usize) -> Result<Span, Failure> {
        Span::new(self.0, 1, size_of::<*mut T>(), argument)
    }

    /// A slot for a new handle. A slot that already holds one is refused and left unchanged: the old handle would be
    /// overwritten and never wiped.
    pub(crate) fn vacant(&self) -> Result<Vacant<'_, T>, Failure> {
        if self.0.is_null() {
            return Err(FugoStatus::NullPointer.into());
        }
        // SAFETY: not NULL, so by the contract (1) there is a pointer, which nobody writes during the call.
        let held = unsafe { self.0.read_unaligned() };
        if held.is_null() { Ok(Vacant(self.0, PhantomData)) } else { Err(FugoStatus::OccupiedHandle.into()) }
    }

    /// Frees the handle in the slot and sets the slot to NULL. Does nothing if the slot is missing or holds NULL.
    pub(crate) fn free(&self) -> Result<(), Failure> {
        if self.0.is_null() {
            return Ok(());
        }
        // SAFETY: not NULL, so by the contract (1) there is a pointer, which nobody writes during the call.
        let handle = unsafe { self.0.read_unaligned() };
        if handle.is_null() {
            return Ok(());
        }
        let held = held(handle.cast_const())?;
        Vacant(self.0, PhantomData).write(ptr::null_mut());
        // SAFETY: a live `Held<T>`, as its mark says (`held`); the contract (2) leaves no other use of the handle, and
        // the slot holds NULL already. `T` is `Send`: any thread may drop it.
        unsafe { ptr::drop_in_place(held.cast_mut()) };
        // SAFETY: the block that `Vacant::set` made by `Box::into_raw`, whose value was dropped above. The two types
        // have one layout, and `MaybeUninit` asks nothing of its bytes.
        let mut block = unsafe { Box::from_raw(held.cast_mut().cast::<MaybeUninit<Held<T>>>()) };
        // Bytes that are not part of the value, such as the payload of a `None`, may hold stack data from the move into
        // this block, perhaps a key.
        block.zeroize();
        Ok(())
    }
}

impl<T: Opaque> Vacant<'_, T> {
    fn write(&self, handle: *mut T) {
        // SAFETY: not NULL (`Slot::vacant`, `Slot::free`), so by the contract (1) there is room for a pointer, which
        // nobody else reads or writes during the call. An unaligned write needs no alignment.
        unsafe { self.0.write_unaligned(handle) }
    }

    /// Moves the value into a new handle, which the caller then owns.
    pub(crate) fn set(self, value: T) {
        self.write(Box::into_raw(Box::new(Held { mark: T::MARK, value })).cast());
    }
}

impl<T: Copy> Out<T> {
    /// An output that the caller did not ask for.
    pub(crate) fn none() -> Self {
        Self(ptr::null_mut())
    }

    /// Writes one value if the caller wants it. For values that are written after all other outputs.
    pub(crate) fn tell(&self, value: T) {
        if let Ok(Some(places)) = self.places(1, value) {
            places.set(value);
        }
    }
}
