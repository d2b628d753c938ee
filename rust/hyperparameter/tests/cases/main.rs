//! Runs `contract/cases.toml`, which is the contract as data. `contract/README.md` describes its format.
//!
//! Each case is a test of its own, with its name. The tests run one after the other, because the process has one
//! baseline.

mod case;
mod flow;
mod operate;
mod operation;
mod read;
mod step;
mod value;

use std::collections::BTreeMap;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use case::{Case, UNMET_NEEDS};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contract/cases.toml");

/// A test of the runner itself.
type Check = fn(&[Case]) -> Result<(), String>;

const CHECKS: [(&str, Check); 4] = [
    ("each case has a name of its own", names_are_unique),
    ("each case lists its needs", needs_are_listed),
    ("at least 220 cases run", enough_cases_run),
    (
        "a mistake in a case is not ignored",
        mistakes_are_not_ignored,
    ),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let text = std::fs::read_to_string(FILE).expect("the repository has the file of cases");
    let cases = Case::all(&text).unwrap_or_else(|error| panic!("{FILE}: {error}"));
    let checks = CHECKS.map(|(name, check)| {
        let cases = cases.clone();
        Trial::test(name, move || Ok(check(&cases)?))
    });
    if !arguments.list {
        eprintln!("{}", skipped_text(&cases));
    }
    let trials = cases.into_iter().map(trial);
    libtest_mimic::run(&arguments, checks.into_iter().chain(trials).collect()).exit_code()
}

/// Return a case as a test.
fn trial(case: Case) -> Trial {
    Trial::ignorable_test(case.name.clone(), move || match case.unmet_need() {
        Some((need, why)) => Ok(Completion::ignored_with(format!("it needs {need}: {why}"))),
        None => {
            case.run().map_err(Failed::from)?;
            Ok(Completion::Completed)
        }
    })
}

/// Return a text that says how many cases are skipped, and why.
fn skipped_text(cases: &[Case]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (need, _) in cases.iter().filter_map(Case::unmet_need) {
        *counts.entry(need).or_default() += 1;
    }
    let count: usize = counts.values().sum();
    let mut text = format!("{count} of {} cases are skipped:", cases.len());
    for (need, why) in UNMET_NEEDS {
        let count = counts.get(need).copied().unwrap_or_default();
        text += &format!("\n  {count} need {need}: {why}");
    }
    text
}

fn names_are_unique(cases: &[Case]) -> Result<(), String> {
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two cases have the name {:?}", pair[0])),
        None => Ok(()),
    }
}

fn needs_are_listed(cases: &[Case]) -> Result<(), String> {
    cases.iter().try_for_each(Case::check_needs)
}

fn enough_cases_run(cases: &[Case]) -> Result<(), String> {
    match cases
        .iter()
        .filter(|case| case.unmet_need().is_none())
        .count()
    {
        0..220 => Err(skipped_text(cases)),
        _ => Ok(()),
    }
}

/// Cases with a mistake: a mistyped word, a missing outcome, or the wrong outcome.
const MISTAKES: [&str; 25] = [
    "steps = [{raed = 'a', default = 0, value = 0}]",
    "steps = [{read = 'a', defalt = 0, value = 0}]",
    "steps = [{read = 'a', default = 0}]",
    "steps = [{read = 'a', value = 0}]",
    "steps = [{read = 1, default = 0, value = 0}]",
    "steps = [{read = 'a', require = 'a', default = 0, value = 0}]",
    "steps = [{read = 'a', default = 0, value = 0.0}]",
    "steps = [{read = 'a', default = 0.0, value = -0.0}]",
    "steps = [{read = 'a', default = 0, value = 0, text = 'x'}]",
    "steps = [{read = 'a', default = 0, as_type = 'number', value = 0}]",
    "steps = [{read = 'a', default = {bigint = 'x'}, value = 0}]",
    "steps = [{convert = 1, value = 1}]",
    "steps = [{convert = 'x', like = 0, error = 'Param', text = \"'x.v' = 'x' is not a valid int\"}]",
    "steps = [{enter = {a = 1}, value = 1}]",
    "steps = [{enter = 'a', error = 'KeySyntax', text = 'x'}]",
    "steps = [{enter = 'a', error = 'KeySyntax', text = \"'a' is not a valid override: expected key=value{where}\"}]",
    "steps = [{enter = 'a', error = 'Param'}]",
    "steps = [{enter = 'a=1', error = 'KeySyntax'}]",
    "steps = [{enter = 'a', error = 'Oops'}]",
    "steps = [{leave = 'nobody'}]",
    "steps = [{thread = [{view = {a = 1}}]}]",
    "steps = [{block = {a = 1}, steps = [{view = {}}]}]",
    "steps = [{view = {}}]\nneed = ['none']",
    "steps = [{view = {}}]\nneeds = ['magic']",
    "steps = []",
];

fn mistakes_are_not_ignored(_: &[Case]) -> Result<(), String> {
    let passes = |text: &&str| {
        let cases = Case::all(&format!("[[case]]\nname = 'a mistake'\n{text}"));
        cases
            .and_then(|cases| cases.iter().try_for_each(Case::run))
            .is_ok()
    };
    match MISTAKES.iter().copied().find(passes) {
        Some(text) => Err(format!("this passes: {text}")),
        None => Ok(()),
    }
}
