//! Destructors of users' values that read parameters and enter scopes, and the end of threads.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;

/// Make the other tests wait. A scope that one of them enters would keep alive the values that are dropped here.
fn run_alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The values that the destructors read: outside and inside the scopes that they enter.
type Log = Arc<Mutex<Vec<(i64, i64)>>>;

/// Reads, enters a scope, writes and freezes when it is dropped.
struct ReadsAtDrop {
    log: Log,
    freezes: bool,
}

impl ReadsAtDrop {
    fn value(log: &Log) -> Value {
        Self::make(log, false)
    }

    fn that_freezes(log: &Log) -> Value {
        Self::make(log, true)
    }

    fn make(log: &Log, freezes: bool) -> Value {
        let log = log.clone();
        Value::of(Arc::new(Self { log, freezes }))
    }
}

impl Drop for ReadsAtDrop {
    fn drop(&mut self) {
        let outside = get_param!(dropped.a, 0);
        let inside = with_params! {
            set dropped.a = 100;
            let _entered = ParamScope::from_texts(["dropped.b=5"]).unwrap().enter();
            ParamScope::current().set("dropped.c", 7).unwrap();
            get_param!(dropped.a, 0) + get_param!(dropped.b, 0) + snapshot().get("dropped.c", 0)
        };
        if self.freezes {
            frozen();
        }
        self.log.lock().unwrap().push((outside, inside));
    }
}

fn take(log: &Log) -> Vec<(i64, i64)> {
    mem::take(&mut log.lock().unwrap())
}

/// The destructor of a value sees the view without the scope that is being left.
#[test]
fn a_value_dropped_with_its_scope_reads_the_view_outside_it() {
    let _lock = run_alone();
    let log = Log::default();
    with_params! {
        set dropped.a = 1;
        with_params! {
            set dropped.a = 2;
            set dropped.value = ReadsAtDrop::value(&log);
        }
        assert_eq!(take(&log), [(1, 112)]);
        let guard = ParamScope::new().enter();
        guard.set("dropped.value", ReadsAtDrop::value(&log)).unwrap();
        guard.set("dropped.value", 0).unwrap();
        assert_eq!(take(&log), [(1, 112)]);
        guard.set("dropped.value", ReadsAtDrop::value(&log)).unwrap();
        guard.clear().unwrap();
        assert_eq!(take(&log), [(1, 112)]);
        guard.set("dropped.value", ReadsAtDrop::value(&log)).unwrap();
        drop(guard);
        assert_eq!(take(&log), [(1, 112)]);
        assert_eq!((get_param!(dropped.a, 0), get_param!(dropped.b, 0)), (1, 0));
    }
}

/// Make a value part of the baseline, in another thread.
fn freeze_in_thread(value: Value) {
    let freeze = || {
        with_params! {
            set dropped.value = value;
            frozen();
        }
    };
    thread::spawn(freeze).join().unwrap();
}

/// The destructor of a value of the old baseline may read, enter scopes, and replace the baseline.
#[test]
fn a_value_dropped_with_its_baseline_reads_and_freezes() {
    let _lock = run_alone();
    let log = Log::default();
    for value in [ReadsAtDrop::value(&log), ReadsAtDrop::that_freezes(&log)] {
        freeze_in_thread(value);
        assert_eq!(take(&log), []);
        freeze_in_thread(Value::Int(0));
        assert_eq!(get_param!(dropped.value, 1), 0);
        assert_eq!(take(&log), [(0, 112)]);
    }
    for value in [ReadsAtDrop::value(&log), ReadsAtDrop::that_freezes(&log)] {
        with_params! {
            // The scope pins the baseline without the value, so only the process holds the one with it.
            set dropped.a = 6;
            freeze_in_thread(value);
            frozen();
            assert_eq!(take(&log), [(6, 112)]);
        }
        freeze_in_thread(Value::Int(0));
        let clean = ParamScope::new().enter();
        clean.delete("dropped.a").unwrap();
        frozen();
        drop(clean);
        assert_eq!(get_param!(dropped.a, 0), 0);
    }
}

/// The same holds for a baseline that a thread's ambient frame kept alive.
#[test]
fn a_value_dropped_when_the_ambient_scope_moves_to_a_new_baseline_reads() {
    let _lock = run_alone();
    let log = Log::default();
    let ambient = ParamScope::current();
    ambient.set("dropped.a", 3).unwrap();
    for enter in [false, true] {
        freeze_in_thread(ReadsAtDrop::value(&log));
        // From this read on, the thread's ambient frame holds that baseline.
        assert_eq!(get_param!(dropped.a, 0), 3);
        freeze_in_thread(Value::Int(0));
        assert_eq!(take(&log), []);
        if enter {
            let _entered = ParamScope::new().enter();
            assert_eq!(get_param!(dropped.value, 1), 0);
        } else {
            assert_eq!(get_param!(dropped.value, 1), 0);
        }
        assert_eq!(take(&log), [(3, 112)]);
        assert_eq!(get_param!(dropped.a, 0), 3);
    }
    ambient.clear().unwrap();
}

