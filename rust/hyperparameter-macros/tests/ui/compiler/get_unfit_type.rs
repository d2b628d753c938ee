//! Read as a type that cannot be given out twice.

use hyperparameter::*;

struct State;

fn main() {
    with_params! {
        get state = train.state or State;
        let _ = state;
    }
}
