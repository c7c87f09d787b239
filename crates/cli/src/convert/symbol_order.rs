//! `--order symbol`: the rows of every output are partitioned by their symbols while the input is read, then sorted
//! and written, one output after the other.

use super::{
    phases::{Files, Run},
    plan::Unread,
    sort::Sorted,
};
use crate::{failure::Result, partition::Spills};

/// Writes all outputs. Returns the number of rows of each.
pub(super) fn convert(run: &mut Run<'_>, unread: Unread, spills: &Spills) -> Result<Vec<u64>> {
    let outputs = run.files.outputs.len();
    let unsorted = run.unsorted(outputs, &unread.input, spills);
    let parts = run.read(unread, &unsorted, false, &mut |_, _| Ok(()))?;
    let mut rows_written = vec![0; outputs];
    let mut write = |files: &mut Files, k: usize, sorted: &Sorted| {
        rows_written[k] += sorted.converted;
        files.outputs[k].write(sorted.rendered.piece())
    };
    let forms = &run.plan.forms;
    run.sort(&unsorted, parts, spills, forms, &mut write)?;
    Ok(rows_written)
}
