//! Read a parameter as a type that is not `Clone`.

use hyperparameter::*;

struct State;

fn main() {
    with_params! {
        get state = train.state or State;
        let _ = state;
    }
}
