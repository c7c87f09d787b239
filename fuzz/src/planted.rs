//! Faults that a check must find: each alters what the code under test has answered, before it is judged.

use std::cell::Cell;

/// A fault of the code that a target checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `number`: a number with a wrong check digit is accepted if it begins with 9.
    CheckDigit,
    /// `text`: a text of the purpose portal gives the symbol of another text.
    TextSymbol,
    /// `rows`: the line ends in a quoted field are not counted.
    RowsLines,
    /// `scope`: the epoch of a label is written with the low byte first.
    LabelEpoch,
    /// `kernel`: the last symbol of a batch is that of the first number, if there are more than 64.
    KernelTail,
    /// `share`: five shares or more give another key.
    ShareJoin,
    /// `note`: a signature counts for any text.
    NoteText,
    /// `record`: the upper tiles are not compared.
    RecordLevels,
    /// `c_calls`: a call that fails leaves an earlier result in its output.
    CallLeaves,
    /// `cp932`: bytes are text if there are more than 64.
    Cp932Blocks,
    /// `lineage`: the number before another is taken for its first one.
    LineageFirst,
    /// `recipients`: a scope has the recipients of all.
    RecipientsOthers,
    /// `report`: a manifest repeats a name of a report.
    ReportWords,
    /// `ledger`: an altered ledger is read.
    LedgerSeal,
    /// `archive`: the name of an entry counts from its last slash on.
    ArchiveNames,
    /// `table`: the rows of a dictionary have each other's texts.
    TableDictionaries,
}

impl Fault {
    /// All of them, and the target that finds each.
    pub const ALL: [(Self, &'static str); 16] = [
        (Self::CheckDigit, "number"),
        (Self::TextSymbol, "text"),
        (Self::RowsLines, "rows"),
        (Self::LabelEpoch, "scope"),
        (Self::KernelTail, "kernel"),
        (Self::ShareJoin, "share"),
        (Self::NoteText, "note"),
        (Self::RecordLevels, "record"),
        (Self::CallLeaves, "c_calls"),
        (Self::Cp932Blocks, "cp932"),
        (Self::LineageFirst, "lineage"),
        (Self::RecipientsOthers, "recipients"),
        (Self::ReportWords, "report"),
        (Self::LedgerSeal, "ledger"),
        (Self::ArchiveNames, "archive"),
        (Self::TableDictionaries, "table"),
    ];

    /// Whether this fault is planted in this thread.
    pub(crate) fn is_planted(self) -> bool {
        PLANTED.get() == Some(self)
    }
}

thread_local! {
    static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Plants a fault in this thread, or none.
pub fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}
