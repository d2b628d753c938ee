//! Write `@` before a word that is not a keyword of the macro.

use hyperparameter::*;

fn main() {
    with_params! {
        @put train.lr = 0.1;
    }
}
