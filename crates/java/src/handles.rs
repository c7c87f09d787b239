//! Handles: numbers that identify Rust objects. Java holds them instead of addresses.
//!
//! `handle := generation (31 bits) ‖ slot (32 bits)`. The generation of a slot increases each time an object is stored
//! in it, so the handle of a removed object is never valid again. The table is global state. It is needed because this
//! crate has no unsafe code: it could not trust an address that Java passes back.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock,
    atomic::{AtomicUsize, Ordering},
};

use fugo::{Lineage, RootKey, flat::Translation};
#[cfg(feature = "key-files")]
use fugo_keystore::{Seal, Unlock, source::OpenedKey};
use jni::{EnvUnowned, jni_mangle, objects::JClass, sys::jlong};

use crate::{
    held::{HeldKey, HeldScopeKey},
    thrown::{Thrown, native},
};

macro_rules! held {
    ($($(#[$meta:meta])* $name:ident: $variant:ident($type:ty),)*) => {
        /// The objects that have handles. Each wipes itself when it is dropped. Boxed: the unused part of a larger variant
        /// would hold bytes of the stack, of a key among them, that no drop wipes.
        pub(crate) enum Held {
            $($(#[$meta])* $variant(Box<$type>),)*
        }

        $($(#[$meta])* impl From<$type> for Held {
            fn from(held: $type) -> Self {
                Self::$variant(Box::new(held))
            }
        })*

        impl Held {
            $($(#[$meta])* pub(crate) fn $name(&self) -> Result<&$type, Thrown> {
                if let Self::$variant(held) = self { Ok(held) } else { Err(Thrown::Closed) }
            })*
        }
    };
}

held! {
    root: Root(RootKey),
    scope: Scope(HeldScopeKey),
    symbol_key: SymbolKey(HeldKey),
    #[cfg(feature = "key-files")]
    key_file: KeyFile(OpenedKey),
    #[cfg(feature = "key-files")]
    unlock: Unlock(RwLock<Unlock>),
    #[cfg(feature = "key-files")]
    seal: Seal(Seal),
    lineage: Lineage(Lineage),
    translation: Translation(Mutex<Translation>),
}

/// Several locks, so that threads with different handles rarely wait for each other.
const SHARDS: usize = 16;
/// The last generation of a slot; the slot is not used again after it. Handles are positive, so 0 is never a handle.
const LAST: u32 = i32::MAX as u32;

struct Slot {
    generation: u32,
    held: Option<Arc<Held>>,
}

struct Shard {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

impl Shard {
    const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    /// The index in the shard, and the generation.
    fn put(&mut self, held: Arc<Held>) -> (usize, u32) {
        let Some(at) = self.free.pop() else {
            self.slots.push(Slot { generation: 1, held: Some(held) });
            return (self.slots.len() - 1, 1);
        };
        let slot = &mut self.slots[at];
        slot.generation += 1;
        slot.held = Some(held);
        (at, slot.generation)
    }

    fn find(&self, at: usize, generation: u32) -> Option<Arc<Held>> {
        self.slots.get(at).filter(|slot| slot.generation == generation)?.held.clone()
    }

    fn take(&mut self, at: usize, generation: u32) -> Option<Arc<Held>> {
        let held = self.slots.get_mut(at).filter(|slot| slot.generation == generation)?.held.take()?;
        if generation < LAST {
            self.free.push(at);
        }
        Some(held)
    }
}

static TABLE: [RwLock<Shard>; SHARDS] = [const { RwLock::new(Shard::new()) }; SHARDS];
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Stores an object and returns its handle.
pub(crate) fn hold(held: impl Into<Held>) -> jlong {
    let shard = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    let held = Arc::new(held.into());
    let (at, generation) = TABLE[shard].write().unwrap_or_else(PoisonError::into_inner).put(held);
    let slot = u32::try_from(at * SHARDS + shard).expect("fewer than 2^32 live handles");
    jlong::from(generation) << 32 | jlong::from(slot)
}

/// The object of a handle. It lives until the caller drops it, even if another thread closes the handle in between.
pub(crate) fn held(handle: jlong) -> Result<Arc<Held>, Thrown> {
    let (shard, at, generation) = parts(handle);
    let table = TABLE[shard].read().unwrap_or_else(PoisonError::into_inner);
    table.find(at, generation).ok_or(Thrown::Closed)
}

/// Removes the object of a handle. Returns nothing if it was removed before.
fn release(handle: jlong) -> Option<Arc<Held>> {
    let (shard, at, generation) = parts(handle);
    TABLE[shard].write().unwrap_or_else(PoisonError::into_inner).take(at, generation)
}

fn parts(handle: jlong) -> (usize, usize, u32) {
    let slot = (handle & 0xffff_ffff) as usize;
    (slot % SHARDS, slot / SHARDS, (handle >> 32) as u32)
}

#[jni_mangle("fugo.Native")]
pub fn close<'local>(env: EnvUnowned<'local>, _: JClass<'local>, handle: jlong) {
    native(env, |_| {
        // The object is wiped here, outside the lock, unless another thread is using it.
        drop(release(handle));
        Ok(())
    });
}

/// The number of live handles.
#[jni_mangle("fugo.Native")]
pub fn held_now<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> jlong {
    native(env, |_| {
        let alive = |shard: &RwLock<Shard>| {
            let table = shard.read().unwrap_or_else(PoisonError::into_inner);
            table.slots.iter().filter(|slot| slot.held.is_some()).count() as jlong
        };
        Ok(TABLE.iter().map(alive).sum())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn something() -> Arc<Held> {
        Arc::new(RootKey::from_bytes(&[7; 32]).into())
    }

    #[test]
    fn a_slot_is_used_again_under_another_generation() {
        let mut shard = Shard::new();
        let first = shard.put(something());
        assert!(shard.find(first.0, first.1).is_some());
        assert!(shard.take(first.0, first.1).is_some());
        assert!(shard.take(first.0, first.1).is_none(), "once");
        let second = shard.put(something());
        assert_eq!(second, (first.0, first.1 + 1));
        assert!(shard.find(first.0, first.1).is_none());
        assert!(shard.take(first.0, first.1).is_none());
        assert!(shard.find(second.0, second.1).is_some());
    }

    #[test]
    fn a_slot_that_has_had_its_last_generation_is_never_used_again() {
        let mut shard = Shard::new();
        shard.slots.push(Slot { generation: LAST - 1, held: None });
        shard.free.push(0);
        assert_eq!(shard.put(something()), (0, LAST));
        assert!(shard.take(0, LAST).is_some());
        assert_eq!(shard.put(something()), (1, 1));
    }

    #[test]
    fn a_handle_is_positive_and_has_its_parts() {
        let handle = jlong::from(LAST) << 32 | 0xffff_ffff;
        assert!(handle > 0);
        assert_eq!(parts(handle), (SHARDS - 1, 0xffff_ffff / SHARDS, LAST));
        let held_one = hold(RootKey::from_bytes(&[7; 32]));
        assert!(held_one > 0);
        assert!(held(held_one).is_ok());
        assert!(release(held_one).is_some());
        assert!(held(held_one).is_err());
    }
}
