//! End the key with a dot.

use hyperparameter::*;

fn main() {
    with_params! {
        set train. = 0.1;
    }
}
