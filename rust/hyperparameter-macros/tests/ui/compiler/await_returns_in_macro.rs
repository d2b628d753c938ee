//! Return through another macro from a block that awaits. This `return` would leave only the future.

use hyperparameter::*;

macro_rules! bail {
    ($text:expr) => {
        return Err($text)
    };
}

async fn work() -> Result<(), &'static str> {
    with_params! {
        set train.lr = 0.1;
        std::future::ready(()).await;
        bail!("no");
    }
}

fn main() {
    let _ = work();
}
