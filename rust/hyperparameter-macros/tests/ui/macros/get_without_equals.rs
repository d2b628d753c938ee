//! Leave out the `=`.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr train.lr or 0.1;
    }
}
