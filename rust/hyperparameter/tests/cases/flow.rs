//! Flows: steps that run one after the other in one thread or task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hyperparameter::{
    Bound, ParamError, ParamErrorKind, ParamScope, ScopeGuard, Snapshot, Value, snapshot,
};

use crate::operate;
use crate::read::Terms;
use crate::step::{Outcome, Step};
use crate::value::{same, value_of};

/// Why a step gives nothing.
pub(crate) enum Fault {
    /// The library refuses it.
    Refused(ParamError),
    /// It is not as the case says.
    Mistake(String),
}

impl From<ParamError> for Fault {
    fn from(error: ParamError) -> Self {
        Self::Refused(error)
    }
}

impl From<String> for Fault {
    fn from(mistake: String) -> Self {
        Self::Mistake(mistake)
    }
}

/// What all flows of a case share: scopes, snapshots and bound steps, by name.
pub(crate) type Names = Arc<Mutex<HashMap<String, Named>>>;

#[derive(Clone)]
pub(crate) enum Named {
    Scope(ParamScope),
    Snapshot(Snapshot),
    Steps(Arc<Bound<BoundSteps>>),
}

pub(crate) type BoundSteps = Box<dyn Fn(Names) -> Result<(), String> + Send + Sync>;

/// A scope that is entered; the guard is elsewhere where it was not this flow's `enter` that did it.
pub(crate) struct Entered {
    pub(crate) scope: ParamScope,
    pub(crate) guard: Option<ScopeGuard>,
}

/// What runs in one thread or task.
pub(crate) struct Flow {
    pub(crate) names: Names,
    pub(crate) terms: Terms,
    pub(crate) entered: Vec<Entered>,
}

impl Flow {
    pub(crate) fn new(terms: Terms) -> Self {
        Self::with(Names::default(), terms)
    }

    pub(crate) fn with(names: Names, terms: Terms) -> Self {
        Self {
            names,
            terms,
            entered: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, steps: &[Step]) -> Result<(), String> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        let (scope, view) = (ParamScope::current(), flat(&snapshot()));
        let done = match (self.operate(&step.operation), &step.outcome) {
            (Err(Fault::Mistake(mistake)), _) => Err(mistake),
            (Err(Fault::Refused(error)), Outcome::Error { kind, text }) => {
                refused(&error, *kind, text.as_deref()).and_then(|()| {
                    holds(ParamScope::current() == scope, || {
                        "another scope is current".to_owned()
                    })?;
                    holds(same(&flat(&snapshot()), &view), || {
                        format!("the view is {:?}", snapshot())
                    })
                })
            }
            (Err(Fault::Refused(error)), _) => Err(format!("refused: {error}")),
            (Ok(_), Outcome::Error { .. }) => Err("it is not refused".to_owned()),
            (Ok(None), Outcome::Nothing) => Ok(()),
            (Ok(None), Outcome::Value(_)) => Err("it gives no value".to_owned()),
            (Ok(Some(value)), Outcome::Nothing) => Err(format!("it gives a value: {value}")),
            (Ok(Some(value)), Outcome::Value(data)) => value_of(data)
                .and_then(|wanted| holds(same(&value, &wanted), || format!("it gives {value}"))),
        };
        done.map_err(|fault| format!("{fault}\n  in {}", step.told))
    }

    pub(crate) fn keep(&self, name: &str, named: Named) {
        self.names
            .lock()
            .expect("no flow panics here")
            .insert(name.to_owned(), named);
    }

    pub(crate) fn named(&self, name: &str) -> Result<Named, Fault> {
        let names = self.names.lock().expect("no flow panics here");
        Ok(names
            .get(name)
            .cloned()
            .ok_or_else(|| format!("nothing is called {name}"))?)
    }

    pub(crate) fn scope(&self, name: &str) -> Result<ParamScope, Fault> {
        match self.named(name)? {
            Named::Scope(scope) => Ok(scope),
            _ => Err(format!("{name} is no scope").into()),
        }
    }

    pub(crate) fn scope_or_current(&self, name: &Option<String>) -> Result<ParamScope, Fault> {
        name.as_ref()
            .map_or_else(|| Ok(ParamScope::current()), |name| self.scope(name))
    }

    pub(crate) fn view(&self, name: &Option<String>) -> Result<Snapshot, Fault> {
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

pub(crate) fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise()) }
}

/// Check an error: its kind, and its text to the letter; what was set was set here.
fn refused(error: &ParamError, kind: ParamErrorKind, text: Option<&str>) -> Result<(), String> {
    holds(error.kind() == kind, || format!("another error: {error:?}"))?;
    let Some(text) = text else {
        return Ok(());
    };
    let text = match error.origin() {
        Some(origin) => text.replace(
            "{where}",
            &format!("; set at {}:{}", operate::HERE, origin.line()),
        ),
        None => text.to_owned(),
    };
    holds(error.to_string() == text, || format!("the text is {error}"))
}
