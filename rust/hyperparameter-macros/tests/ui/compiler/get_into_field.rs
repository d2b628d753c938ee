//! Read into something that is no name.

use hyperparameter::*;

fn main() {
    with_params! {
        get self.lr = train.lr or 0.1;
    }
}
