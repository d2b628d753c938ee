//! What reads, scopes and tasks take of memory: counted, thread by thread, by the allocator.
#![allow(unsafe_code)] // an allocator is unsafe to implement

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use hyperparameter::*;
use tokio::sync::oneshot;

/// The system's allocator, which counts.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator as it is; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        LIVE.set(LIVE.get() + layout.size() as isize);
        // SAFETY: as promised to us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: as promised to us.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Hold off the other tests: who frees a baseline that another thread made would count it.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Return how often this thread allocates in a run, once a run before has warmed it up.
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

/// Assert that what stays is no more than tables of a fixed size.
fn assert_bounded(growth: isize) {
    assert!(growth < 20_000, "{growth} bytes stay");
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

/// A place that reads a number, set as such or as text, or a missing key, allocates nothing; nor do 99 scopes
/// around it change that.
#[test]
fn places_read_numbers_without_allocation() {
    let _alone = alone();
    let _entered = numbers().enter();
    assert_eq!(allocations(read_all), 0);
    let guards: Vec<_> = (0..99).map(|_| ParamScope::new().enter()).collect();
    assert_eq!(allocations(read_all), 0);
    drop(guards);
}

/// Nor does one outside of any scope.
#[test]
fn places_read_the_baseline_without_allocation() {
    let _alone = alone();
    with_params! {
        params numbers();
        frozen();
    }
    assert_eq!(allocations(read_all), 0);
    thread::spawn(|| assert_eq!(allocations(read_all), 0))
        .join()
        .unwrap();
}

/// Nor does one in a thread that has set something outside of any scope.
#[test]
fn places_read_under_own_writes_without_allocation() {
    let _alone = alone();
    thread::spawn(|| {
        ParamScope::current().update(&numbers()).unwrap();
        assert_eq!(allocations(read_all), 0);
    })
    .join()
    .unwrap();
}

/// A read by a key that is made at run time allocates nothing but the key.
#[test]
fn snapshots_read_numbers_without_allocation() {
    let _alone = alone();
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

/// A million distinct keys leave nothing behind, found or not.
#[test]
fn keys_made_at_run_time_are_not_kept() {
    let _alone = alone();
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

/// Keys that were set leave nothing behind once their scope is left.
#[test]
fn scopes_leave_nothing_behind() {
    let _alone = alone();
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

/// Baselines that were replaced leave nothing behind.
#[test]
fn baselines_leave_nothing_behind() {
    let _alone = alone();
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

/// Start a task that starts a task, and so on, each bound to the view of the one before. The last one tells how
/// much memory there is in use then.
fn hop(left: u32, done: oneshot::Sender<isize>) -> Hop {
    Box::pin(async move {
        with_params! {
            set hop.left = left;
            tokio::task::yield_now().await;
            if left == 0 {
                assert_eq!(get_param!(hop.first, 0), 1);
                done.send(LIVE.get()).unwrap();
                return;
            }
            tokio::spawn(ParamScope::new().bind(hop(left - 1, done)));
        }
    })
}

/// Tasks that start each other, one hundred thousand in a row, do not grow the process.
#[test]
fn tasks_that_start_each_other_do_not_pile_up() {
    let _alone = alone();
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
