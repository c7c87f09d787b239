//! Fields of symbols. Their metadata identify the agency and the epoch, as the tag does in the text form.

use std::collections::HashMap;

use arrow_schema::{DataType, Field};
use fugo::{ErrorKind, KeyTag, SYMBOL_LEN, Scope, ScopeError};

/// Metadata key of the purpose, `agency` to `portal`.
pub const PURPOSE_KEY: &str = "fugo.purpose";
/// Metadata key of the scope id.
pub const SCOPE_KEY: &str = "fugo.scope";
/// Metadata key of the epoch, in decimal.
pub const EPOCH_KEY: &str = "fugo.epoch";
/// Metadata key of the key tag, 8 hex digits.
pub const TAG_KEY: &str = "fugo.tag";

/// Metadata key of the key's use. Only columns of test keys have it, with the value [`TEST_USE`].
pub const USE_KEY: &str = "fugo.use";
/// The only value of [`USE_KEY`].
pub const TEST_USE: &str = "test";

/// The prefix of all metadata keys.
const PREFIX: &str = "fugo.";

/// Length of a symbol in bytes, as Arrow writes the length of a fixed-size value.
pub const SYMBOL_WIDTH: i32 = 16;
const _: () = assert!(SYMBOL_WIDTH as usize == SYMBOL_LEN);

/// The type of a column of symbols.
pub(crate) const SYMBOL_TYPE: DataType = DataType::FixedSizeBinary(SYMBOL_WIDTH);

/// A field of type FixedSizeBinary(16) for the symbols of a scope, under the key with this tag.
pub fn symbol_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, SYMBOL_TYPE, nullable).with_metadata(metadata.to_map())
}

/// A field of type Binary for the symbols of a scope, under the key with this tag.
pub fn binary_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, DataType::Binary, nullable).with_metadata(metadata.to_map())
}

/// A field of type Utf8 for the text form of the symbols of a scope, under the key with this tag.
pub fn text_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, DataType::Utf8, nullable).with_metadata(metadata.to_map())
}

/// The same field, marked as derived with a test key.
pub fn of_test_key(field: Field) -> Field {
    let mut metadata = field.metadata().clone();
    metadata.insert(USE_KEY.to_owned(), TEST_USE.to_owned());
    field.with_metadata(metadata)
}

/// Whether the field has any metadata that start with `fugo.`, even incomplete. Such a column must not be in the same
/// table as the symbols of another scope.
pub fn is_symbol_field(field: &Field) -> bool {
    field.metadata().keys().any(|key| key.starts_with(PREFIX))
}

/// The scope and the key of a column of symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolMetadata {
    /// The purpose, the scope id and the epoch.
    pub scope: Scope,
    /// The tag of the scope key.
    pub tag: KeyTag,
}

impl SymbolMetadata {
    /// Reads the metadata of a field; `None` if there are no metadata of symbols.
    ///
    /// Error: one of the four is missing, or its value is not in the form in which fugo writes it.
    pub fn of(field: &Field) -> Result<Option<Self>, MetadataError> {
        if !is_symbol_field(field) {
            return Ok(None);
        }
        let value = |key: &str| field.metadata().get(key).ok_or(MetadataError);
        let wrong = |_: ScopeError| MetadataError;
        let purpose = value(PURPOSE_KEY)?.parse().map_err(wrong)?;
        let id = value(SCOPE_KEY)?.parse().map_err(wrong)?;
        let epoch = value(EPOCH_KEY)?.parse().map_err(wrong)?;
        let scope = Scope::new(purpose, id, epoch).map_err(wrong)?;
        let tag = value(TAG_KEY)?.parse().map_err(|_| MetadataError)?;
        Ok(Some(Self { scope, tag }))
    }

    fn to_map(self) -> HashMap<String, String> {
        let Self { scope, tag } = self;
        let pairs = [
            (PURPOSE_KEY, scope.purpose().to_string()),
            (SCOPE_KEY, scope.id().to_string()),
            (EPOCH_KEY, scope.epoch().to_string()),
            (TAG_KEY, tag.to_string()),
        ];
        pairs.map(|(key, value)| (key.to_owned(), value)).into()
    }
}

/// The metadata start as those of symbols do, but they are incomplete or malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the metadata of a column of symbols must be fugo.purpose, fugo.scope, fugo.epoch and fugo.tag, in the form in \
     which fugo writes them"
)]
pub struct MetadataError;

impl MetadataError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Metadata
    }
}
