//! Blocks of `with_params!` that await: their values, their scopes, and the functions in them.

use hyperparameter::*;

use super::flow::{read, run};

/// The value of a block is that of its last expression, of any type.
#[test]
fn blocks_have_a_value() {
    run(async {
        let text = with_params! { set flow.a = 1; read().await.to_string() };
        assert_eq!(text, "1");
        let unit: () = with_params! { set flow.a = 1; read().await; };
        assert_eq!(unit, ());
        let borrowed = String::from("kept");
        let length = with_params! { set flow.a = 1; read().await; borrowed.as_str() };
        assert_eq!(length, borrowed);
        let sum = 1 + with_params! { set flow.a = read().await + 1; read().await };
        assert_eq!(sum, 2);
    });
}

/// A `params` statement in a block that awaits lasts until the end of its block, and the future stays `Send`.
#[test]
fn params_last_over_awaits() {
    run(async {
        let scope = ParamScope::from_texts(["flow.a=1", "flow.b=1"]).unwrap();
        with_params! {
            params &scope;
            assert_eq!(read().await, 1);
            {
                params ParamScope::from_texts(["flow.a=2"]).unwrap();
                set flow.b = 2;
                assert_eq!((read().await, get_param!(flow.b, 0)), (2, 2));
                // The scope is entered again, within itself.
                params &scope;
                assert_eq!((read().await, get_param!(flow.b, 0)), (1, 1));
            }
            assert_eq!((read().await, get_param!(flow.b, 0)), (1, 1));
            if read().await == 1 {
                params ParamScope::empty();
                assert_eq!(read().await, 0);
            }
            assert_eq!(read().await, 1);
        }
    });
}

/// A block without an `.await` of its own is a plain block, even if it contains an async block.
#[test]
fn blocks_without_await_are_plain_blocks() {
    run(async {
        let (read_now, bound, spawned) = with_params! {
            set flow.a = 4;
            let task = async move { read().await };
            (get_param!(flow.a, 0), ParamScope::new().bind(task), tokio::spawn(async { read().await }))
        };
        assert_eq!(read_now, 4);
        assert_eq!(
            (read().await, bound.await, spawned.await.unwrap()),
            (0, 4, 0)
        );
        let sum = with_params! {
            get a = flow.a or 6;
            read().await + a
        };
        assert_eq!(sum, 6);
    });
}

/// `return` and `?` in a closure, async block or function within the block leave only that.
#[test]
fn functions_in_a_block_have_their_own_returns() {
    let results = run(async {
        with_params! {
            set flow.a = 1;
            let closure = |early: bool| -> Option<i64> {
                if early {
                    return Some(get_param!(flow.a, 0));
                }
                None?;
                Some(0)
            };
            let future = async {
                if read().await == 1 {
                    return Ok(5);
                }
                Err("no")?;
                Ok::<i64, &str>(0)
            };
            fn item() -> Option<i64> {
                Some(1)?;
                Some(get_param!(flow.a, 0))
            }
            (closure(true), closure(false), future.await, item())
        }
    });
    assert_eq!(results, (Some(1), None, Ok(5), Some(1)));
}
