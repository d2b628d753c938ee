//! Read parameters with defaults, and override them for a block.
//!
//! ```sh
//! cargo run --example quick_start
//! ```
// The code is the same as in the quick start, which writes `{}`.
#![allow(clippy::uninlined_format_args)]

use hyperparameter::*;

fn train() {
    with_params! {
        get lr = train.lr or 0.001f64;
        get batch_size = train.batch_size or 32i64;

        println!("lr={}, batch_size={}", lr, batch_size);
    }
}

fn main() {
    train(); // Uses default values

    with_params! {
        set train.lr = 0.0005f64;
        set train.batch_size = 64i64;

        train();
    };

    train(); // Rollback to defaults
}
