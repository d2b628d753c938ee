//! Cases: what each needs of a language, and how it runs.

use std::collections::BTreeSet;
use std::thread;

use hyperparameter::{ParamScope, frozen};
use serde::Deserialize;
use toml::{Table, Value};

use crate::flow::Flow;
use crate::read::TypeNeeds;
use crate::step::Step;
use crate::value::tagged;

/// The needs that Rust meets.
const MET_NEEDS: [&str; 7] = ["bigint", "none", "pairs", "set", "tasks", "tuple", "types"];

/// The needs that Rust does not meet, and why.
pub(crate) const UNMET_NEEDS: [(&str, &str); 4] = [
    ("dynamic", "a value has the type of the default"),
    ("functions", "a function reads its parameters itself"),
    ("reference", "a key is not a value"),
    ("untyped", "the compiler refuses a value of the wrong type"),
];

/// A named list of steps.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    needs: BTreeSet<String>,
    steps: Vec<Table>,
}

impl Case {
    /// Parse the cases of a file.
    pub(crate) fn all(text: &str) -> Result<Vec<Self>, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            case: Vec<Case>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        Ok(file.case)
    }

    /// Return a need of the case that Rust does not meet, and why.
    pub(crate) fn unmet_need(&self) -> Option<(&'static str, &'static str)> {
        UNMET_NEEDS
            .into_iter()
            .find(|(need, _)| self.needs.contains(*need))
    }

    /// Refuse an unknown need, and a tag that is not among the needs.
    pub(crate) fn check_needs(&self) -> Result<(), String> {
        let is_known = |need: &str| {
            MET_NEEDS.contains(&need) || UNMET_NEEDS.iter().any(|(unmet, _)| *unmet == need)
        };
        if let Some(need) = self.needs.iter().find(|need| !is_known(need)) {
            return Err(format!("{:?} has an unknown need: {need}", self.name));
        }
        let mut tags = BTreeSet::new();
        for step in &self.steps {
            step.values().for_each(|data| add_tags(data, &mut tags));
        }
        match tags.into_iter().find(|tag| !self.needs.contains(*tag)) {
            Some(tag) => Err(format!("{:?} does not list its need: {tag}", self.name)),
            None => Ok(()),
        }
    }

    /// Run the steps from an empty baseline, in a new thread.
    pub(crate) fn run(&self) -> Result<(), String> {
        self.check_needs()?;
        let steps = Step::all(&self.steps)?;
        if steps.is_empty() {
            return Err("the case has no steps".to_owned());
        }
        let types = TypeNeeds {
            optional: self.needs.contains("none"),
            wide: self.needs.contains("bigint"),
        };
        let run = || {
            let entered = ParamScope::empty().enter();
            frozen();
            drop(entered);
            Flow::new(types).run(&steps)
        };
        thread::scope(|threads| threads.spawn(run).join())
            .unwrap_or_else(|_| Err("the case panicked".to_owned()))
    }
}

/// Add the tags that a value of the file uses.
fn add_tags<'a>(data: &'a Value, tags: &mut BTreeSet<&'a str>) {
    tags.extend(tagged(data).map(|(tag, _)| tag));
    match data {
        Value::Array(items) => items.iter().for_each(|item| add_tags(item, tags)),
        Value::Table(table) => table.values().for_each(|item| add_tags(item, tags)),
        _ => {}
    }
}
