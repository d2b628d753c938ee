//! The names that are most similar to a mistyped name.
//!
//! The result is that of Python's `difflib.get_close_matches`, so that a message has the same text in every
//! language. The measure is that of Ratcliff and Obershelp (Dr. Dobb's Journal, July 1988): find the longest
//! run of characters that both names have, do the same to the left and to the right of it, and divide the
//! number of matching characters by the number of all characters.

use std::collections::HashMap;

use crate::key::split_last;
use crate::quote::quoted;

/// The largest number of names that is returned.
const MAX_RESULTS: usize = 3;

/// The lowest similarity of a name that is returned, from 0 to 1.
const CUTOFF: f64 = 0.6;

/// How many names are compared. If there are more, only names with the same parent or last segment are compared.
const MAX_COMPARED: usize = 5000;

/// Return the names most similar to `name`, best first. `names` have to be sorted.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let compares_all = names.len() <= MAX_COMPARED;
    let (parent, last_segment) = split_last(name);
    let (prefix, suffix) = (format!("{parent}."), format!(".{last_segment}"));
    let is_compared =
        |other: &&str| compares_all || other.starts_with(&prefix) || other.ends_with(&suffix);
    let target = Target::new(name);
    let mut similar: Vec<(f64, &str)> = names
        .into_iter()
        .filter(is_compared)
        .take(MAX_COMPARED)
        .filter_map(|other| {
            let similarity = target.similarity(other)?;
            (similarity >= CUTOFF).then_some((similarity, other))
        })
        .collect();
    // Of two names with the same similarity, difflib returns the one that sorts last.
    similar.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| right.1.cmp(left.1)));
    similar
        .into_iter()
        .take(MAX_RESULTS)
        .map(|(_, other)| other.to_owned())
        .collect()
}

/// Return the end of a message, such as `; did you mean 'a', 'b' or 'c'?`. Return an empty text if there are no names.
pub(crate) fn did_you_mean(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((name, [])) => format!("; did you mean {name}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

/// The mistyped name that the others are compared with.
struct Target {
    /// The number of characters.
    length: usize,
    /// The positions of each character, in order.
    positions: HashMap<char, Vec<usize>>,
}

/// A run of characters that both names have.
#[derive(Clone, Copy)]
struct Run {
    /// Where it starts in the other name.
    start: usize,
    /// Where it starts in the target.
    target_start: usize,
    length: usize,
}

impl Target {
    fn new(name: &str) -> Self {
        let mut positions: HashMap<char, Vec<usize>> = HashMap::new();
        let mut length = 0;
        for (position, character) in name.chars().enumerate() {
            positions.entry(character).or_default().push(position);
            length = position + 1;
        }
        Self { length, positions }
    }

    /// Return the similarity of another name, from 0 to 1, or `None` if its length alone keeps it below the cutoff.
    fn similarity(&self, other: &str) -> Option<f64> {
        let other: Vec<char> = other.chars().collect();
        let total = self.length + other.len();
        let ratio = |matching: usize| {
            if total == 0 {
                1.0
            } else {
                2.0 * matching as f64 / total as f64
            }
        };
        if ratio(self.length.min(other.len())) < CUTOFF {
            return None;
        }
        let mut matching = 0;
        let mut to_compare = vec![(0, other.len(), 0, self.length)];
        while let Some((from, to, target_from, target_to)) = to_compare.pop() {
            let run = self.longest_run(&other, (from, to), (target_from, target_to));
            if run.length > 0 {
                matching += run.length;
                to_compare.push((from, run.start, target_from, run.target_start));
                let (end, target_end) = (run.start + run.length, run.target_start + run.length);
                to_compare.push((end, to, target_end, target_to));
            }
        }
        Some(ratio(matching))
    }

    /// Return the first of the longest runs within these ranges of the other name and of the target.
    fn longest_run(
        &self,
        other: &[char],
        (from, to): (usize, usize),
        (target_from, target_to): (usize, usize),
    ) -> Run {
        let mut longest = Run {
            start: from,
            target_start: target_from,
            length: 0,
        };
        // For each position of the target, the length of the run that ends there and at the previous
        // character of the other name.
        let mut run_lengths: HashMap<usize, usize> = HashMap::new();
        for (position, character) in other.iter().enumerate().take(to).skip(from) {
            let mut next_lengths = HashMap::new();
            let target_positions = self.positions.get(character).into_iter().flatten();
            for &target_position in target_positions
                .skip_while(|target_position| **target_position < target_from)
                .take_while(|target_position| **target_position < target_to)
            {
                let before = target_position.checked_sub(1);
                let length = 1 + before
                    .and_then(|before| run_lengths.get(&before))
                    .copied()
                    .unwrap_or(0);
                next_lengths.insert(target_position, length);
                if length > longest.length {
                    longest = Run {
                        start: position + 1 - length,
                        target_start: target_position + 1 - length,
                        length,
                    };
                }
            }
            run_lengths = next_lengths;
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    /// The expected names are those of Python 3.11's difflib.
    #[test]
    fn finds_the_same_names_as_difflib() {
        for (name, names, expected) in [
            ("train.lrr", &["seed", "train.lr"][..], &["train.lr"][..]),
            ("a.b.c", &["a.b", "x"], &["a.b"]),
            (
                "model.dropuot",
                &["model.dropout", "model.drop"],
                &["model.dropout", "model.drop"],
            ),
            (
                "abcd",
                &["abce", "abcf", "abcg", "abch"],
                &["abch", "abcg", "abcf"],
            ),
            ("a", &["b"], &[]),
        ] {
            assert_eq!(nearest(name, names.iter().copied()), expected, "{name}");
        }
    }
}
