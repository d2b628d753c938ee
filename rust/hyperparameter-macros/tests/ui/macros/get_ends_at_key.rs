//! End the statement before the key.

use hyperparameter::*;

fn main() {
    with_params! {
        get x = ;
    }
}
