//! Write a default that does not have the annotated type.

use hyperparameter::*;

fn main() {
    with_params! {
        get steps: i64 = train.steps or 0.5;
        let _ = steps;
    }
}
