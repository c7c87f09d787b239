//! Numbers, strict and lenient under libFuzzer: `cargo +nightly fuzz run number`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::number::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo +nightly fuzz run number");
    std::process::exit(2);
}
