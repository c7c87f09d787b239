//! One run: read the asked rows, find their people in the roster, sort by the new symbols, write, put in place.

use std::{path::PathBuf, time::Instant};

use super::{
    join::{Asked, Group},
    plan::{Keys, Plan, RosterPlan, Unread},
    report::Report,
};
use crate::{
    convert::{
        lists::{Duplicates, Rejects},
        memory::Memory,
        parts::{Listed, Parts, RowFormat},
        position::Position,
        progress::Progress,
        reading::{self, Steps, Work},
        reason::{Reason, UNKNOWN},
        render::{RowForm, Written},
        rows::Reject,
        sinks::Sink,
        sort::{GroupStep, Sorted, Sorting},
        totals::Totals,
        writing::{self, Unsorted},
    },
    failure::{Failure, Result},
    hardening,
    interrupt::Interrupt,
    ordered::Threads,
    partition::Spills,
    placing::{self, Complete, Output, Staging},
    record::{People, Ran},
    roster::identity::{Identity, Watched},
};

/// The files of a run, opened before its long part.
struct Files {
    output: Sink,
    rejects: Rejects,
    duplicates: Duplicates,
    roster_rejects: Rejects,
    report: Option<Output>,
}

/// The state of a run that all phases share.
struct Run<'a> {
    files: Files,
    /// The totals of the asked rows, and of the roster.
    asked: Totals,
    roster: Totals,
    /// The number of people who were found, and their symbols for the record.
    people: u64,
    recorded: People,
    /// The directory for temporary files.
    temporary: PathBuf,
    /// How often the roster was read.
    passes: u64,
    memory: Memory,
    interrupt: &'a Interrupt,
    progress: Progress,
}

