//! Leave a block that awaits with a `break` that has a value.

use hyperparameter::*;

async fn work() {
    let _ = loop {
        with_params! {
            set train.lr = 0.1;
            std::future::ready(()).await;
            break 3;
        }
    };
}

fn main() {
    let _ = work();
}
