//! Who receives the files of a scope: from the command line, or from a list of scopes and their recipients.

use std::path::Path;

use fugo::Scope;
use fugo_keystore::DeliveryRecipient;

use crate::{
    failure::{Failure, Result},
    manifest::read_small,
};

/// The most recipients of a scope, as in a key file.
const MOST: usize = 64;
/// The most bytes of a list.
const LONGEST: u64 = 16 << 20;
const HEADER: &str = "scope,recipient";

/// Scopes and their recipients.
pub(super) struct Recipients(Vec<(Scope, DeliveryRecipient)>);

impl Recipients {
    /// Reads a list: a CSV with the header `scope,recipient`. A scope with several recipients has several lines.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = String::from_utf8(read_small(path, LONGEST)?)
            .map_err(|_| Failure::new(format!("{} is not text in UTF-8", path.display()), "save the list as UTF-8"))?;
        let mut lines = text.trim_start_matches('\u{FEFF}').lines().zip(1_usize..);
        if lines.next().is_none_or(|(header, _)| header.trim_end() != HEADER) {
            return Err(Failure::new(
                format!("{}: the first line must be `{HEADER}`", path.display()),
                "write one line for each scope and recipient below it, such as agency/nta/1,age1…",
            ));
        }
        let mut list = Vec::new();
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let fail = |error: &dyn std::fmt::Display| {
                Failure::new(
                    format!("{}, line {number}: {error}", path.display()),
                    "correct the line: a scope, a comma, and the recipient that the organisation gave you",
                )
            };
            let (scope, recipient) = line.split_once(',').ok_or_else(|| fail(&"a line has two fields"))?;
            let scope = scope.trim().parse().map_err(|error| fail(&error))?;
            let recipient = recipient.trim().parse().map_err(|error| fail(&error))?;
            list.push((scope, recipient));
        }
        Ok(Self(list))
    }

    /// Each line of the list.
    #[cfg(feature = "fuzzing")]
    pub(super) fn lines(&self) -> impl Iterator<Item = &(Scope, DeliveryRecipient)> {
        self.0.iter()
    }

    /// The recipients of a scope.
    pub(super) fn of(&self, scope: &Scope, list: &Path) -> Result<Vec<DeliveryRecipient>> {
        let found: Vec<_> =
            self.0.iter().filter(|(of, _)| of == scope).map(|(_, recipient)| recipient.clone()).collect();
        if found.is_empty() {
            return Err(Failure::new(
                format!("{} names no recipient for {scope}", list.display()),
                "add a line for this scope, with the recipient that the organisation gave you",
            ));
        }
        check(&found)?;
        Ok(found)
    }
}

/// Refuses more recipients than allowed, and the same one twice.
pub(super) fn check(recipients: &[DeliveryRecipient]) -> Result<()> {
    if recipients.len() > MOST {
        return Err(Failure::new(
            format!("{} recipients of one scope; at most {MOST} are allowed", recipients.len()),
            "seal the file to fewer recipients",
        ));
    }
    let mut names: Vec<String> = recipients.iter().map(ToString::to_string).collect();
    names.sort();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Failure::new("a recipient is given twice", "give each recipient once"));
    }
    Ok(())
}
