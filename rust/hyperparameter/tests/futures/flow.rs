//! The ways to leave a block of `with_params!` that awaits. Each restores the view and works as in plain Rust.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt;
use hyperparameter::*;

use super::{assert_send, on_threads};

/// Let other tasks run, then read.
pub(super) async fn read() -> i64 {
    tokio::task::yield_now().await;
    get_param!(flow.a, 0)
}

/// Run a future outside every scope, and check that it leaves all of its scopes.
pub(super) fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    on_threads(async {
        let value = assert_send(future).await;
        assert_eq!(get_param!(flow.a, 0), 0);
        assert!(!snapshot().contains("flow.b"));
        value
    })
}

/// `return` returns from the function.
#[test]
fn blocks_are_left_by_return() {
    async fn early(at: i64) -> Result<&'static str, ()> {
        with_params! {
            set flow.a = 1;
            if read().await == at {
                return Ok("outer");
            }
            with_params! {
                set flow.a = 2;
                set flow.b = 1;
                if read().await == at {
                    return Ok("inner");
                }
                for number in 3.. {
                    set flow.a = number;
                    if read().await == at {
                        return Ok("loop");
                    }
                    if number == 5 {
                        break;
                    }
                }
            }
            assert_eq!(read().await, 1);
        }
        Err(())
    }
    let expected = [
        (1, Ok("outer")),
        (2, Ok("inner")),
        (4, Ok("loop")),
        (9, Err(())),
    ];
    for (at, result) in expected {
        assert_eq!(run(early(at)), result);
    }
}

/// A `return` without a value returns from the function, too.
#[test]
fn blocks_are_left_by_return_without_a_value() {
    async fn unit(leaves: bool) {
        with_params! {
            set flow.a = 1;
            read().await;
            if leaves {
                return;
            }
        }
        assert!(!leaves);
    }
    run(unit(true));
    run(unit(false));
}

/// `?` returns the error from the function, converted to the function's error type.
#[test]
fn blocks_are_left_by_question_marks() {
    #[derive(Debug, PartialEq)]
    struct ParseError(String);
    impl From<std::num::ParseIntError> for ParseError {
        fn from(error: std::num::ParseIntError) -> Self {
            Self(error.to_string())
        }
    }
    async fn parse(text: &str) -> Result<i64, ParseError> {
        let number = with_params! {
            set flow.a = text.parse::<i64>()?;
            with_params! {
                set flow.b = 1;
                let doubled = format!("{text}{text}").parse::<i8>()?;
                read().await + i64::from(doubled)
            }
        };
        assert_eq!(read().await, 0);
        Ok(number)
    }
    assert_eq!(run(parse("1")), Ok(12));
    assert_eq!(
        run(parse("x")),
        Err(ParseError("invalid digit found in string".into()))
    );
    assert_eq!(
        run(parse("99")),
        Err(ParseError("number too large to fit in target type".into()))
    );
}

/// `?` on `None` returns `None` from the function.
#[test]
fn blocks_are_left_by_question_marks_on_options() {
    async fn first(list: &[i64]) -> Option<i64> {
        with_params! {
            set flow.a = *list.first()?;
            Some(read().await)
        }
    }
    assert_eq!(run(async { first(&[4, 5]).await }), Some(4));
    assert_eq!(run(async { first(&[]).await }), None);
}

/// `?` on `ControlFlow::Break` returns it from the function.
#[test]
fn blocks_are_left_by_question_marks_on_control_flow() {
    async fn control_flow(breaks: bool) -> ControlFlow<i64, i64> {
        with_params! {
            set flow.a = 3;
            let step = if breaks { ControlFlow::Break(read().await) } else { ControlFlow::Continue(1) };
            let number: i64 = step?;
            ControlFlow::Continue(number + read().await)
        }
    }
    assert_eq!(run(control_flow(true)), ControlFlow::Break(3));
    assert_eq!(run(control_flow(false)), ControlFlow::Continue(4));
}

