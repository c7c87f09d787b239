//! The phases that both orders share: reading the input, and sorting its rows. `symbol_order.rs` and `input_order.rs` say
//! what is done with the rows.

use std::sync::Arc;

use fugo::{KeyTag, Scope};

use super::{
    Order,
    coarse::Coarse,
    groups::{Chosen, Groups},
    lists::{Duplicates, Rejects},
    made::MadeOf,
    parts::{Listed, Parts, RowFormat},
    plan::{Plan, Unread},
    progress::Progress,
    reading::{self, Steps, Work},
    render::{RowForm, SymbolForm, Written},
    report::Report,
    sinks::Sink,
    sort::{GroupStep, Sorted, Sorting},
    totals::Totals,
    writing::{self, Unsorted},
};
use crate::{
    failure::Result,
    hardening,
    interrupt::Interrupt,
    ordered::Threads,
    partition::Spills,
    placing::{Complete, Output, Staging},
    roster::{Input, identity::Watched},
};

/// The state of a run from its first phase to its last.
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) files: Files,
    pub(super) totals: Totals,
    pub(super) interrupt: Interrupt,
    pub(super) progress: Progress,
}

impl Run<'_> {
    /// The outputs whose rows are sorted. Only the first output stores row positions, so that duplicates can be
    /// listed. The others find the same duplicates without them, and positions in two temporary files would let the
    /// files be joined.
    pub(super) fn unsorted<'s>(&self, outputs: usize, input: &Input, spills: &'s Spills) -> Vec<Unsorted<'s>> {
        let Plan { memory, input_size, equality, .. } = *self.plan;
        let (division, limit) = memory.parts(input, input_size, writing::copies(&self.plan.forms), outputs);
        let unsorted = |k| Unsorted {
            format: RowFormat { listed: if k == 0 { Listed::of(input) } else { Listed::No }, equality },
            division,
            limit,
            spill: spills.open(division.parts()),
        };
        (0..outputs).map(unsorted).collect()
    }

    /// The first phase: reads all input, then wipes numbers and keys. `each` gets every block in the order of the
    /// input, counted and checked. `render` says whether rows are rendered. Returns the rows that must be sorted, by
    /// thread.
    pub(super) fn read(
        &mut self,
        unread: Unread,
        unsorted: &[Unsorted<'_>],
        groups: &[Option<Groups<'_>>],
        render: bool,
        each: &mut dyn FnMut(&mut Files, &Work) -> Result<()>,
    ) -> Result<Vec<Vec<Parts>>> {
        let Unread { input, watched, layout, keys } = unread;
        let Self { plan, files, totals, interrupt, progress } = self;
        let Plan { memory, limits, .. } = **plan;
        progress.phase("reading");
        let steps = Steps {
            layout: &layout,
            keys: &keys,
            interrupt,
            forms: &plan.forms,
            groups,
            render,
            translator: None,
            parted: unsorted,
        };
        let mut made = MadeOf::new(&plan.kept_names, plan.kept.clone(), &layout.source, &plan.scopes);
        let mut collect = |work: &mut Work| {
            totals.add(&work.rows);
            files.rejects.write(&work.rows.rejects)?;
            if let Some(failure) = work.rows.stop.take() {
                return Err(failure);
            }
            totals.check_codes(&plan.kept_names)?;
            plan.expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, false))?;
            limits.check_rejects(totals, false)?;
            made.add(&work.rows, &work.symbols)?;
            each(files, work)?;
            progress.read(totals.read, totals.rejected(), work.end());
            Ok(())
        };
        let threads = Threads { count: memory.threads, interrupt };
        let parts = reading::read_all(input, &steps, threads, memory.blocks_in_flight(), &mut collect)?;
        made.check()?;
        drop(made);
        hardening::wipe_stack();
        // No symbol is derived after this point, so keys and re-issued numbers are wiped before the long rest of the
        // run.
        drop((keys, layout));
        watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
        plan.expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, true))?;
        limits.check_rejects(totals, true)?;
        Ok(parts)
    }

    /// The second phase: sorts rows, and counts and lists people with several. `each` gets the rows of every output
    /// in symbol order, rendered if the output has a form.
    pub(super) fn sort(
        &mut self,
        unsorted: &[Unsorted<'_>],
        parts: &[Vec<Parts>],
        spills: &Spills,
        forms: &[RowForm],
        chosen: &[Option<Chosen<'_>>],
        each: &mut dyn FnMut(&mut Files, usize, &Sorted) -> Result<()>,
    ) -> Result<()> {
        let Self { plan, files, totals, interrupt, progress } = self;
        progress.phase("sorting");
        let partition = plan.memory.partition(writing::copies(&plan.forms));
        let sorting = |(k, output): (usize, &Unsorted<'_>)| Sorting {
            format: output.format,
            form: forms.get(k),
            groups: chosen.get(k).and_then(Option::as_ref).map_or(GroupStep::None, GroupStep::Write),
            partition,
            spills,
        };
        let sorting: Vec<Sorting<'_>> = unsorted.iter().enumerate().map(sorting).collect();
        let partitions: usize = unsorted.iter().map(|output| output.division.parts()).sum();
        let mut done = 0;
        let mut give = |k: usize, sorted: &Sorted| {
            if done == 0 {
                progress.phase("writing");
            }
            done += 1;
            progress.sorted(done, partitions as u64);
            if k == 0 {
                totals.equal += sorted.equal;
                totals.differing += sorted.differing;
                files.duplicates.write(&sorted.duplicates)?;
            }
            each(files, k, sorted)
        };
        let threads = Threads { count: plan.memory.threads, interrupt };
        writing::write_all(unsorted, &sorting, parts, threads, &mut give)?;
        totals.people_with_several = files.duplicates.people();
        Ok(())
    }
}

impl<'a> Run<'a> {
    /// The groups of people of each output whose policy limits them, to be counted while the input is read. Empty if no
    /// policy limits groups.
    pub(super) fn groups(&self) -> Vec<Option<Groups<'a>>> {
        let plan: &'a Plan = self.plan;
        let is_limited = |coarse: &Arc<Coarse>| coarse.policy.group_size > 1;
        let limited = plan.coarse.iter().filter(|coarse| is_limited(coarse)).count();
        if limited == 0 {
            return Vec::new();
        }
        let memory = plan.memory.groups(limited);
        plan.coarse.iter().map(|coarse| is_limited(coarse).then(|| Groups::new(coarse, memory))).collect()
    }

    /// Between the phases, if a policy limits groups of people: subtracts the rows that are not converted, and chooses
    /// how coarse each output is written. `None` for an output without such a limit.
    pub(super) fn choose_groups(
        &mut self,
        groups: Vec<Option<Groups<'a>>>,
        unsorted: &[Unsorted<'_>],
        parts: &[Vec<Parts>],
        spills: &Spills,
    ) -> Result<Vec<Option<Chosen<'a>>>> {
        let Self { plan, interrupt, progress, .. } = self;
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        progress.phase("counting groups");
        let partition = plan.memory.partition(writing::copies(&plan.forms));
        let all: Vec<Sorting<'_>> = unsorted
            .iter()
            .zip(&groups)
            .map(|(output, groups)| Sorting {
                format: output.format,
                form: None,
                groups: groups.as_ref().map_or(GroupStep::None, GroupStep::Subtract),
                partition,
                spills,
            })
            .collect();
        let threads = Threads { count: plan.memory.threads, interrupt };
        writing::write_all(unsorted, &all, parts, threads, &mut |_, _| Ok(()))?;
        drop(all);
        let choose = |(groups, (scope, _)): (Option<Groups<'a>>, &(Scope, KeyTag))| {
            groups.map(Groups::choose).transpose().map_err(|failure| failure.within(scope))
        };
        groups.into_iter().zip(&plan.scopes).map(choose).collect()
    }
}

