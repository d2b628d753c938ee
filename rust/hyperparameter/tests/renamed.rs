//! A program that renames the crate, or gets it from another crate. Here the name `hyperparameter` is that of `core`.

pub extern crate hyperparameter as renamed;

extern crate core as hyperparameter;

/// A crate that re-exports this one.
mod facade {
    pub(crate) use ::renamed as params;
}

/// The macros find the crate by whatever name the program uses.
#[test]
fn the_macros_work_under_another_name() {
    use renamed::{get_param, try_get_param, with_params};

    let read = with_params! {
        set train.lr = 0.5;
        get lr = train.lr or 0.1;
        /// The number of steps.
        get steps: u32 = train.steps or 3;
        (lr, steps, get_param!(train.lr, 0.1, "the rate"))
    };
    assert_eq!(read, (0.5, 3, 0.5));
    let missing: Result<i64, renamed::ParamError> = try_get_param!(train.seed);
    assert!(missing.is_err());
    assert_eq!(::hyperparameter::mem::size_of::<u8>(), 1);
}

/// The same holds for a crate that another crate re-exports, also in a block that awaits.
#[test]
fn the_macros_work_from_a_re_export() {
    let future = async {
        facade::params::with_params! {
            set train.lr = 0.5;
            params facade::params::ParamScope::from_texts(["train.steps=4"])?;
            std::future::ready(()).await;
            let steps = facade::params::try_get_param!(train.steps, 3)?;
            Ok::<_, facade::params::ParamError>((facade::params::get_param!(train.lr, 0.1), steps))
        }
    };
    assert_eq!(futures::executor::block_on(future).unwrap(), (0.5, 4));
}
