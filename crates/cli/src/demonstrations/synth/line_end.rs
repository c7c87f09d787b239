//! The line ends of a roster.

use clap::ValueEnum;

/// The line end of the roster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineEnd {
    /// LF.
    #[default]
    Lf,
    /// CR and LF.
    Crlf,
}

impl LineEnd {
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::Crlf => b"\r\n",
        }
    }
}
