//! Every mistake that a user can make with the macros, and what the compiler says of it.

use std::env;
use std::process::Command;

/// The compiler that the texts were recorded with; another one words its own part of them differently.
const RECORDED_WITH: &str = "rustc 1.95.";

/// An error points at the token that is wrong, and says what was expected.
#[test]
fn mistakes_are_told_at_their_token() {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    if !version.starts_with(RECORDED_WITH) && env::var_os("TRYBUILD").is_none() {
        println!("skipped: recorded with {RECORDED_WITH}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
