//! The same operations with the published crate of the same name, by other authors.

use incumbent::*;

pub fn read() -> f64 {
    get_param!(train.lr, 0.001)
}

pub fn read_text() -> String {
    get_param!(train.name, "adam".to_string())
}

pub fn with_set(inside: impl FnOnce()) {
    with_params! {
        set train.lr = 0.5;
        set train.name = "sgd".to_string();
        inside();
    }
}

pub fn set() {
    with_params! { set train.lr = 0.5; }
}

pub fn set_three() {
    with_params! { set train.lr = 0.5; set train.momentum = 0.9; set train.steps = 100; }
}
