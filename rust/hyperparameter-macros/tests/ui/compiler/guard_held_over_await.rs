//! Hold a guard over an await in a future that may go on in another thread.

use hyperparameter::*;

fn sent(_: impl Future + Send) {}

fn main() {
    sent(async {
        let _entered = ParamScope::new().enter();
        std::future::ready(()).await;
    });
}
