//! Write an attribute before `set`.

use hyperparameter::*;

fn main() {
    with_params! {
        #[allow(unused)] set train.lr = 0.1;
    }
}
