//! Flows: steps that run one after the other, in one thread or task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hyperparameter::{
    Bound, ParamError, ParamErrorKind, ParamScope, ScopeGuard, Snapshot, Value, snapshot,
};

use crate::operate;
use crate::read::TypeNeeds;
use crate::step::{Outcome, Step};
use crate::value::{same, value_of};

/// Why a step fails.
pub(crate) enum Failure {
    /// The library returned an error, which may be the expected outcome.
    Library(ParamError),
    /// The case is wrong, or the library does not behave as the case says.
    Case(String),
}

impl From<ParamError> for Failure {
    fn from(error: ParamError) -> Self {
        Self::Library(error)
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Case(message)
    }
}

/// The scopes, snapshots and bound steps of a case, by name. All flows of the case share them.
pub(crate) type Names = Arc<Mutex<HashMap<String, Named>>>;

#[derive(Clone)]
pub(crate) enum Named {
    Scope(ParamScope),
    Snapshot(Snapshot),
    Steps(Arc<Bound<BoundSteps>>),
}

pub(crate) type BoundSteps = Box<dyn Fn(Names) -> Result<(), String> + Send + Sync>;

/// An entered scope. It has no guard if a block or another flow entered it.
pub(crate) struct Entered {
    pub(crate) scope: ParamScope,
    pub(crate) guard: Option<ScopeGuard>,
}

/// The state of one thread or task.
pub(crate) struct Flow {
    pub(crate) names: Names,
    pub(crate) types: TypeNeeds,
    pub(crate) entered: Vec<Entered>,
}

impl Flow {
    pub(crate) fn new(types: TypeNeeds) -> Self {
        Self::with(Names::default(), types)
    }

    pub(crate) fn with(names: Names, types: TypeNeeds) -> Self {
        Self {
            names,
            types,
            entered: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, steps: &[Step]) -> Result<(), String> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        let (scope, view) = (ParamScope::current(), flat(&snapshot()));
        let result = match (self.operate(&step.operation), &step.outcome) {
            (Err(Failure::Case(message)), _) => Err(message),
            (Err(Failure::Library(error)), Outcome::Error { kind, text }) => {
                check_error(&error, *kind, text.as_deref()).and_then(|()| {
                    check(ParamScope::current() == scope, || {
                        "another scope is current".to_owned()
                    })?;
                    check(same(&flat(&snapshot()), &view), || {
                        format!("the view is {:?}", snapshot())
                    })
                })
            }
            (Err(Failure::Library(error)), _) => Err(format!("it fails: {error}")),
            (Ok(_), Outcome::Error { .. }) => Err("it does not fail".to_owned()),
            (Ok(None), Outcome::Nothing) => Ok(()),
            (Ok(None), Outcome::Value(_)) => Err("it returns no value".to_owned()),
            (Ok(Some(value)), Outcome::Nothing) => Err(format!("it returns a value: {value}")),
            (Ok(Some(value)), Outcome::Value(data)) => value_of(data).and_then(|expected| {
                check(same(&value, &expected), || format!("it returns {value}"))
            }),
        };
        result.map_err(|message| format!("{message}\n  in {}", step.source))
    }

    pub(crate) fn keep(&self, name: &str, named: Named) {
        self.names
            .lock()
            .expect("no thread panicked while it held the lock")
            .insert(name.to_owned(), named);
    }

    pub(crate) fn named(&self, name: &str) -> Result<Named, Failure> {
        let names = self
            .names
            .lock()
            .expect("no thread panicked while it held the lock");
        Ok(names
            .get(name)
            .cloned()
            .ok_or_else(|| format!("nothing has the name {name}"))?)
    }

    pub(crate) fn scope(&self, name: &str) -> Result<ParamScope, Failure> {
        match self.named(name)? {
            Named::Scope(scope) => Ok(scope),
            _ => Err(format!("{name} is not a scope").into()),
        }
    }

    pub(crate) fn scope_or_current(&self, name: &Option<String>) -> Result<ParamScope, Failure> {
        name.as_ref()
            .map_or_else(|| Ok(ParamScope::current()), |name| self.scope(name))
    }

    pub(crate) fn view(&self, name: &Option<String>) -> Result<Snapshot, Failure> {
        Ok(match name {
            Some(name) => self.scope(name)?.snapshot(),
            None => snapshot(),
        })
    }
}

/// Return a view as a mapping.
pub(crate) fn flat(view: &Snapshot) -> Value {
    view.iter()
        .map(|(key, value)| (key, value.clone()))
        .collect()
}

pub(crate) fn check(condition: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message()) }
}

/// Check the kind and the whole text of an error. Every value was set in the file `operate.rs`.
fn check_error(error: &ParamError, kind: ParamErrorKind, text: Option<&str>) -> Result<(), String> {
    check(error.kind() == kind, || {
        format!("it fails with another error: {error:?}")
    })?;
    let Some(text) = text else {
        return Ok(());
    };
    let text = match error.origin() {
        Some(origin) => text.replace(
            "{where}",
            &format!(" (set at {}:{})", operate::HERE, origin.line()),
        ),
        None => text.to_owned(),
    };
    check(error.to_string() == text, || format!("the text is {error}"))
}
