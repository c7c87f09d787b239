//! Parquet and Arrow under libFuzzer: `cargo fuzz run -s none table`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::table::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none table");
    std::process::exit(2);
}
