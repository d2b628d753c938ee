//! Code of the user's own that runs when values and threads end, and that reads parameters and enters scopes.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;

/// Hold off the other tests: a scope that one of them enters would keep alive what is to be dropped here.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the destructors saw.
type Seen = Arc<Mutex<Vec<(i64, i64)>>>;

/// Reads, writes, enters and freezes when it is dropped.
struct Nosy {
    seen: Seen,
    freezes: bool,
}

impl Nosy {
    fn value(seen: &Seen) -> Value {
        Self::of(seen, false)
    }

    fn that_freezes(seen: &Seen) -> Value {
        Self::of(seen, true)
    }

    fn of(seen: &Seen, freezes: bool) -> Value {
        let seen = seen.clone();
        Value::of(Arc::new(Self { seen, freezes }))
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        let outside = get_param!(nosy.a, 0);
        let inside = with_params! {
            set nosy.a = 100;
            let _entered = ParamScope::from_texts(["nosy.b=5"]).unwrap().enter();
            ParamScope::current().set("nosy.c", 7).unwrap();
            get_param!(nosy.a, 0) + get_param!(nosy.b, 0) + snapshot().get("nosy.c", 0)
        };
        if self.freezes {
            frozen();
        }
        self.seen.lock().unwrap().push((outside, inside));
    }
}

fn taken(seen: &Seen) -> Vec<(i64, i64)> {
    mem::take(&mut seen.lock().unwrap())
}

/// A value that is dropped as its scope is left sees the view without that scope.
#[test]
fn a_value_dropped_with_its_scope_reads_the_view_around_it() {
    let _alone = alone();
    let seen = Seen::default();
    with_params! {
        set nosy.a = 1;
        with_params! {
            set nosy.a = 2;
            set nosy.value = Nosy::value(&seen);
        }
        assert_eq!(taken(&seen), [(1, 112)]);
        let guard = ParamScope::new().enter();
        guard.set("nosy.value", Nosy::value(&seen)).unwrap();
        guard.set("nosy.value", 0).unwrap();
        assert_eq!(taken(&seen), [(1, 112)]);
        guard.set("nosy.value", Nosy::value(&seen)).unwrap();
        guard.clear().unwrap();
        assert_eq!(taken(&seen), [(1, 112)]);
        guard.set("nosy.value", Nosy::value(&seen)).unwrap();
        drop(guard);
        assert_eq!(taken(&seen), [(1, 112)]);
        assert_eq!((get_param!(nosy.a, 0), get_param!(nosy.b, 0)), (1, 0));
    }
}

/// Make a value part of the baseline, from another thread.
fn freeze_elsewhere(value: Value) {
    let freeze = || {
        with_params! {
            set nosy.value = value;
            frozen();
        }
    };
    thread::spawn(freeze).join().unwrap();
}

/// A value that is dropped as a baseline is replaced may read, enter, and replace the baseline itself.
#[test]
fn a_value_dropped_with_its_baseline_reads_and_freezes() {
    let _alone = alone();
    let seen = Seen::default();
    for value in [Nosy::value(&seen), Nosy::that_freezes(&seen)] {
        freeze_elsewhere(value);
        assert_eq!(taken(&seen), []);
        freeze_elsewhere(Value::Int(0));
        assert_eq!(get_param!(nosy.value, 1), 0);
        assert_eq!(taken(&seen), [(0, 112)]);
    }
    for value in [Nosy::value(&seen), Nosy::that_freezes(&seen)] {
        with_params! {
            set nosy.a = 6; // pins the baseline of before
            freeze_elsewhere(value);
            frozen(); // nobody but the process holds the one that goes
            assert_eq!(taken(&seen), [(6, 112)]);
        }
        freeze_elsewhere(Value::Int(0));
        let clean = ParamScope::new().enter();
        clean.delete("nosy.a").unwrap();
        frozen();
        drop(clean);
        assert_eq!(get_param!(nosy.a, 0), 0);
    }
}

/// So may one of a baseline that was kept alive by what a thread had set outside of any scope.
#[test]
fn a_value_dropped_as_own_writes_move_to_a_new_baseline_reads() {
    let _alone = alone();
    let seen = Seen::default();
    let here = ParamScope::current();
    here.set("nosy.a", 3).unwrap();
    for enter in [false, true] {
        freeze_elsewhere(Nosy::value(&seen));
        assert_eq!(get_param!(nosy.a, 0), 3); // from here on the thread's own frame holds that baseline
        freeze_elsewhere(Value::Int(0));
        assert_eq!(taken(&seen), []);
        if enter {
            let _entered = ParamScope::new().enter();
            assert_eq!(get_param!(nosy.value, 1), 0);
        } else {
            assert_eq!(get_param!(nosy.value, 1), 0);
        }
        assert_eq!(taken(&seen), [(3, 112)]);
        assert_eq!(get_param!(nosy.a, 0), 3);
    }
    here.clear().unwrap();
}

