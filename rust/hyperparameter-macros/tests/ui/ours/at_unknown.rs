//! Write `@` before another word.

use hyperparameter::*;

fn main() {
    with_params! {
        @put train.lr = 0.1;
    }
}
