//! Calls of exported functions as C makes them, for the fuzz targets in `fuzz/`. The memory is one block of bytes, in
//! which arguments can overlap as they like, and some variables for handles, each of any type. So the contract of
//! `pointers.rs` is kept whatever is called: a part of the memory is checked to be within the block, and a variable
//! holds NULL or a handle of this library.

use std::ptr;

use crate::{
    derive::{
        fugo_derive, fugo_derive_batch, fugo_derive_batch_lineage, fugo_derive_from_insurers,
        fugo_derive_from_insurers_batch,
    },
    failure::FugoError,
    key::{FugoKey, fugo_key_eligibility, fugo_key_free, fugo_key_issuer, fugo_key_new, fugo_key_scope, fugo_key_tag},
    ladder::{
        FugoRootKey, FugoScopeKey, fugo_root_key_free, fugo_root_key_from_bytes, fugo_root_key_tag,
        fugo_scope_key_derive, fugo_scope_key_equal, fugo_scope_key_free, fugo_scope_key_from_bytes,
        fugo_scope_key_scope, fugo_scope_key_tag,
    },
    lineage::{FugoLineage, fugo_lineage_first, fugo_lineage_free, fugo_lineage_new},
    number::{fugo_check_digit, fugo_normalize, fugo_number_check},
    pointers::{Handle, In, Out, Slot},
    scope::{fugo_scope_label, fugo_scope_text},
    text::{
        fugo_text_decode, fugo_text_decode_tagged, fugo_text_encode, fugo_text_encode_batch, fugo_text_encode_tagged,
        fugo_text_read,
    },
};

/// The length of the block, and the number of variables for handles.
pub const BYTES: usize = 1 << 11;
/// The number of variables for handles.
pub const SLOTS: usize = 6;
/// The length of an error.
pub const ERROR_LEN: usize = size_of::<FugoError>();

/// A part of the block: where it starts, or `None` for NULL; and its length, also of NULL.
#[derive(Clone, Copy, Debug)]
pub struct Part(pub Option<usize>, pub usize);

/// A call: variables for handles by their index, parts of the block, and other arguments, in the order of C. Parts of
/// rows and of single values have the length in bytes that goes with `count` or the type.
#[expect(missing_docs, reason = "each is a function of the header")]
#[derive(Clone, Copy, Debug)]
pub enum Call {
    RootKeyFromBytes { bytes: Part, out: usize },
    RootKeyTag { key: usize, tag: Part },
    RootKeyFree { key: usize },
    ScopeKeyDerive { root: usize, scope: Part, out: usize },
    ScopeKeyFromBytes { scope: Part, bytes: Part, out: usize },
    ScopeKeyTag { key: usize, tag: Part },
    ScopeKeyScope { key: usize, text: Part },
    ScopeKeyEqual { first: usize, second: usize, equal: Part },
    ScopeKeyFree { key: usize },
    KeyNew { key: usize, out: usize },
    KeyEligibility { insurers: usize, eligibility: usize, out: usize },
    KeyIssuer { eligibility: usize, out: usize },
    KeyTag { key: usize, tag: Part },
    KeyScope { key: usize, text: Part },
    KeyFree { key: usize },
    Derive { key: usize, number: Part, symbol: Part },
    DeriveBatch { key: usize, numbers: Part, symbols: Part, count: usize, statuses: Part, refused: Part },
    DeriveBatchLineage { key: usize, lineage: usize, numbers: Part, symbols: Part, count: usize, reissued: Part },
    DeriveFromInsurers { key: usize, insurers: Part, symbol: Part },
    DeriveFromInsurersBatch { key: usize, insurers: Part, symbols: Part, count: usize },
    NumberCheck { text: Part },
    CheckDigit { body: Part, digit: Part },
    Normalize { text: Part, restore_zeros: i32, digits: Part, changes: Part },
    ScopeText { purpose: Part, id: Part, epoch: u32, text: Part },
    ScopeLabel { scope: Part, label: Part, label_len: Part },
    TextEncode { key: usize, symbol: Part, text: Part },
    TextEncodeBatch { key: usize, symbols: Part, texts: Part, count: usize },
    TextDecode { key: usize, text: Part, symbol: Part },
    TextEncodeTagged { purpose: i32, tag: Part, symbol: Part, text: Part },
    TextDecodeTagged { purpose: i32, tag: Part, text: Part, symbol: Part },
    TextRead { text: Part, purpose: Part, tag: Part, symbol: Part },
    LineageNew { pairs: Part, count: usize, out: usize },
    LineageFirst { lineage: usize, number: Part, first: Part },
    LineageFree { lineage: usize },
}

/// The memory of a program in C.
pub struct Memory {
    bytes: Box<[u8; BYTES]>,
    slots: [*mut u8; SLOTS],
}

impl Memory {
    /// Memory with these bytes and without handles.
    pub fn new(bytes: &[u8; BYTES]) -> Self {
        Self { bytes: Box::new(*bytes), slots: [ptr::null_mut(); SLOTS] }
    }

