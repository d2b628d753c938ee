//! Futures that are dropped before they end: nothing is left behind, and destructors run in the future's view.

use std::future::{pending, poll_fn};
use std::mem;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use hyperparameter::*;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

use super::{on_threads, sent};

fn seen() -> (i64, i64) {
    (get_param!(stop.a, 0), get_param!(stop.b, 0))
}

/// What the destructors saw.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(i64, i64)>>>);

impl Log {
    fn taken(&self) -> Vec<(i64, i64)> {
        mem::take(&mut self.0.lock().unwrap())
    }

    fn at_drop(&self) -> AtDrop {
        AtDrop(self.clone())
    }
}

/// Reads, and enters scopes, when it is dropped.
struct AtDrop(Log);

impl Drop for AtDrop {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().push(seen());
        with_params! {
            set stop.a = -1;
            params ParamScope::from_texts(["stop.b=-1"]).unwrap();
            assert_eq!(seen(), (-1, -1));
        }
    }
}

/// Wait for ever, three scopes deep.
async fn stuck(log: Log) {
    let _outer = log.at_drop();
    with_params! {
        set stop.b = 2;
        let _inner = log.at_drop();
        yield_now().await;
        with_params! {
            params ParamScope::from_texts(["stop.a=3"]).unwrap();
            let _innermost = log.at_drop();
            pending::<()>().await;
        }
    }
}

fn scope() -> ParamScope {
    ParamScope::from_texts(["stop.a=1"]).unwrap()
}

/// From the innermost scope outwards each destructor sees the scopes that it was made in.
const FROM_WITHIN: [(i64, i64); 3] = [(3, 2), (1, 2), (1, 0)];

/// A timeout drops the future in the middle.
#[test]
fn a_timeout_restores_and_drops_in_the_view() {
    on_threads(async {
        let log = Log::default();
        let bound = sent(scope().bind(stuck(log.clone())));
        with_params! {
            set stop.b = 9; // of who waits
            assert!(timeout(Duration::from_millis(5), bound).await.is_err());
            assert_eq!(log.taken(), FROM_WITHIN);
            assert_eq!(seen(), (0, 9));
        }
        assert_eq!(seen(), (0, 0));
    });
}

/// A task that is aborted is dropped in its view, in whatever thread.
#[test]
fn aborted_tasks_are_dropped_in_their_view() {
    on_threads(async {
        let log = Log::default();
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(scope().bind(stuck(log.clone())));
        }
        sleep(Duration::from_millis(5)).await;
        tasks.shutdown().await;
        let mut seen_by_all = log.taken();
        seen_by_all.sort_unstable();
        let mut expected = FROM_WITHIN.repeat(100);
        expected.sort_unstable();
        assert_eq!(seen_by_all, expected);
        for _ in 0..100 {
            assert_eq!(tokio::spawn(async { seen() }).await.unwrap(), (0, 0));
        }
    });
}

/// The branches of `select!` that lose are dropped in their views; the one that wins goes on in the view around.
#[test]
fn select_drops_what_loses_in_its_view() {
    on_threads(async {
        let log = Log::default();
        let (send, receive) = oneshot::channel();
        let winner = scope().bind(async {
            with_params! {
                set stop.b = 5;
                yield_now().await;
                send.send(seen()).unwrap();
                seen()
            }
        });
        with_params! {
            set stop.b = 9;
            let won = tokio::select! {
                biased;
                () = scope().bind(stuck(log.clone())) => unreachable!(),
                won = winner => {
                    assert_eq!(seen(), (0, 9));
                    won
                }
            };
            assert_eq!(won, (1, 5));
            assert_eq!(receive.await, Ok((1, 5)));
            assert_eq!(seen(), (0, 9));
        }
        assert_eq!(log.taken(), [(3, 2), (1, 2), (1, 9)]); // bound where `stop.b` was 9
    });
}

/// A future that was never polled, or that has ended, drops what it holds in its view too.
#[test]
fn what_a_future_holds_is_dropped_in_its_view() {
    on_threads(async {
        let log = Log::default();
        let held = log.at_drop();
        drop(scope().bind(async move { drop(held) }));
        assert_eq!(log.taken(), [(1, 0)]);

        let held = log.at_drop();
        scope().bind(async move { drop(held) }).await;
        assert_eq!(log.taken(), [(1, 0)]);

        let held = log.at_drop();
        let mut ended = Box::pin(scope().bind(poll_fn(move |_| {
            let _held = &held;
            ParamScope::current().set("stop.b", 5).unwrap();
            Poll::Ready(())
        })));
        ended.as_mut().await;
        assert_eq!(log.taken(), [(1, 5)]); // as it ends, not when it is dropped
        drop(ended);
        assert_eq!(seen(), (0, 0));
    });
}

/// A block that awaits, dropped in the middle of what is around it, leaves the rest as it is.
#[test]
fn a_dropped_block_restores_what_is_around_it() {
    on_threads(async {
        for _ in 0..50 {
            with_params! {
                set stop.a = 7;
                let log = Log::default();
                let stopped = timeout(Duration::from_millis(1), stuck(log.clone())).await;
                assert!(stopped.is_err());
                assert_eq!(log.taken(), [(3, 2), (7, 2), (7, 0)]);
                assert_eq!(seen(), (7, 0));
            }
        }
        assert_eq!(seen(), (0, 0));
    });
}

/// A runtime that is shut down drops its tasks in their views.
#[test]
fn a_runtime_that_ends_drops_tasks_in_their_view() {
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
    assert_eq!(log.taken(), FROM_WITHIN);
    assert_eq!(seen(), (0, 0));
}