/// What a closure holds is dropped in the view that it is bound to, called or not.
#[test]
fn what_a_bound_closure_holds_is_dropped_in_its_view() {
    let _alone = alone();
    let seen = Seen::default();
    let scope = ParamScope::from_texts(["nosy.a=4"]).unwrap();
    let bind = || {
        let held = Nosy::value(&seen);
        scope.bind(move || drop(held))
    };
    drop(bind());
    assert_eq!(taken(&seen), [(4, 112)]);
    bind().call_once();
    assert_eq!(taken(&seen), [(4, 112)]);
    let bound = bind();
    thread::spawn(move || drop(bound)).join().unwrap();
    assert_eq!(taken(&seen), [(4, 112)]);
    assert_eq!(get_param!(nosy.a, 0), 0);
}

// --- The end of a thread ---

/// Reads when the thread's own variables are destroyed.
struct AtEnd(Seen);

fn late() -> i64 {
    get_param!(end.a, 0)
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        let by_view = snapshot().get("end.a", 0);
        self.0.lock().unwrap().push((late(), by_view));
    }
}

/// While a thread's variables are destroyed parameters can be read: of its scopes as long as its context is
/// there, then of the baseline, and in one way at every place.
#[test]
fn parameters_are_read_while_a_thread_ends() {
    thread_local! {
        static BEFORE: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
        static AFTER: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    }
    let _alone = alone();
    let seen = Seen::default();
    let held = Seen::default();
    for _ in 0..2 {
        let (at_end, value) = (seen.clone(), Nosy::value(&held));
        // Joined, which waits for the thread's end; `thread::scope` waits for its closure only.
        thread::spawn(move || {
            BEFORE.set(Some(AtEnd(at_end.clone())));
            let scope = ParamScope::from_texts(["end.a=1"]).unwrap();
            mem::forget(scope.enter()); // it is still entered when the thread ends
            ParamScope::current().set("end.value", value).unwrap();
            assert_eq!(late(), 1); // this place remembers
            AFTER.set(Some(AtEnd(at_end)));
        })
        .join()
        .unwrap();
        let seen = taken(&seen);
        assert_eq!(seen.len(), 2);
        assert!(
            seen.iter().all(|seen| [(1, 1), (0, 0)].contains(seen)),
            "{seen:?}"
        );
        assert_eq!(taken(&held), [(0, 112)]); // scopes are entered to the end
    }
}

/// A guard that is left to the end of its thread does no harm.
#[test]
fn a_guard_can_outlive_the_context_of_its_thread() {
    thread_local! {
        static KEPT: RefCell<Vec<ScopeGuard>> = const { RefCell::new(Vec::new()) };
    }
    let _alone = alone();
    thread::spawn(|| {
        KEPT.with_borrow_mut(Vec::clear); // it was there before the context, and is destroyed after it
        for number in 0..3 {
            let mut scope = ParamScope::new();
            scope.put("kept.a", number).unwrap();
            KEPT.with_borrow_mut(|kept| kept.push(scope.enter()));
        }
        assert_eq!(get_param!(kept.a, -1), 2);
    })
    .join()
    .unwrap();
}

// --- Depth ---

/// A hundred thousand scopes within each other are read through, bound, and left.
#[test]
fn deep_nesting_is_entered_read_and_left() {
    const DEPTH: i64 = 100_000;
    let _alone = alone();
    let mut guards = Vec::new();
    for depth in 0..DEPTH {
        let mut scope = ParamScope::new();
        scope.put("deep.a", depth).unwrap();
        guards.push(scope.enter());
    }
    assert_eq!(get_param!(deep.a, -1), DEPTH - 1);
    assert_eq!(get_param!(deep.b, -1), -1); // through all of them
    let bound = ParamScope::new().bind(|| get_param!(deep.a, -1));
    drop(guards.remove(0));
    assert_eq!(get_param!(deep.a, -1), DEPTH - 1);
    while let Some(guard) = guards.pop() {
        drop(guard);
    }
    assert_eq!(get_param!(deep.a, -1), -1);
    assert_eq!(bound.call(), DEPTH - 1);

    // Left all at once, as the thread that entered them ends.
    thread::spawn(|| {
        for _ in 0..DEPTH {
            mem::forget(ParamScope::new().enter());
        }
    })
    .join()
    .unwrap();
}
