//! Scopes and the baseline among threads that run at the same time.

mod baseline;

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;
use rayon::prelude::*;

const THREADS: i64 = 8;

/// Run in many threads that start at once; each is given its number.
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

/// Hold off the other tests that replace the baseline: the process has one.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

// --- Isolation ---

fn iso() -> (i64, i64, i64) {
    with_params! {
        get outer = iso.outer or -1;
        get inner = iso.inner or -1;
        get written = iso.written or -1;
        (outer, inner, written)
    }
}

/// A thread sees the scopes that it entered itself, and what it wrote in them, and no others.
#[test]
fn threads_see_their_own_scopes_alone() {
    at_once(|number| {
        for round in 0..1000 {
            assert_eq!(iso(), (-1, -1, -1));
            with_params! {
                set iso.outer = number;
                let outer = ParamScope::current();
                with_params! {
                    set iso.inner = number * 1000 + round;
                    assert_eq!(iso(), (number, number * 1000 + round, -1));
                    outer.set("iso.written", round).unwrap();
                    assert_eq!(iso(), (number, number * 1000 + round, round));
                }
                assert_eq!(iso(), (number, -1, round));
            }
        }
    });
}

/// What a thread sets outside of any scope is seen by itself, over the baseline, until it ends.
#[test]
fn what_is_set_outside_of_any_scope_stays_in_its_thread() {
    at_once(|number| {
        let here = ParamScope::current();
        assert_eq!(get_param!(loose.number, -1), -1);
        here.set("loose.number", number).unwrap();
        for _ in 0..1000 {
            assert_eq!(get_param!(loose.number, -1), number);
            with_params! {
                set loose.other = number;
                assert_eq!(get_param!(loose.number, -1), number);
            }
        }
        thread::spawn(|| assert_eq!(get_param!(loose.number, -1), -1))
            .join()
            .unwrap();
        here.delete("loose.number").unwrap();
        assert_eq!(get_param!(loose.number, -1), -1);
    });
}

