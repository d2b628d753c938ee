//! Read into a field instead of a new variable.

use hyperparameter::*;

fn main() {
    with_params! {
        get self.lr = train.lr or 0.1;
    }
}
