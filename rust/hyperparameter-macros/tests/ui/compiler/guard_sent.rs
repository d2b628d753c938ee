//! Leave in one thread what was entered in another.

use hyperparameter::*;

fn main() {
    let entered = ParamScope::new().enter();
    std::thread::spawn(move || drop(entered));
}
