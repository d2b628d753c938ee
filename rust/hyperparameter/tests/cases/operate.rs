//! Running one operation.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::thread;

use futures::executor::block_on;
use hyperparameter::{ParamScope, Value, frozen, snapshot, with_params};
use tokio::task::yield_now;
use toml::Value as Data;

use crate::flow::{BoundSteps, Entered, Failure, Flow, Named, check, flat};
use crate::operation::{
    ContextOperation, Operation, ReadOperation, ScopeOperation, ViewOperation, WriteOperation,
};
use crate::read::{CONVERTED, Key, ReadAs};
use crate::step::{Step, Steps};
use crate::value::{Source, same, tagged, value_of};

/// This file, which sets all values.
pub(crate) const HERE: &str = file!();

/// The panic of a block that fails.
struct BlockFailed;

impl Flow {
    /// Run an operation, and return its value if it has one.
    pub(crate) fn operate(&mut self, operation: &Operation) -> Result<Option<Value>, Failure> {
        match operation {
            Operation::Scope(operation) => self.operate_scope(operation)?,
            Operation::Read(operation) => return self.read(operation).map(Some),
            Operation::View(operation) => return self.check_view(operation),
            Operation::Write(operation) => self.write(operation)?,
            Operation::Context(operation) => self.operate_context(operation)?,
        }
        Ok(None)
    }

    fn operate_scope(&mut self, operation: &ScopeOperation) -> Result<(), Failure> {
        match operation {
            ScopeOperation::Enter {
                sources,
                params,
                hides_outside,
                name,
            } => {
                let mut scope = if *hides_outside {
                    ParamScope::empty()
                } else {
                    ParamScope::new()
                };
                let (texts, mappings) = split_texts(sources);
                scope.extend(&self.scope_from(&mappings)?);
                if let Some(params) = params {
                    scope.extend(&ParamScope::from_serialize(&Source(params))?);
                }
                scope.extend(&self.scope_from(&texts)?);
                if let Some(name) = name {
                    self.keep(name, Named::Scope(scope.clone()));
                }
                self.enter(scope);
            }
            ScopeOperation::Make { sources, name } => {
                self.keep(name, Named::Scope(self.scope_from(sources)?));
            }
            ScopeOperation::Reenter(name) => self.enter(self.scope(name)?),
            ScopeOperation::Leave(name) => self.leave(name.as_deref())?,
            ScopeOperation::Block {
                sources,
                steps,
                fails,
            } => self.block(self.scope_from(sources)?, steps, *fails)?,
            ScopeOperation::Current(name) => {
                let (scope, current) = (self.scope(name)?, ParamScope::current());
                check(scope == current, || format!("{current:?} is current"))?;
            }
        }
        Ok(())
    }

    fn read(&self, operation: &ReadOperation) -> Result<Value, Failure> {
        match operation {
            ReadOperation::Read {
                key,
                read_as,
                within,
            } => {
                let view = &self.view(within)?;
                Key { view, key }.read(read_as, self.types)
            }
            ReadOperation::Require { key, within } => Ok(self.view(within)?.require(key)?),
            ReadOperation::Truth { key, within } => Ok(self.view(within)?.truth(key)?.into()),
            ReadOperation::Convert { data, read_as } => self.convert(data, read_as),
        }
    }

    fn check_view(&self, operation: &ViewOperation) -> Result<Option<Value>, Failure> {
        match operation {
            ViewOperation::View { items, within } => {
                let (view, items) = (flat(&self.view(within)?), value_of(items)?);
                check(same(&view, &items), || format!("the view is {view}"))?;
            }
            ViewOperation::Keys { keys, within } => {
                let (view, mut keys) = (self.view(within)?, keys.clone());
                keys.sort_unstable();
                check(view.keys().eq(keys.iter().map(String::as_str)), || {
                    format!("the view is {view:?}")
                })?;
            }
            ViewOperation::Has { key, within } => {
                return Ok(Some(self.view(within)?.contains(key).into()));
            }
            ViewOperation::Size { size, within } => {
                let view = self.view(within)?;
                check(view.len() == *size, || format!("the view is {view:?}"))?;
            }
        }
        Ok(None)
    }

    fn write(&self, operation: &WriteOperation) -> Result<(), Failure> {
        match operation {
            WriteOperation::Write { items, within } => {
                for (key, data) in items {
                    self.scope_or_current(within)?.set(key, value_of(data)?)?;
                }
            }
            WriteOperation::Update { sources, within } => {
                self.scope(within)?.update(&self.scope_from(sources)?)?;
            }
            WriteOperation::Delete { key, within } => self.scope_or_current(within)?.delete(key)?,
            WriteOperation::Clear(name) => self.scope(name)?.clear()?,
        }
        Ok(())
    }

