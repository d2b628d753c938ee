//! Leave out the default.

use hyperparameter::*;

fn main() {
    let _: f64 = get_param!(train.lr);
}
