//! Give `get_param!` a key that is made at run time.

use hyperparameter::*;

fn main() {
    let _ = get_param!(&format!("task.{}", 1), 0.1);
}
