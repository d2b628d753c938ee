//! The baseline is replaced while other threads read.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use hyperparameter::*;

use crate::{alone, at_once};

/// Publish baselines in which two parameters go together, as long as others run.
fn while_publishing(run: impl Fn() + Sync) {
    let _alone = alone();
    let publish = |number: i64| {
        with_params! {
            set swap.number = number;
            set swap.text = number.to_string();
            set swap.negative = -number;
            frozen();
        }
    };
    publish(1);
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            for number in 2.. {
                publish(number);
                if done.load(Ordering::Relaxed) {
                    assert!(number > 20, "the baseline was hardly replaced");
                    break;
                }
            }
        });
        let _ended = SetAtEnd(&done);
        at_once(|_| run());
    });
}

/// Sets a flag when it is dropped, on panic too.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const READS: usize = 20_000;

/// Outside of any scope, whichever way it reads, no thread sees an older baseline after a newer one.
#[test]
fn readers_never_go_back() {
    while_publishing(|| {
        let mut latest = 1;
        let mut see = |number: i64| {
            assert!(number >= latest, "{number} after {latest}");
            latest = number;
        };
        for _ in 0..READS {
            see(get_param!(swap.number, 0));
            see(-get_param!(swap.negative, 0));
            see(get_param!(swap.text, 0)); // another place, that converts
            see(get_param!(swap.number, 0));
            see(snapshot().get("swap.number", 0));
            see(try_get_param!(swap.number).unwrap());
            see(get_param!(swap.text, String::new()).parse().unwrap());
            let _entered = ParamScope::new().enter();
            see(-get_param!(swap.negative, 0));
        }
    });
}

/// A snapshot is of one baseline.
#[test]
fn snapshots_are_no_mixture() {
    while_publishing(|| {
        for _ in 0..READS {
            let seen = snapshot();
            let number = seen.get("swap.number", 0);
            assert_eq!(seen.get("swap.text", 0), number);
            assert_eq!(seen.get("swap.negative", 0), -number);
        }
    });
}

/// The outermost scope pins the baseline until it is left, in whatever is entered inside it or bound there.
#[test]
fn a_scope_pins_the_baseline() {
    while_publishing(|| {
        for _ in 0..READS / 20 {
            with_params! {
                set swap.own = 1;
                let number = get_param!(swap.number, 0);
                let bound = ParamScope::new().bind(|| get_param!(swap.text, 0));
                for _ in 0..5 {
                    assert_eq!(get_param!(swap.negative, 0), -number);
                    let _inner = ParamScope::new().enter();
                    assert_eq!(get_param!(swap.text, 0), number);
                    assert_eq!(bound.call(), number);
                }
                ParamScope::current().delete("swap.own").unwrap();
                assert_eq!(get_param!(swap.number, 0), number);
            }
        }
    });
}

/// What a thread set outside of any scope lies over the baseline of the moment.
#[test]
fn own_writes_lie_over_the_baseline_of_the_moment() {
    while_publishing(|| {
        ParamScope::current().set("swap.number", -1).unwrap();
        let mut latest = 1;
        for _ in 0..READS {
            let number = -get_param!(swap.negative, 0);
            assert!(number >= latest, "{number} after {latest}");
            latest = number;
            assert_eq!(get_param!(swap.number, 0), -1);
        }
    });
}

/// Many threads publish at once: every baseline that anyone sees is one that was published, whole.
#[test]
fn publishers_do_not_mix() {
    let _alone = alone();
    let next = AtomicI64::new(1);
    at_once(|_| {
        for _ in 0..500 {
            let number = next.fetch_add(1, Ordering::Relaxed);
            with_params! {
                set mixed.a = number;
                set mixed.b = number;
                frozen();
            }
            let seen = snapshot();
            assert_ne!(seen.get("mixed.a", 0), 0);
            assert_eq!(seen.get("mixed.a", 0), seen.get("mixed.b", 0));
        }
    });
    assert_eq!(get_param!(mixed.a, 0), get_param!(mixed.b, -1));
}

/// A thread that already runs sees the new baseline at its next read, whether it has read before or not.
#[test]
fn running_threads_see_a_new_baseline() {
    let _alone = alone();
    let read = || get_param!(late.number, 0);
    let (asked, to_ask) = std::sync::mpsc::channel();
    let (answer, answered) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        while to_ask.recv().is_ok() {
            answer.send(read()).unwrap();
        }
    });
    let ask = || {
        asked.send(()).unwrap();
        answered.recv().unwrap()
    };
    assert_eq!(ask(), 0);
    for number in 1..100 {
        with_params! {
            set late.number = number;
            frozen();
        }
        assert_eq!((ask(), read()), (number, number));
    }
    drop(asked);
    reader.join().unwrap();
}
