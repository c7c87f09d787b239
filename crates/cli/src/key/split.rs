//! `fugo key split`: splits a root key into shares, one for each custodian.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use fugo::RootKey;
use fugo_keystore::{KeyFile, Recipient, Seal, Share, ShareError, Use};

use super::{new::no_random, root::join};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::not_made,
    unlock::RootUnlockArgs,
};

/// Split a root key into shares, one for each custodian
///
/// Any --threshold of the shares give the key again. Fewer say nothing about it except its tag. Each share is a file that
/// only its custodian's identity opens. All files are made, or none.
#[derive(Args)]
pub(crate) struct SplitArgs {
    /// The file of the root key
    #[arg(required_unless_present_any = ["new", "root_shares"])]
    root: Option<PathBuf>,
    /// Make a new root key that exists only as shares, and is never written to a disk
    #[arg(long, conflicts_with_all = ["root", "root_shares"])]
    new: bool,
    /// Make a new set of shares of a root key from the files of enough shares of an older set. The key is joined in
    /// memory and written nowhere. Shares of the older set still join: destroy them
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "root")]
    root_shares: Vec<PathBuf>,
    /// The use of the new key: production or test [default: production]
    #[arg(long = "use", value_name = "USE", requires = "new", value_parser = usage)]
    usage: Option<Use>,
    /// How many shares give the key again: 2 or more
    #[arg(long, value_name = "M")]
    threshold: u8,
    /// The age recipient (age1...) of a custodian; once for each custodian, at most 32
    #[arg(long, value_name = "RECIPIENT", required = true)]
    to: Vec<String>,
    /// The directory for the shares. It is made if it does not exist
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    #[command(flatten)]
    unlock: RootUnlockArgs,
}

fn usage(name: &str) -> Result<Use, String> {
    Use::from_name(name).ok_or_else(|| "a use is production or test".to_owned())
}

pub(crate) fn run(args: &SplitArgs) -> Result<Exit> {
    let seals = seals(&args.to)?;
    let root = match (&args.root, &args.root_shares[..]) {
        (Some(path), _) => args.unlock.opener()?.open(path)?,
        (None, []) => KeyFile::root(RootKey::random().map_err(no_random)?, args.usage.unwrap_or(Use::Production)),
        (None, shares) => join(shares, &mut args.unlock.opener()?)?,
    };
    // There are at most 255 custodians, because more are refused above.
    let count = seals.len() as u8;
    let shares = Share::split(&root, args.threshold, count).map_err(|error| not_split(&error))?;
    // A set that does not join again must not be handed out.
    let joined = Share::join(&shares).map_err(|error| not_split(&error))?;
    let (tag, usage) = (joined.tag(), root.usage());
    drop((root, joined));
    let name = |share: &Share| args.out_dir.join(format!("root-{tag}-share-{}-of-{count}.age", share.index()));
    let paths: Vec<PathBuf> = shares.iter().map(name).collect();
    fs::create_dir_all(&args.out_dir).map_err(|error| Failure::io("make the directory", &args.out_dir, &error))?;
    write(&shares, &seals, &paths)?;
    for (path, recipient) in paths.iter().zip(&args.to) {
        notice::say(format_args!("{}: a share for {recipient}", path.display()));
    }
    notice::say(format_args!("any {} of {count} shares give the {usage} root key with the tag {tag}", args.threshold));
    Ok(Exit::Clean)
}

/// The lock of each share.
fn seals(to: &[String]) -> Result<Vec<Seal>> {
    if to.len() > usize::from(fugo_keystore::MAX_SHARES) {
        return Err(not_split(&ShareError::Threshold));
    }
    let parsed = to.iter().map(|text| {
        text.parse::<Recipient>()
            .map_err(|error| Failure::new(error, "give the public key that age-keygen prints, not the identity"))
    });
    let recipients = parsed.collect::<Result<Vec<_>>>()?;
    // One key has several spellings.
    let names: Vec<String> = recipients.iter().map(ToString::to_string).collect();
    if let Some(twice) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
        return Err(Failure::new(
            format_args!("--to {} and an earlier --to are the same recipient", twice + 1),
            "give each custodian once: whoever has two shares counts twice",
        ));
    }
    let one = |recipient| Seal::recipients(vec![recipient]).map_err(|error| Failure::new(error, "give --to"));
    recipients.into_iter().map(one).collect()
}

/// Writes all files, or none.
fn write(shares: &[Share], seals: &[Seal], paths: &[PathBuf]) -> Result<()> {
    for (at, ((share, seal), path)) in shares.iter().zip(seals).zip(paths).enumerate() {
        share.create(path, seal).map_err(|error| {
            let failure = not_made(path, &error);
            match remove(&paths[..at]) {
                Ok(()) => failure.noting("no share was made"),
                Err(left) => failure.noting(&format!("remove {} yourself: it is of no use", left.display())),
            }
        })?;
    }
    Ok(())
}

/// Removes files that this run made. Gives the first one that stays.
fn remove(made: &[PathBuf]) -> Result<(), &Path> {
    made.iter().try_for_each(|path| fs::remove_file(path).map_err(|_| path.as_path()))
}

fn not_split(error: &ShareError) -> Failure {
    let remedy = match error {
        ShareError::NotARootKey => "give the file that `fugo key new` made",
        ShareError::Threshold => "give --threshold and one --to for each custodian, such as 3 and five times --to",
        _ => "make a new root key with `fugo key split --new`",
    };
    Failure::new(error, remedy)
}
