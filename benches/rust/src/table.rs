//! The table: what criterion found in each round, in one line for each comparison.

use std::fs;
use std::path::Path;

/// What criterion calls this crate's side of a comparison.
pub const OURS: &str = "ours";

/// What was measured beside what, and what is wanted of it.
pub struct Row {
    /// The operation: a group of criterion's, in which `OURS` is measured beside the peer.
    pub operation: String,
    /// What it is measured beside; empty for nothing.
    pub peer: &'static str,
    /// What is wanted.
    pub goal: Goal,
}

/// What is wanted of a comparison. Nothing fails on a missed goal: it is marked, for a person to judge.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Nothing.
    None,
    /// Ours takes at most so many times as long.
    Ratio(f64),
    /// Ours is at least so many times faster.
    Faster(f64),
    /// Ours takes at most so many ns.
    Nanoseconds(f64),
}

impl Goal {
    fn shown(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Ratio(most) => format!("<= {most}"),
            Self::Faster(times) => format!("{times} x faster"),
            Self::Nanoseconds(most) => format!("<= {most} ns"),
        }
    }

    fn met(self, ours: f64, ratio: Option<f64>) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Ratio(most) => Some(ratio? <= most),
            Self::Faster(times) => Some(ratio? * times <= 1.0),
            Self::Nanoseconds(most) => Some(ours <= most),
        }
    }
}

/// Print what the rounds have found, each saved by criterion in a directory of its own.
///
/// A ratio is the median of the rounds' ratios: in a round the two are measured one right after the other, so
/// whatever else the machine does, it does to both.
pub fn print_table(rows: &[Row], rounds: &[impl AsRef<Path>]) {
    let titles = ["operation", "ours", "beside", "takes", "ratio", "goal", ""];
    let mut lines = vec![titles.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| cells(row, rounds)));
    for number in (1..lines.len()).rev() {
        if lines[number][0] == lines[number - 1][0] {
            lines[number][..2].fill(String::new()); // one operation, with several peers
        }
    }
    let widths: Vec<usize> = (0..titles.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    for (number, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (text, width))| match column {
                1 | 3 | 4 => format!("{text:>width$}"),
                _ => format!("{text:<width$}"),
            })
            .collect();
        println!("{}", padded.join("  ").trim_end());
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            println!("{}", rule.join("  "));
        }
    }
}

fn cells(row: &Row, rounds: &[impl AsRef<Path>]) -> [String; 7] {
    let times = |of| -> Vec<f64> {
        let found = rounds
            .iter()
            .map(|round| time(round.as_ref(), &row.operation, of));
        found.collect()
    };
    let (ours, peers) = (times(OURS), times(row.peer));
    let ratios = ours.iter().zip(&peers).map(|(ours, peer)| ours / peer);
    let (our, peer, ratio) = (
        median(ours.clone()),
        median(peers.clone()),
        median(ratios.collect()),
    );
    let beside = !row.peer.is_empty();
    let met = row.goal.met(our, beside.then_some(ratio));
    let shown = |text: String| if beside { text } else { "-".to_owned() };
    [
        row.operation.clone(),
        shown_time(our),
        shown(row.peer.to_owned()),
        shown(shown_time(peer)),
        shown(shown_ratio(ratio)),
        row.goal.shown(),
        met.map_or("", |met| if met { "met" } else { "MISSED" })
            .to_owned(),
    ]
}

/// Return the median of a measurement in ns, as criterion has estimated it; NaN where there is none.
fn time(round: &Path, group: &str, name: &str) -> f64 {
    if name.is_empty() {
        return f64::NAN;
    }
    let path = round.join(group).join(name).join("new/estimates.json");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let estimates: serde_json::Value = serde_json::from_str(&text).expect("criterion writes JSON");
    estimates["median"]["point_estimate"]
        .as_f64()
        .expect("a median")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn shown_time(ns: f64) -> String {
    match ns {
        100_000.0.. => format!("{:.1} us", ns / 1e3),
        100.0.. => format!("{ns:.0} ns"),
        _ => format!("{ns:.2} ns"),
    }
}

fn shown_ratio(ratio: f64) -> String {
    if ratio < 0.1 {
        format!("{ratio:.4}")
    } else {
        format!("{ratio:.2}")
    }
}
