//! Leave out the default of `get_param!`.

use hyperparameter::*;

fn main() {
    let _: f64 = get_param!(train.lr);
}
