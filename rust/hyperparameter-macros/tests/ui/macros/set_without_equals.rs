//! Leave out the `=`.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.lr 0.1;
    }
}
