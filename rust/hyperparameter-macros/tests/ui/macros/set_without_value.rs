//! Leave out the value.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.lr = ;
    }
}