/// The files of a run, opened before its long part.
pub(super) struct Files {
    pub(super) outputs: Vec<Sink>,
    rejects: Rejects,
    duplicates: Duplicates,
    report: Option<Output>,
}

impl Files {
    pub(super) fn open(plan: &Plan, staging: &mut Staging) -> Result<Self> {
        let encoders = plan.memory.encoders(plan.outputs_at_once());
        let mut outputs = Vec::new();
        let forms = plan.forms.iter().zip(&plan.output_headers);
        for (place, (form, header)) in plan.places.outputs.iter().zip(forms) {
            let output = staging.output(place)?;
            outputs.push(match &form.written {
                Written::Lines { .. } => Sink::csv(output, header.clone())?,
                Written::Columns { schema, format } => {
                    let sorted = plan.order == Order::Symbol && !matches!(form.symbol, SymbolForm::Text(_));
                    Sink::table(output, *format, schema, sorted, encoders)?
                }
            });
        }
        Ok(Self {
            outputs,
            rejects: Rejects::new(staging.output(&plan.places.rejects)?, plan.header_names.clone())?,
            duplicates: Duplicates::new(staging.output(&plan.places.duplicates)?)?,
            report: plan.places.report.as_ref().map(|place| staging.output(place)).transpose()?,
        })
    }

    /// All files in the order in which they are put in place. The report is last, so a report exists only if all
    /// outputs do.
    pub(super) fn finish(self, report: &mut Report) -> Result<Vec<Complete>> {
        let mut files = self.outputs.into_iter().map(Sink::finish).collect::<Result<Vec<_>>>()?;
        files.extend([self.rejects.into_output(), self.duplicates.into_output()]);
        let mut files = files.into_iter().map(Output::complete).collect::<Result<Vec<_>>>()?;
        report.digests = files.iter().filter_map(Complete::sha256).map(str::to_owned).collect();
        if let Some(mut file) = self.report {
            file.put(format!("{:#}\n", report.json()).as_bytes())?;
            files.push(file.complete()?);
        }
        Ok(files)
    }
}
