//! Fields of symbols. Their metadata tells agencies and epochs apart, as the tag does in the text form.

use std::collections::HashMap;

use arrow_schema::{DataType, Field};
use fugo::{ErrorKind, KeyTag, SYMBOL_LEN, Scope, ScopeError};

/// Metadata key of the purpose, `agency` to `portal`.
pub const PURPOSE_KEY: &str = "fugo.purpose";
/// Metadata key of the scope's id.
pub const SCOPE_KEY: &str = "fugo.scope";
/// Metadata key of the epoch, in decimal.
pub const EPOCH_KEY: &str = "fugo.epoch";
/// Metadata key of the tag of the scope's key, 8 hex digits.
pub const TAG_KEY: &str = "fugo.tag";

/// Metadata key of a test key's use, [`TEST_USE`]. A production key's columns do not have it.
pub const USE_KEY: &str = "fugo.use";
/// The one value of [`USE_KEY`].
pub const TEST_USE: &str = "test";

/// What all the keys begin with.
const PREFIX: &str = "fugo.";

/// Length of a symbol in bytes, as Arrow writes the length of a fixed-size value.
pub const SYMBOL_WIDTH: i32 = 16;
const _: () = assert!(SYMBOL_WIDTH as usize == SYMBOL_LEN);

/// The type of a column of symbols.
pub(crate) const SYMBOL_TYPE: DataType = DataType::FixedSizeBinary(SYMBOL_WIDTH);

/// A field of type FixedSizeBinary(16) for symbols of a scope, under the key that `tag` names.
pub fn symbol_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, SYMBOL_TYPE, nullable).with_metadata(metadata.to_map())
}

/// A field of type Binary for symbols of a scope, under the key that `tag` names.
pub fn binary_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, DataType::Binary, nullable).with_metadata(metadata.to_map())
}

/// A field of type Utf8 for the text form of symbols of a scope, under the key that `tag` names.
pub fn text_field(name: impl Into<String>, scope: &Scope, tag: KeyTag, nullable: bool) -> Field {
    let metadata = SymbolMetadata { scope: *scope, tag };
    Field::new(name, DataType::Utf8, nullable).with_metadata(metadata.to_map())
}

/// The same field, which says that its symbols were made with a test key.
pub fn of_test_key(field: Field) -> Field {
    let mut metadata = field.metadata().clone();
    metadata.insert(USE_KEY.to_owned(), TEST_USE.to_owned());
    field.with_metadata(metadata)
}

/// Whether a field carries any metadata of symbols, whole or not: such a column is not to lie beside symbols of
/// another scope.
pub fn is_symbol_field(field: &Field) -> bool {
    field.metadata().keys().any(|key| key.starts_with(PREFIX))
}

/// Whose symbols a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolMetadata {
    /// The purpose, the id and the epoch.
    pub scope: Scope,
    /// The tag of the scope's key.
    pub tag: KeyTag,
}

impl SymbolMetadata {
    /// Reads the metadata of a field; none if it has none of symbols.
    ///
    /// Errors if it has some and not all four, or one is not as it is written here.
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

/// Metadata that begins as that of symbols does and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the metadata of a column of symbols is fugo.purpose, fugo.scope, fugo.epoch and fugo.tag, each as fugo writes it"
)]
pub struct MetadataError;

impl MetadataError {
    /// What is wrong, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Metadata
    }
}
