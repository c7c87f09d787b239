//! Calls of the C functions under libFuzzer: `cargo fuzz run -s none c_calls`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::c_calls::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none c_calls");
    std::process::exit(2);
}