    /// The block.
    pub fn bytes(&mut self) -> &mut [u8; BYTES] {
        &mut self.bytes
    }

    /// Whether a variable holds a handle.
    pub fn is_held(&self, slot: usize) -> bool {
        !self.slots[slot].is_null()
    }

    fn start<T>(&mut self, Part(start, len): Part) -> *mut T {
        let Some(start) = start else { return ptr::null_mut() };
        assert!(start + len <= BYTES, "a part within the block");
        self.bytes[start..].as_mut_ptr().cast()
    }

    fn input<T>(&mut self, part: Part) -> In<T> {
        In::at(self.start(part))
    }

    fn output<T>(&mut self, part: Part) -> Out<T> {
        Out::at(self.start(part))
    }

    /// An output of values of this type.
    fn values<T>(&mut self, part: Part, count: usize) -> Out<T> {
        assert!(part.0.is_none() || part.1 == count * size_of::<T>(), "a part of this length");
        self.output(part)
    }

    fn rows_in<T>(&mut self, part: Part, count: usize, row: usize) -> In<T> {
        assert!(part.0.is_none() || part.1 == count * row, "a part of this length");
        self.input(part)
    }

    fn rows_out<T>(&mut self, part: Part, count: usize, row: usize) -> Out<T> {
        assert!(part.0.is_none() || part.1 == count * row, "a part of this length");
        self.output(part)
    }

    fn handle<T>(&self, slot: usize) -> Handle<T> {
        Handle::at(self.slots[slot].cast())
    }

    fn slot<T>(&mut self, slot: usize) -> Slot<T> {
        Slot::at((&raw mut self.slots[slot]).cast())
    }

    /// Makes a call. Returns the number of its status.
    pub fn call(&mut self, call: Call, error: Option<usize>) -> i32 {
        let error = self.output::<FugoError>(Part(error, ERROR_LEN));
        let status = match call {
            Call::RootKeyFromBytes { .. }
            | Call::RootKeyTag { .. }
            | Call::RootKeyFree { .. }
            | Call::ScopeKeyDerive { .. }
            | Call::ScopeKeyFromBytes { .. }
            | Call::ScopeKeyTag { .. }
            | Call::ScopeKeyScope { .. }
            | Call::ScopeKeyEqual { .. }
            | Call::ScopeKeyFree { .. } => return self.ladder(call, error),
            Call::NumberCheck { text } => fugo_number_check(self.input(text), text.1, error),
            Call::CheckDigit { body, digit } => {
                fugo_check_digit(self.input(body), body.1, self.values(digit, 1), error)
            }
            Call::Normalize { text, restore_zeros, digits, changes } => {
                let (input, output) = (self.input(text), self.output(digits));
                fugo_normalize(input, text.1, restore_zeros, output, digits.1, self.values(changes, 1), error)
            }
            Call::ScopeText { purpose, id, epoch, text } => {
                let (first, second) = (self.input(purpose), self.input(id));
                fugo_scope_text(first, purpose.1, second, id.1, epoch, self.output(text), text.1, error)
            }
            Call::ScopeLabel { scope, label, label_len } => {
                let (input, output) = (self.input(scope), self.output(label));
                fugo_scope_label(input, scope.1, output, label.1, self.values(label_len, 1), error)
            }
            Call::LineageNew { pairs, count, out } => {
                fugo_lineage_new(self.rows_in(pairs, count, 24), count, self.slot::<FugoLineage>(out), error)
            }
            Call::LineageFirst { lineage, number, first } => {
                let input = self.input(number);
                fugo_lineage_first(self.handle(lineage), input, number.1, self.output(first), first.1, error)
            }
            Call::LineageFree { lineage } => fugo_lineage_free(self.slot(lineage)),
            Call::TextEncode { .. }
            | Call::TextEncodeBatch { .. }
            | Call::TextDecode { .. }
            | Call::TextEncodeTagged { .. }
            | Call::TextDecodeTagged { .. }
            | Call::TextRead { .. } => return self.text(call, error),
            call => return self.key(call, error),
        };
        status as i32
    }

    fn ladder(&mut self, call: Call, error: Out<FugoError>) -> i32 {
        let status = match call {
            Call::RootKeyFromBytes { bytes, out } => {
                fugo_root_key_from_bytes(self.input(bytes), bytes.1, self.slot::<FugoRootKey>(out), error)
            }
            Call::RootKeyTag { key, tag } => fugo_root_key_tag(self.handle(key), self.output(tag), tag.1, error),
            Call::RootKeyFree { key } => fugo_root_key_free(self.slot(key)),
            Call::ScopeKeyDerive { root, scope, out } => {
                let input = self.input(scope);
                fugo_scope_key_derive(self.handle(root), input, scope.1, self.slot(out), error)
            }
            Call::ScopeKeyFromBytes { scope, bytes, out } => {
                let (first, second) = (self.input(scope), self.input(bytes));
                fugo_scope_key_from_bytes(first, scope.1, second, bytes.1, self.slot(out), error)
            }
            Call::ScopeKeyTag { key, tag } => fugo_scope_key_tag(self.handle(key), self.output(tag), tag.1, error),
            Call::ScopeKeyScope { key, text } => {
                fugo_scope_key_scope(self.handle(key), self.output(text), text.1, error)
            }
            Call::ScopeKeyEqual { first, second, equal } => {
                let equal = self.values(equal, 1);
                fugo_scope_key_equal(self.handle(first), self.handle(second), equal, error)
            }
            Call::ScopeKeyFree { key } => fugo_scope_key_free(self.slot::<FugoScopeKey>(key)),
            _ => unreachable!("a call of the ladder"),
        };
        status as i32
    }

