//! `TokenUri`: an object of a PKCS#11 token, as RFC 7512 writes it.
//!
//! Only attributes that this crate uses are accepted. One that was accepted and ignored could name another key.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::address::{AddressError, percent_decoded, percent_encode};

/// A token, an object of it, and how both are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenUri {
    /// The label of the token.
    pub token: Option<String>,
    /// The serial number of the token.
    pub serial: Option<String>,
    /// The manufacturer of the token.
    pub manufacturer: Option<String>,
    /// The model of the token.
    pub model: Option<String>,
    /// The slot. Slots are numbered anew by some modules, so give the token's label or serial number too.
    pub slot_id: Option<u64>,
    /// The label of the object.
    pub object: Option<String>,
    /// The id of the object.
    pub id: Option<Vec<u8>>,
    /// The module, a shared library with an absolute path.
    pub module_path: PathBuf,
    /// Where the PIN is. Without it the tool asks on the terminal.
    pub pin_source: Option<PinSource>,
}

/// Where a PIN is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinSource {
    /// The first line of a file that only its owner can read.
    File(PathBuf),
    /// The first line of what an open file descriptor of this process gives.
    Descriptor(u32),
}

impl TokenUri {
    /// Reads a URI that starts with `pkcs11:`.
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        let mut uri = Self::default();
        let mut seen: Vec<&'static str> = Vec::new();
        let mut offset = "pkcs11:".len();
        let (path, query) = text[offset..].split_once('?').map_or((&text[offset..], None), |(p, q)| (p, Some(q)));
        for (part, separator) in [(Some(path), ';'), (query, '&')] {
            let Some(part) = part else { continue };
            for attribute in part.split(separator) {
                uri.take(attribute, separator == '&', offset, &mut seen)?;
                offset += attribute.len() + 1;
            }
        }
        if uri.module_path.as_os_str().is_empty() {
            return Err(AddressError::Missing { name: "module-path" });
        }
        if uri.token.is_none() && uri.serial.is_none() && uri.slot_id.is_none() {
            return Err(AddressError::Missing { name: "token (or serial, or slot-id)" });
        }
        Ok(uri)
    }

    fn take(
        &mut self,
        attribute: &str,
        in_query: bool,
        offset: usize,
        seen: &mut Vec<&'static str>,
    ) -> Result<(), AddressError> {
        let (name, value) = attribute.split_once('=').ok_or(AddressError::Attribute { offset })?;
        if name == "pin-value" {
            return Err(AddressError::PinValue);
        }
        let names: &[&str] = if in_query { &["module-path", "pin-source"] } else { &PATH_NAMES };
        let name = *names.iter().find(|known| **known == name).ok_or(AddressError::Attribute { offset })?;
        if seen.contains(&name) {
            return Err(AddressError::Twice { name });
        }
        seen.push(name);
        let start = offset + name.len() + 1;
        let allowed = if in_query { is_raw_in_query } else { is_raw_in_path };
        if let Some(at) = value.bytes().position(|byte| byte != b'%' && !allowed(byte)) {
            return Err(AddressError::Character { offset: start + at });
        }
        let bytes = percent_decoded(value).ok_or(AddressError::Character { offset: start })?;
        let wrong = |allowed| AddressError::Value { name, allowed };
        if name == "id" {
            self.id = Some(bytes).filter(|id| !id.is_empty());
            return self.id.is_some().then_some(()).ok_or(wrong("one byte or more"));
        }
        let text = String::from_utf8(bytes).ok().filter(|text| !text.is_empty() && !text.contains(char::is_control));
        let text = text.ok_or(wrong("text, without control characters"))?;
        match name {
            "token" => self.token = Some(text),
            "serial" => self.serial = Some(text),
            "manufacturer" => self.manufacturer = Some(text),
            "model" => self.model = Some(text),
            "object" => self.object = Some(text),
            "slot-id" => self.slot_id = Some(text.parse().map_err(|_| wrong("a number"))?),
            "type" if text == "secret-key" => {}
            "type" => return Err(wrong("secret-key")),
            "module-path" if text.starts_with('/') => self.module_path = text.into(),
            "module-path" => return Err(wrong("an absolute path")),
            _ => self.pin_source = Some(PinSource::parse(&text).ok_or(wrong("a path, or fd: and a number"))?),
        }
        Ok(())
    }

    /// Whether both name their token by the same words.
    pub fn is_same_token(&self, other: &Self) -> bool {
        let token = |uri: &Self| Self { object: None, id: None, pin_source: None, ..uri.clone() };
        token(self) == token(other)
    }

    /// The id of the object, as the URI writes it.
    pub fn shown_id(&self) -> Option<String> {
        struct Id<'a>(&'a [u8]);
        impl fmt::Display for Id<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                percent_encode(f, self.0, is_raw_in_path)
            }
        }
        self.id.as_deref().map(|id| Id(id).to_string())
    }

    /// The files that are read to reach the object.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let pin = match &self.pin_source {
            Some(PinSource::File(path)) => Some(path.as_path()),
            _ => None,
        };
        [self.module_path.as_path()].into_iter().chain(pin)
    }
}

