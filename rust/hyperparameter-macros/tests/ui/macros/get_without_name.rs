//! Write a number instead of a name.

use hyperparameter::*;

fn main() {
    with_params! {
        @get 3 = train.lr or 0.1;
    }
}
