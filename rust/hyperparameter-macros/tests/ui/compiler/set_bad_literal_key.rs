//! Give a literal that is no key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "train..lr" = 0.1;
    }
}
