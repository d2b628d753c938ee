//! Runs each operation with the library and with the oracle, and compares the views.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hyperparameter::{
    Bound, ParamError, ParamErrorKind, ParamScope, ScopeGuard, Value, frozen, snapshot, with_params,
};
use proptest::sample::Index;

use crate::contexts::{in_thread, observe_and_change};
use crate::observation::{flat, observe};
use crate::operation::Operation;
use crate::oracle::{AMBIENT, Layer, Oracle, Overrides, View};

/// One context of the library, together with the same context of the oracle.
pub(crate) struct Machine {
    pub(crate) oracle: Oracle,
    /// Some scopes of the library and of the oracle. The first is the ambient scope.
    pub(crate) handles: Vec<Handle>,
    /// The entered scopes: the oracle's number and the library's guard.
    guards: Vec<(usize, ScopeGuard)>,
    /// Bound closures, and the view that each has to see.
    bound: Vec<(Bound<Observer>, View)>,
    /// How many scopes the oracle has numbered.
    scopes: usize,
}

type Observer = fn() -> View;

/// A scope of the library, and the layer that the oracle adds when it is entered.
pub(crate) struct Handle {
    pub(crate) scope: ParamScope,
    pub(crate) layer: Layer,
}

/// How many scopes are kept. All of them are compared after each operation.
const MAX_HANDLES: usize = 8;

/// The panic of a block that fails.
struct BlockFailed;

impl Machine {
    pub(crate) fn new() -> Self {
        let mut machine = Self {
            oracle: Oracle::new(),
            handles: Vec::new(),
            guards: Vec::new(),
            bound: Vec::new(),
            scopes: AMBIENT,
        };
        machine.keep(ParamScope::current(), Overrides::new(), None);
        machine
    }

    /// Run operations, and compare the views after each.
    pub(crate) fn run(&mut self, operations: &[Operation]) {
        for operation in operations {
            self.step(operation);
            self.compare();
        }
    }

