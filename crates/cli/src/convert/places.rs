//! The paths of the files of a run.

use std::path::{Path, PathBuf};

use fugo::{KeyTag, Scope};

use super::{ConvertArgs, SymbolArg};
use crate::{
    failure::{Failure, Result},
    keys,
    placing::{Kind, Placing, SymbolsOf, directory_of},
    roster::format::FileFormat,
};

/// The paths of the files of a run.
pub(crate) struct Places {
    pub(crate) outputs: Vec<PathBuf>,
    pub(crate) rejects: PathBuf,
    pub(crate) duplicates: PathBuf,
    pub(crate) report: Option<PathBuf>,
    pub(crate) temp_dir: PathBuf,
    pub(crate) placing: Placing,
}

impl Places {
    /// Whether an output replaces an existing file.
    pub(crate) fn replaces_any(&self) -> bool {
        self.outputs.iter().any(|place| self.placing.replaces(place))
    }
}

/// The folder for the lists, which say where each person is in the roster. They do not belong in a folder that is
/// delivered.
pub(crate) fn operators_folder(named: Option<&PathBuf>, roster: Option<&PathBuf>) -> Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    // Standard input has no folder, and that of a pipe is one of the system.
    let roster = roster.filter(|path| path.is_file());
    let folder = roster.map_or(Path::new(""), |path| path.parent().unwrap_or(Path::new("")));
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if rustix::fs::access(place, rustix::fs::Access::WRITE_OK).is_err() {
        return Err(Failure::new(
            format!("cannot write the lists of rejects and duplicates into {}", place.display()),
            "name a folder of your own with --operator-dir, one that is not delivered",
        ));
    }
    Ok(folder.to_owned())
}

/// Checks and locks the paths that the arguments name.
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
                format!("there are {} --key and {} --out options", scopes.len(), args.outs.len()),
                "give one --out for each --key, in the same order, or one --out-dir",
            ));
        }
    };
    let list = |suffix: &str| {
        let mut name = outputs[0].file_stem().unwrap_or_default().to_owned();
        name.push(suffix);
        Ok(operators_folder(args.operator_dir.as_ref(), args.input.as_ref())?.join(name))
    };
    let rejects = args.rejects.clone().map_or_else(|| list(".rejects.csv"), Ok)?;
    let duplicates = args.duplicates.clone().map_or_else(|| list(".duplicates.csv"), Ok)?;
    for (place, any) in outputs.iter().map(|place| (place, args.output_format.is_some())).chain(
        [(&rejects, false), (&duplicates, false)].into_iter().chain(args.report.iter().map(|report| (report, true))),
    ) {
        FileFormat::check_output_name(place, any)?;
    }
    let symbols = |(place, (scope, tag)): (&PathBuf, &(Scope, KeyTag))| {
        let of = SymbolsOf {
            column: args.symbol_column.clone(),
            purpose: scope.purpose(),
            tag: *tag,
            in_hex: args.symbol == Some(SymbolArg::Hex),
        };
        (place.clone(), Kind::Symbols(of))
    };
    let mut targets: Vec<(PathBuf, Kind)> = outputs.iter().zip(scopes).map(symbols).collect();
    targets.extend([(rejects.clone(), Kind::Rejects), (duplicates.clone(), Kind::Duplicates)]);
    targets.extend(args.report.iter().map(|place| (place.clone(), Kind::Report)));
    let input = args.input.iter().filter(|path| path.as_os_str() != "-");
    let keys = keys::files(args.keys.iter().chain(&args.insurers_key));
    let inputs = input
        .chain(&keys)
        .chain(&args.lineage)
        .chain(&args.policy)
        .chain(args.unlock.files())
        .chain(args.epochs.files());
    Ok(Places {
        placing: Placing::claim(&targets, inputs, &args.overwrite)?,
        temp_dir: args.temp_dir.clone().unwrap_or_else(|| directory_of(&outputs[0]).to_owned()),
        report: args.report.clone(),
        outputs,
        rejects,
        duplicates,
    })
}
