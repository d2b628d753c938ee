//! Scopes and the baseline in threads that run at the same time.

mod baseline;

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;
use rayon::prelude::*;

const THREADS: i64 = 8;

/// Run a function in many threads that start at once. Each gets its number.
pub(crate) fn at_once(run: impl Fn(i64) + Sync) {
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|threads| {
        for number in 0..THREADS {
            let (run, barrier) = (&run, &barrier);
            threads.spawn(move || {
                barrier.wait();
                run(number);
            });
        }
    });
}

/// Keep the other tests that replace the baseline waiting, because the process has one baseline.
pub(crate) fn run_alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

// --- Isolation ---

/// Return the three parameters that the next test reads.
fn isolated() -> (i64, i64, i64) {
    with_params! {
        get outer = isolated.outer or -1;
        get inner = isolated.inner or -1;
        get written = isolated.written or -1;
        (outer, inner, written)
    }
}

/// A thread sees only its own scopes and its own writes.
#[test]
fn threads_see_only_their_own_scopes() {
    at_once(|number| {
        for round in 0..1000 {
            assert_eq!(isolated(), (-1, -1, -1));
            with_params! {
                set isolated.outer = number;
                let outer = ParamScope::current();
                with_params! {
                    set isolated.inner = number * 1000 + round;
                    assert_eq!(isolated(), (number, number * 1000 + round, -1));
                    outer.set("isolated.written", round).unwrap();
                    assert_eq!(isolated(), (number, number * 1000 + round, round));
                }
                assert_eq!(isolated(), (number, -1, round));
            }
        }
    });
}

/// A write outside every scope is visible in its thread only, on top of the baseline, until the thread ends.
#[test]
fn ambient_writes_stay_in_their_thread() {
    at_once(|number| {
        let ambient = ParamScope::current();
        assert_eq!(get_param!(ambient.number, -1), -1);
        ambient.set("ambient.number", number).unwrap();
        for _ in 0..1000 {
            assert_eq!(get_param!(ambient.number, -1), number);
            with_params! {
                set ambient.other = number;
                assert_eq!(get_param!(ambient.number, -1), number);
            }
        }
        thread::spawn(|| assert_eq!(get_param!(ambient.number, -1), -1))
            .join()
            .unwrap();
        ambient.delete("ambient.number").unwrap();
        assert_eq!(get_param!(ambient.number, -1), -1);
    });
}

/// Many threads can enter one scope at once, and again within itself. A write of one thread is not visible to the others.
#[test]
fn one_scope_can_be_entered_by_many_threads() {
    let scope = ParamScope::from_texts(["shared.a=1", "shared.b=1"]).unwrap();
    at_once(|number| {
        for _ in 0..1000 {
            let outer = scope.enter();
            outer.set("shared.b", number).unwrap();
            assert_eq!(
                (get_param!(shared.a, 0), get_param!(shared.b, -1)),
                (1, number)
            );
            {
                let _inner = scope.enter();
                assert_eq!((get_param!(shared.a, 0), get_param!(shared.b, -1)), (1, 1));
            }
            assert_eq!(get_param!(shared.b, -1), number);
            drop(outer);
            assert_eq!((get_param!(shared.a, 0), get_param!(shared.b, -1)), (0, -1));
        }
    });
}

/// A new thread starts from the baseline, not from the scopes of the thread that started it.
#[test]
fn a_new_thread_starts_from_the_baseline() {
    with_params! {
        set fresh.a = 1;
        thread::scope(|threads| {
            threads.spawn(|| assert_eq!(get_param!(fresh.a, 0), 0));
        });
    }
}

/// A scope that only another thread has entered refuses writes, and leaving it does nothing.
#[test]
fn a_scope_of_another_thread_is_not_entered() {
    let scope = ParamScope::from_texts(["elsewhere.a=1"]).unwrap();
    let _entered = scope.enter();
    let clone = scope.clone();
    thread::spawn(move || {
        let error = clone.set("elsewhere.a", 2).unwrap_err();
        assert_eq!(error.kind(), ParamErrorKind::NotEntered);
        clone.leave();
        assert_eq!(get_param!(elsewhere.a, 0), 0);
    })
    .join()
    .unwrap();
    assert_eq!(get_param!(elsewhere.a, 0), 1);
}

