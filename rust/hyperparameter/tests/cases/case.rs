//! Cases: what they need, and how they are run.

use std::collections::BTreeSet;
use std::thread;

use hyperparameter::{ParamScope, frozen};
use serde::Deserialize;
use toml::{Table, Value};

use crate::flow::Flow;
use crate::read::Terms;
use crate::step::Step;
use crate::value::tagged;

/// What Rust has of what a case can need.
const MET: [&str; 7] = ["bigint", "none", "pairs", "set", "tasks", "tuple", "types"];

/// What Rust lacks, and why.
pub(crate) const UNMET: [(&str, &str); 4] = [
    ("dynamic", "what is read has the type of the default"),
    ("functions", "a function reads its parameters itself"),
    ("reference", "a key is no value"),
    ("untyped", "the compiler refuses such a value"),
];

/// Steps that have a name.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    needs: BTreeSet<String>,
    steps: Vec<Table>,
}

impl Case {
    /// Return the cases that a file holds.
    pub(crate) fn all(text: &str) -> Result<Vec<Self>, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            case: Vec<Case>,
        }
        let file: File = toml::from_str(text).map_err(|fault| fault.to_string())?;
        Ok(file.case)
    }

    /// Return a need that cannot be met, and why.
    pub(crate) fn unmet(&self) -> Option<(&'static str, &'static str)> {
        UNMET
            .into_iter()
            .find(|(need, _)| self.needs.contains(*need))
    }

    /// Refuse a need that is not known, and a tag that is not among the needs.
    pub(crate) fn check_needs(&self) -> Result<(), String> {
        let known =
            |need: &str| MET.contains(&need) || UNMET.iter().any(|(unmet, _)| *unmet == need);
        if let Some(need) = self.needs.iter().find(|need| !known(need)) {
            return Err(format!("{:?} needs what is not known: {need}", self.name));
        }
        let mut tags = BTreeSet::new();
        for step in &self.steps {
            step.values().for_each(|data| add_tags(data, &mut tags));
        }
        match tags.into_iter().find(|tag| !self.needs.contains(*tag)) {
            Some(tag) => Err(format!("{:?} does not say that it needs {tag}", self.name)),
            None => Ok(()),
        }
    }

    /// Run the steps, from an empty baseline, in a thread in which nothing is set.
    pub(crate) fn run(&self) -> Result<(), String> {
        self.check_needs()?;
        let steps = Step::all(&self.steps)?;
        if steps.is_empty() {
            return Err("there are no steps".to_owned());
        }
        let terms = Terms {
            optional: self.needs.contains("none"),
            wide: self.needs.contains("bigint"),
        };
        let run = || {
            let nothing = ParamScope::empty().enter();
            frozen();
            drop(nothing);
            Flow::new(terms).run(&steps)
        };
        thread::scope(|threads| threads.spawn(run).join())
            .unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}

/// Add the tags that a part of the file uses.
fn add_tags<'a>(data: &'a Value, tags: &mut BTreeSet<&'a str>) {
    tags.extend(tagged(data).map(|(tag, _)| tag));
    match data {
        Value::Array(items) => items.iter().for_each(|item| add_tags(item, tags)),
        Value::Table(table) => table.values().for_each(|item| add_tags(item, tags)),
        _ => {}
    }
}
