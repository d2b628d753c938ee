//! Leave out the comma after the key.

use hyperparameter::*;

fn main() {
    let _ = get_param!(train.lr 0.1);
}
