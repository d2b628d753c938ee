//! Leave out the scope.

use hyperparameter::*;

fn main() {
    with_params! {
        @params;
    }
}
