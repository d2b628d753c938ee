//! Give a literal with white space at its end as key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "train.lr " = 0.1;
    }
}
