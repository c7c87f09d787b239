//! One run: read, sort, write, put in place.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use fugo::normalize::LostZeros;

use super::{
    Order,
    cells::NumberFormat,
    derive::SymbolForm,
    dropping::Records,
    lists::{Duplicates, Rejects},
    made::MadeOf,
    parts::{Equality, PARTS, RowFormat, Spill},
    plan::Plan,
    progress::Progress,
    reading::{self, Steps, Work},
    render::Written,
    report::{Report, Uniqueness},
    rows::Source,
    sinks::Sink,
    sort::Sorted,
    totals::{Limits, Totals},
    writing::{self, Unsorted},
};
use crate::{
    failure::{Failure, Result},
    hardening,
    interrupt::Interrupt,
    placing::{self, Complete, Output, Staging},
    roster::{format::FileFormat, identity::Watched},
};

/// Runs a plan to its end, or leaves everything as it was.
#[expect(clippy::too_many_lines, reason = "the phases of a run, in their order")]
pub(crate) fn run(mut plan: Plan) -> Result<Report> {
    let started = Instant::now();
    let interrupt = Interrupt::listen()?;
    let mut progress = Progress::new(plan.input_size, plan.quiet);
    let replaces = plan.places.replaces_any();
    let placing = std::mem::take(&mut plan.places.placing);
    let replaced = plan.places.outputs.iter().map(|place| placing.replaces(place)).collect();
    let mut staging = Staging::new(placing, plan.places.report.is_some());
    let mut files = Files::open(&plan, &mut staging)?;
    let spills = Spills::new(staging.dir(&plan.places.temp_dir)?.path("rows"));
    let by_symbol = plan.order == Order::Symbol;
    let part_limit = plan.part_limit();

    progress.phase("reading");
    // The first output's rows carry their positions, so that people with several rows can be listed; the others decide
    // alike without, and no two temporary files can be joined on positions.
    let parted = if by_symbol { files.outputs.len() } else { usize::from(plan.unique) };
    let cells = Equality::Cells { delimiter: plan.layout.delimiter };
    let packed = plan.layout.packer.as_ref().map(|packer| Equality::Packed { bits_len: packer.bits_len() });
    let equality = packed.unwrap_or(cells);
    let steps = Steps {
        layout: &plan.layout,
        keys: &plan.keys,
        forms: &plan.forms,
        render: !by_symbol,
        parted: (0..parted).map(|k| (RowFormat { listed: k == 0, equality }, spills.open())).collect(),
        threads: plan.threads,
        parts_memory: plan.parts_memory(),
    };
    let limits = Limits { rejects: plan.max_rejects, duplicates: plan.max_duplicates };
    let mut totals = Totals { header_lines: plan.input.header_lines(), ..Totals::default() };
    let mut records = Records::default();
    let kept = plan.forms[0].kept.clone();
    let mut made = MadeOf::new(&plan.kept_names, kept, &plan.layout.source, &plan.scopes);
    let mut collect = |work: &mut Work| {
        totals.add(&work.rows);
        files.rejects.write(&work.rows.rejects)?;
        if let Some(failure) = work.rows.stop.take() {
            return Err(failure);
        }
        totals.check_codes(&plan.kept_names)?;
        plan.expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, false))?;
        limits.check_rejects(&totals, false)?;
        made.add(&work.rows, &work.symbols)?;
        if !by_symbol {
            for (output, rendered) in files.outputs.iter_mut().zip(&work.rendered) {
                output.write(rendered.piece())?;
            }
            if plan.unique {
                work.rows.rejects.iter().for_each(|reject| records.reject(reject.position.record));
            }
        }
        progress.read(totals.read, totals.rejected(), work.end());
        Ok(())
    };
    let parts = reading::read_all(plan.input, &steps, &interrupt, &mut collect)?;
    let Steps { parted: spilled_parts, .. } = steps;
    made.check()?;
    drop(made);
    hardening::wipe_stack();
    // No symbol is made from here on: keys and re-issued numbers are wiped before the long rest of the run.
    drop((plan.keys, plan.layout.lineage));
    plan.watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
    plan.expect_rows.map_or(Ok(()), |expected| totals.check_expected(expected, true))?;
    limits.check_rejects(&totals, true)?;

    let mut rows_written = vec![totals.accepted; files.outputs.len()];
    let mut spilled = 0;
    if parted > 0 {
        progress.phase("sorting");
        let form = |k: usize| by_symbol.then(|| &plan.forms[k]);
        let unsorted = spilled_parts.into_iter().enumerate();
        let unsorted: Vec<Unsorted<'_>> =
            unsorted.map(|(k, (format, spill))| Unsorted { format, spill, form: form(k) }).collect();
        rows_written[..parted].fill(0);
        let mut done = 0;
        let mut give = |k: usize, sorted: &Sorted| {
            if done == 0 {
                progress.phase("writing");
            }
            done += 1;
            progress.sorted(done, (parted * PARTS) as u64);
            rows_written[k] += sorted.converted;
            if k == 0 {
                totals.equal += sorted.equal;
                totals.differing += sorted.differing;
                files.duplicates.write(&sorted.duplicates)?;
            }
            if by_symbol {
                return files.outputs[k].write(sorted.rendered.piece());
            }
            records.drop_duplicates(sorted);
            Ok(())
        };
        let new_spill = || spills.open();
        writing::write_all(&unsorted, parts, plan.threads, part_limit, &new_spill, &interrupt, &mut give)?;
        totals.people_with_several = files.duplicates.people();
        spilled = spills.written();
        if !by_symbol && totals.duplicates() > 0 {
            rows_written = files.drop_duplicates(&records, &plan.formats, plan.layout.delimiter, &interrupt)?;
        }
    }
    totals.reconcile(&rows_written)?;
    limits.check_all(&totals, replaces && !(totals.read == 0 && plan.expect_rows.is_some()))?;
    interrupt.check()?;

    progress.phase("renaming");
    let checked = by_symbol || plan.unique;
    let outputs = plan.places.outputs.iter().cloned().zip(plan.scopes);
    let mut report = Report {
        run_id: run_id()?,
        other_codes: std::mem::take(&mut plan.kept_names).into_iter().zip(totals.codes.clone()).collect(),
        totals,
        outputs: outputs.map(|(path, (scope, tag))| (path, scope, tag)).collect(),
        digests: Vec::new(),
        replaced,
        uniqueness: if checked { Uniqueness::Unique } else { Uniqueness::NotChecked },
        rejects: plan.places.rejects,
        duplicates: plan.places.duplicates,
        restore_zeros: matches!(plan.layout.source, Source::Number(NumberFormat::Lenient(LostZeros::Restore))),
        test_keys: plan.test_keys,
        end_unknown: plan.watched.is_none() && plan.expect_rows.is_none(),
        spilled,
        seconds: started.elapsed().as_secs_f64(),
    };
    let placed = files.finish(&mut report)?;
    placing::place(&placed, staging)?;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// The files of a run, opened before the long part of it.
