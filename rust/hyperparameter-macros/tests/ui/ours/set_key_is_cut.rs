//! End a statement within its key.

use hyperparameter::*;

fn main() {
    with_params! {
        set a.;
    }
}
