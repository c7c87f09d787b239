//! The rows of a batch that were refused: their statuses, their number, and the status of the call.

use crate::{
    failure::{Failure, OfArgument},
    pointers::{Out, Places},
    status::FugoStatus,
};

/// Refused rows, counted, and written where the caller wants them.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    statuses: Option<Places<'a, FugoStatus>>,
    refused: Option<Places<'a, usize>>,
    first: usize,
    many: usize,
}

impl<'a> Rows<'a> {
    /// Until [`Self::end`], the outputs are those of a call that fails: no row has the status OK.
    pub(crate) fn new(
        statuses: &'a Out<FugoStatus>,
        place_of_statuses: usize,
        refused: &'a Out<usize>,
        place_of_refused: usize,
        count: usize,
    ) -> Result<Self, Failure> {
        let statuses = statuses.places(count, FugoStatus::Other).arg(place_of_statuses)?;
        let refused = refused.places(1, 0).arg(place_of_refused)?;
        Ok(Self { statuses, refused, first: 0, many: 0 })
    }

    /// Every row is OK until it is refused.
    pub(crate) fn begin(&mut self) {
        if let Some(statuses) = &mut self.statuses {
            statuses.fill(FugoStatus::Ok);
        }
    }

    /// Rows are refused in order.
    pub(crate) fn refuse(&mut self, row: usize, status: FugoStatus) {
        if self.many == 0 {
            self.first = row;
        }
        self.many += 1;
        if let Some(statuses) = &mut self.statuses {
            statuses.put(row, status);
        }
    }

    /// The call has done its work: the outputs are kept.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let Self { statuses, refused, first, many } = self;
        if let Some(mut statuses) = statuses {
            statuses.keep();
        }
        if let Some(refused) = refused {
            refused.set(many);
        }
        if many > 0 { Err(Failure::from(FugoStatus::RowsRefused).row(first).found(many as u64)) } else { Ok(()) }
    }
}