/// The values that a bound closure owns are dropped in its view, whether it was called or not.
#[test]
fn values_of_a_bound_closure_are_dropped_in_its_view() {
    let _lock = run_alone();
    let log = Log::default();
    let scope = ParamScope::from_texts(["dropped.a=4"]).unwrap();
    let bind = || {
        let value = ReadsAtDrop::value(&log);
        scope.bind(move || drop(value))
    };
    drop(bind());
    assert_eq!(take(&log), [(4, 112)]);
    bind().call_once();
    assert_eq!(take(&log), [(4, 112)]);
    let bound = bind();
    thread::spawn(move || drop(bound)).join().unwrap();
    assert_eq!(take(&log), [(4, 112)]);
    assert_eq!(get_param!(dropped.a, 0), 0);
}

// --- The end of a thread ---

/// Reads a parameter when it is dropped, at the end of its thread.
struct ReadsAtEnd(Log);

fn read_end_a() -> i64 {
    get_param!(end.a, 0)
}

impl Drop for ReadsAtEnd {
    fn drop(&mut self) {
        let by_view = snapshot().get("end.a", 0);
        self.0.lock().unwrap().push((read_end_a(), by_view));
    }
}

/// Parameters can be read while a thread destroys its variables.
///
/// The reads see the thread's scopes as long as its context exists, and then the baseline. Cached reads and snapshots
/// agree.
#[test]
fn parameters_are_read_while_a_thread_ends() {
    thread_local! {
        static BEFORE: RefCell<Option<ReadsAtEnd>> = const { RefCell::new(None) };
        static AFTER: RefCell<Option<ReadsAtEnd>> = const { RefCell::new(None) };
    }
    let _lock = run_alone();
    let log = Log::default();
    let value_log = Log::default();
    for _ in 0..2 {
        let (at_end, value) = (log.clone(), ReadsAtDrop::value(&value_log));
        // `join` waits for the end of the thread. `thread::scope` would only wait for its closure.
        thread::spawn(move || {
            BEFORE.set(Some(ReadsAtEnd(at_end.clone())));
            let scope = ParamScope::from_texts(["end.a=1"]).unwrap();
            // The scope is still entered when the thread ends.
            mem::forget(scope.enter());
            ParamScope::current().set("end.value", value).unwrap();
            // From now on the place has a cached answer.
            assert_eq!(read_end_a(), 1);
            AFTER.set(Some(ReadsAtEnd(at_end)));
        })
        .join()
        .unwrap();
        let reads = take(&log);
        assert_eq!(reads.len(), 2);
        assert!(
            reads.iter().all(|read| [(1, 1), (0, 0)].contains(read)),
            "{reads:?}"
        );
        // Even the last destructor can enter scopes.
        assert_eq!(take(&value_log), [(0, 112)]);
    }
}

/// A guard may be dropped after the context of its thread is gone.
#[test]
fn a_guard_can_outlive_the_context_of_its_thread() {
    thread_local! {
        static KEPT: RefCell<Vec<ScopeGuard>> = const { RefCell::new(Vec::new()) };
    }
    let _lock = run_alone();
    thread::spawn(|| {
        // This variable is made before the context, so it is destroyed after it.
        KEPT.with_borrow_mut(Vec::clear);
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

/// A hundred thousand nested scopes can be read through, bound and left without overflowing the stack.
#[test]
fn deep_nesting_is_entered_read_and_left() {
    const DEPTH: i64 = 100_000;
    let _lock = run_alone();
    let mut guards = Vec::new();
    for depth in 0..DEPTH {
        let mut scope = ParamScope::new();
        scope.put("deep.a", depth).unwrap();
        guards.push(scope.enter());
    }
    assert_eq!(get_param!(deep.a, -1), DEPTH - 1);
    // A missing key is looked up through all of them.
    assert_eq!(get_param!(deep.b, -1), -1);
    let bound = ParamScope::new().bind(|| get_param!(deep.a, -1));
    drop(guards.remove(0));
    assert_eq!(get_param!(deep.a, -1), DEPTH - 1);
    while let Some(guard) = guards.pop() {
        drop(guard);
    }
    assert_eq!(get_param!(deep.a, -1), -1);
    assert_eq!(bound.call(), DEPTH - 1);

    // The end of a thread leaves all of its scopes at once.
    thread::spawn(|| {
        for _ in 0..DEPTH {
            mem::forget(ParamScope::new().enter());
        }
    })
    .join()
    .unwrap();
}
