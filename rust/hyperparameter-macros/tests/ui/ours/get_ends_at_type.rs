//! End a statement before its type.

use hyperparameter::*;

fn main() {
    with_params! {
        get x:;
    }
}
