//! Write a key with a `-` that is no string literal.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.batch-size = 32;
    }
}
