//! Use a string literal that ends with white space as a key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "train.lr " = 0.1;
    }
}