struct Files {
    outputs: Vec<Sink>,
    rejects: Rejects,
    duplicates: Duplicates,
    report: Option<Output>,
}

impl Files {
    fn open(plan: &Plan, staging: &mut Staging) -> Result<Self> {
        let mut outputs = Vec::new();
        for ((place, format), form) in plan.places.outputs.iter().zip(&plan.formats).zip(&plan.forms) {
            let output = staging.output(place)?;
            outputs.push(match &form.written {
                Written::Lines { .. } => Sink::csv(output, plan.output_header.clone())?,
                Written::Columns(schema) => {
                    let sorted = plan.order == Order::Symbol && !matches!(form.symbol, SymbolForm::Text(_));
                    Sink::table(output, *format, schema, sorted, plan.encoders())?
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

    /// Writes every output again without the rows of people with several. Returns how many rows each has.
    fn drop_duplicates(
        &mut self,
        records: &Records,
        formats: &[FileFormat],
        delimiter: u8,
        interrupt: &Interrupt,
    ) -> Result<Vec<u64>> {
        let mut rows_written = Vec::new();
        for (sink, format) in std::mem::take(&mut self.outputs).into_iter().zip(formats) {
            interrupt.check()?;
            let (sink, rows) = records.rewrite(sink, *format, delimiter)?;
            self.outputs.push(sink);
            rows_written.push(rows);
        }
        Ok(rows_written)
    }

    /// All files in the order in which they are put in place; the report is last, so it stands only for what is there.
    fn finish(self, report: &mut Report) -> Result<Vec<Complete>> {
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

/// Temporary files of rows, one for each output and for each part that is parted again.
struct Spills {
    path: PathBuf,
    made: Arc<AtomicUsize>,
    written: Arc<AtomicU64>,
}

impl Spills {
    fn new(path: PathBuf) -> Self {
        Self { path, made: Arc::default(), written: Arc::default() }
    }

    fn open(&self) -> Spill {
        let (path, made) = (self.path.clone(), self.made.clone());
        let make = move || {
            let number = made.fetch_add(1, Ordering::Relaxed);
            placing::create(&path.with_extension(number.to_string()))
        };
        Spill::new(make, self.written.clone())
    }

    fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// Sixteen random hexadecimal digits. They stand in the report and nowhere else.
fn run_id() -> Result<String> {
    let id = getrandom::u64().map_err(|error| Failure::new(error, "run it again"))?;
    Ok(format!("{id:016x}"))
}
