//! Conversion into durations.

use std::time::Duration;

use super::{FromValue, Misfit};
use crate::value::Value;

const NANOSECONDS_PER_SECOND: u128 = 1_000_000_000;

/// A number is a number of seconds. A text is numbers with units, such as `30s`, `1h 30m` or `250ms`.
impl FromValue for Duration {
    fn wanted() -> String {
        "duration".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        if let Some(duration) = value.downcast_ref() {
            return Ok(*duration);
        }
        let misfit = |detail: &str| Misfit::new(Self::wanted()).because(detail);
        if let Ok(seconds) = f64::from_value(value) {
            return Self::try_from_secs_f64(seconds)
                .map_err(|_| misfit("it is negative or too large"));
        }
        (value.as_text())
            .and_then(parse_duration)
            .ok_or_else(|| misfit("write numbers with units, such as 30s, 1h 30m or 250ms"))
    }

    const READS_PARTS: bool = false;
}

/// Parse numbers with units, which add up.
fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (number, after) = split_while(rest, |character| {
            character.is_ascii_digit() || character == '.'
        });
        let (unit, after) = split_while(after.trim_start(), char::is_alphabetic);
        total = total.checked_add(nanoseconds(number, unit)?)?;
        rest = after.trim_start();
    }
    let seconds = u64::try_from(total / NANOSECONDS_PER_SECOND).ok()?;
    let nanoseconds = u32::try_from(total % NANOSECONDS_PER_SECOND).ok()?;
    (!text.trim().is_empty()).then(|| Duration::new(seconds, nanoseconds))
}

fn split_while(text: &str, accepts: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(
        text.find(|character| !accepts(character))
            .unwrap_or(text.len()),
    )
}

/// Return a number of units as nanoseconds.
fn nanoseconds(number: &str, unit: &str) -> Option<u128> {
    let unit: u128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" | "sec" => NANOSECONDS_PER_SECOND,
        "m" | "min" => 60 * NANOSECONDS_PER_SECOND,
        "h" => 3_600 * NANOSECONDS_PER_SECOND,
        "d" => 86_400 * NANOSECONDS_PER_SECOND,
        "w" => 604_800 * NANOSECONDS_PER_SECOND,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<u64>() {
        return u128::from(whole).checked_mul(unit);
    }
    let fraction: f64 = number.parse().ok()?;
    Some((fraction * unit as f64).round() as u128)
}
