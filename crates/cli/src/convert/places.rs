//! Where the files of a run go, and what may stand there already.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use fugo::{KeyTag, Scope};

use super::ConvertArgs;
use crate::{
    failure::{Failure, Result},
    input::{format::FileFormat, open_standard_input},
    precious,
};

/// Where files go.
pub(crate) struct Places {
    pub(crate) outputs: Vec<PathBuf>,
    pub(crate) rejects: PathBuf,
    pub(crate) duplicates: PathBuf,
    pub(crate) report: Option<PathBuf>,
    pub(crate) temp_dir: PathBuf,
}

/// The places that the arguments name, checked.
pub(crate) fn places(args: &ConvertArgs, scopes: &[(Scope, KeyTag)]) -> Result<Places> {
    let outputs: Vec<PathBuf> = match &args.out_dir {
        Some(dir) => {
            let extension = args.output_format.unwrap_or(FileFormat::Csv).extension();
            let name = |scope: &Scope| {
                format!("{}-{}-{}.{extension}", scope.purpose(), scope.id().as_str(), scope.epoch().number())
            };
            scopes.iter().map(|(scope, _)| dir.join(name(scope))).collect()
        }
        None if args.outs.len() == scopes.len() => args.outs.clone(),
        None => {
            return Err(Failure::new(
                format!("{} --key and {} --out", scopes.len(), args.outs.len()),
                "give one --out for each --key, in their order, or one --out-dir",
            ));
        }
    };
    let beside = |suffix: &str| {
        let mut name = outputs[0].file_stem().unwrap_or_default().to_owned();
        name.push(suffix);
        outputs[0].with_file_name(name)
    };
    let places = Places {
        rejects: args.rejects.clone().unwrap_or_else(|| beside(".rejects.csv")),
        duplicates: args.duplicates.clone().unwrap_or_else(|| beside(".duplicates.csv")),
        report: args.report.clone(),
        temp_dir: args.temp_dir.clone().unwrap_or_else(|| directory_of(&outputs[0]).to_owned()),
        outputs,
    };
    check_places(args, &places)?;
    Ok(places)
}

/// No file is written twice, and none that is read is overwritten.
fn check_places(args: &ConvertArgs, places: &Places) -> Result<()> {
    // Names that do not exist yet are resolved by their directory.
    let resolved = |path: &Path| {
        path.canonicalize().ok().or_else(|| Some(directory_of(path).canonicalize().ok()?.join(path.file_name()?)))
    };
    let written = places.outputs.iter().chain([&places.rejects, &places.duplicates]).chain(&places.report);
    let mut taken: Vec<(PathBuf, bool)> = Vec::new();
    let input = args.input.iter().filter(|path| path.as_os_str() != "-");
    for path in input.chain(&args.keys).chain(&args.insurers_key).chain(&args.lineage).chain(args.unlock.files()) {
        taken.extend(resolved(path).map(|path| (path, false)));
    }
    let standard_input = open_standard_input().and_then(|file| file.metadata());
    let is_standard_input = |other: &Metadata| {
        standard_input.as_ref().is_ok_and(|input| (input.dev(), input.ino()) == (other.dev(), other.ino()))
    };
    for path in written {
        let Some(place) = resolved(path) else {
            return Err(Failure::new(
                format!("the directory of {} does not exist", path.display()),
                "make it first; nothing was converted",
            ));
        };
        if let Some((_, is_output)) = taken.iter().find(|(other, _)| *other == place) {
            let what = if *is_output { "would be written twice" } else { "is an input of this run" };
            return Err(Failure::new(format!("{} {what}", path.display()), "name another file"));
        }
        if replaced(path)?.is_some_and(|file| is_standard_input(&file)) {
            return Err(Failure::new(format!("{} is the input of this run", path.display()), "name another file"));
        }
        taken.push((place, true));
    }
    Ok(())
}

/// The file that is to be replaced, if one is there. What would only fail at the end of the run fails here.
fn replaced(path: &Path) -> Result<Option<Metadata>> {
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(Failure::new(format!("{} names a directory", path.display()), "name the file to write"));
    }
    match path.symlink_metadata() {
        Ok(there) if there.is_file() => {
            precious::refuse_to_replace(path)?;
            if !replaceable(&there, directory_of(path)) {
                return Err(Failure::new(
                    format!("{} is another user's, in a directory where only owners may replace files", path.display()),
                    "name another file, or let its owner remove it",
                ));
            }
            Ok(Some(there))
        }
        // A link may lead to another device or into another's hands, and a device is not to be replaced.
        Ok(_) => Err(Failure::new(
            format!("{} is there and is no regular file", path.display()),
            "name a file; where this is a link, the one that it leads to",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("write", path, &error)),
    }
}

/// Whether the rename at the end will be allowed: in a sticky directory only owners may replace a file.
fn replaceable(there: &Metadata, parent: &Path) -> bool {
    const STICKY: u32 = 0o1000;
    let user = rustix::process::geteuid();
    let Ok(dir) = fs::metadata(parent) else { return true };
    let owned = [there.uid(), dir.uid()].contains(&user.as_raw());
    user.is_root() || owned || dir.mode() & STICKY == 0
}

/// The directory that a file is in; that of a bare name is the current one.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