    fn key(&mut self, call: Call, error: Out<FugoError>) -> i32 {
        let status = match call {
            Call::KeyNew { key, out } => fugo_key_new(self.handle(key), self.slot(out), error),
            Call::KeyEligibility { insurers, eligibility, out } => {
                fugo_key_eligibility(self.handle(insurers), self.handle(eligibility), self.slot(out), error)
            }
            Call::KeyIssuer { eligibility, out } => fugo_key_issuer(self.handle(eligibility), self.slot(out), error),
            Call::KeyTag { key, tag } => fugo_key_tag(self.handle(key), self.output(tag), tag.1, error),
            Call::KeyScope { key, text } => fugo_key_scope(self.handle(key), self.output(text), text.1, error),
            Call::KeyFree { key } => fugo_key_free(self.slot::<FugoKey>(key)),
            Call::Derive { key, number, symbol } => {
                let input = self.input(number);
                fugo_derive(self.handle(key), input, number.1, self.output(symbol), symbol.1, error)
            }
            Call::DeriveBatch { key, numbers, symbols, count, statuses, refused } => {
                let (input, output) = (self.rows_in(numbers, count, 12), self.rows_out(symbols, count, 16));
                let (statuses, refused) = (self.values(statuses, count), self.values(refused, 1));
                fugo_derive_batch(self.handle(key), input, output, count, statuses, refused, error)
            }
            Call::DeriveBatchLineage { key, lineage, numbers, symbols, count, reissued } => {
                let (input, output) = (self.rows_in(numbers, count, 12), self.rows_out(symbols, count, 16));
                let (reissued, none) = (self.values(reissued, 1), Out::none());
                let (key, lineage) = (self.handle(key), self.handle(lineage));
                fugo_derive_batch_lineage(key, lineage, input, output, count, none, Out::none(), reissued, error)
            }
            Call::DeriveFromInsurers { key, insurers, symbol } => {
                let input = self.input(insurers);
                fugo_derive_from_insurers(self.handle(key), input, insurers.1, self.output(symbol), symbol.1, error)
            }
            Call::DeriveFromInsurersBatch { key, insurers, symbols, count } => {
                let (input, output) = (self.rows_in(insurers, count, 16), self.rows_out(symbols, count, 16));
                fugo_derive_from_insurers_batch(self.handle(key), input, output, count, error)
            }
            _ => unreachable!("a call with a key"),
        };
        status as i32
    }

    fn text(&mut self, call: Call, error: Out<FugoError>) -> i32 {
        let status = match call {
            Call::TextEncode { key, symbol, text } => {
                let input = self.input(symbol);
                fugo_text_encode(self.handle(key), input, symbol.1, self.output(text), text.1, error)
            }
            Call::TextEncodeBatch { key, symbols, texts, count } => {
                let (input, output) = (self.rows_in(symbols, count, 16), self.rows_out(texts, count, 48));
                fugo_text_encode_batch(self.handle(key), input, output, count, error)
            }
            Call::TextDecode { key, text, symbol } => {
                let input = self.input(text);
                fugo_text_decode(self.handle(key), input, text.1, self.output(symbol), symbol.1, error)
            }
            Call::TextEncodeTagged { purpose, tag, symbol, text } => {
                let (first, second) = (self.input(tag), self.input(symbol));
                fugo_text_encode_tagged(purpose, first, tag.1, second, symbol.1, self.output(text), text.1, error)
            }
            Call::TextDecodeTagged { purpose, tag, text, symbol } => {
                let (first, second) = (self.input(tag), self.input(text));
                fugo_text_decode_tagged(purpose, first, tag.1, second, text.1, self.output(symbol), symbol.1, error)
            }
            Call::TextRead { text, purpose, tag, symbol } => {
                let (input, purpose) = (self.input(text), self.values(purpose, 1));
                let (first, second) = (self.output(tag), self.output(symbol));
                fugo_text_read(input, text.1, purpose, first, tag.1, second, symbol.1, error)
            }
            _ => unreachable!("a call about texts"),
        };
        status as i32
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for slot in 0..SLOTS {
            // A handle of another type is left as it is.
            let _ = fugo_root_key_free(self.slot(slot));
            let _ = fugo_scope_key_free(self.slot(slot));
            let _ = fugo_key_free(self.slot(slot));
            let _ = fugo_lineage_free(self.slot(slot));
            assert!(!self.is_held(slot), "every handle can be freed");
        }
    }
}
