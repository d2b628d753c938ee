//! Runs each operation with the library and with the oracle, and compares the views.

use hyperparameter::{Bound, ParamError, ParamErrorKind, ParamScope, ScopeGuard};
use proptest::sample::Index;

use crate::observation::{flat, observe};
use crate::operation::Operation;
use crate::oracle::{AMBIENT, Layer, Oracle, Overrides, View};

/// One context of the library, together with the same context of the oracle.
pub(crate) struct Machine {
    pub(crate) oracle: Oracle,
    /// Some scopes of the library and of the oracle. The first is the ambient scope.
    pub(crate) handles: Vec<Handle>,
    /// The entered scopes: the oracle's number of the entry and the library's guard.
    pub(crate) guards: Vec<(usize, ScopeGuard)>,
    /// Bound closures, and the view that each has to see.
    pub(crate) bound: Vec<(Bound<Observer>, View)>,
    /// How many scopes the oracle has numbered.
    pub(crate) scopes: usize,
}

pub(crate) type Observer = fn() -> View;

/// A scope of the library, and the layer that the oracle adds when it is entered.
pub(crate) struct Handle {
    pub(crate) scope: ParamScope,
    pub(crate) layer: Layer,
}

/// How many scopes are kept. All of them are compared after each operation.
pub(crate) const MAX_HANDLES: usize = 8;

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

    pub(crate) fn compare(&self) {
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
            } => self.enter_new(overrides, *many, *empty),
            Operation::EnterAgain(index) => self.enter(index.index(self.handles.len())),
            Operation::LeaveInnermost => self.drop_guard(self.guards.len().checked_sub(1)),
            Operation::DropGuard(index) => self.drop_guard(pick(index, self.guards.len())),
            Operation::Leave(index) => self.leave(index),
            Operation::Put(index, key, value) => self.put(index, key, value),
            Operation::Set(key, value) => self.set(key, value),
            Operation::Delete(key) => self.delete(key),
            Operation::Clear => self.clear(),
            Operation::SetIn(index, key, value) => self.set_in(index, key, value),
            Operation::DeleteIn(index, key) => self.delete_in(index, key),
            Operation::UpdateIn(index, overrides) => self.update_in(index, overrides),
            Operation::ClearIn(index) => self.clear_in(index),
            Operation::Freeze => self.freeze(),
            Operation::FreezeInThread(overrides) => self.freeze_in_thread(overrides),
            Operation::Thread(key, value) => self.thread(key, value),
            Operation::EnterInThread(index, key, value) => self.enter_in_thread(index, key, value),
            Operation::Capture => self.capture(),
            Operation::Snapshot => self.keep_snapshot(),
            Operation::Bind(index) => self.bind(index),
            Operation::Call(index, in_other_thread) => self.call(index, *in_other_thread),
            Operation::Await(overrides, value, in_other_thread) => {
                self.await_future(overrides, value, *in_other_thread);
            }
            Operation::Block(key, value, operations, fails) => {
                self.block(key, value, operations, *fails);
            }
        }
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
