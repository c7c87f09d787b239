//! Which scopes and tags cannot be in one registry.

use fugo::{KeyTag, Scope};

use super::{Dates, RecordedEpoch, RegistryError};

/// The index of a scope that is recorded with this tag; `None` if neither the scope nor the tag is recorded. A scope
/// with another tag and a tag of another scope are refused.
fn place_of(epochs: &[RecordedEpoch], scope: &Scope, tag: KeyTag) -> Result<Option<usize>, RegistryError> {
    if let Some(at) = epochs.iter().position(|known| known.scope == *scope) {
        let recorded = epochs[at].tag;
        return if recorded == tag {
            Ok(Some(at))
        } else {
            Err(RegistryError::OtherRoot { scope: *scope, recorded, found: tag })
        };
    }
    match epochs.iter().find(|known| known.tag == tag) {
        Some(known) => Err(RegistryError::TagClash { scope: *scope, recorded: known.scope, tag }),
        None => Ok(None),
    }
}

/// The index of a scope that must be recorded with this tag.
pub(super) fn known(epochs: &[RecordedEpoch], scope: &Scope, tag: KeyTag) -> Result<usize, RegistryError> {
    place_of(epochs, scope, tag)?.ok_or(RegistryError::NotRecorded { scope: *scope, tag })
}

/// The index of a scope with this tag, which is added if neither is recorded.
pub(super) fn place_or_new(
    epochs: &mut Vec<RecordedEpoch>,
    scope: &Scope,
    tag: KeyTag,
) -> Result<usize, RegistryError> {
    if let Some(at) = place_of(epochs, scope, tag)? {
        return Ok(at);
    }
    epochs.push(RecordedEpoch { scope: *scope, tag, dates: Dates::default() });
    Ok(epochs.len() - 1)
}
