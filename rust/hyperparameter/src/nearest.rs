//! The names most like a mistyped one: just those that Python's `difflib.get_close_matches` finds, so that
//! a message has the same text in every language. (Ratcliff and Obershelp's measure: Dr. Dobb's, July 1988.)

use std::collections::HashMap;

const MOST: usize = 3;
const CUTOFF: f64 = 0.6;
const MOST_COMPARED: usize = 5000; // keys that are all compared with a mistyped one

/// Return the names most like `name`, best first; `names` are in order.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let many = names.len() > MOST_COMPARED;
    let (parent, last) = name.rsplit_once('.').unwrap_or(("", name));
    let (sibling, cousin) = (format!("{parent}."), format!(".{last}"));
    let alike = |other: &&str| !many || other.starts_with(&sibling) || other.ends_with(&cousin);
    let wanted = Wanted::new(name);
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .filter(alike)
        .take(MOST_COMPARED)
        .filter_map(|other| Some((wanted.ratio(other).filter(|ratio| *ratio >= CUTOFF)?, other)))
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| other.1.cmp(one.1)));
    scored
        .into_iter()
        .take(MOST)
        .map(|(_, other)| other.to_owned())
        .collect()
}

/// The name that others are compared with.
struct Wanted {
    length: usize,
    places: HashMap<char, Vec<usize>>,
}

impl Wanted {
    fn new(name: &str) -> Self {
        let mut places: HashMap<char, Vec<usize>> = HashMap::new();
        let mut length = 0;
        for (place, character) in name.chars().enumerate() {
            places.entry(character).or_default().push(place);
            length = place + 1;
        }
        Self { length, places }
    }

    /// Return twice the number of characters that match, out of all; `None` where it cannot reach the cutoff.
    fn ratio(&self, other: &str) -> Option<f64> {
        let other: Vec<char> = other.chars().collect();
        let all = self.length + other.len();
        let share = |matching: usize| {
            if all == 0 {
                1.0
            } else {
                2.0 * matching as f64 / all as f64
            }
        };
        if share(self.length.min(other.len())) < CUTOFF {
            return None;
        }
        let mut matching = 0;
        let mut open = vec![(0, other.len(), 0, self.length)];
        while let Some((from, to, wanted_from, wanted_to)) = open.pop() {
            let (at, wanted_at, size) = self.longest(&other, from, to, wanted_from, wanted_to);
            if size > 0 {
                matching += size;
                open.push((from, at, wanted_from, wanted_at));
                open.push((at + size, to, wanted_at + size, wanted_to));
            }
        }
        Some(share(matching))
    }

    /// Return the first of the longest runs that both have between these bounds.
    fn longest(
        &self,
        other: &[char],
        from: usize,
        to: usize,
        wanted_from: usize,
        wanted_to: usize,
    ) -> (usize, usize, usize) {
        let mut best = (from, wanted_from, 0);
        let mut ending: HashMap<usize, usize> = HashMap::new(); // at a place: the length of the run that ends there
        for (at, character) in other.iter().enumerate().take(to).skip(from) {
            let mut next = HashMap::new();
            for &place in self.places.get(character).into_iter().flatten() {
                if place < wanted_from {
                    continue;
                }
                if place >= wanted_to {
                    break;
                }
                let size = 1 + place
                    .checked_sub(1)
                    .and_then(|before| ending.get(&before))
                    .copied()
                    .unwrap_or(0);
                next.insert(place, size);
                if size > best.2 {
                    best = (at + 1 - size, place + 1 - size, size);
                }
            }
            ending = next;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    /// Values that Python 3.11's difflib gives.
    #[test]
    fn finds_what_difflib_finds() {
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