/// `break` and `continue`, with or without a label, go to their loops, in the block and around it.
#[test]
fn blocks_are_left_by_break_and_continue() {
    let log = run(async {
        let mut log = Vec::new();
        'outer: for number in 1..10 {
            with_params! {
                set flow.a = number;
                if read().await == 1 {
                    continue;
                }
                log.push(read().await);
                for _ in 0..3 {
                    with_params! {
                        set flow.b = 1;
                        match read().await {
                            2 => continue,
                            3 => break,
                            4 => continue 'outer,
                            5 => break 'outer,
                            _ => unreachable!(),
                        }
                    }
                }
                log.push(-read().await);
            }
            assert_eq!(read().await, 0);
            log.push(0);
        }
        log
    });
    assert_eq!(log, [2, -2, 0, 3, -3, 0, 4, 5]);
}

/// A block that always leaves has any type.
#[test]
fn blocks_that_always_leave_have_any_type() {
    async fn always() -> i64 {
        with_params! {
            set flow.a = 5;
            let read = read().await;
            return read + 1;
        }
    }
    assert_eq!(run(always()), 6);
}

/// Blocks can be left in generic methods and in closures.
#[test]
fn blocks_are_left_in_methods_and_closures() {
    struct Counter {
        remaining: i64,
    }
    impl Counter {
        async fn next<T: Send + Copy>(&mut self, step: T) -> Result<(i64, T), String>
        where
            i64: From<T>,
        {
            with_params! {
                set flow.a = self.remaining;
                self.remaining = read().await - i64::from(step);
                if self.remaining < 0 {
                    Err("spent")?;
                }
                Ok((self.remaining, step))
            }
        }
    }
    run(async {
        let mut counter = Counter { remaining: 2 };
        assert_eq!(counter.next(2_i32).await, Ok((0, 2)));
        assert_eq!(counter.next(1_u8).await, Err("spent".to_owned()));
        let closure = async |early: bool| -> Option<i64> {
            with_params! {
                set flow.a = 7;
                let number = read().await;
                early.then_some(number)?;
                return Some(read().await * 2);
            }
        };
        assert_eq!(
            (closure(true).await, closure(false).await),
            (Some(14), None)
        );
    });
}

/// Loops and labelled blocks inside the block keep their `break`s, with or without a value.
#[test]
fn loops_in_a_block_keep_their_breaks() {
    let results = run(async {
        with_params! {
            set flow.a = 10;
            let counted = loop {
                let now = read().await + 1;
                set flow.a = now;
                if now == 13 {
                    break now;
                }
            };
            let labelled = 'here: {
                if read().await == 13 {
                    break 'here counted * 2;
                }
                0
            };
            let mut remaining = 3;
            while remaining > 0 {
                remaining -= 1;
                if read().await != 13 {
                    continue;
                }
            }
            (counted, labelled, remaining)
        }
    });
    assert_eq!(results, (13, 26, 0));
}

/// A panic before or after an `.await` restores the view and goes on unchanged.
#[test]
fn blocks_are_left_by_panic() {
    async fn panic(after_await: bool) {
        with_params! {
            set flow.a = 1;
            if after_await {
                read().await;
            }
            with_params! {
                set flow.b = 2;
                params ParamScope::from_texts(["flow.c=3"]).unwrap();
                if after_await {
                    read().await;
                }
                resume_unwind(Box::new("panicked"));
            }
        }
    }
    run(async {
        for after_await in [false, true] {
            let payload = AssertUnwindSafe(panic(after_await))
                .catch_unwind()
                .await
                .unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&"panicked"));
            assert_eq!(read().await, 0);
            let bound = ParamScope::from_texts(["flow.b=1"])
                .unwrap()
                .bind(panic(after_await));
            assert!(tokio::spawn(bound).await.unwrap_err().is_panic());
        }
        // The threads that ran the panicking tasks are outside every scope again.
        for _ in 0..100 {
            assert!(tokio::spawn(async { snapshot().is_empty() }).await.unwrap());
        }
    });
}
