//! The text form under libFuzzer: `cargo fuzz run -s none text`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::text::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none text");
    std::process::exit(2);
}
