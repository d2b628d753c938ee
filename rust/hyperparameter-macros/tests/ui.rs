//! Programs with a mistake in a macro, and the compile error that each one has to cause.

use std::env;
use std::process::Command;

/// The version of Rust that the texts in `ui/compiler` come from. Other versions have other texts.
const COMPILER: &str = "rustc 1.95.";

/// An error of the macros points at the wrong token, and says what was expected.
#[test]
fn errors_of_the_macros_point_at_the_wrong_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/macros/*.rs");
}

/// An error of the compiler, about plain Rust, types or threads, points into the user's code.
#[test]
fn errors_of_the_compiler_point_into_the_users_code() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    if version.starts_with(COMPILER) || env::var_os("TRYBUILD").is_some() {
        trybuild::TestCases::new().compile_fail("tests/ui/compiler/*.rs");
    } else {
        println!("not compared: the texts are those of {COMPILER}x, this is {version}");
    }
}
