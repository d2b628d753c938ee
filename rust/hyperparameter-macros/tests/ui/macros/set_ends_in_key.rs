//! End the statement after a dot.

use hyperparameter::*;

fn main() {
    with_params! {
        set a.;
    }
}
