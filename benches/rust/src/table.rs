//! The table: one line for each comparison, from the times of all rounds.

use std::fs;
use std::path::Path;

/// The name of this crate in a comparison.
pub const OURS: &str = "ours";

/// One comparison and its goal.
pub struct Row {
    /// The name of the operation, which is a group of criterion with `OURS` and the peer.
    pub operation: String,
    /// The name of the peer. Empty if there is none.
    pub peer: &'static str,
    /// The goal.
    pub goal: Goal,
}

/// The goal of a comparison. A missed goal is marked, but nothing fails.
#[derive(Clone, Copy)]
pub enum Goal {
    /// There is no goal.
    None,
    /// Ours takes at most this many times as long.
    Ratio(f64),
    /// Ours is at least this many times faster.
    Faster(f64),
    /// Ours takes at most this many nanoseconds.
    Nanoseconds(f64),
}

impl Goal {
    fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Ratio(most) => format!("<= {most}"),
            Self::Faster(times) => format!("{times} x faster"),
            Self::Nanoseconds(most) => format!("<= {most} ns"),
        }
    }

    fn is_met(self, ours: f64, ratio: Option<f64>) -> Option<bool> {
        match self {
            Self::None => None,
            Self::Ratio(most) => Some(ratio? <= most),
            Self::Faster(times) => Some(ratio? * times <= 1.0),
            Self::Nanoseconds(most) => Some(ours <= most),
        }
    }
}

/// Print the table. Criterion has saved each round in a directory of its own.
///
/// A ratio is the median of the ratios of all rounds. Within a round the two statements are measured right after each
/// other, so other work on the machine slows down both.
pub fn print_table(rows: &[Row], rounds: &[impl AsRef<Path>]) {
    let titles = ["operation", "ours", "beside", "takes", "ratio", "goal", ""];
    let mut lines = vec![titles.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| cells(row, rounds)));
    for number in (1..lines.len()).rev() {
        if lines[number][0] == lines[number - 1][0] {
            // An operation with several peers is named once.
            lines[number][..2].fill(String::new());
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
    let times = |name| -> Vec<f64> {
        rounds
            .iter()
            .map(|round| time(round.as_ref(), &row.operation, name))
            .collect()
    };
    let (ours, peers) = (times(OURS), times(row.peer));
    let ratios = ours.iter().zip(&peers).map(|(ours, peer)| ours / peer);
    let (our, peer, ratio) = (
        median(ours.clone()),
        median(peers.clone()),
        median(ratios.collect()),
    );
    let has_peer = !row.peer.is_empty();
    let is_met = row.goal.is_met(our, has_peer.then_some(ratio));
    let or_dash = |text: String| if has_peer { text } else { "-".to_owned() };
    [
        row.operation.clone(),
        time_text(our),
        or_dash(row.peer.to_owned()),
        or_dash(time_text(peer)),
        or_dash(ratio_text(ratio)),
        row.goal.text(),
        is_met
            .map_or("", |is_met| if is_met { "met" } else { "MISSED" })
            .to_owned(),
    ]
}

/// Return criterion's estimate of the median time in ns. Return NaN if there is no peer.
fn time(round: &Path, group: &str, name: &str) -> f64 {
    if name.is_empty() {
        return f64::NAN;
    }
    let path = round.join(group).join(name).join("new/estimates.json");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let estimates: serde_json::Value = serde_json::from_str(&text).expect("criterion writes JSON");
    estimates["median"]["point_estimate"]
        .as_f64()
        .expect("a median")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn time_text(ns: f64) -> String {
    match ns {
        100_000.0.. => format!("{:.1} us", ns / 1e3),
        100.0.. => format!("{ns:.0} ns"),
        _ => format!("{ns:.2} ns"),
    }
}

fn ratio_text(ratio: f64) -> String {
    if ratio < 0.1 {
        format!("{ratio:.4}")
    } else {
        format!("{ratio:.2}")
    }
}
