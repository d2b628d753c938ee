//! Measuring: what is compared is measured one right after the other, in several rounds.
//!
//! Each round is a process of its own, since luck of addresses lasts as long as a process. Criterion keeps a
//! round's figures in `target/criterion/round-*`.

use std::fmt::Debug;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::{env, fs, thread};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

use crate::table::{Goal, Row, print_table};

pub type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Goes through the operations: to measure them, or to tell what is compared.
pub struct Bench {
    criterion: Option<Criterion>,
    rows: Vec<Row>,
}

impl Bench {
    fn of(criterion: Option<Criterion>, operations: &[fn(&mut Self)]) -> Self {
        let rows = Vec::new();
        let mut bench = Self { criterion, rows };
        for operation in operations {
            operation(&mut bench);
        }
        bench
    }

    /// Compare an operation with its peers; `measure` times it and them, by these names.
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

/// Time a statement, once it is seen to give what it has to.
pub fn time<T: PartialEq + Debug>(
    group: &mut Group<'_>,
    name: &str,
    gives: T,
    mut statement: impl FnMut() -> T,
) {
    assert_eq!(statement(), gives, "{name}");
    group.bench_function(name, |bencher| bencher.iter(&mut statement));
}

/// Measure the operations in fresh processes and print the table.
pub fn run(operations: &[fn(&mut Bench)]) {
    let given = |wanted: &str| env::args().any(|argument| argument == wanted);
    let quick = given("--quick");
    let (rounds, warm_up, measured) = if quick { (2, 30, 60) } else { (9, 50, 100) };
    if given("--round") {
        let criterion = Criterion::default()
            .without_plots()
            .sample_size(100) // of a ms or less: most are not interrupted
            .nresamples(1001)
            .warm_up_time(Duration::from_millis(warm_up))
            .measurement_time(Duration::from_millis(measured));
        Bench::of(Some(criterion), operations);
        return;
    }
    println!("{}", machine());
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/criterion");
    let rounds: Vec<PathBuf> = (1..=rounds)
        .map(|number| directory.join(format!("round-{number}")))
        .collect();
    for (number, round) in rounds.iter().enumerate() {
        eprint!("round {} of {} …\r", number + 1, rounds.len());
        let mut command = Command::new(env::current_exe().expect("this program"));
        command
            .arg("--round")
            .args(quick.then_some("--quick"))
            .env("CRITERION_HOME", round);
        let ended = command.output().expect("a round runs");
        let told = String::from_utf8_lossy(&ended.stderr); // criterion's progress, and why it failed
        assert!(ended.status.success(), "{told}");
    }
    eprint!("{:16}\r", "");
    print_table(&Bench::of(None, operations).rows, &rounds);
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
