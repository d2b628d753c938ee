//! Await in a function that is not `async`.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.lr = 0.1;
        std::future::ready(()).await;
    }
}
