//! `--order symbol`: the rows of every output are partitioned by their symbols while the input is read, then sorted
//! and written, one output after the other.

use super::{
    phases::{Files, Run},
    plan::Unread,
    report::GroupsOf,
    sort::Sorted,
};
use crate::{failure::Result, partition::Spills};

/// Writes all outputs. Returns the number of rows of each, and what was done about its groups of people.
pub(super) fn convert(run: &mut Run<'_>, unread: Unread, spills: &Spills) -> Result<(Vec<u64>, Vec<Option<GroupsOf>>)> {
    let outputs = run.files.outputs.len();
    let unsorted = run.unsorted(outputs, &unread.input, spills);
    let groups = run.groups();
    let parts = run.read(unread, &unsorted, &groups, false, &mut |_, _| Ok(()))?;
    let chosen = run.choose_groups(groups, &unsorted, &parts, spills)?;
    let (mut rows_written, mut left_out) = (vec![0; outputs], vec![0; outputs]);
    let mut write = |files: &mut Files, k: usize, sorted: &Sorted| {
        rows_written[k] += sorted.converted - sorted.left_out;
        left_out[k] += sorted.left_out;
        files.outputs[k].write(sorted.rendered.piece())
    };
    let forms = &run.plan.forms;
    run.sort(&unsorted, &parts, spills, forms, &chosen, &mut write)?;
    let groups = chosen.iter().zip(left_out).map(|(chosen, left_out)| {
        chosen.as_ref().map(|chosen| GroupsOf {
            level: chosen.level,
            groups: chosen.groups as u64,
            smallest: chosen.smallest.map_or(0, u64::from),
            left_out,
        })
    });
    Ok((rows_written, groups.collect()))
}
