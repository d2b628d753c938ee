//! Return from a block that awaits by another macro, whose `return` would end the future alone.

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
