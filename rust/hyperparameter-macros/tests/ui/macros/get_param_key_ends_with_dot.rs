//! End the arguments after a dot.

use hyperparameter::*;

fn main() {
    let _ = get_param!(a.);
}
