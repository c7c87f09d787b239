//! Shares of a root key under libFuzzer: `cargo fuzz run -s none share`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::share::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none share");
    std::process::exit(2);
}
