//! Leave out `or` and the default.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr = train.lr;
        let _ = lr;
    }
}
