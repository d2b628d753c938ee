//! Set a value that cannot be sent to another thread.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.state = std::rc::Rc::new(1);
    }
}
