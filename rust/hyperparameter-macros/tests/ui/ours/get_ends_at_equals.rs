//! End a statement before its key.

use hyperparameter::*;

fn main() {
    with_params! {
        get x = ;
    }
}
