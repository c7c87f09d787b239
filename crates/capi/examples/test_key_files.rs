//! Writes the key files that tests/key_files.c and tests/wiping.c load:   test_key_files DIR
//! The keys are those of docs/spec.md, section 6. They are published, so they protect nothing.

use std::{
    env,
    error::Error,
    ffi::OsStr,
    fs::{self, File, Permissions},
    io::Write,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use fugo::RootKey;
use fugo_keystore::{KeyFile, Seal, Use};
use secrecy::SecretString;

const PASSPHRASE: &str = "correct horse battery staple";
/// The identities with the secrets 01 02 … 20 and 65 66 … 84, for these tests only.
const IDENTITY: &str = "AGE-SECRET-KEY-1QYPQXPQ9QCRSSZG2PVXQ6RS0ZQG3YYC5Z5TPWXQERGD3C8G7RUSQGPQYEE";
const RECIPIENT: &str = "age1q73he0q5yzfu3d64msd3p6rvksnrwjk3d2598mgtmlqt9wrdr37q2vrn72";
const STRANGER: &str = "AGE-SECRET-KEY-1V4NXW6RFDF4KCMTWDAC8ZUNNW36HVAMC09A8KLRA0ELCPQVZSWZQA3Y2A3";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("usage: test_key_files DIR")?);
    let root = RootKey::from_bytes(&std::array::from_fn(|i| i as u8));
    let key = root.scope_key(&"agency/nta/1".parse()?);
    let file = KeyFile::scope(key.clone(), Use::Test);

    let test = folder.join("test.key");
    file.create(&test, &Seal::plaintext())?;
    KeyFile::root(root, Use::Test).create(&folder.join("root.key"), &Seal::plaintext())?;
    file.create(&folder.join("passphrase.key"), &Seal::passphrase(SecretString::from(PASSPHRASE))?)?;
    file.create(&folder.join("identity.key"), &Seal::recipients(vec![RECIPIENT.parse()?])?)?;

    let write = |path: &Path, content: &[u8], mode: u32| -> Result<(), Box<dyn Error>> {
        let mut file = File::create_new(path)?;
        file.set_permissions(Permissions::from_mode(mode))?;
        Ok(file.write_all(content)?)
    };
    let text = fs::read_to_string(&test)?;
    write(&folder.join(OsStr::from_bytes(b"caf\xc3\xa9 \xff.key")), text.as_bytes(), 0o600)?;
    write(&folder.join("open.key"), text.as_bytes(), 0o640)?;
    write(&folder.join("production.key"), text.replace("use: test", "use: production").as_bytes(), 0o600)?;
    write(&folder.join("altered.key"), text.replace("tag: 7c2c", "tag: 7c2d").as_bytes(), 0o600)?;
    write(&folder.join("other.key"), b"a letter\n", 0o600)?;
    write(&folder.join("large.key"), &vec![b'x'; 65537], 0o600)?;
    let sealed = fs::read(folder.join("identity.key"))?;
    write(&folder.join("damaged.key"), &sealed[..sealed.len() / 3], 0o600)?;
    write(&folder.join("passphrase.txt"), format!("{PASSPHRASE}\n").as_bytes(), 0o600)?;
    write(&folder.join("open.txt"), format!("{PASSPHRASE}\n").as_bytes(), 0o644)?;
    write(&folder.join("empty.txt"), b"\n", 0o600)?;
    write(&folder.join("identity.txt"), format!("# for tests\n{IDENTITY}\n").as_bytes(), 0o600)?;
    write(&folder.join("stranger.txt"), format!("{STRANGER}\n").as_bytes(), 0o600)
}
