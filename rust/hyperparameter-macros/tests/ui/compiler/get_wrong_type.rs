//! Give a default of another type than the annotation.

use hyperparameter::*;

fn main() {
    with_params! {
        get steps: i64 = train.steps or 0.5;
        let _ = steps;
    }
}
