//! `--order input`: rows are written as they are read. With `--unique` the rows of the first output are also sorted.
//! If people have several rows, every output is then written again without the rows that are not converted.

use super::{
    dropping::Records,
    phases::{Files, Run},
    plan::Unread,
    reading::Work,
    sort::Sorted,
};
use crate::{failure::Result, partition::Spills};

/// Writes all outputs. Returns the number of rows of each.
pub(super) fn convert(run: &mut Run<'_>, unread: Unread, spills: &Spills) -> Result<Vec<u64>> {
    let unique = run.plan.unique;
    let unsorted = run.unsorted(usize::from(unique), &unread.input, spills);
    let mut records = Records::default();
    let mut write = |files: &mut Files, work: &Work| {
        for (output, rendered) in files.outputs.iter_mut().zip(&work.rendered) {
            output.write(rendered.piece())?;
        }
        if unique {
            work.rows.rejects.iter().for_each(|reject| records.reject(reject.position.record));
        }
        Ok(())
    };
    let parts = run.read(unread, &unsorted, &[], true, &mut write)?;
    let mut rows_written = vec![run.totals.accepted; run.files.outputs.len()];
    if !unique {
        return Ok(rows_written);
    }
    rows_written[0] = 0;
    let mut drop_duplicates = |_: &mut Files, _: usize, sorted: &Sorted| {
        rows_written[0] += sorted.converted;
        records.drop_duplicates(sorted);
        Ok(())
    };
    run.sort(&unsorted, &parts, spills, &[], &[], &mut drop_duplicates)?;
    if run.totals.duplicates() > 0 { rewrite(run, &records) } else { Ok(rows_written) }
}

/// Writes every output again without the rows that are dropped.
fn rewrite(run: &mut Run<'_>, records: &Records) -> Result<Vec<u64>> {
    let mut rows_written = Vec::new();
    for sink in std::mem::take(&mut run.files.outputs) {
        run.interrupt.check()?;
        let (sink, rows) = records.rewrite(sink, run.plan.delimiter)?;
        run.files.outputs.push(sink);
        rows_written.push(rows);
    }
    Ok(rows_written)
}
