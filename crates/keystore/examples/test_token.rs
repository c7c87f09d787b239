//! Fills a SoftHSM2 token for the tests of the bindings, and writes the addresses of its keys:
//!   test_token DIR MODULE SHIM
//! The keys are those of docs/spec.md, section 6. They are published, so they protect nothing. `tokens/for_bindings` calls
//! it.

use std::{
    env,
    error::Error,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use fugo::RootKey;
use fugo_keystore::{
    Use,
    source::{
        Holder, KeyAddress, TokenUri,
        token::{Mode, Token},
    },
};

fn uri(text: &str) -> Result<TokenUri, Box<dyn Error>> {
    match KeyAddress::parse(OsStr::new(text))?.holder {
        Holder::Token(uri) => Ok(uri),
        Holder::File(_) | Holder::Program(_) => Err("a pkcs11: URI".into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, module, shim] = &arguments[..] else { return Err("usage: test_token DIR MODULE SHIM".into()) };
    let named = |object: &str, module: &Path, more: &str| {
        format!("pkcs11:token=fugo;object={object}?module-path={}{more}", module.display())
    };
    let source = |name: &str| format!("&pin-source={}", folder.join(name).display());
    let known = |object: &str| named(object, module, &source("pin"));

    let root = RootKey::from_bytes(&std::array::from_fn(|i| i as u8));
    let token = Token::open(&uri(&known("root"))?, &mut |_| None)?;
    token.import_root(&uri(&known("root"))?, &root, Use::Test, Mode::SignedOut)?;
    for (name, scope) in [("nta", "agency/nta/1"), ("insurers", "insurers/all/1"), ("eligibility", "eligibility/all/1")]
    {
        token.import_scope(&uri(&known(name))?, &root.scope_key(&scope.parse()?), Use::Test)?;
        fs::write(folder.join(name), known(name))?;
    }
    fs::write(folder.join("signed-out"), format!("test:agency/nta/1=7c2cb2a1@{}", known("root")))?;
    fs::write(folder.join("lost"), named("nta", shim, &source("pin")))?;

    let other_token = known("nta").replace("token=fugo", "token=other");
    let refused = [
        ("wrong-pin", named("nta", module, &source("wrong-pin"))),
        ("pin-needed", named("nta", module, "")),
        ("others-can-read", named("nta", module, &source("open-pin"))),
        ("io", named("nta", module, &source("absent-pin"))),
        ("no-token", other_token),
        ("no-key", known("other")),
        ("token-module", named("nta", Path::new("/nowhere/p11.so"), &source("pin"))),
        ("wrong-key", format!("test:agency/mof/1=7c2cb2a1@{}", known("nta"))),
        ("tag-mismatch", format!("test:agency/nta/1=00000000@{}", known("nta"))),
        ("test-key", format!("agency/nta/1=7c2cb2a1@{}", known("nta"))),
        ("address", known("root")),
        ("address", named("nta", module, "&pin-value=1234")),
    ];
    let lines = refused.map(|(kind, address)| format!("{kind} {address}\n"));
    Ok(fs::write(folder.join("refused"), lines.concat())?)
}
