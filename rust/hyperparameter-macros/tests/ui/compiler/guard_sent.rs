//! Enter a scope in one thread and leave it in another.

use hyperparameter::*;

fn main() {
    let entered = ParamScope::new().enter();
    std::thread::spawn(move || drop(entered));
}
