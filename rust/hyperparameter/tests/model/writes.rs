//! Operations that write to entered scopes, and that publish a baseline.

use hyperparameter::{ParamScope, Value, frozen};
use proptest::sample::Index;

use crate::contexts::in_thread;
use crate::machine::{Handle, Machine, apply, assert_write, with_overrides};
use crate::oracle::Overrides;
use crate::oracle::extend;

impl Machine {
    pub(crate) fn set(&mut self, key: &str, value: &Value) {
        assert_write(ParamScope::current().set(key, value.clone()), true);
        self.oracle.set(self.oracle.innermost(), key, value);
    }

    pub(crate) fn delete(&mut self, key: &str) {
        assert_write(ParamScope::current().delete(key), true);
        self.oracle.delete(self.oracle.innermost(), key);
    }

    pub(crate) fn clear(&mut self) {
        assert_write(ParamScope::current().clear(), true);
        self.oracle.write(self.oracle.innermost(), Overrides::clear);
    }

    pub(crate) fn set_in(&mut self, index: &Index, key: &str, value: &Value) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        let is_entered = self.oracle.set(layer.scope, key, value);
        assert_write(scope.set(key, value.clone()), is_entered);
    }

    pub(crate) fn delete_in(&mut self, index: &Index, key: &str) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        let is_entered = self.oracle.delete(layer.scope, key);
        assert_write(scope.delete(key), is_entered);
    }

    pub(crate) fn update_in(&mut self, index: &Index, overrides: &Overrides) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        let is_entered = self
            .oracle
            .write(layer.scope, |layer| extend(layer, overrides));
        let source = with_overrides(ParamScope::new(), overrides);
        assert_write(scope.update(&source), is_entered);
    }

    pub(crate) fn clear_in(&mut self, index: &Index) {
        let Handle { scope, layer } = &self.handles[index.index(self.handles.len())];
        let is_entered = self.oracle.write(layer.scope, Overrides::clear);
        assert_write(scope.clear(), is_entered);
    }

    pub(crate) fn freeze(&mut self) {
        frozen();
        self.oracle.baseline = self.oracle.view();
    }

    pub(crate) fn freeze_in_thread(&mut self, overrides: &Overrides) {
        let scope = with_overrides(ParamScope::new(), overrides);
        in_thread(move || {
            let _entered = scope.enter();
            frozen();
        });
        self.oracle.baseline = apply(overrides, &self.oracle.baseline);
    }
}
