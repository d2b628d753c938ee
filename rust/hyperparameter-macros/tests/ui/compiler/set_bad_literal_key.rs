//! Use a string literal that is not a valid key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "train..lr" = 0.1;
    }
}
