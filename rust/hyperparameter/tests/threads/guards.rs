//! Guards leave their scopes on panics and in any order.

use std::panic::{self, AssertUnwindSafe};

use hyperparameter::*;

use crate::at_once;

/// A panic leaves exactly the scopes that it passes through, in every thread.
#[test]
fn guards_restore_on_panic() {
    let scope = ParamScope::from_texts(["panics.b=2"]).unwrap();
    at_once(|number| {
        with_params! {
            set panics.a = number;
            for _ in 0..200 {
                let result = panic::catch_unwind(AssertUnwindSafe(|| {
                    with_params! {
                        set panics.a = -2;
                        params &scope;
                        let _entered = scope.enter();
                        ParamScope::current().set("panics.c", 3).unwrap();
                        assert_eq!((get_param!(panics.a, 0), get_param!(panics.c, 0)), (-2, 3));
                        panic::resume_unwind(Box::new(()));
                    }
                }));
                assert!(result.is_err());
                assert_eq!(get_param!(panics.a, -1), number);
                assert_eq!((get_param!(panics.b, 0), get_param!(panics.c, 0)), (0, 0));
            }
        }
    });
}

/// A scope that is left out of order removes exactly its own overrides.
#[test]
fn guards_are_dropped_in_any_order() {
    let enter = |text: &str| ParamScope::from_texts([text]).unwrap().enter();
    let read = || {
        [
            get_param!(order.a, 0),
            get_param!(order.b, 0),
            get_param!(order.c, 0),
        ]
    };
    at_once(|_| {
        let (a, b, c) = (enter("order.a=1"), enter("order.b=2"), enter("order.c=3"));
        b.set("order.a", 20).unwrap();
        assert_eq!(read(), [20, 2, 3]);
        drop(a);
        assert_eq!(read(), [20, 2, 3]);
        drop(b);
        assert_eq!(read(), [0, 0, 3]);
        let again = enter("order.c=4");
        drop(c);
        assert_eq!(read(), [0, 0, 4]);
        drop(again);
        assert_eq!(read(), [0, 0, 0]);
        assert!(!snapshot().contains("order.c"));
    });
}

/// Of a scope that is entered several times, each guard writes to its own entry, and leaves that one.
#[test]
fn a_guard_stands_for_its_own_entry() -> Result<(), ParamError> {
    let read = || [get_param!(entry.a, 0), get_param!(entry.b, 0)];
    let scope = ParamScope::from_texts(["entry.a=1"])?;
    let first = scope.enter();
    let between = ParamScope::from_texts(["entry.a=2"])?.enter();
    let second = scope.enter();
    first.set("entry.b", 10)?;
    second.set("entry.b", 20)?;
    assert_eq!((first.snapshot().get("entry.b", 0), read()), (10, [1, 20]));
    assert_eq!(ParamScope::from(&first).snapshot().get("entry.b", 0), 20);
    drop(first);
    assert_eq!(read(), [1, 20]);
    second.delete("entry.b")?;
    assert_eq!(read(), [1, 0]);
    drop(second);
    assert_eq!(read(), [2, 0]);
    drop(between);
    assert_eq!(read(), [0, 0]);

    let (outer, inner) = (scope.enter(), scope.enter());
    scope.leave();
    assert_eq!(
        inner.set("entry.b", 1).unwrap_err().kind(),
        ParamErrorKind::NotEntered
    );
    drop(inner);
    assert_eq!(read(), [1, 0]);
    drop(outer);
    assert_eq!(read(), [0, 0]);
    Ok(())
}

/// What is bound by a guard sees what the snapshot of the guard sees: its writes, and nothing from inside its scope.
#[test]
fn a_bound_guard_sees_what_its_snapshot_sees() -> Result<(), ParamError> {
    let read = || {
        [
            get_param!(bound.a, 0),
            get_param!(bound.b, 0),
            get_param!(bound.c, 0),
        ]
    };
    let _outer = ParamScope::from_texts(["bound.c=3"])?.enter();
    let guard = ParamScope::from_texts(["bound.a=1", "bound.c=4"])?.enter();
    guard.set("bound.a", 5)?;
    guard.delete("bound.c")?;
    let _inner = ParamScope::from_texts(["bound.b=2"])?.enter();
    let seen = std::thread::scope(|threads| {
        let bound = guard.bind(read);
        threads.spawn(move || bound.call()).join().unwrap()
    });
    assert_eq!(seen, [5, 0, 0]);
    let view = guard.snapshot();
    assert_eq!(
        seen,
        ["a", "b", "c"].map(|name| view.get(&format!("bound.{name}"), 0))
    );
    let empty = ParamScope::empty().enter();
    empty.set("bound.a", 6)?;
    assert_eq!(empty.bind(read).call(), [6, 0, 0]);
    Ok(())
}

/// A guard is not `Send`, because a scope has to be left in the thread that entered it. The other types are.
#[test]
fn guards_are_not_send_and_the_other_types_are() {
    // A type that is `Send` implements `Ambiguous` twice, so that the call does not compile.
    trait Ambiguous<A> {
        fn assert_not_send() {}
    }
    struct IfSend;
    impl<T> Ambiguous<()> for T {}
    impl<T: Send> Ambiguous<IfSend> for T {}
    <ScopeGuard as Ambiguous<_>>::assert_not_send();
    <Bound<std::rc::Rc<i64>> as Ambiguous<_>>::assert_not_send();

    fn assert_send_and_sync<T: Send + Sync>() {}
    assert_send_and_sync::<ParamScope>();
    assert_send_and_sync::<Snapshot>();
    assert_send_and_sync::<Value>();
    assert_send_and_sync::<ParamError>();
    assert_send_and_sync::<Bound<fn() -> i64>>();
    // `Bound` is `Send` if its closure is, even if the closure is not `Sync`.
    fn assert_bound_is_send<F: Send>() {
        fn assert_send<T: Send>() {}
        assert_send::<Bound<F>>();
    }
    assert_bound_is_send::<std::cell::Cell<i64>>();
}
