//! The kernel under libFuzzer: `cargo fuzz run -s none kernel`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::kernel::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none kernel");
    std::process::exit(2);
}
