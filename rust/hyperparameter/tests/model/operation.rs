//! The operations of one context, and strategies that generate them.

use hyperparameter::Value;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::oracle::Overrides;

/// Few keys, so that operations collide. Some keys are in the subtrees of others.
pub(crate) const KEYS: [&str; 6] = ["a", "b", "a.b", "a.c", "a.b.c", "x.y"];

type Key = &'static str;

/// One operation. An index picks one of the scopes, guards or closures that exist when the operation runs.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// Make a scope and enter it. `many` adds so many keys that the overrides are not stored as a list.
    Enter {
        overrides: Overrides,
        many: bool,
        empty: bool,
    },
    EnterAgain(Index),
    LeaveInnermost,
    /// Drop the guard of any entered scope.
    DropGuard(Index),
    /// Leave a scope by its method, whether it is entered or not. Its guard is kept.
    Leave(Index),
    /// Change a scope for its later entries.
    Put(Index, Key, Value),
    Set(Key, Value),
    Delete(Key),
    Clear,
    SetIn(Index, Key, Value),
    DeleteIn(Index, Key),
    UpdateIn(Index, Overrides),
    ClearIn(Index),
    Freeze,
    FreezeInThread(Overrides),
    /// Set a key in a new thread, which starts from the baseline.
    Thread(Key, Value),
    /// Enter a scope in another thread.
    EnterInThread(Index, Key, Value),
    /// Keep the view as a scope that hides what is outside it.
    Capture,
    /// Keep a scope that sets everything in the view.
    Snapshot,
    Bind(Index),
    Call(Index, bool),
    /// Await a future, in this thread or in another one.
    Await(Overrides, Value, bool),
    /// Run operations in a block of `with_params!`, which may panic at its end.
    Block(Key, Value, Vec<Operation>, bool),
}

fn key() -> impl Strategy<Value = Key> + Clone {
    select(&KEYS[..])
}

fn value() -> impl Strategy<Value = Value> + Clone {
    let values = ["0", "1", "x"].map(Value::from);
    let values = values.into_iter().chain([0, 1, 2, 300].map(Value::from));
    select(values.chain([Value::None]).collect::<Vec<_>>())
}

fn overrides() -> impl Strategy<Value = Overrides> + Clone {
    btree_map(key().prop_map(str::to_owned), value().prop_map(Some), 0..4)
}

fn index() -> impl Strategy<Value = Index> + Clone {
    any::<Index>()
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let enter = (
        overrides(),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    );
    let simple = prop_oneof![
        4 => enter.prop_map(|(overrides, many, empty)| Enter { overrides, many, empty }),
        3 => index().prop_map(EnterAgain),
        2 => Just(LeaveInnermost),
        3 => index().prop_map(DropGuard),
        1 => index().prop_map(Leave),
        1 => (index(), key(), value()).prop_map(|(index, key, value)| Put(index, key, value)),
        3 => (key(), value()).prop_map(|(key, value)| Set(key, value)),
        2 => key().prop_map(Delete),
        1 => Just(Clear),
        2 => (index(), key(), value()).prop_map(|(index, key, value)| SetIn(index, key, value)),
        1 => (index(), key()).prop_map(|(index, key)| DeleteIn(index, key)),
        1 => (index(), overrides()).prop_map(|(index, overrides)| UpdateIn(index, overrides)),
        1 => index().prop_map(ClearIn),
        1 => Just(Freeze),
        1 => overrides().prop_map(FreezeInThread),
        1 => (key(), value()).prop_map(|(key, value)| Thread(key, value)),
        1 => (index(), key(), value()).prop_map(|(index, key, value)| EnterInThread(index, key, value)),
        1 => Just(Capture),
        1 => Just(Snapshot),
        1 => index().prop_map(Bind),
        1 => (index(), any::<bool>()).prop_map(|(index, in_other_thread)| Call(index, in_other_thread)),
        1 => (overrides(), value(), any::<bool>()).prop_map(|(overrides, value, in_other_thread)| Await(overrides, value, in_other_thread)),
    ];
    simple.prop_recursive(2, 16, 8, |operation| {
        (key(), value(), vec(operation, 0..8), any::<bool>())
            .prop_map(|(key, value, operations, fails)| Block(key, value, operations, fails))
    })
}
