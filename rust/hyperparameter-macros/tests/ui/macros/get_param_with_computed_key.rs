//! Use a key that is computed at run time.

use hyperparameter::*;

fn main() {
    let _ = get_param!(&format!("task.{}", 1), 0.1);
}
