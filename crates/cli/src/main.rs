//! The program `fugo`: the library's entry function, with a heap that is wiped as it is freed.
#![forbid(unsafe_code)]

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Overwrites every block of memory with zeros as it is freed, whoever had it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    fugo_cli::main()
}
