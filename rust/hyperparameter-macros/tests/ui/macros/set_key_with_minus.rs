//! Use a key with a `-` that is not a string literal.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.batch-size = 32;
    }
}
