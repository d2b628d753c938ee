//! Set what can be sent to no other thread.

use hyperparameter::*;

fn main() {
    with_params! {
        set train.state = std::rc::Rc::new(1);
    }
}
