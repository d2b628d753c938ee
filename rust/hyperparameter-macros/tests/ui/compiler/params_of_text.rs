//! Give `params` a text, which may be no `key=value`.

use hyperparameter::*;

fn main() {
    with_params! {
        params "train.lr=0.1";
    }
}
