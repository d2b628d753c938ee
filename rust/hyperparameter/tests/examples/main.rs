//! Runs the examples as programs: their output for good input, and their errors for wrong input.

mod service;
#[cfg(feature = "help")]
mod train;

use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// Return a command that runs an example. Cargo puts examples next to the directory of this test.
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

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Run an example that has to succeed without messages, and return its output.
fn run_successfully(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    let messages = stderr(&output);
    assert!(output.status.success(), "{messages}");
    assert_eq!(messages, "");
    stdout(&output)
}

/// Run an example that has to fail with exit code 2, and return its messages.
fn run_to_error(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let messages = stderr(&output);
    assert!(!messages.contains("panicked"), "{messages}");
    messages
}

/// An override lasts for its block. After the block the default is back.
#[test]
fn quick_start_prints_defaults_overrides_and_defaults_again() {
    assert_eq!(
        run_successfully("quick_start", &[]),
        "lr=0.001, batch_size=32\nlr=0.0005, batch_size=64\nlr=0.001, batch_size=32\n"
    );
}

/// Each worker prints its own numbers in order, whatever the other workers do.
#[test]
fn frozen_prints_five_lines_of_each_of_four_workers() {
    let output = run_successfully("frozen", &[]);
    for worker in 0..4 {
        let prefix = format!("Worker {worker} ");
        let lines: Vec<&str> = output
            .lines()
            .filter_map(|line| line.strip_prefix(&prefix))
            .collect();
        assert_eq!(lines, ["iter 0", "iter 1", "iter 2", "iter 3", "iter 4"]);
    }
    assert_eq!(output.lines().count(), 20);
}
