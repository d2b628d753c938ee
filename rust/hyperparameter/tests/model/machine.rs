//! Do each operation with the library and with the oracle, and compare.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hyperparameter::{
    Bound, ParamError, ParamErrorKind, ParamScope, ScopeGuard, Value, frozen, snapshot, with_params,
};
use proptest::sample::Index;

use crate::contexts::{in_thread, seen_and_changed};
use crate::operation::Operation;
use crate::oracle::{CONTEXT, Layer, Oracle, Own, View};
use crate::seen::{flat, seen};

/// A context of the library, and the oracle's.
pub(crate) struct Machine {
    pub(crate) oracle: Oracle,
    pub(crate) handles: Vec<Handle>, // the first is the context's
    guards: Vec<(usize, ScopeGuard)>,
    bound: Vec<(Bound<Seen>, View)>,
    scopes: usize,
}

type Seen = fn() -> View;

/// A scope, and what it is when it is entered.
pub(crate) struct Handle {
    pub(crate) scope: ParamScope,
    pub(crate) layer: Layer,
}

/// How many scopes are kept: all of them are looked at after each operation.
const MOST_HANDLES: usize = 8;

/// What a block that fails panics with.
struct BlockFailed;

impl Machine {
    pub(crate) fn new() -> Self {
        let mut machine = Self {
            oracle: Oracle::new(),
            handles: Vec::new(),
            guards: Vec::new(),
            bound: Vec::new(),
            scopes: CONTEXT,
        };
        machine.keep(ParamScope::current(), Own::new(), None);
        machine
    }

    /// Do operations, and compare the views after each.
    pub(crate) fn run(&mut self, operations: &[Operation]) {
        for operation in operations {
            self.step(operation);
            self.compare();
        }
    }

    fn compare(&self) {
        assert_eq!(seen(), self.oracle.view());
        for Handle { scope, layer } in &self.handles {
            assert_eq!(
                flat(&scope.snapshot()),
                self.oracle.view_from(layer),
                "from {layer:?}"
            );
            let is_current = self.oracle.innermost() == layer.scope;
            assert_eq!(ParamScope::current() == *scope, is_current, "{layer:?}");
        }
    }

