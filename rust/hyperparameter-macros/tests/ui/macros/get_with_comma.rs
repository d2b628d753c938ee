//! Write `,` instead of `or`.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr = train.lr, 0.1;
        let _ = lr;
    }
}
