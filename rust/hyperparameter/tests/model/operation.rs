//! What one context can do, in any order.

use hyperparameter::Value;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::oracle::Own;

/// Few, so that they collide; some lie beneath others.
pub(crate) const KEYS: [&str; 6] = ["a", "b", "a.b", "a.c", "a.b.c", "x.y"];

type Key = &'static str;

/// An operation. What is chosen by an index is one of what there is when it is its turn.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// Make a scope, and enter it.
    Enter {
        own: Own,
        many: bool,
        empty: bool,
    },
    EnterAgain(Index),
    LeaveInnermost,
    /// Drop the guard of any entry.
    DropGuard(Index),
    /// Leave a scope, entered or not, past its guard.
    Leave(Index),
    /// Change a scope for its next entries.
    Put(Index, Key, Value),
    Set(Key, Value),
    Delete(Key),
    Clear,
    SetIn(Index, Key, Value),
    DeleteIn(Index, Key),
    UpdateIn(Index, Own),
    ClearIn(Index),
    Freeze,
    FreezeInThread(Own),
    /// Start a thread, which starts from the baseline.
    Thread(Key, Value),
    /// Enter a scope in another thread.
    EnterInThread(Index, Key, Value),
    /// Keep the view as a scope to be entered elsewhere.
    Capture,
    /// Keep the view as a source.
    Snapshot,
    Bind(Index),
    Call(Index, bool),
    /// Await a future, here or in another thread.
    Await(Own, Value, bool),
    /// Run a block of `with_params!`, which sets keys and can be left by a panic.
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

fn own() -> impl Strategy<Value = Own> + Clone {
    btree_map(key().prop_map(str::to_owned), value().prop_map(Some), 0..4)
}

fn index() -> impl Strategy<Value = Index> + Clone {
    any::<Index>()
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let enter = (own(), prop::bool::weighted(0.1), prop::bool::weighted(0.2));
    let simple = prop_oneof![
        4 => enter.prop_map(|(own, many, empty)| Enter { own, many, empty }),
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
        1 => (index(), own()).prop_map(|(index, own)| UpdateIn(index, own)),
        1 => index().prop_map(ClearIn),
        1 => Just(Freeze),
        1 => own().prop_map(FreezeInThread),
        1 => (key(), value()).prop_map(|(key, value)| Thread(key, value)),
        1 => (index(), key(), value()).prop_map(|(index, key, value)| EnterInThread(index, key, value)),
        1 => Just(Capture),
        1 => Just(Snapshot),
        1 => index().prop_map(Bind),
        1 => (index(), any::<bool>()).prop_map(|(index, elsewhere)| Call(index, elsewhere)),
        1 => (own(), value(), any::<bool>()).prop_map(|(own, value, elsewhere)| Await(own, value, elsewhere)),
    ];
    simple.prop_recursive(2, 16, 8, |operation| {
        (key(), value(), vec(operation, 0..8), any::<bool>())
            .prop_map(|(key, value, operations, fails)| Block(key, value, operations, fails))
    })
}
