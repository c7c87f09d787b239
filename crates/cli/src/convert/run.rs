//! One run: read, sort, write, put in place.

use std::time::Instant;

use super::{
    Order, input_order,
    phases::{Files, Run},
    plan::{Plan, Unread},
    progress::Progress,
    report::{GroupsOf, Report, Uniqueness},
    symbol_order,
    totals::Totals,
};
use crate::{
    counts::{counted, thousands},
    failure::{Failure, Result},
    interrupt::Interrupt,
    partition::Spills,
    placing::{self, Staging},
};

/// Runs a plan to its end. If it fails, no output is changed.
pub(super) fn run(mut plan: Plan, unread: Unread) -> Result<Report> {
    let started = Instant::now();
    let interrupt = Interrupt::listen()?;
    let progress = Progress::new(plan.input_size, plan.quiet);
    let replaces = plan.places.replaces_any();
    let placing = std::mem::take(&mut plan.places.placing);
    let replaced = plan.places.outputs.iter().map(|place| placing.replaces(place)).collect();
    let mut staging = Staging::new(placing, plan.places.report.is_some());
    let files = Files::open(&plan, &mut staging)?;
    let spills = Spills::new(staging.dir(&plan.places.temp_dir)?.path("rows"), plan.places.temp_dir.clone());
    let totals = Totals { header_lines: unread.input.header_lines(), ..Totals::default() };
    let mut run = Run { plan: &plan, files, totals, interrupt, progress };

    let (rows_written, groups) = match plan.order {
        Order::Symbol => symbol_order::convert(&mut run, unread, &spills)?,
        Order::Input => (input_order::convert(&mut run, unread, &spills)?, Vec::new()),
    };
    let left_out = |k: usize| groups.get(k).and_then(Option::as_ref).map_or(0, |groups: &GroupsOf| groups.left_out);
    let people: Vec<u64> = rows_written.iter().enumerate().map(|(k, rows)| rows + left_out(k)).collect();
    run.totals.reconcile(&people)?;
    check_least_rows(&plan, &rows_written, &run.totals)?;
    let is_known_to_be_empty = run.totals.read == 0 && plan.expect_rows.is_some();
    let most_left_out = (0..rows_written.len()).map(left_out).max().unwrap_or(0);
    plan.limits.check_all(&run.totals, most_left_out, replaces && !is_known_to_be_empty)?;
    run.interrupt.check()?;

    run.progress.phase("renaming");
    let outputs = plan.places.outputs.iter().cloned().zip(&plan.scopes);
    let mut report = Report {
        run_id: run_id()?,
        other_codes: plan.kept_names.iter().cloned().zip(run.totals.codes.clone()).collect(),
        totals: run.totals,
        outputs: outputs.map(|(path, (scope, tag))| (path, *scope, *tag)).collect(),
        rows: rows_written,
        columns: plan.coarse.iter().map(|coarse| coarse.described(&plan.kept_names)).collect(),
        policy: plan.policy.clone(),
        groups,
        digests: Vec::new(),
        replaced,
        uniqueness: match plan.order {
            Order::Input if !plan.unique => Uniqueness::NotChecked,
            Order::Input | Order::Symbol => Uniqueness::Unique,
        },
        rejects: plan.places.rejects.clone(),
        duplicates: plan.places.duplicates.clone(),
        restore_zeros: plan.restores_zeros,
        test_keys: plan.test_keys,
        end_unknown: plan.is_pipe && plan.expect_rows.is_none(),
        spilled: spills.written(),
        seconds: started.elapsed().as_secs_f64(),
    };
    let placed = run.files.finish(&mut report)?;
    placing::place(&placed, staging)?;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// Refuses an output with fewer rows than its policy wants.
fn check_least_rows(plan: &Plan, rows_written: &[u64], totals: &Totals) -> Result<()> {
    for ((coarse, rows), (scope, _)) in plan.coarse.iter().zip(rows_written).zip(&plan.scopes) {
        if *rows < coarse.policy.least_rows {
            let most = totals.rejected.iter().max_by_key(|(_, count)| **count);
            let why = most.map_or_else(String::new, |(reason, count)| {
                format!(" ({} for the reason {reason})", thousands(*count))
            });
            return Err(Failure::new(
                format!(
                    "the output of {scope} would have {}; its policy wants at least {}. Of {} read, {} were rejected\
                     {why}; duplicates and people in small groups are not written either",
                    counted(*rows, "row"),
                    thousands(coarse.policy.least_rows),
                    counted(totals.read, "row"),
                    thousands(totals.rejected()),
                ),
                "if many rows were rejected or left out, change the rules of the policy; otherwise deliver in larger \
                 batches; no output was changed",
            ));
        }
    }
    Ok(())
}

/// Sixteen random hexadecimal digits. They are in the report only.
fn run_id() -> Result<String> {
    let id = getrandom::u64().map_err(|error| Failure::new(error, "run it again"))?;
    Ok(format!("{id:016x}"))
}
