//! `with_params!` that awaits: its value, what is entered in it, and what in it is not its own.

use hyperparameter::*;

use super::flow::{read, run};

/// The value of the last expression is the value of the block, whatever its type.
#[test]
fn blocks_have_a_value() {
    run(async {
        let text = with_params! { set flow.a = 1; read().await.to_string() };
        assert_eq!(text, "1");
        let nothing: () = with_params! { set flow.a = 1; read().await; };
        assert_eq!(nothing, ());
        let borrowed = String::from("kept");
        let length = with_params! { set flow.a = 1; read().await; borrowed.as_str() };
        assert_eq!(length, borrowed);
        let sum = 1 + with_params! { set flow.a = read().await + 1; read().await };
        assert_eq!(sum, 2);
    });
}

/// `params` in a block that awaits lasts for the block it stands in, and the future can still be sent.
#[test]
fn params_are_held_over_awaits() {
    run(async {
        let scope = ParamScope::from_texts(["flow.a=1", "flow.b=1"]).unwrap();
        with_params! {
            params &scope;
            assert_eq!(read().await, 1);
            {
                params ParamScope::from_texts(["flow.a=2"]).unwrap();
                set flow.b = 2;
                assert_eq!((read().await, get_param!(flow.b, 0)), (2, 2));
                params &scope; // again, within itself
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

/// A block without an `.await` of its own stays plain, in a future that can be sent, and around what it starts.
#[test]
fn plain_blocks_stand_in_futures() {
    run(async {
        let started = with_params! {
            set flow.a = 4;
            let task = async move { read().await };
            (get_param!(flow.a, 0), ParamScope::new().bind(task), tokio::spawn(async { read().await }))
        };
        assert_eq!(started.0, 4);
        assert_eq!(
            (read().await, started.1.await, started.2.await.unwrap()),
            (0, 4, 0)
        );
        let got = with_params! {
            get a = flow.a or 6;
            read().await + a
        };
        assert_eq!(got, 6);
    });
}

/// What leaves a closure or another future within the block leaves that alone.
#[test]
fn functions_in_a_block_are_their_own() {
    let seen = run(async {
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
    assert_eq!(seen, (Some(1), None, Ok(5), Some(1)));
}