const PATH_NAMES: [&str; 8] = ["token", "serial", "manufacturer", "model", "slot-id", "object", "id", "type"];

impl PinSource {
    fn parse(text: &str) -> Option<Self> {
        if let Some(number) = text.strip_prefix("fd:") {
            return number.parse().ok().map(Self::Descriptor);
        }
        let path = text.strip_prefix("file:").unwrap_or(text);
        // RFC 7512 lets a source start a command. This crate starts none for a PIN.
        (!path.starts_with('|') && !path.is_empty()).then(|| Self::File(path.into()))
    }
}

/// The characters that RFC 7512 §2.3 allows in a value without `%`.
fn is_raw_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,=&".contains(&byte)
}

fn is_raw_in_query(byte: u8) -> bool {
    byte != b'&' && (is_raw_in_path(byte) || b"/?|".contains(&byte))
}

impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = [&self.token, &self.serial, &self.manufacturer, &self.model, &None, &self.object]
            .into_iter()
            .zip(PATH_NAMES);
        let mut separator = "pkcs11:";
        let mut attribute = |f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]| {
            write!(f, "{separator}{name}=")?;
            separator = ";";
            percent_encode(f, bytes, is_raw_in_path)
        };
        for (text, name) in texts {
            if let Some(text) = text {
                attribute(f, name, text.as_bytes())?;
            }
        }
        if let Some(slot) = self.slot_id {
            attribute(f, "slot-id", slot.to_string().as_bytes())?;
        }
        if let Some(id) = &self.id {
            attribute(f, "id", id)?;
        }
        f.write_str("?module-path=")?;
        percent_encode(f, self.module_path.as_os_str().as_encoded_bytes(), is_raw_in_query)?;
        match &self.pin_source {
            Some(PinSource::File(path)) => {
                f.write_str("&pin-source=")?;
                percent_encode(f, path.as_os_str().as_encoded_bytes(), is_raw_in_query)
            }
            Some(PinSource::Descriptor(number)) => write!(f, "&pin-source=fd:{number}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "?module-path=/usr/lib/softhsm/libsofthsm2.so";

    fn parsed(text: &str) -> Result<TokenUri, AddressError> {
        TokenUri::parse(text)
    }

    #[test]
    fn a_uri_names_a_token_and_an_object() {
        let uri = parsed(&format!(
            "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;object=%E7%AC%A6%E5%8F%B7;id=%01%fF;type=secret-key{MODULE}&pin-source=file:/etc/pin"
        ))
        .expect("a URI");
        assert_eq!(uri.token.as_deref(), Some("The Software PKCS#11 Softtoken"));
        assert_eq!((uri.object.as_deref(), uri.id.as_deref()), (Some("符号"), Some(&[1, 255][..])));
        assert_eq!(uri.pin_source, Some(PinSource::File("/etc/pin".into())));
        assert_eq!(uri.module_path, Path::new("/usr/lib/softhsm/libsofthsm2.so"));
        let written = uri.to_string();
        assert_eq!(parsed(&written), Ok(uri), "{written}");
        let uri = parsed(&format!("pkcs11:slot-id=3;serial=0a1b{MODULE}&pin-source=fd:9")).expect("a URI");
        assert_eq!((uri.slot_id, &uri.pin_source), (Some(3), &Some(PinSource::Descriptor(9))));
        assert_eq!(parsed(&uri.to_string()), Ok(uri));
    }

    #[test]
    fn a_token_is_the_same_if_all_words_for_it_are() {
        let whole = "token=a;manufacturer=b;model=c;serial=d;slot-id=3";
        let uri = |text: &str| parsed(&format!("pkcs11:{text}{MODULE}")).expect("a URI");
        let (token, found) = (uri(whole), uri(&format!("{whole};object=o;id=%aa")));
        assert_eq!(
            (token.manufacturer.as_deref(), token.model.as_deref(), token.serial.as_deref()),
            (Some("b"), Some("c"), Some("d"))
        );
        assert_eq!(parsed(&token.to_string()).as_ref(), Ok(&token));
        assert!(token.is_same_token(&found) && found.is_same_token(&uri(&format!("{whole};object=p"))));
        for other in ["token=x", "manufacturer=x", "model=x", "serial=x", "slot-id=4"] {
            let name = &other[..=other.find('=').expect("a name")];
            let words = whole.split(';').map(|word| if word.starts_with(name) { other } else { word });
            assert!(!token.is_same_token(&uri(&words.collect::<Vec<_>>().join(";"))), "{other}");
        }
        let hidden = parsed("pkcs11:token=a%3b%3d?module-path=/a%26b/c%20%3Fd?e|f").expect("a URI");
        assert_eq!(hidden.module_path, Path::new("/a&b/c ?d?e|f"));
        assert_eq!(hidden.to_string(), "pkcs11:token=a%3B=?module-path=/a%26b/c%20?d?e|f");
        assert_eq!((token.shown_id(), found.shown_id()), (None, Some("%AA".into())));
        assert_eq!(uri("token=a;id=A%3b").shown_id(), Some("A%3B".into()));
    }

    #[test]
    fn what_is_not_used_is_refused() {
        let text = |rest: &str| parsed(&format!("pkcs11:{rest}"));
        assert_eq!(text(&format!("token=a{MODULE}&pin-value=1234")), Err(AddressError::PinValue));
        assert_eq!(text(&format!("pin-value=1234;token=a{MODULE}")), Err(AddressError::PinValue));
        assert_eq!(text(&format!("token=a;token=b{MODULE}")), Err(AddressError::Twice { name: "token" }));
        assert_eq!(text(&format!("token=a;x-y=b{MODULE}")), Err(AddressError::Attribute { offset: 15 }));
        assert_eq!(text(&format!("token=a;library-version=3{MODULE}")), Err(AddressError::Attribute { offset: 15 }));
        assert_eq!(text(&format!("token=a{MODULE}&module-name=x")), Err(AddressError::Attribute { offset: 59 }));
        assert_eq!(text(&format!("token=a;object{MODULE}")), Err(AddressError::Attribute { offset: 15 }));
        assert_eq!(text(""), Err(AddressError::Attribute { offset: 7 }));
        assert_eq!(text("token=a"), Err(AddressError::Missing { name: "module-path" }));
        assert!(matches!(text(&format!("object=a{MODULE}")), Err(AddressError::Missing { .. })));
    }

    #[test]
    fn a_value_is_read_as_rfc_7512_writes_it_or_refused() {
        let text = |rest: &str| parsed(&format!("pkcs11:{rest}{MODULE}")).err();
        assert_eq!(text("token=a b"), Some(AddressError::Character { offset: 14 }));
        assert_eq!(text("token=符"), Some(AddressError::Character { offset: 13 }));
        assert_eq!(text("token=a/b"), Some(AddressError::Character { offset: 14 }));
        for bad in ["token=%zz", "token=%4", "token=%"] {
            assert_eq!(text(bad), Some(AddressError::Character { offset: 13 }), "{bad}");
        }
        let wrong = |error: Option<AddressError>| matches!(error, Some(AddressError::Value { .. }));
        for bad in ["token=%00", "token=%ff", "token=", "token=a;id=", "token=a;type=cert", "slot-id=x"] {
            assert!(wrong(text(bad)), "{bad}");
        }
        assert!(wrong(parsed("pkcs11:token=a?module-path=p11.so").err()));
        for source in ["|cat%20pin", "fd:x", "file:"] {
            assert!(wrong(parsed(&format!("pkcs11:token=a{MODULE}&pin-source={source}")).err()), "{source}");
        }
    }
}
