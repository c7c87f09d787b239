//! The name that programs are linked against: while the major version is 0, the minor is part of it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_FAMILY", "unix") && !is("CARGO_CFG_TARGET_VENDOR", "apple") {
        let part = |name: &str| std::env::var(name).expect("cargo sets it");
        let (major, minor) = (part("CARGO_PKG_VERSION_MAJOR"), part("CARGO_PKG_VERSION_MINOR"));
        let soname = if major == "0" { format!("libfugo.so.0.{minor}") } else { format!("libfugo.so.{major}") };
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,{soname}");
    }
}
