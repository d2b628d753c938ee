//! Give an empty literal as key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "" = 0.1;
    }
}
