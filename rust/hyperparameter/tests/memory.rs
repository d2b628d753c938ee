//! The memory that reads, scopes and tasks use, counted for each thread by the allocator.

// `GlobalAlloc` is an unsafe trait.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;
use tokio::sync::oneshot;

/// The system's allocator, with counters.
struct CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

thread_local! {
    /// How often this thread has allocated.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// The bytes that this thread has allocated and not freed.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: Each call is passed on unchanged to the system's allocator. Counting does not allocate.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        LIVE.set(LIVE.get() + layout.size() as isize);
        // SAFETY: The caller promises that `layout` is valid.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: The caller promises that `memory` came from `alloc` with this `layout`.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Make the other tests wait. A thread that frees a baseline of another thread would count it as its own.
fn run_alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Return how often this thread allocates in a run, after one run to fill the caches.
fn allocations(run: impl Fn()) -> u64 {
    run();
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

/// Return by how many bytes this thread's memory grows in a run.
fn growth(run: impl FnOnce()) -> isize {
    let before = LIVE.get();
    run();
    LIVE.get() - before
}

/// Assert that a growth is no more than tables of a fixed size.
fn assert_bounded(growth: isize) {
    assert!(growth < 20_000, "{growth} bytes are not freed");
}

// --- Reads ---

fn read_all() {
    for _ in 0..100 {
        assert_eq!(get_param!(read.float, 0.0), 0.5);
        assert_eq!(get_param!(read.int, 0), 3);
        assert_eq!(get_param!(read.int, 0_u8), 3);
        assert_eq!(get_param!(read.int, 0.0), 3.0);
        assert_eq!(get_param!(read.flag, 0), 1);
        assert!(get_param!(read.flag, false));
        assert_eq!(get_param!(read.float_text, 0.0), 0.001);
        assert_eq!(get_param!(read.int_text, 0), 42);
        assert!(get_param!(read.flag_text, false));
        assert_eq!(get_param!(read.missing, 7), 7);
        assert_eq!(get_param!(read.missing, 0.25), 0.25);
        assert_eq!(try_get_param!(read.missing, 7).unwrap(), 7);
        assert_eq!(try_get_param!(read.int_text, 0).unwrap(), 42);
        with_params! {
            get lr = read.float or 0.0;
            get steps: u64 = read.int_text or 1;
            get missing = "read.missing" or true;
            assert!(missing && lr == 0.5 && steps == 42);
        }
    }
}

const TEXTS: [&str; 6] = [
    "read.float=0.5",
    "read.int=3",
    "read.flag=1",
    "read.float_text=1e-3",
    "read.int_text=42",
    "read.flag_text=YES",
];

fn numbers() -> ParamScope {
    let mut scope = ParamScope::from_texts(TEXTS).unwrap();
    scope.put("read.float", 0.5).unwrap();
    scope.put("read.int", 3).unwrap();
    scope.put("read.flag", true).unwrap();
    scope
}

/// A place that reads a number or a missing key allocates nothing, even if the number is set as text and even in 100
/// nested scopes.
#[test]
fn places_read_numbers_without_allocation() {
    let _lock = run_alone();
    let _entered = numbers().enter();
    assert_eq!(allocations(read_all), 0);
    let guards: Vec<_> = (0..99).map(|_| ParamScope::new().enter()).collect();
    assert_eq!(allocations(read_all), 0);
    drop(guards);
}

/// The same holds outside every scope.
#[test]
fn places_read_the_baseline_without_allocation() {
    let _lock = run_alone();
    with_params! {
        params numbers();
        frozen();
    }
    assert_eq!(allocations(read_all), 0);
    thread::spawn(|| assert_eq!(allocations(read_all), 0))
        .join()
        .unwrap();
}

/// The same holds in a thread that has set something outside every scope.
#[test]
fn places_read_the_ambient_scope_without_allocation() {
    let _lock = run_alone();
    thread::spawn(|| {
        ParamScope::current().update(&numbers()).unwrap();
        assert_eq!(allocations(read_all), 0);
    })
    .join()
    .unwrap();
}

/// Reading a key that is computed at run time allocates nothing, apart from the key itself.
#[test]
fn snapshots_read_numbers_without_allocation() {
    let _lock = run_alone();
    let _entered = numbers().enter();
    let keys: Vec<String> = [
        "float",
        "int",
        "float_text",
        "int_text",
        "flag_text",
        "missing",
    ]
    .map(|name| format!("read.{name}"))
    .into();
    let read = || {
        for _ in 0..100 {
            assert_eq!(snapshot().get(&keys[0], 0.0), 0.5);
            assert_eq!(snapshot().get(&keys[1], 0), 3);
            assert_eq!(snapshot().get(&keys[1], 0.0), 3.0);
            assert_eq!(snapshot().get(&keys[2], 0.0), 0.001);
            assert_eq!(snapshot().get(&keys[3], 0), 42);
            assert!(snapshot().get(&keys[4], false));
            assert_eq!(snapshot().get(&keys[5], 7), 7);
        }
    };
    assert_eq!(allocations(read), 0);
}

/// Reading a million different keys uses no memory, whether they are set or not.
#[test]
fn keys_computed_at_run_time_are_not_stored() {
    let _lock = run_alone();
    let _entered = numbers().enter();
    let read = |from: u32, to: u32| {
        for number in from..to {
            let key = format!("run.time.key{number}");
            assert_eq!(snapshot().get(&key, number), number);
            assert!(!snapshot().contains(&key));
        }
    };
    read(0, 10);
    assert_eq!(growth(|| read(10, 1_000_000)), 0);
}

/// Keys that were set use no memory after their scope is left.
#[test]
fn scopes_leave_nothing_behind() {
    let _lock = run_alone();
    let enter = |from: u32, to: u32| {
        for number in from..to {
            let mut scope = ParamScope::new();
            scope.put(&format!("left.key{number}"), number).unwrap();
            let guard = scope.enter();
            guard.set(&format!("left.other{number}"), number).unwrap();
            assert_eq!(get_param!(left.none, 0), 0);
            let bound = ParamScope::new().bind(|| snapshot().len());
            black_box(bound.call());
            drop(guard);
            with_params! {
                set left.key = number;
                let _ = black_box(get_param!(left.key, 0_u32));
            }
        }
    };
    enter(0, 100);
    assert_eq!(growth(|| enter(100, 50_000)), 0);
}

/// Replaced baselines use no memory.
#[test]
fn baselines_leave_nothing_behind() {
    let _lock = run_alone();
    thread::spawn(|| {
        let freeze = |from: u32, to: u32| {
            for number in from..to {
                with_params! {
                    params ParamScope::empty();
                    set replaced.key = number;
                    frozen();
                }
                assert_eq!(get_param!(replaced.key, 0), number);
            }
        };
        freeze(0, 100);
        assert_bounded(growth(|| freeze(100, 20_000)));
    })
    .join()
    .unwrap();
}

// --- Tasks ---

type Hop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Start a task that starts a task, and so on, each bound to the view of the previous one.
///
/// The last task sends how much memory is in use.
fn hop(remaining: u32, done: oneshot::Sender<isize>) -> Hop {
    Box::pin(async move {
        with_params! {
            set hop.remaining = remaining;
            tokio::task::yield_now().await;
            if remaining == 0 {
                assert_eq!(get_param!(hop.first, 0), 1);
                done.send(LIVE.get()).unwrap();
                return;
            }
            tokio::spawn(ParamScope::new().bind(hop(remaining - 1, done)));
        }
    })
}

/// A hundred thousand tasks that start each other in a row use no more memory than a hundred.
#[test]
fn chains_of_tasks_do_not_accumulate_memory() {
    let _lock = run_alone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let run = |hops: u32| {
        runtime.block_on(async {
            let (done, ended) = oneshot::channel();
            with_params! {
                set hop.first = 1;
                tokio::spawn(ParamScope::new().bind(hop(hops, done)));
                ended.await.unwrap()
            }
        })
    };
    let few = run(100);
    assert_bounded(run(100_000) - few);
}
