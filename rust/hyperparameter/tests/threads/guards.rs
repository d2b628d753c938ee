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
