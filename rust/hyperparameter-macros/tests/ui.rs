//! Every mistake that a user can make with the macros, and what is said of it.

use std::env;
use std::process::Command;

/// The compiler that its texts were recorded with; another one words them differently.
const RECORDED_WITH: &str = "rustc 1.95.";

/// An error of ours points at the token that is wrong, and says what was expected.
#[test]
fn mistakes_are_told_at_their_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/ours/*.rs");
}

/// What the compiler says of plain Rust, types and threads points into the user's code, and is understood.
#[test]
fn the_compiler_tells_its_own_part() {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    if version.starts_with(RECORDED_WITH) || env::var_os("TRYBUILD").is_some() {
        trybuild::TestCases::new().compile_fail("tests/ui/compiler/*.rs");
    } else {
        println!("not compared: recorded with {RECORDED_WITH}x, this is {version}");
    }
}