/// Runs a plan to its end. If it fails, no output is changed.
pub(super) fn run(mut plan: Plan, keys: Box<Keys>) -> Result<Report> {
    let started = Instant::now();
    let interrupt = Interrupt::listen()?;
    let placing = std::mem::take(&mut plan.places.placing);
    let replaces = placing.replaces(&plan.places.output);
    let mut staging = Staging::new(placing, plan.places.report.is_some());
    let files = Files::open(&plan, &mut staging)?;
    let temporary = staging.dir(&plan.places.temp_dir)?.path("");
    let spills = Spills::new(temporary.join("rows"), plan.places.temp_dir.clone());
    let of_record = staging.dir(plan.recorder.dir())?.path("");
    let mut run = Run {
        files,
        asked: Totals { header_lines: plan.asked.input.header_lines(), ..Totals::default() },
        roster: Totals::default(),
        people: 0,
        recorded: People::new()?,
        temporary,
        passes: 0,
        memory: plan.memory,
        interrupt: &interrupt,
        progress: Progress::new(plan.asked.size, plan.quiet),
    };
    let Plan { asked, mut roster, form, equality, limits, expect_rows, .. } = plan;

    let format = RowFormat { listed: Listed::of(&asked.input), equality };
    let copies = writing::copies(std::slice::from_ref(&form));
    let (division, held) = plan.memory.parts(&asked.input, asked.size, copies, 1);
    // The asked rows and those of the output are in memory at the same time.
    let unsorted = |spill| Unsorted { format, division, limit: (held / 2).max(1), spill };
    let (of_asked, of_output) = (unsorted(spills.open(division.parts())), unsorted(spills.open(division.parts())));
    let asked = Asked { parts: run.read_asked(asked, &of_asked, expect_rows, limits)?, unsorted: &of_asked };
    // All threads' share, in one thread.
    let all = of_output.limit * plan.memory.threads;
    let mut parts = Parts::new(format, division, all);
    run.join(&asked, keys, &mut roster, (&of_output, &mut parts))?;
    hardening::wipe_stack();
    drop(asked);
    plan.granted.check_people(run.people)?;
    let rows_written = run.write(&[of_output], &[vec![parts]], &form, copies, &spills)?;
    run.asked.reconcile(&[rows_written])?;
    run.roster.reconcile(&[])?;
    let is_known_to_be_empty = run.asked.read == 0 && expect_rows.is_some();
    limits.check_all(&run.asked, 0, replaces && !is_known_to_be_empty)?;
    run.interrupt.check()?;

    run.progress.phase("recording");
    let (files, file_of_report) = run.files.complete()?;
    let unknown = run.asked.rejected.get(UNKNOWN).copied().unwrap_or(0);
    let ran = Ran {
        asked: run.asked.read,
        translated: run.asked.converted(),
        unknown,
        rejected: run.asked.rejected() - unknown,
        duplicates: run.asked.equal + run.asked.differing,
    };
    let staged = |nth: usize| of_record.join(format!("record-{nth}"));
    let recorded = plan.recorder.append(&ran, &run.recorded, &plan.granted, &staged, &interrupt)?;
    run.progress.phase("renaming");
    // From here on the run is recorded, also if it fails.
    let note = format!("the run is recorded as entry {} of {}", recorded.index, recorded.origin);
    let mut report = Report {
        from: plan.from,
        to: plan.to,
        granted: plan.granted,
        test_keys: plan.test_keys,
        restore_zeros: roster.restores_zeros(),
        column: roster.column().to_owned(),
        carried: plan.carried,
        asked: run.asked,
        roster: run.roster,
        people: run.people,
        recorded,
        passes: run.passes,
        places: [plan.places.output, plan.places.rejects, plan.places.duplicates, plan.places.roster_rejects],
        digests: Vec::new(),
        spilled: spills.written(),
        seconds: started.elapsed().as_secs_f64(),
    };
    let placed = finish(files, file_of_report, &mut report);
    placed.and_then(|placed| placing::place(&placed, staging)).map_err(|failure| failure.noting(&note))?;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

impl Run<'_> {
    /// The first phase: reads the asked rows, and partitions them by their symbols.
    fn read_asked(
        &mut self,
        asked: Unread,
        unsorted: &Unsorted<'_>,
        expect_rows: Option<u64>,
        limits: crate::convert::totals::Limits,
    ) -> Result<Vec<Vec<Parts>>> {
        let Self { files, asked: totals, memory, interrupt, progress, .. } = self;
        progress.phase("reading the asked rows");
        let unsorted = std::slice::from_ref(unsorted);
        let steps = Steps {
            layout: &asked.layout,
            keys: &[],
            interrupt,
            forms: &[],
            groups: &[],
            render: false,
            translator: None,
            parted: unsorted,
        };
        let mut collect = |work: &mut Work| {
            totals.add(&work.rows);
            files.rejects.write(&work.rows.rejects)?;
            if let Some(failure) = work.rows.stop.take() {
                return Err(failure.within("the asked rows"));
            }
            expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, false))?;
            limits.check_rejects(totals, false)?;
            progress.read(totals.read, totals.rejected(), work.end());
            Ok(())
        };
        let threads = Threads { count: memory.threads, interrupt };
        let parts = reading::read_all(asked.input, &steps, threads, memory.blocks_in_flight(), &mut collect)?;
        asked.watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
        expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, true))?;
        limits.check_rejects(totals, true)?;
        Ok(parts)
    }

    /// The second phase: reads the roster as often as memory needs, and gives the rows whose people were found to the
    /// partitions of the output. The keys are wiped at its end.
    fn join(
        &mut self,
        asked: &Asked<'_>,
        keys: Box<Keys>,
        roster: &mut RosterPlan,
        (output, parts): (&Unsorted<'_>, &mut Parts),
    ) -> Result<()> {
        let symbols = self.memory.total / 5 * 2;
        let (mut start, mut unknown, mut first) = (0, 0, None);
        while let Some(mut group) = asked.group(start, symbols, &keys)? {
            self.passes += 1;
            let identity = self.read_roster(&mut group, roster)?;
            if *first.get_or_insert(identity) != identity {
                return Err(Failure::new(
                    "the roster changed between two readings",
                    "read a file that nobody writes to, for example a copy; no output was changed",
                ));
            }
            start = group.end();
            if identity.is_none() && start < output.division.parts() {
                return Err(Failure::new(
                    "so many symbols are asked for that the roster must be read more than once, and a pipe is read once",
                    "give the path of a regular file with --roster, or more --memory; no output was changed",
                ));
            }
            self.people += group.answers.people();
            self.recorded.add(group.answers.recorded(), self.temporary.join(format!("people-{}", self.passes)))?;
            let rejects = &mut self.files.rejects;
            unknown += asked.hand_over(&group, (output, parts), &mut |positions: &[Position]| {
                let reject = |position: &Position| Reject { position: *position, field: None, reason: Reason::Unknown };
                rejects.write(&positions.iter().map(reject).collect::<Vec<_>>())
            })?;
            self.interrupt.check()?;
        }
        drop(keys);
        self.asked.accepted -= unknown;
        if unknown > 0 {
            self.asked.rejected.insert(UNKNOWN, unknown);
        }
        Ok(())
    }

    /// Reads the roster once, and finds the people of a group. Returns the state of the file; `None` for a pipe.
    fn read_roster(&mut self, group: &mut Group, roster: &mut RosterPlan) -> Result<Option<Identity>> {
        let (input, watched, _) = roster.open()?;
        let Self { files, roster: totals, memory, interrupt, progress, passes, .. } = self;
        progress.phase("reading the roster");
        let is_first = *passes == 1;
        if is_first {
            totals.header_lines = input.header_lines();
        }
        let mut read = Totals::default();
        let Group { translator, answers, .. } = group;
        let steps = Steps {
            layout: &roster.layout,
            keys: &[],
            interrupt,
            forms: &[],
            groups: &[],
            render: false,
            translator: Some(translator),
            parted: &[],
        };
        let mut collect = |work: &mut Work| {
            read.add(&work.rows);
            if is_first {
                files.roster_rejects.write(&work.rows.rejects)?;
            }
            if let Some(failure) = work.rows.stop.take() {
                return Err(failure.within("the roster"));
            }
            roster.limits.check_rejects(&read, false).map_err(|failure| failure.within("the roster"))?;
            work.pairs.drain(..).try_for_each(|pair| answers.take(pair))?;
            progress.read(read.read, read.rejected(), work.end());
            Ok(())
        };
        let threads = Threads { count: memory.threads, interrupt };
        reading::read_all(input, &steps, threads, memory.blocks_in_flight(), &mut collect)?;
        hardening::wipe_stack();
        watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
        roster.limits.check_rejects(&read, true).map_err(|failure| failure.within("the roster"))?;
        if is_first {
            let header_lines = totals.header_lines;
            *totals = Totals { header_lines, ..read };
        }
        Ok(watched.map(|watched| watched.identity()))
    }

    /// The third phase: sorts the rows by their new symbols, and writes them. Returns how many were written.
    fn write(
        &mut self,
        unsorted: &[Unsorted<'_>],
        parts: &[Vec<Parts>],
        form: &RowForm,
        copies: usize,
        spills: &Spills,
    ) -> Result<u64> {
        let Self { files, asked: totals, memory, interrupt, progress, .. } = self;
        progress.phase("sorting");
        let partition = memory.partition(copies);
        let sorting: Vec<Sorting<'_>> = unsorted
            .iter()
            .map(|output| Sorting {
                format: output.format,
                form: Some(form),
                groups: GroupStep::None,
                partition,
                spills,
            })
            .collect();
        let (mut rows_written, mut done) = (0, 0);
        let partitions: usize = unsorted.iter().map(|output| output.division.parts()).sum();
        let mut give = |_: usize, sorted: &Sorted| {
            done += 1;
            progress.sorted(done, partitions as u64);
            totals.equal += sorted.equal;
            totals.differing += sorted.differing;
            rows_written += sorted.converted;
            files.duplicates.write(&sorted.duplicates)?;
            files.output.write(sorted.rendered.piece())
        };
        let threads = Threads { count: memory.threads, interrupt };
        writing::write_all(unsorted, &sorting, parts, threads, &mut give)?;
        totals.people_with_several = files.duplicates.people();
        Ok(rows_written)
    }
}

impl Files {
    fn open(plan: &Plan, staging: &mut Staging) -> Result<Self> {
        let output = staging.output(&plan.places.output)?;
        Ok(Self {
            output: match &plan.form.written {
                Written::Lines { .. } => Sink::csv(output, plan.header.clone())?,
                Written::Columns { schema, format } => {
                    Sink::table(output, *format, schema, plan.is_sorted(), plan.memory.encoders(1))?
                }
            },
            rejects: Rejects::new(staging.output(&plan.places.rejects)?, plan.asked.names.clone())?,
            duplicates: Duplicates::new(staging.output(&plan.places.duplicates)?)?,
            roster_rejects: Rejects::new(staging.output(&plan.places.roster_rejects)?, plan.roster.names.clone())?,
            report: plan.places.report.as_ref().map(|place| staging.output(place)).transpose()?,
        })
    }

    /// All files, flushed to their devices, but for the report.
    fn complete(self) -> Result<(Vec<Complete>, Option<Output>)> {
        let files = [
            self.output.finish()?,
            self.rejects.into_output(),
            self.duplicates.into_output(),
            self.roster_rejects.into_output(),
        ];
        Ok((files.into_iter().map(Output::complete).collect::<Result<_>>()?, self.report))
    }
}

/// All files in the order in which they are put in place. The report is last.
fn finish(mut files: Vec<Complete>, file: Option<Output>, report: &mut Report) -> Result<Vec<Complete>> {
    report.digests = files.iter().filter_map(Complete::sha256).map(str::to_owned).collect();
    if let Some(mut file) = file {
        file.put(format!("{:#}\n", report.json()).as_bytes())?;
        files.push(file.complete()?);
    }
    Ok(files)
}
