//! Keys and scopes around a measured operation.

use std::collections::BTreeMap;

use hyperparameter::{ParamScope, frozen};

pub fn with_keys(count: u32, inside: impl FnOnce()) {
    let others = (1..count).map(|n| (format!("group{}.key{n}", n % 1000), n));
    let mut scope = ParamScope::from_serialize(&others.collect::<BTreeMap<_, _>>()).unwrap();
    scope.put("train.lr", 0.5).unwrap();
    let _entered = scope.enter();
    inside();
}

pub fn with_baseline(count: u32, inside: impl FnOnce()) {
    with_keys(count, frozen);
    inside();
    clear_baseline();
}

pub fn nested(scopes: u32, inside: &mut dyn FnMut()) {
    if scopes == 0 {
        return inside();
    }
    let scope = ParamScope::from_texts([format!("inner.key{scopes}=1")]).unwrap();
    let _entered = scope.enter();
    nested(scopes - 1, inside);
}

pub fn clear_baseline() {
    let _entered = ParamScope::empty().enter();
    frozen();
}
