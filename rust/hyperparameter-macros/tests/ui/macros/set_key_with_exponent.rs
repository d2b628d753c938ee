//! Use a number with an exponent as a segment.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.1e-3 = 0.1;
    }
}
