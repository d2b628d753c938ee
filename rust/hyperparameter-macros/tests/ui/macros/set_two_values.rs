//! Write a comma in place of `;`.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.lr = 0.1, train.steps = 2;
    }
}
