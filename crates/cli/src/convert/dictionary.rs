//! The different texts of one kept column of a run, each with a code by which rows hold it until they are written.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use ahash::RandomState;
use arrow_array::{Array, Int32Array, StringArray};

use super::cells;
use crate::roster::encoding::Encoding;

/// The maximum number of texts, and their maximum size in bytes together. A row holds a text that does not fit in its own
/// bytes.
const TEXTS: usize = 1 << 16;
const BYTES: usize = 1 << 20;

/// How much memory a dictionary may take in bytes.
pub(crate) const MEMORY: usize = BYTES + TEXTS * 96;

/// A dictionary. While rows are read, all threads add to it; codes depend on which thread is first. Then it is closed.
#[derive(Default)]
pub(crate) struct Dictionary {
    open: Mutex<Open>,
    closed: OnceLock<Closed>,
    /// The dictionary of the file that was seen last.
    seen: Mutex<Weak<Seen>>,
}

/// A dictionary of a file, which has one for many batches: what the threads found out about its texts.
pub(crate) struct Seen {
    texts: StringArray,
    /// Which texts hold neither a number nor a symbol because they are too short; see [`cells::is_harmless`].
    pub(crate) harmless: Vec<bool>,
    /// The packed code of each text. Only texts of rows that are kept get codes.
    codes: Vec<AtomicU32>,
}

/// A code as it is packed: [`NULL`], [`TEXT`], or a code and [`FIRST`].
pub(crate) type Code = u32;
/// In place of the code of a null.
pub(crate) const NULL: Code = 0;
/// In place of the code of a text that has none.
pub(crate) const TEXT: Code = 1;
pub(crate) const FIRST: Code = 2;
const UNKNOWN: Code = u32::MAX;

impl Seen {
    fn new(texts: &StringArray) -> Self {
        let cell = |ends: &[i32]| ends[0] as usize..ends[1] as usize;
        let is_harmless = |ends: &[i32]| cells::is_harmless(Encoding::Utf8, texts.values(), &cell(ends));
        Self {
            texts: texts.clone(),
            harmless: texts.value_offsets().windows(2).map(is_harmless).collect(),
            codes: (0..texts.len()).map(|_| AtomicU32::new(UNKNOWN)).collect(),
        }
    }

    /// Whether it is of these texts.
    pub(crate) fn is_of(&self, texts: &StringArray) -> bool {
        same_texts(&self.texts, texts)
    }
}

/// A dictionary that is being made. A text either has a code in all rows of a run or in none: once a text did not fit, no
/// text is added.
#[derive(Default)]
struct Open {
    codes: HashMap<Box<str>, u32, RandomState>,
    bytes: usize,
    is_full: bool,
}

/// A complete dictionary.
pub(crate) struct Closed {
    /// The texts, by code.
    pub(crate) texts: StringArray,
    /// The length of the longest text in bytes.
    pub(crate) longest: usize,
    /// Whether rows hold codes only.
    pub(crate) has_all: bool,
}

impl Dictionary {
    fn open(&self) -> MutexGuard<'_, Open> {
        assert!(self.closed.get().is_none(), "all rows are read before the first is written");
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known about a dictionary of the file. `last` is what the thread saw last.
    pub(crate) fn seen<'s>(&self, texts: &StringArray, last: &'s mut Option<Arc<Seen>>) -> &'s Seen {
        let of_thread = last.take().filter(|seen| seen.is_of(texts));
        last.insert(of_thread.unwrap_or_else(|| {
            let mut of_all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            of_all.upgrade().filter(|seen| seen.is_of(texts)).unwrap_or_else(|| {
                let seen = Arc::new(Seen::new(texts));
                *of_all = Arc::downgrade(&seen);
                seen
            })
        }))
    }

    /// The packed codes of rows whose keys are places in a dictionary of the file.
    pub(crate) fn codes(&self, keys: &Int32Array, seen: &Seen) -> Vec<Code> {
        let mut open = None;
        let code = |(row, key): (usize, &i32)| {
            if keys.is_null(row) {
                return NULL;
            }
            let known = &seen.codes[*key as usize];
            let mut code = known.load(Ordering::Relaxed);
            if code == UNKNOWN {
                let open = open.get_or_insert_with(|| self.open());
                code = open.code(seen.texts.value(*key as usize));
                known.store(code, Ordering::Relaxed);
            }
            code
        };
        keys.values().iter().enumerate().map(code).collect()
    }

    /// The packed codes of texts.
    pub(crate) fn codes_of_texts(&self, texts: &StringArray) -> Vec<Code> {
        let mut open = self.open();
        texts.iter().map(|text| text.map_or(NULL, |text| open.code(text))).collect()
    }

    /// Closes the dictionary. No row is read any more.
    pub(crate) fn closed(&self) -> &Closed {
        self.closed.get_or_init(|| {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let mut texts: Vec<(Box<str>, u32)> = std::mem::take(&mut open.codes).into_iter().collect();
            texts.sort_unstable_by_key(|(_, code)| *code);
            let texts = StringArray::from_iter_values(texts.iter().map(|(text, _)| text));
            let longest = texts.iter().flatten().map(str::len).max().unwrap_or(0);
            Closed { texts, longest, has_all: !open.is_full }
        })
    }
}

impl Open {
    /// The packed code of a text.
    fn code(&mut self, text: &str) -> Code {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        self.is_full |= self.codes.len() == TEXTS || self.bytes + text.len() > BYTES;
        if self.is_full {
            return TEXT;
        }
        let code = self.codes.len() as u32 + FIRST;
        self.bytes += text.len();
        self.codes.insert(text.into(), code);
        code
    }
}

/// Whether two columns are the same bytes in memory, which both hold.
pub(crate) fn same_texts(a: &StringArray, b: &StringArray) -> bool {
    let place = |texts: &StringArray| (texts.len(), texts.value_offsets().as_ptr(), texts.value_data().as_ptr());
    place(a) == place(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_code_and_a_full_dictionary_takes_no_other() {
        let dictionary = Dictionary::default();
        assert_eq!(["a", "b", "a", ""].map(|text| dictionary.open().code(text)), [2, 3, 2, 4]);
        let long = "x".repeat(BYTES);
        assert_eq!([&long, "c", "b"].map(|text| dictionary.open().code(text)), [TEXT, TEXT, 3]);
        let closed = dictionary.closed();
        assert_eq!((&closed.texts, closed.longest), (&StringArray::from(vec!["a", "b", ""]), 1));
        assert!(!closed.has_all);
    }

    #[test]
    fn as_many_texts_have_codes_as_fit() {
        let dictionary = Dictionary::default();
        let codes = (0..TEXTS as u32).all(|i| dictionary.open().code(&i.to_string()) == i + FIRST);
        assert!(codes && dictionary.open().code("0") == FIRST);
        assert_eq!(dictionary.open().code("another"), TEXT);
        assert_eq!(dictionary.closed().texts.len(), TEXTS);
    }

    #[test]
    fn only_the_same_bytes_are_the_same_texts() {
        let texts = StringArray::from(vec!["a", "b"]);
        assert!(same_texts(&texts, &texts.clone()) && same_texts(&texts, &texts.slice(0, 2)));
        assert!(!same_texts(&texts, &texts.slice(0, 1)) && !same_texts(&texts, &texts.slice(1, 1)));
        assert!(!same_texts(&texts, &StringArray::from(vec!["a", "b"])));
    }
}