/// One scope object is entered by many threads at once, again within itself too. What one of them writes in it
/// is not seen by the others.
#[test]
fn one_scope_is_entered_by_many_threads_at_once() {
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

/// A new thread starts from the baseline, not from the scopes around the place that started it.
#[test]
fn a_new_thread_starts_from_the_baseline() {
    with_params! {
        set fresh.a = 1;
        thread::scope(|threads| {
            threads.spawn(|| assert_eq!(get_param!(fresh.a, 0), 0));
        });
    }
}

/// A scope that another thread entered cannot be written to from here, and leaving it here does nothing.
#[test]
fn a_scope_of_another_thread_is_not_entered_here() {
    let scope = ParamScope::from_texts(["elsewhere.a=1"]).unwrap();
    let _entered = scope.enter();
    let there = scope.clone();
    thread::spawn(move || {
        let refused = there.set("elsewhere.a", 2).unwrap_err();
        assert_eq!(refused.kind(), ParamErrorKind::NotEntered);
        there.leave();
        assert_eq!(get_param!(elsewhere.a, 0), 0);
    })
    .join()
    .unwrap();
    assert_eq!(get_param!(elsewhere.a, 0), 1);
}

// --- Guards ---

/// A panic leaves all scopes that it passes, in every thread, and those alone.
#[test]
fn guards_restore_on_panic() {
    let scope = ParamScope::from_texts(["fall.b=2"]).unwrap();
    at_once(|number| {
        with_params! {
            set fall.a = number;
            for _ in 0..200 {
                let fallen = panic::catch_unwind(AssertUnwindSafe(|| {
                    with_params! {
                        set fall.a = -2;
                        params &scope;
                        let _entered = scope.enter();
                        ParamScope::current().set("fall.c", 3).unwrap();
                        assert_eq!((get_param!(fall.a, 0), get_param!(fall.c, 0)), (-2, 3));
                        panic::resume_unwind(Box::new(()));
                    }
                }));
                assert!(fallen.is_err());
                assert_eq!(get_param!(fall.a, -1), number);
                assert_eq!((get_param!(fall.b, 0), get_param!(fall.c, 0)), (0, 0));
            }
        }
    });
}

/// Left out of order, each scope takes away what it set itself.
#[test]
fn guards_are_dropped_in_any_order() {
    let of = |text: &str| ParamScope::from_texts([text]).unwrap().enter();
    let seen = || {
        [
            get_param!(order.a, 0),
            get_param!(order.b, 0),
            get_param!(order.c, 0),
        ]
    };
    at_once(|_| {
        let (a, b, c) = (of("order.a=1"), of("order.b=2"), of("order.c=3"));
        b.set("order.a", 20).unwrap();
        assert_eq!(seen(), [20, 2, 3]);
        drop(a);
        assert_eq!(seen(), [20, 2, 3]);
        drop(b);
        assert_eq!(seen(), [0, 0, 3]);
        let again = of("order.c=4");
        drop(c);
        assert_eq!(seen(), [0, 0, 4]);
        drop(again);
        assert_eq!(seen(), [0, 0, 0]);
        assert!(!snapshot().contains("order.c"));
    });
}

/// A guard cannot be sent: what is entered in one thread cannot be left in another. The rest can.
#[test]
fn guards_stay_in_their_thread_and_the_rest_is_free() {
    trait Ambiguous<A> {
        fn here() {}
    }
    struct Free;
    impl<T> Ambiguous<()> for T {}
    impl<T: Send> Ambiguous<Free> for T {}
    <ScopeGuard as Ambiguous<_>>::here(); // does not compile where it is Send
    <Bound<std::rc::Rc<i64>> as Ambiguous<_>>::here();

    fn free<T: Send + Sync>() {}
    free::<ParamScope>();
    free::<Snapshot>();
    free::<Value>();
    free::<ParamError>();
    free::<Bound<fn() -> i64>>();
    fn sent<F: Send>() {
        fn send<T: Send>() {}
        send::<Bound<F>>();
    }
    sent::<std::cell::Cell<i64>>();
}

// --- Binding ---

/// What is bound runs in the view of the moment of binding, in any thread, any number of times at once.
#[test]
fn bound_closures_take_their_view_to_other_threads() {
    let bound = with_params! {
        set carried.a = 1;
        let bound = ParamScope::from_texts(["carried.b=2"]).unwrap().bind(|c: i64| {
            assert_eq!(get_param!(carried.c, 0), 0); // what another call set is not here
            ParamScope::current().set("carried.c", c).unwrap();
            (get_param!(carried.a, 0), get_param!(carried.b, 0), get_param!(carried.c, 0))
        });
        ParamScope::current().set("carried.a", 10).unwrap(); // after it was bound
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

/// A pool's threads see the view of what is bound while they run it, though they serve others in between.
#[test]
fn bound_closures_take_their_view_to_a_pool() {
    at_once(|number| {
        let add = with_params! {
            set pool.number = number;
            ParamScope::new().bind(|item: i64| {
                let inner = with_params! {
                    set pool.item = item;
                    // a pool's thread takes up other work while it waits: in that work's own view
                    let (one, other) = rayon::join(|| get_param!(pool.item, -1), || get_param!(pool.number, -1));
                    assert!(one == item || one == -1);
                    assert!((0..THREADS).contains(&other) || other == -1);
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

/// A closure that panics leaves the thread's view as it was, and can be called again.
#[test]
fn a_bound_closure_that_panics_restores_the_view() {
    let bound = ParamScope::from_texts(["risky.a=1"])
        .unwrap()
        .bind(|fall: bool| {
            ParamScope::current().set("risky.a", 2).unwrap();
            if fall {
                panic::resume_unwind(Box::new(()));
            }
            get_param!(risky.a, 0)
        });
    for _ in 0..3 {
        let fallen = panic::catch_unwind(AssertUnwindSafe(|| bound.call_with(true)));
        assert!(fallen.is_err());
        assert_eq!(get_param!(risky.a, 0), 0);
        assert_eq!(bound.call_with(false), 2);
    }
}

/// A snapshot and a captured scope show elsewhere what was seen here.
#[test]
fn views_can_be_entered_elsewhere() {
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
                params &captured; // in place of what is around it
                assert_eq!((get_param!(view.a, 0), get_param!(view.b, -1)), (1, -1));
            }
        }
        assert_eq!(view.get("view.a", 0), 1);
    });
}
