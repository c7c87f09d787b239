//! Asks for passphrases on the terminal, without echo.

use std::io::ErrorKind;

use fugo_keystore::Seal;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Result},
    interrupt,
};

/// Asks on the terminal, even if standard input is redirected. `instead` is the remedy if there is no terminal.
pub(crate) fn ask(prompt: &str, instead: &str) -> Result<SecretString> {
    match interrupt::with_echo_again(|| rpassword::prompt_password(prompt)) {
        // The copy has the exact length, so the conversion into a secret does not reallocate and leave bytes behind.
        Ok(typed) => Ok(SecretString::from(Zeroizing::new(typed).as_str().to_owned())),
        Err(error) if error.kind() == ErrorKind::Interrupted => Err(Failure::interrupted()),
        Err(_) => {
            let what = prompt.trim_end_matches([':', ' ']);
            Err(Failure::new(format_args!("there is no terminal to ask for a passphrase: {what}"), instead))
        }
    }
}

/// Asks twice for the passphrase of a new key.
pub(crate) fn ask_new(mut ask: impl FnMut(&str) -> Result<SecretString>, of: &str) -> Result<SecretString> {
    let first = ask(&format!("New passphrase for {of}: "))?;
    Seal::passphrase(first.clone()).map_err(|error| Failure::new(error, "choose several random words"))?;
    let again = ask("Repeat the passphrase: ")?;
    if first.expose_secret() != again.expose_secret() {
        return Err(Failure::new("the two passphrases differ", "run the command again"));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(answers: &[&str]) -> (Result<String, String>, usize) {
        let mut asked = 0;
        let outcome = ask_new(
            |_| {
                asked += 1;
                Ok(SecretString::from(answers[asked - 1]))
            },
            "root.key",
        );
        (outcome.map(|found| found.expose_secret().to_owned()).map_err(|failure| failure.to_string()), asked)
    }

    #[test]
    fn a_new_passphrase_is_asked_for_twice() {
        assert_eq!(typed(&["twelve chars", "twelve chars"]), (Ok("twelve chars".to_owned()), 2));
        let (outcome, asked) = typed(&["twelve chars", "twelve Chars"]);
        assert!(outcome.is_err_and(|text| text.contains("differ") && !text.contains("welve")));
        assert_eq!(asked, 2);
    }

    #[test]
    fn a_short_passphrase_is_refused_before_it_is_asked_again() {
        for short in ["", "eleven char", "十一文字のことばです"] {
            let (outcome, asked) = typed(&[short]);
            assert!(
                outcome.is_err_and(|text| text.contains("12 characters") || short.is_empty() && text.contains("empty"))
            );
            assert_eq!(asked, 1);
        }
    }
}
