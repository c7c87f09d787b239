//! `fugo key split`: splits a root key into shares, one for each custodian.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::{ArgGroup, Args};
use fugo::RootKey;
use fugo_keystore::{KeyFile, Recipient, Seal, Share, ShareError, Use};

use super::{new::no_random, root::join};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    placing::{NewFolder, directory_of, refuse_taken},
    seal::not_made,
    unlock::RootUnlockArgs,
};

/// Split a root key into shares, one for each custodian
///
/// Any --threshold of the shares give the key again. Fewer say nothing about it except its tag. Each share is a file that
/// only its custodian's identity opens. The directory of the shares appears with all of them, or does not appear.
#[derive(Args)]
#[command(group(ArgGroup::new("roots").args(["root", "new", "root_shares"]).required(true).multiple(true)))]
pub(crate) struct SplitArgs {
    /// The file of the root key
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
    #[arg(long, value_name = "M", value_parser = threshold)]
    threshold: u8,
    /// The age recipient (age1...) of a custodian; once for each custodian, at most 32
    #[arg(long, value_name = "RECIPIENT", required = true)]
    to: Vec<String>,
    /// The directory for the shares. It is made, and must not exist
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    #[command(flatten)]
    unlock: RootUnlockArgs,
}

/// A larger number than every threshold is one that the split refuses.
fn threshold(text: &str) -> Result<u8, String> {
    let number: u64 =
        text.parse().map_err(|_| format!("a number from 2 to {} is needed", fugo_keystore::MAX_SHARES))?;
    Ok(u8::try_from(number).unwrap_or(u8::MAX))
}

fn usage(name: &str) -> Result<Use, String> {
    Use::from_name(name).ok_or_else(|| "a use is production or test".to_owned())
}

pub(crate) fn run(args: &SplitArgs) -> Result<Exit> {
    let seals = seals(&args.to)?;
    refuse_taken(&args.out_dir, TAKEN)?;
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
    let names: Vec<String> = shares
        .iter()
        .map(|share| format!("{SHARE_PREFIX}{tag}-share-{}-of-{count}{SHARE_SUFFIX}", share.index()))
        .collect();
    write(&shares, &seals, &names, &args.out_dir)?;
    let paths = names.iter().map(|name| args.out_dir.join(name));
    for (path, recipient) in paths.zip(&args.to) {
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

/// Writes all files, then gives their directory its name. A run that is killed leaves a hidden directory, which the next
/// run in the same place removes.
fn write(shares: &[Share], seals: &[Seal], names: &[String], out_dir: &Path) -> Result<()> {
    let parent = directory_of(out_dir);
    fs::create_dir_all(parent).map_err(|error| Failure::io("make the directory", parent, &error))?;
    let folder = NewFolder::begin(out_dir, TAKEN)?.private()?;
    for ((share, seal), name) in shares.iter().zip(seals).zip(names) {
        share
            .create(&folder.staged(name), seal)
            .map_err(|error| not_made(&out_dir.join(name), &error).noting("no share was made"))?;
    }
    folder.put(SystemTime::now())
}

/// The names of all shares, for whoever clears an unfinished directory.
pub(crate) const SHARE_PREFIX: &str = "root-";
pub(crate) const SHARE_SUFFIX: &str = ".age";

const TAKEN: &str =
    "name a new directory, in which all shares appear at once, or move this one away; no share was made";

fn not_split(error: &ShareError) -> Failure {
    let remedy = match error {
        ShareError::NotARootKey => "give the file that `fugo key new` made",
        ShareError::Threshold => "give --threshold and one --to for each custodian, such as 3 and five times --to",
        _ => "make a new root key with `fugo key split --new`",
    };
    Failure::new(error, remedy)
}
