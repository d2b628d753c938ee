//! Pass more than three arguments.

use hyperparameter::*;

fn main() {
    let _ = get_param!(train.lr, 0.1, "learning rate", 3);
}
