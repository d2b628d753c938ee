//! The examples as real programs: what they print, and how they end on good and on wrong input.

mod service;
#[cfg(feature = "help")]
mod train;

use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// Return the program of an example, which stands beside the directory of this test's own.
fn example(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{} is not built: `cargo build --examples`",
        program.display()
    );
    Command::new(program)
}

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Run a program that is to end well and silently, and return what it prints.
fn good(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    let complaints = complained(&output);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(complaints, "");
    printed(&output)
}

/// Run a program that is to end with exit code 2, and return what it says.
fn refused(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    let complaints = complained(&output);
    assert!(!complaints.contains("panicked"), "{complaints}");
    complaints
}

/// An override holds for its block, and the default is back after it.
#[test]
fn quick_start_prints_defaults_overrides_and_defaults_again() {
    assert_eq!(
        good("quick_start", &[]),
        "lr=0.001, batch_size=32\nlr=0.0005, batch_size=64\nlr=0.001, batch_size=32\n"
    );
}

/// Each worker sees its own number, in order, whatever the others do.
#[test]
fn frozen_prints_five_lines_of_each_of_four_workers() {
    let printed = good("frozen", &[]);
    for worker in 0..4 {
        let prefix = format!("Worker {worker} ");
        let lines: Vec<&str> = printed
            .lines()
            .filter_map(|line| line.strip_prefix(&prefix))
            .collect();
        assert_eq!(lines, ["iter 0", "iter 1", "iter 2", "iter 3", "iter 4"]);
    }
    assert_eq!(printed.lines().count(), 20);
}
