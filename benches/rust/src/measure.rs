//! Measures operations in several rounds. Statements that are compared are measured right after each other.
//!
//! Each round is a process of its own, because the addresses of code and data influence all times of one
//! process. Criterion saves the times of a round in `target/criterion/round-*`.

use std::fmt::Debug;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::{env, fs, thread};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

use crate::table::{Goal, Row, print_table};

pub type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Visits the operations, either to measure them or to list the comparisons.
pub struct Bench {
    /// `None` if the comparisons are only listed.
    criterion: Option<Criterion>,
    rows: Vec<Row>,
}

impl Bench {
    fn visit(criterion: Option<Criterion>, operations: &[fn(&mut Self)]) -> Self {
        let rows = Vec::new();
        let mut bench = Self { criterion, rows };
        for operation in operations {
            operation(&mut bench);
        }
        bench
    }

    /// Compare an operation with its peers. `measure` has to time all of them under these names.
    pub fn operation(
        &mut self,
        name: &str,
        peers: &[(&'static str, Goal)],
        measure: impl FnOnce(&mut Group<'_>),
    ) {
        self.rows.extend(peers.iter().map(|&(peer, goal)| Row {
            operation: name.to_owned(),
            peer,
            goal,
        }));
        if let Some(criterion) = &mut self.criterion {
            let mut group = criterion.benchmark_group(name);
            group.sampling_mode(SamplingMode::Flat);
            measure(&mut group);
        }
    }
}

/// Time a statement, after checking that it returns the expected value.
pub fn time<T: PartialEq + Debug>(
    group: &mut Group<'_>,
    name: &str,
    expected: T,
    mut statement: impl FnMut() -> T,
) {
    assert_eq!(statement(), expected, "{name}");
    group.bench_function(name, |bencher| bencher.iter(&mut statement));
}

/// Measure the operations in fresh processes and print the table.
pub fn run(operations: &[fn(&mut Bench)]) {
    let has_option = |option: &str| env::args().any(|argument| argument == option);
    let is_quick = has_option("--quick");
    let (rounds, warm_up_ms, measured_ms) = if is_quick { (2, 30, 60) } else { (9, 50, 100) };
    if has_option("--round") {
        let criterion = Criterion::default()
            .without_plots()
            // A sample takes a millisecond or less, so most samples are not interrupted.
            .sample_size(100)
            .nresamples(1001)
            .warm_up_time(Duration::from_millis(warm_up_ms))
            .measurement_time(Duration::from_millis(measured_ms));
        Bench::visit(Some(criterion), operations);
        return;
    }
    println!("{}", machine());
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/criterion");
    let rounds: Vec<PathBuf> = (1..=rounds)
        .map(|number| directory.join(format!("round-{number}")))
        .collect();
    for (number, round) in rounds.iter().enumerate() {
        eprint!("round {} of {} …\r", number + 1, rounds.len());
        let mut command = Command::new(env::current_exe().expect("the program knows its path"));
        command
            .arg("--round")
            .args(is_quick.then_some("--quick"))
            .env("CRITERION_HOME", round);
        let output = command.output().expect("a round can be started");
        // Criterion writes its progress and its errors to stderr.
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{messages}");
    }
    eprint!("{:16}\r", "");
    print_table(&Bench::visit(None, operations).rows, &rounds);
}

fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
        .unwrap_or("unknown CPU");
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    format!("Rust crate, {cpu}, {cores} cores, load {load}")
}
