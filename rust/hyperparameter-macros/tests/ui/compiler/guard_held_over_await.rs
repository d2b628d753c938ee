//! Hold a guard across an `.await`, in a future that may move to another thread.

use hyperparameter::*;

fn sent(_: impl Future + Send) {}

fn main() {
    sent(async {
        let _entered = ParamScope::new().enter();
        std::future::ready(()).await;
    });
}