    fn compare(&self) {
        assert_eq!(observe(), self.oracle.view());
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
            Operation::Enter {
                overrides,
                many,
                empty,
            } => {
                let mut overrides = overrides.clone();
                if *many {
                    overrides.extend(
                        (0..9).map(|number| (format!("a.z.{number}"), Some(number.into()))),
                    );
                }
                let base = if *empty {
                    ParamScope::empty()
                } else {
                    ParamScope::new()
                };
                let handle = self.keep(
                    with_overrides(base, &overrides),
                    overrides,
                    empty.then(View::new),
                );
                self.enter(handle);
            }
            Operation::EnterAgain(index) => self.enter(index.index(self.handles.len())),
            Operation::LeaveInnermost => self.drop_guard(self.guards.len().checked_sub(1)),
            Operation::DropGuard(index) => self.drop_guard(pick(index, self.guards.len())),
            Operation::Leave(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                scope.leave();
                self.oracle.leave(layer.scope);
            }
            Operation::Put(index, key, value) => self.put(index, key, value),
            Operation::Set(key, value) => {
                assert_write(ParamScope::current().set(key, value.clone()), true);
                self.oracle.set(self.oracle.innermost(), key, value);
            }
            Operation::Delete(key) => {
                assert_write(ParamScope::current().delete(key), true);
                self.oracle.delete(self.oracle.innermost(), key);
            }
            Operation::Clear => {
                assert_write(ParamScope::current().clear(), true);
                self.oracle.write(self.oracle.innermost(), Overrides::clear);
            }
            Operation::SetIn(index, key, value) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let is_entered = self.oracle.set(layer.scope, key, value);
                assert_write(scope.set(key, value.clone()), is_entered);
            }
            Operation::DeleteIn(index, key) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                assert_write(scope.delete(key), self.oracle.delete(layer.scope, key));
            }
            Operation::UpdateIn(index, overrides) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let is_entered = self
                    .oracle
                    .write(layer.scope, |set| set.extend(overrides.clone()));
                assert_write(
                    scope.update(&with_overrides(ParamScope::new(), overrides)),
                    is_entered,
                );
            }
            Operation::ClearIn(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                assert_write(
                    scope.clear(),
                    self.oracle.write(layer.scope, Overrides::clear),
                );
            }
            Operation::Freeze => {
                frozen();
                self.oracle.baseline = self.oracle.view();
            }
            Operation::FreezeInThread(overrides) => {
                let scope = with_overrides(ParamScope::new(), overrides);
                in_thread(move || {
                    let _entered = scope.enter();
                    frozen();
                });
                self.oracle.baseline = apply(overrides, &self.oracle.baseline);
            }
            Operation::Thread(key, value) => self.thread(key, value),
            Operation::EnterInThread(index, key, value) => self.enter_in_thread(index, key, value),
            Operation::Capture => {
                self.keep(
                    ParamScope::capture(),
                    Overrides::new(),
                    Some(self.oracle.view()),
                );
            }
            Operation::Snapshot => {
                let overrides = self.oracle.view().into_iter();
                let overrides = overrides.map(|(key, value)| (key, Some(value))).collect();
                self.keep(snapshot().into(), overrides, None);
            }
            Operation::Bind(index) => {
                let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
                let view = layer.apply_to(&self.oracle.view());
                self.bound
                    .push((scope.bind(observe_and_change as Observer), view));
            }
            Operation::Call(index, in_other_thread) => {
                if let Some(position) = pick(index, self.bound.len()) {
                    let (bound, view) = &self.bound[position];
                    let call = || bound.call();
                    assert_eq!(
                        if *in_other_thread {
                            in_thread(call)
                        } else {
                            call()
                        },
                        *view
                    );
                }
            }
            Operation::Await(overrides, value, in_other_thread) => {
                self.await_future(overrides, value, *in_other_thread);
            }
            Operation::Block(key, value, operations, fails) => {
                self.block(key, value, operations, *fails);
            }
        }
    }

    // --- Scopes ---

    fn keep(&mut self, scope: ParamScope, overrides: Overrides, background: Option<View>) -> usize {
        let number = self.scopes;
        self.scopes += 1;
        let layer = Layer {
            scope: number,
            overrides,
            background,
        };
        self.handles.push(Handle { scope, layer });
        if self.handles.len() > MAX_HANDLES {
            self.handles.remove(AMBIENT + 1);
        }
        self.handles.len() - 1
    }

    fn enter(&mut self, handle: usize) {
        let Handle { scope, layer } = &self.handles[handle];
        self.guards.push((layer.scope, scope.enter()));
        self.oracle.enter(layer);
    }

    fn drop_guard(&mut self, position: Option<usize>) {
        if let Some(position) = position {
            let (scope, guard) = self.guards.remove(position);
            drop(guard);
            self.oracle.leave(scope);
        }
    }

    /// Change a scope for its later entries, which makes it another scope. The ambient scope is left out.
    fn put(&mut self, index: &Index, key: &str, value: &Value) {
        if let Some(position) = pick(index, self.handles.len() - 1) {
            let Handle { scope, layer } = &mut self.handles[position + 1];
            assert_write(scope.put(key, value.clone()), true);
            layer.overrides.insert(key.to_owned(), Some(value.clone()));
            layer.scope = self.scopes;
            self.scopes += 1;
        }
    }

    fn block(&mut self, key: &str, value: &Value, operations: &[Operation], fails: bool) {
        let scope = self.scopes;
        self.scopes += 1;
        let overrides = Overrides::from([(key.to_owned(), Some(value.clone()))]);
        self.oracle.enter(&Layer {
            scope,
            overrides,
            background: None,
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

/// Pick one of `count` positions, `None` if there are none.
pub(crate) fn pick(index: &Index, count: usize) -> Option<usize> {
    (count > 0).then(|| index.index(count))
}

/// Return a scope with overrides added.
pub(crate) fn with_overrides(mut scope: ParamScope, overrides: &Overrides) -> ParamScope {
    for (key, value) in overrides {
        assert_write(
            scope.put(key, value.clone().expect("these overrides delete nothing")),
            true,
        );
    }
    scope
}

/// Return a view with overrides applied to it.
pub(crate) fn apply(overrides: &Overrides, view: &View) -> View {
    let layer = Layer {
        scope: AMBIENT,
        overrides: overrides.clone(),
        background: None,
    };
    layer.apply_to(view)
}

/// Check that a write succeeded, or that it failed if its scope is not entered.
pub(crate) fn assert_write(result: Result<(), ParamError>, is_entered: bool) {
    let error = result.err().map(|error| error.kind());
    assert_eq!(error, (!is_entered).then_some(ParamErrorKind::NotEntered));
}