    fn step(&mut self, operation: &Operation) {
        match operation {
            Operation::Enter { own, many, empty } => {
                let mut own = own.clone();
                if *many {
                    own.extend((0..9).map(|number| (format!("a.z.{number}"), Some(number.into()))));
                }
                let base = if *empty {
                    ParamScope::empty()
                } else {
                    ParamScope::new()
                };
                let handle = self.keep(with(base, &own), own, empty.then(View::new));
                self.enter(handle);
            }
            Operation::EnterAgain(index) => self.enter(index.index(self.handles.len())),
            Operation::LeaveInnermost => self.drop_guard(self.guards.len().checked_sub(1)),
            Operation::DropGuard(index) => self.drop_guard(any(index, self.guards.len())),
            Operation::Leave(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                scope.leave();
                self.oracle.leave(layer.scope);
            }
            Operation::Put(index, key, value) => self.put(index, key, value),
            Operation::Set(key, value) => {
                done(ParamScope::current().set(key, value.clone()), true);
                self.oracle.set(self.oracle.innermost(), key, value);
            }
            Operation::Delete(key) => {
                done(ParamScope::current().delete(key), true);
                self.oracle.delete(self.oracle.innermost(), key);
            }
            Operation::Clear => {
                done(ParamScope::current().clear(), true);
                self.oracle.write(self.oracle.innermost(), Own::clear);
            }
            Operation::SetIn(index, key, value) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let entered = self.oracle.set(layer.scope, key, value);
                done(scope.set(key, value.clone()), entered);
            }
            Operation::DeleteIn(index, key) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                done(scope.delete(key), self.oracle.delete(layer.scope, key));
            }
            Operation::UpdateIn(index, own) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let entered = self
                    .oracle
                    .write(layer.scope, |set| set.extend(own.clone()));
                done(scope.update(&with(ParamScope::new(), own)), entered);
            }
            Operation::ClearIn(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                done(scope.clear(), self.oracle.write(layer.scope, Own::clear));
            }
            Operation::Freeze => {
                frozen();
                self.oracle.baseline = self.oracle.view();
            }
            Operation::FreezeInThread(own) => {
                let scope = with(ParamScope::new(), own);
                in_thread(move || {
                    let _entered = scope.enter();
                    frozen();
                });
                self.oracle.baseline = over(own, &self.oracle.baseline);
            }
            Operation::Thread(key, value) => self.thread(key, value),
            Operation::EnterInThread(index, key, value) => self.enter_in_thread(index, key, value),
            Operation::Capture => {
                self.keep(ParamScope::capture(), Own::new(), Some(self.oracle.view()));
            }
            Operation::Snapshot => {
                let own = self.oracle.view().into_iter();
                let own = own.map(|(key, value)| (key, Some(value))).collect();
                self.keep(snapshot().into(), own, None);
            }
            Operation::Bind(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let view = layer.over(&self.oracle.view());
                self.bound
                    .push((scope.bind(seen_and_changed as Seen), view));
            }
            Operation::Call(index, elsewhere) => {
                if let Some(place) = any(index, self.bound.len()) {
                    let (bound, view) = &self.bound[place];
                    let call = || bound.call();
                    assert_eq!(if *elsewhere { in_thread(call) } else { call() }, *view);
                }
            }
            Operation::Await(own, value, elsewhere) => self.await_future(own, value, *elsewhere),
            Operation::Block(key, value, operations, fails) => {
                self.block(key, value, operations, *fails);
            }
        }
    }

    // --- Scopes ---

    fn keep(&mut self, scope: ParamScope, own: Own, outside: Option<View>) -> usize {
        let number = self.scopes;
        self.scopes += 1;
        let layer = Layer {
            scope: number,
            own,
            outside,
        };
        self.handles.push(Handle { scope, layer });
        if self.handles.len() > MOST_HANDLES {
            self.handles.remove(CONTEXT + 1);
        }
        self.handles.len() - 1
    }

    fn enter(&mut self, handle: usize) {
        let Handle { scope, layer } = &self.handles[handle];
        self.guards.push((layer.scope, scope.enter()));
        self.oracle.enter(layer);
    }

    fn drop_guard(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            let (scope, guard) = self.guards.remove(place);
            drop(guard);
            self.oracle.leave(scope);
        }
    }

    /// Change a scope, which makes another of it: the context's stays what it is.
    fn put(&mut self, index: &Index, key: &str, value: &Value) {
        if let Some(place) = any(index, self.handles.len() - 1) {
            let Handle { scope, layer } = &mut self.handles[place + 1];
            done(scope.put(key, value.clone()), true);
            layer.own.insert(key.to_owned(), Some(value.clone()));
            layer.scope = self.scopes;
            self.scopes += 1;
        }
    }

    fn block(&mut self, key: &str, value: &Value, operations: &[Operation], fails: bool) {
        let scope = self.scopes;
        self.scopes += 1;
        let own = Own::from([(key.to_owned(), Some(value.clone()))]);
        self.oracle.enter(&Layer {
            scope,
            own,
            outside: None,
        });
        let (first, rest) = operations.split_at(operations.len() / 2);
        let block = AssertUnwindSafe(|| {
            macro_rules! block {
                ($key:literal) => {
                    with_params! {
                        set $key = value.clone();
                        self.compare();
                        self.run(first);
                        set b = 5;
                        self.oracle.set(self.oracle.innermost(), "b", &5.into());
                        self.compare();
                        self.run(rest);
                        if fails {
                            resume_unwind(Box::new(BlockFailed));
                        }
                    }
                };
            }
            match key {
                "a" => block!("a"),
                "b" => block!("b"),
                "a.b" => block!("a.b"),
                "a.c" => block!("a.c"),
                "a.b.c" => block!("a.b.c"),
                _ => block!("x.y"),
            }
        });
        if let Err(panic) = catch_unwind(block)
            && !panic.is::<BlockFailed>()
        {
            resume_unwind(panic);
        }
        self.oracle.leave(scope);
    }
}

/// Return one of so many places, `None` where there are none.
pub(crate) fn any(index: &Index, count: usize) -> Option<usize> {
    (count > 0).then(|| index.index(count))
}

/// Return a scope that sets something too.
pub(crate) fn with(mut scope: ParamScope, own: &Own) -> ParamScope {
    for (key, value) in own {
        done(
            scope.put(key, value.clone().expect("nothing is deleted in it")),
            true,
        );
    }
    scope
}

/// Return a view with something set in it.
pub(crate) fn over(own: &Own, view: &View) -> View {
    let layer = Layer {
        scope: CONTEXT,
        own: own.clone(),
        outside: None,
    };
    layer.over(view)
}

/// Check that a write was done; where its scope is not entered, that it was refused.
pub(crate) fn done(written: Result<(), ParamError>, entered: bool) {
    let fault = written.err().map(|error| error.kind());
    assert_eq!(fault, (!entered).then_some(ParamErrorKind::NotEntered));
}
