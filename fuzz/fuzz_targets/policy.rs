//! Policies of deliveries under libFuzzer: `cargo fuzz run -s none policy`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fugo_fuzz::policy::check(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("built without libFuzzer; run: cargo fuzz run -s none policy");
    std::process::exit(2);
}
