//! Futures that are dropped before they end. No scope stays entered, and destructors run in the future's view.

use std::future::{pending, poll_fn};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use hyperparameter::*;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

use super::{assert_send, on_threads};

/// Return the two parameters that the tests read.
fn numbers() -> (i64, i64) {
    (get_param!(stop.a, 0), get_param!(stop.b, 0))
}

/// The numbers that the destructors read, and how many calls of `stuck` wait.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(i64, i64)>>>, Arc<AtomicUsize>);

impl Log {
    fn take(&self) -> Vec<(i64, i64)> {
        mem::take(&mut self.0.lock().unwrap())
    }

    fn reads_at_drop(&self) -> ReadsAtDrop {
        ReadsAtDrop(self.clone())
    }
}

/// Reads and enters scopes when it is dropped.
struct ReadsAtDrop(Log);

impl Drop for ReadsAtDrop {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().push(numbers());
        with_params! {
            set stop.a = -1;
            params ParamScope::from_texts(["stop.b=-1"]).unwrap();
            assert_eq!(numbers(), (-1, -1));
        }
    }
}

/// Wait forever, inside nested scopes.
async fn stuck(log: Log) {
    let _outer = log.reads_at_drop();
    with_params! {
        set stop.b = 2;
        let _inner = log.reads_at_drop();
        yield_now().await;
        with_params! {
            params ParamScope::from_texts(["stop.a=3"]).unwrap();
            let _innermost = log.reads_at_drop();
            log.1.fetch_add(1, Ordering::Relaxed);
            pending::<()>().await;
        }
    }
}

fn scope() -> ParamScope {
    ParamScope::from_texts(["stop.a=1"]).unwrap()
}

/// The numbers that the destructors of `stuck` read, innermost first. Each sees the scopes that its value was made in.
const INNERMOST_FIRST: [(i64, i64); 3] = [(3, 2), (1, 2), (1, 0)];

/// A timeout drops the future before its end. The view outside is not changed.
#[test]
fn a_timeout_drops_the_future_in_its_view() {
    on_threads(async {
        let log = Log::default();
        let bound = assert_send(scope().bind(stuck(log.clone())));
        with_params! {
            // The bound future does not see the scope of the code that waits for it.
            set stop.b = 9;
            assert!(timeout(Duration::from_millis(5), bound).await.is_err());
            assert_eq!(log.take(), INNERMOST_FIRST);
            assert_eq!(numbers(), (0, 9));
        }
        assert_eq!(numbers(), (0, 0));
    });
}

/// An aborted task is dropped in its view, in any thread.
#[test]
fn aborted_tasks_are_dropped_in_their_view() {
    on_threads(async {
        let log = Log::default();
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(scope().bind(stuck(log.clone())));
        }
        while log.1.load(Ordering::Relaxed) < 100 {
            yield_now().await;
        }
        tasks.shutdown().await;
        let mut reads = log.take();
        reads.sort_unstable();
        let mut expected = INNERMOST_FIRST.repeat(100);
        expected.sort_unstable();
        assert_eq!(reads, expected);
        for _ in 0..100 {
            assert_eq!(tokio::spawn(async { numbers() }).await.unwrap(), (0, 0));
        }
    });
}

/// `select!` drops the losing branches in their views. The handler of the winner runs in the view outside.
#[test]
fn select_drops_the_losers_in_their_view() {
    on_threads(async {
        let log = Log::default();
        let (send, receive) = oneshot::channel();
        let winner = scope().bind(async {
            with_params! {
                set stop.b = 5;
                yield_now().await;
                send.send(numbers()).unwrap();
                numbers()
            }
        });
        with_params! {
            set stop.b = 9;
            let won = tokio::select! {
                biased;
                () = scope().bind(stuck(log.clone())) => unreachable!(),
                won = winner => {
                    assert_eq!(numbers(), (0, 9));
                    won
                }
            };
            assert_eq!(won, (1, 5));
            assert_eq!(receive.await, Ok((1, 5)));
            assert_eq!(numbers(), (0, 9));
        }
        // The outermost destructor sees 9, because the future was bound where `stop.b` was 9.
        assert_eq!(log.take(), [(3, 2), (1, 2), (1, 9)]);
    });
}

/// The values of a future that was never polled, or that has ended, are dropped in its view too.
#[test]
fn values_of_a_future_are_dropped_in_its_view() {
    on_threads(async {
        let log = Log::default();
        let value = log.reads_at_drop();
        drop(scope().bind(async move { drop(value) }));
        assert_eq!(log.take(), [(1, 0)]);

        let value = log.reads_at_drop();
        scope().bind(async move { drop(value) }).await;
        assert_eq!(log.take(), [(1, 0)]);

        let value = log.reads_at_drop();
        let mut ended = Box::pin(scope().bind(poll_fn(move |_| {
            let _value = &value;
            ParamScope::current().set("stop.b", 5).unwrap();
            Poll::Ready(())
        })));
        ended.as_mut().await;
        // The value is dropped when the future ends, not when the future is dropped.
        assert_eq!(log.take(), [(1, 5)]);
        drop(ended);
        assert_eq!(numbers(), (0, 0));
    });
}

/// Dropping a block that awaits does not change the scopes around it.
#[test]
fn a_dropped_block_restores_the_view_outside() {
    on_threads(async {
        for _ in 0..50 {
            with_params! {
                set stop.a = 7;
                let log = Log::default();
                let stopped = timeout(Duration::from_millis(1), stuck(log.clone())).await;
                assert!(stopped.is_err());
                assert_eq!(log.take(), [(3, 2), (7, 2), (7, 0)]);
                assert_eq!(numbers(), (7, 0));
            }
        }
        assert_eq!(numbers(), (0, 0));
    });
}

/// A runtime that shuts down drops its tasks in their views.
#[test]
fn a_runtime_that_shuts_down_drops_tasks_in_their_view() {
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::spawn(scope().bind(stuck(log.clone())));
        for _ in 0..20 {
            tokio::spawn(async { yield_now().await }).await.unwrap();
        }
    });
    drop(runtime);
    assert_eq!(log.take(), INNERMOST_FIRST);
    assert_eq!(numbers(), (0, 0));
}