// --- Guards ---

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

/// A scope that is left out of order removes exactly what it set itself.
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

// --- Binding ---

/// A bound closure runs in the view of the moment of binding, in any thread, and many times at once.
#[test]
fn bound_closures_take_their_view_to_other_threads() {
    let bound = with_params! {
        set carried.a = 1;
        let bound = ParamScope::from_texts(["carried.b=2"]).unwrap().bind(|c: i64| {
            // The write of another call is not visible.
            assert_eq!(get_param!(carried.c, 0), 0);
            ParamScope::current().set("carried.c", c).unwrap();
            (get_param!(carried.a, 0), get_param!(carried.b, 0), get_param!(carried.c, 0))
        });
        // The closure does not see this write, because it comes after binding.
        ParamScope::current().set("carried.a", 10).unwrap();
        bound
    };
    at_once(|number| {
        with_params! {
            set carried.a = -1;
            for _ in 0..500 {
                assert_eq!(bound.call_with(number), (1, 2, number));
                assert_eq!((get_param!(carried.a, 0), get_param!(carried.b, 0)), (-1, 0));
            }
        }
    });
    let spawned = thread::spawn(move || (bound.call_with(7), get_param!(carried.a, 0)));
    assert_eq!(spawned.join().unwrap(), ((1, 2, 7), 0));
}

/// The threads of a pool run each bound closure in its own view, although they run other closures in between.
#[test]
fn bound_closures_take_their_view_to_a_pool() {
    at_once(|number| {
        let add = with_params! {
            set pool.number = number;
            ParamScope::new().bind(|item: i64| {
                let inner = with_params! {
                    set pool.item = item;
                    // A thread that waits in `join` runs other closures meanwhile, each in its own view.
                    let (first, second) = rayon::join(|| get_param!(pool.item, -1), || get_param!(pool.number, -1));
                    assert!(first == item || first == -1);
                    assert!((0..THREADS).contains(&second) || second == -1);
                    get_param!(pool.item, -1)
                };
                assert_eq!(get_param!(pool.item, -1), -1);
                get_param!(pool.number, -1) * 10_000 + inner
            })
        };
        let sums: Vec<i64> = (0..500)
            .into_par_iter()
            .map(|item| add.call_with(item))
            .collect();
        assert!(
            sums.into_iter()
                .eq((0..500).map(|item| number * 10_000 + item))
        );
        assert_eq!(get_param!(pool.number, -1), -1);
    });
    rayon::broadcast(|_| {
        assert_eq!(
            (get_param!(pool.number, -1), get_param!(pool.item, -1)),
            (-1, -1)
        );
    });
}

/// A panic in a bound closure restores the thread's view. The closure can be called again.
#[test]
fn a_bound_closure_that_panics_restores_the_view() {
    let bound = ParamScope::from_texts(["risky.a=1"])
        .unwrap()
        .bind(|panics: bool| {
            ParamScope::current().set("risky.a", 2).unwrap();
            if panics {
                panic::resume_unwind(Box::new(()));
            }
            get_param!(risky.a, 0)
        });
    for _ in 0..3 {
        let result = panic::catch_unwind(AssertUnwindSafe(|| bound.call_with(true)));
        assert!(result.is_err());
        assert_eq!(get_param!(risky.a, 0), 0);
        assert_eq!(bound.call_with(false), 2);
    }
}

/// A snapshot and a captured scope can be entered in other threads.
#[test]
fn views_can_be_entered_in_other_threads() {
    let (view, captured) = with_params! {
        set view.a = 1;
        (snapshot(), ParamScope::capture())
    };
    at_once(|number| {
        with_params! {
            set view.b = number;
            with_params! {
                params &view;
                assert_eq!((get_param!(view.a, 0), get_param!(view.b, -1)), (1, number));
            }
            with_params! {
                // A captured scope hides what is outside it.
                params &captured;
                assert_eq!((get_param!(view.a, 0), get_param!(view.b, -1)), (1, -1));
            }
        }
        assert_eq!(view.get("view.a", 0), 1);
    });
}