    fn operate_context(&self, operation: &ContextOperation) -> Result<(), Failure> {
        match operation {
            ContextOperation::Frozen => frozen(),
            ContextOperation::Thread(steps) => self.thread(steps)?,
            ContextOperation::Task(steps) => self.task(steps)?,
            ContextOperation::Snapshot(name) => self.keep(name, Named::Snapshot(snapshot())),
            ContextOperation::Bind { steps, name } => {
                let (steps, types): (Steps, _) = (steps.clone(), self.types);
                let run: BoundSteps = Box::new(move |names| Flow::with(names, types).run(&steps));
                self.keep(name, Named::Steps(ParamScope::new().bind(run).into()));
            }
            ContextOperation::Call(name) => match self.named(name)? {
                Named::Steps(bound) => bound.call_with(self.names.clone())?,
                _ => return Err(format!("{name} is not bound").into()),
            },
        }
        Ok(())
    }

    /// Return a scope of sources: the mappings come before the texts.
    fn scope_from(&self, sources: &[Data]) -> Result<ParamScope, Failure> {
        let mut scope = ParamScope::new();
        let (texts, mappings) = split_texts(sources);
        for source in mappings.iter().chain(&texts) {
            scope.extend(&match source {
                Data::String(text) => ParamScope::from_texts([text])?,
                Data::Table(table) if table.len() == 1 && table.contains_key("snapshot") => {
                    match self.named(table["snapshot"].as_str().unwrap_or_default())? {
                        Named::Snapshot(view) => view.into(),
                        _ => return Err(format!("not a snapshot: {source}").into()),
                    }
                }
                source => ParamScope::from_serialize(&Source(source))?,
            });
        }
        Ok(scope)
    }

    fn enter(&mut self, scope: ParamScope) {
        let guard = Some(scope.enter());
        self.entered.push(Entered { scope, guard });
    }

    /// Leave a scope, by default the one that was entered last.
    fn leave(&mut self, name: Option<&str>) -> Result<(), Failure> {
        let index = match name {
            None => self.entered.len().checked_sub(1),
            Some(name) => {
                let scope = self.scope(name)?;
                let index = self
                    .entered
                    .iter()
                    .rposition(|entered| entered.scope == scope);
                if index.is_none() {
                    scope.leave();
                    return Ok(());
                }
                index
            }
        };
        let index = index.ok_or_else(|| "no scope is entered".to_owned())?;
        match self.entered.remove(index) {
            Entered {
                guard: Some(guard), ..
            } => drop(guard),
            Entered { scope, guard: None } => scope.leave(),
        }
        Ok(())
    }

    /// Run steps in a block of `with_params!`. If it `fails`, a panic leaves it.
    fn block(&mut self, scope: ParamScope, steps: &[Step], fails: bool) -> Result<(), Failure> {
        let block = AssertUnwindSafe(|| {
            with_params! {
                params &scope;
                self.entered.push(Entered { scope: scope.clone(), guard: None });
                self.run(steps)?;
                if let Some(index) = self.entered.iter().position(|entered| entered.scope == scope) {
                    self.entered.remove(index);
                }
                if fails {
                    resume_unwind(Box::new(BlockFailed));
                }
            }
            Ok(())
        });
        match catch_unwind(block) {
            Ok(result) => result,
            Err(panic) if panic.is::<BlockFailed>() => Ok(()),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Set a value in a scope and read it.
    fn convert(&self, data: &Data, read_as: &ReadAs) -> Result<Value, Failure> {
        let mut scope = ParamScope::new();
        match tagged(data) {
            None => scope.extend(&ParamScope::from_serialize(&BTreeMap::from([(
                CONVERTED,
                Source(data),
            )]))?),
            Some(_) => scope.put(CONVERTED, value_of(data)?)?,
        }
        let _entered = scope.enter();
        Key {
            view: &snapshot(),
            key: CONVERTED,
        }
        .read(read_as, self.types)
    }

    /// Run steps in a new thread.
    fn thread(&self, steps: &[Step]) -> Result<(), Failure> {
        let (names, types) = (self.names.clone(), self.types);
        let run = || Flow::with(names, types).run(steps);
        let result = thread::scope(|threads| threads.spawn(run).join());
        Ok(result.unwrap_or_else(|panic| resume_unwind(panic))?)
    }

    /// Run steps in a future that starts in the current view. It is polled once for each step.
    ///
    /// After each poll the view outside it has to be the same as before.
    fn task(&self, steps: &[Step]) -> Result<(), Failure> {
        let entered = self.entered.iter().map(|entered| Entered {
            scope: entered.scope.clone(),
            guard: None,
        });
        let flow = Flow {
            entered: entered.collect(),
            names: self.names.clone(),
            types: self.types,
        };
        let mut task = pin!(async move {
            with_params! {
                params ParamScope::new();
                let mut flow = flow;
                for step in steps {
                    flow.step(step)?;
                    yield_now().await;
                }
                Ok::<(), String>(())
            }
        });
        let (scope, view) = (ParamScope::current(), flat(&snapshot()));
        block_on(poll_fn(|context| {
            let polled = task.as_mut().poll(context);
            if ParamScope::current() == scope && same(&flat(&snapshot()), &view) {
                return polled;
            }
            Poll::Ready(Err(format!(
                "a task changed the view of its starter to {:?}",
                snapshot()
            )))
        }))?;
        Ok(())
    }
}

/// Return the texts among sources, and all other sources.
fn split_texts(sources: &[Data]) -> (Vec<Data>, Vec<Data>) {
    sources.iter().cloned().partition(Data::is_str)
}
