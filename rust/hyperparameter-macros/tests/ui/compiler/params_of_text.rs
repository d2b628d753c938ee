//! Enter a text, which may not be a valid `key=value`.

use hyperparameter::*;

fn main() {
    with_params! {
        params "train.lr=0.1";
    }
}
