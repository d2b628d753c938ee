//! End what `get_param!` is given within its key.

use hyperparameter::*;

fn main() {
    let _ = get_param!(a.);
}
