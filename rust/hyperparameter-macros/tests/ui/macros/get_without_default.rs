//! Leave out the default after `or`.

use hyperparameter::*;

fn main() {
    with_params! {
        get lr = train.lr or ;
        let _ = lr;
    }
}
