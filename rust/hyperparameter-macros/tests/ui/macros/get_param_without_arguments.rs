//! Call `get_param!` without arguments.

use hyperparameter::*;

fn main() {
    let _: f64 = get_param!();
}
