//! End the statement before the type.

use hyperparameter::*;

fn main() {
    with_params! {
        get x:;
    }
}
