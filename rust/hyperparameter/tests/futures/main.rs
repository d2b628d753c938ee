//! Scopes in futures: on a runtime with many threads, on one thread, and without a runtime.

mod blocks;
mod cancelled;
mod executors;
mod flow;
mod tasks;

use hyperparameter::*;

/// Check at compile time that a future can be sent to another thread, and return it.
pub(crate) fn assert_send<F: Future + Send>(future: F) -> F {
    future
}

/// Run a future on a runtime with four threads.
pub(crate) fn on_threads<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    // `block_on` would keep the future in this thread, so it becomes a task.
    runtime.block_on(async { tokio::spawn(future).await.unwrap() })
}

/// Return the two parameters that the tests read.
pub(crate) fn numbers() -> (i64, i64) {
    (get_param!(task.number, -1), get_param!(task.step, -1))
}

pub(crate) fn set_step(step: i64) {
    ParamScope::current().set("task.step", step).unwrap();
}
