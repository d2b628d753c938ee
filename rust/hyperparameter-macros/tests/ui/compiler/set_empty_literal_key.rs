//! Use an empty string literal as a key.

use hyperparameter::*;

fn main() {
    with_params! {
        set "" = 0.1;
    }
}
