//! Make a mistake in plain Rust.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr = train.lr or 0.1;
        let _: String = lr;
    }
}
