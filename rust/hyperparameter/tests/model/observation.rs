//! Observing the view: reads it in every way that the library has, and checks that all of them agree.

use std::collections::BTreeMap;

use hyperparameter::{
    FromValue, ParamErrorKind, ParamScope, Snapshot, Value, get_param, snapshot, try_get_param,
};

use crate::operation::KEYS;
use crate::oracle::{View, nested};

type Tree = BTreeMap<String, Value>;

/// Return the current view, after checking that every way to read it agrees.
pub(crate) fn observe() -> View {
    let view = snapshot();
    let flat = observe_snapshot(&view);
    assert_eq!(ParamScope::current().snapshot(), view);
    let expected = KEYS.map(|key| int(&flat, key));
    assert_eq!(
        ints(),
        expected,
        "at places without a cached answer: {flat:?}"
    );
    assert_eq!(ints(), expected, "at places with a cached answer: {flat:?}");
    assert_eq!(trees(), ["a", "a.b", "x"].map(|key| tree(&flat, key)));
    for_each_type(&view);
    flat
}

/// Return the flat view of a snapshot, after checking that every method of the snapshot agrees.
fn observe_snapshot(view: &Snapshot) -> View {
    let flat = flat(view);
    assert!(view.keys().eq(flat.keys()));
    assert_eq!((view.len(), view.is_empty()), (flat.len(), flat.is_empty()));
    assert_eq!(view.subtree(""), nested(&flat, ""));
    for key in KEYS {
        let (value, subtree) = (flat.get(key), nested(&flat, key));
        let is_set = (view.contains(key), view.origin(key).is_some());
        assert_eq!(is_set, (value.is_some(), value.is_some()));
        assert_eq!(view.subtree(key), subtree);
        let truth = truth(value.or(subtree.as_ref()));
        assert_eq!(view.truth(key).ok(), Some(truth), "{key} in {flat:?}");
        match (value.cloned().or(subtree), view.require::<Value>(key)) {
            (None, Err(error)) => assert_eq!(error.kind(), ParamErrorKind::Missing),
            (wanted, read) => assert_eq!(read.ok(), wanted),
        }
    }
    flat
}

/// Return the flat view of a snapshot, after checking that reading key by key agrees.
pub(crate) fn flat(view: &Snapshot) -> View {
    let items = view
        .iter()
        .map(|(key, value)| (key.to_owned(), value.clone()));
    let flat: View = items.collect();
    for key in KEYS {
        assert_eq!(view.value(key), flat.get(key));
        assert_eq!(
            view.try_get(key, MISSING).ok(),
            int(&flat, key),
            "{key} in {flat:?}"
        );
    }
    flat
}

const MISSING: i64 = -1;

/// Return a key's value as an int, `None` if it does not fit.
fn int(flat: &View, key: &str) -> Option<i64> {
    match flat.get(key) {
        None => Some(MISSING),
        Some(Value::Int(value)) => i64::try_from(*value).ok(),
        Some(Value::Text(text)) => text.parse().ok(),
        Some(_) => None,
    }
}

fn tree(flat: &View, key: &str) -> Option<Tree> {
    let value = flat.get(key).filter(|value| **value != Value::None);
    match value.cloned().or_else(|| nested(flat, key)) {
        None if flat.contains_key(key) => None,
        None => Some(Tree::new()),
        Some(Value::Map(tree)) => Some(tree.as_ref().clone()),
        Some(_) => None,
    }
}

fn truth(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::None | Value::Int(0)) => false,
        Some(Value::Text(text)) => text.as_ref() != "0",
        Some(_) => true,
    }
}

/// Read each key at a place of its own, which caches its answer.
fn ints() -> [Option<i64>; KEYS.len()] {
    [
        try_get_param!(a, MISSING).ok(),
        try_get_param!(b, MISSING).ok(),
        try_get_param!(a.b, MISSING).ok(),
        try_get_param!(a.c, MISSING).ok(),
        try_get_param!("a.b.c", MISSING).ok(),
        try_get_param!(x.y, MISSING).ok(),
    ]
}

fn trees() -> [Option<Tree>; 3] {
    [
        try_get_param!(a, Tree::new()).ok(),
        try_get_param!(a.b, Tree::new()).ok(),
        try_get_param!(x, Tree::new()).ok(),
    ]
}

/// Read one key as one type after another, at one place whose cache has the answer of the last read.
fn for_each_type(view: &Snapshot) {
    fn check<T: FromValue + Clone + PartialEq>(view: &Snapshot, default: T) {
        let read = try_get_param!(a.b, default.clone()).ok();
        assert!(
            read == view.try_get("a.b", default).ok(),
            "{} in {view:?}",
            T::wanted()
        );
    }
    check(view, MISSING);
    check(view, 7_u8);
    check(view, 0.5);
    check(view, true);
    check(view, "none".to_owned());
    check(view, Tree::new());
    check(view, Value::from(3));
    check(view, Value::from(Tree::new()));
    check(view, Some(MISSING));
    assert_eq!(get_param!(a.b, Value::None), view.get("a.b", Value::None));
}
