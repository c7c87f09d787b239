use std::ffi::{CStr, c_char};

use fugo::{Epoch, Label, Purpose, Scope, ScopeError, ScopeId};

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError, OfArgument},
    pointers::{In, Out},
    spans::apart,
    status::FugoStatus,
};

/// The size of a buffer for any scope as text and a NUL.
pub const FUGO_SCOPE_TEXT_SIZE: usize = 64;
/// The length of the longest label in bytes.
pub const FUGO_LABEL_MAX: usize = 51;

const _: () = {
    assert!("research/".len() + ScopeId::MAX_LEN + "/4294967295".len() < FUGO_SCOPE_TEXT_SIZE);
    assert!(FUGO_LABEL_MAX == Label::MAX_LEN);
};

/// The purpose of symbols.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum FugoPurpose {
    /// 機関別符号: one agency.
    Agency = 1,
    /// 保険者全体の機関別符号: all health insurers together; the one id is `all`.
    Insurers = 2,
    /// 保険資格符号: health-insurance eligibility; the one id is `all`.
    Eligibility = 3,
    /// 地域連携: a regional care network.
    Network = 4,
    /// 研究: one provision of data to one study.
    Research = 5,
    /// 登録: a registry such as the national cancer registry.
    Registry = 6,
    /// ポータル: a person's own portal.
    Portal = 7,
}

/// The purpose for a number from C.
pub(crate) fn purpose(number: i32) -> Result<Purpose, Failure> {
    let code = u8::try_from(number).map_err(|_| ScopeError::UnknownPurpose)?;
    Ok(Purpose::try_from(code)?)
}

pub(crate) fn scope(text: &[u8]) -> Result<Scope, Failure> {
    Ok(str::from_utf8(text)?.parse()?)
}

/// The name of a purpose as in scopes: `agency` to `portal`. It is empty if the number is not a purpose. It is static:
/// never NULL, and not to free.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_purpose_name(purpose: i32) -> *const c_char {
    name(purpose).as_ptr()
}

fn name(purpose: i32) -> &'static CStr {
    match purpose {
        1 => c"agency",
        2 => c"insurers",
        3 => c"eligibility",
        4 => c"network",
        5 => c"research",
        6 => c"registry",
        7 => c"portal",
        _ => c"",
    }
}

/// `text` := `purpose/id/epoch`, such as `agency/nta/1`, after checks, then NUL up to `text_size`, which is at least
/// FUGO_SCOPE_TEXT_SIZE. Failures: UNKNOWN_PURPOSE, SCOPE_ID, SCOPE_ID_FIXED, EPOCH_ZERO, NOT_TEXT.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_text(
    purpose: In<c_char>,
    purpose_len: usize,
    id: In<c_char>,
    id_len: usize,
    epoch: u32,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[text.span(text_size, 1, 6)?], &[purpose.span(purpose_len, 1, 1)?, id.span(id_len, 1, 3)?])?;
        let text = text.at_least(text_size, FUGO_SCOPE_TEXT_SIZE).arg(6);
        let (purpose, id) =
            (str::from_utf8(purpose.bytes(purpose_len).arg(1)?)?, str::from_utf8(id.bytes(id_len).arg(3)?)?);
        let text = text?;
        text.set(Scope::new(purpose.parse()?, id.parse()?, Epoch::new(epoch)?)?.to_string().as_bytes());
        Ok(())
    })
}

/// `label` := `"fugo" || 0x01 || purpose (1 byte) || epoch (4 bytes, big-endian) || length of id (1 byte) || id` of a
/// scope written `purpose/id/epoch`. To derive the scope key in an HSM, use the label as HKDF `info`. `label_size` is
/// at least FUGO_LABEL_MAX. `*label_len` := 12 to 51; zeros fill the rest. Failures: SCOPE_FORM, SCOPE_ID,
/// SCOPE_ID_FIXED, EPOCH_ZERO, UNKNOWN_PURPOSE, NOT_TEXT.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_label(
    scope: In<c_char>,
    scope_len: usize,
    label: Out<u8>,
    label_size: usize,
    label_len: Out<usize>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        let outputs = [label.span(label_size, 1, 3)?, label_len.span(1, size_of::<usize>(), 5)?];
        apart(error, &outputs, &[scope.span(scope_len, 1, 1)?])?;
        let (label, label_len) = (label.at_least(label_size, FUGO_LABEL_MAX).arg(3), label_len.place(0).arg(5));
        let scope = scope.bytes(scope_len).arg(1)?;
        let (label, label_len) = (label?, label_len?);
        let content = self::scope(scope)?.label();
        label_len.set(content.as_bytes().len());
        label.set(content.as_bytes());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_have_the_numbers_and_names_of_the_library() {
        let numbers = [
            FugoPurpose::Agency,
            FugoPurpose::Insurers,
            FugoPurpose::Eligibility,
            FugoPurpose::Network,
            FugoPurpose::Research,
            FugoPurpose::Registry,
            FugoPurpose::Portal,
        ];
        assert_eq!(Purpose::all().count(), numbers.len());
        for (purpose, number) in Purpose::all().zip(numbers) {
            assert_eq!(self::purpose(number as i32), Ok(purpose));
            assert_eq!(name(number as i32).to_str(), Ok(purpose.name()));
        }
        for number in [i32::MIN, -1, 0, 8, 256, 257, i32::MAX] {
            assert_eq!(purpose(number), Err(FugoStatus::UnknownPurpose.into()));
        }
    }
}
