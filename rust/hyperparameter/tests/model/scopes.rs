//! Operations that make, enter, leave and bind scopes.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hyperparameter::{ParamScope, Value, snapshot, with_params};
use proptest::sample::Index;

use crate::contexts::{in_thread, observe_and_change};
use crate::machine::{Handle, MAX_HANDLES, Machine, Observer, assert_write, pick, with_overrides};
use crate::operation::Operation;
use crate::oracle::{AMBIENT, Layer, Overrides, View, extend};

/// The panic of a block that fails.
struct BlockFailed;

impl Machine {
    pub(crate) fn enter_new(&mut self, overrides: &Overrides, many: bool, empty: bool) {
        let mut overrides = overrides.clone();
        if many {
            overrides.extend((0..17).map(|number| (format!("a.z.{number}"), Some(number.into()))));
        }
        let scope = if empty {
            ParamScope::empty()
        } else {
            ParamScope::new()
        };
        let scope = with_overrides(scope, &overrides);
        let handle = self.keep(scope, overrides, empty.then(View::new));
        self.enter(handle);
    }

    pub(crate) fn leave(&mut self, index: &Index) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        scope.leave();
        self.oracle.leave(layer.scope);
    }

    pub(crate) fn capture(&mut self) {
        let view = self.oracle.view();
        self.keep(ParamScope::capture(), Overrides::new(), Some(view));
    }

    pub(crate) fn keep_snapshot(&mut self) {
        let view = self.oracle.view().into_iter();
        let overrides = view.map(|(key, value)| (key, Some(value))).collect();
        self.keep(snapshot().into(), overrides, None);
    }

    pub(crate) fn bind(&mut self, index: &Index) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        let view = layer.apply_to(&self.oracle.view());
        let bound = scope.bind(observe_and_change as Observer);
        self.bound.push((bound, view));
    }

    pub(crate) fn call(&mut self, index: &Index, in_other_thread: bool) {
        if let Some(position) = pick(index, self.bound.len()) {
            let (bound, view) = &self.bound[position];
            let call = || bound.call();
            let observed = if in_other_thread {
                in_thread(call)
            } else {
                call()
            };
            assert_eq!(observed, *view);
        }
    }

    pub(crate) fn keep(
        &mut self,
        scope: ParamScope,
        overrides: Overrides,
        background: Option<View>,
    ) -> usize {
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

    pub(crate) fn enter(&mut self, handle: usize) {
        let Handle { scope, layer } = &self.handles[handle];
        let guard = scope.enter();
        self.guards.push((self.oracle.enter(layer), guard));
    }

    pub(crate) fn drop_guard(&mut self, position: Option<usize>) {
        if let Some(position) = position {
            let (entry, guard) = self.guards.remove(position);
            drop(guard);
            self.oracle.leave_entry(entry);
        }
    }

    /// Change a scope for its later entries, which makes it another scope. The ambient scope is left out.
    pub(crate) fn put(&mut self, index: &Index, key: &str, value: &Value) {
        if let Some(position) = pick(index, self.handles.len() - 1) {
            let Handle { scope, layer } = &mut self.handles[position + 1];
            assert_write(scope.put(key, value.clone()), true);
            extend(
                &mut layer.overrides,
                &Overrides::from([(key.to_owned(), Some(value.clone()))]),
            );
            layer.scope = self.scopes;
            self.scopes += 1;
        }
    }

    pub(crate) fn block(
        &mut self,
        key: &str,
        value: &Value,
        operations: &[Operation],
        fails: bool,
    ) {
        let scope = self.scopes;
        self.scopes += 1;
        let overrides = Overrides::from([(key.to_owned(), Some(value.clone()))]);
        self.oracle.enter(&Layer {
            scope,
            overrides,
            background: None,
        });
        let block = AssertUnwindSafe(|| self.run_block(key, value, operations, fails));
        if let Err(panic) = catch_unwind(block)
            && !panic.is::<BlockFailed>()
        {
            resume_unwind(panic);
        }
        self.oracle.leave(scope);
    }

    /// Run operations in a block that sets a key. If it `fails`, a panic leaves it.
    fn run_block(&mut self, key: &str, value: &Value, operations: &[Operation], fails: bool) {
        let (first, rest) = operations.split_at(operations.len() / 2);
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
    }
}
