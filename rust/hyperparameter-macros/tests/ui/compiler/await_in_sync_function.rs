//! Await where nothing can be awaited.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.lr = 0.1;
        std::future::ready(()).await;
    }
}
