//! Leave out the key.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr = or 0.1;
        let _ = lr;
    }
}
