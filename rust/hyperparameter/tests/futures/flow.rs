//! The ways to leave a `with_params!` that awaits: each restores the view, and goes where it goes in plain Rust.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt;
use hyperparameter::*;

use super::{on_threads, sent};

/// Read after others had their turn.
pub(super) async fn read() -> i64 {
    tokio::task::yield_now().await;
    get_param!(flow.a, 0)
}

/// Run a future outside of any scope, and see that it leaves none behind.
pub(super) fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    on_threads(async {
        let value = sent(future).await;
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
    async fn nothing(leave: bool) {
        with_params! {
            set flow.a = 1;
            read().await;
            if leave {
                return;
            }
        }
        assert!(!leave);
    }
    let expected = [
        (1, Ok("outer")),
        (2, Ok("inner")),
        (4, Ok("loop")),
        (9, Err(())),
    ];
    for (at, left) in expected {
        assert_eq!(run(early(at)), left);
    }
    run(nothing(true));
    run(nothing(false));
}

/// `?` returns what is wrong from the function, converted to its error.
#[test]
fn blocks_are_left_by_question_marks() {
    #[derive(Debug, PartialEq)]
    struct Wrong(String);
    impl From<std::num::ParseIntError> for Wrong {
        fn from(fault: std::num::ParseIntError) -> Self {
            Self(fault.to_string())
        }
    }
    async fn parse(text: &str) -> Result<i64, Wrong> {
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
        Err(Wrong("invalid digit found in string".into()))
    );
    assert_eq!(
        run(parse("99")),
        Err(Wrong("number too large to fit in target type".into()))
    );

    async fn first(list: &[i64]) -> Option<i64> {
        with_params! {
            set flow.a = *list.first()?;
            Some(read().await)
        }
    }
    assert_eq!(run(async { first(&[4, 5]).await }), Some(4));
    assert_eq!(run(async { first(&[]).await }), None);

    async fn flow(stop: bool) -> ControlFlow<i64, i64> {
        with_params! {
            set flow.a = 3;
            let broken = if stop { ControlFlow::Break(read().await) } else { ControlFlow::Continue(1) };
            let went_on: i64 = broken?;
            ControlFlow::Continue(went_on + read().await)
        }
    }
    assert_eq!(run(flow(true)), ControlFlow::Break(3));
    assert_eq!(run(flow(false)), ControlFlow::Continue(4));
}

/// `break` and `continue`, labelled or not, go to the loops that they name, in the block and around it.
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

/// A block that does nothing but leave has whatever type is wanted.
#[test]
fn blocks_can_leave_in_any_case() {
    async fn always() -> i64 {
        with_params! {
            set flow.a = 5;
            let read = read().await;
            return read + 1;
        }
    }
    struct Counter {
        left: i64,
    }
    impl Counter {
        async fn next<T: Send + Copy>(&mut self, step: T) -> Result<(i64, T), String>
        where
            i64: From<T>,
        {
            with_params! {
                set flow.a = self.left;
                self.left = read().await - i64::from(step);
                if self.left < 0 {
                    Err("spent")?;
                }
                Ok((self.left, step))
            }
        }
    }
    assert_eq!(run(always()), 6);
    run(async {
        let mut counter = Counter { left: 2 };
        assert_eq!(counter.next(2_i32).await, Ok((0, 2)));
        assert_eq!(counter.next(1_u8).await, Err("spent".to_owned()));
        let closure = async |early: bool| -> Option<i64> {
            with_params! {
                set flow.a = 7;
                let seen = read().await;
                early.then_some(seen)?;
                return Some(read().await * 2);
            }
        };
        assert_eq!(
            (closure(true).await, closure(false).await),
            (Some(14), None)
        );
    });
}

/// A loop within the block keeps its own `break` with a value, and so does a labelled block.
#[test]
fn loops_in_a_block_are_their_own() {
    let found = run(async {
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
            let mut rest = 3;
            while rest > 0 {
                rest -= 1;
                if read().await != 13 {
                    continue;
                }
            }
            (counted, labelled, rest)
        }
    });
    assert_eq!(found, (13, 26, 0));
}

/// A panic restores the view, whether it comes before or after an `.await`, and is that panic.
#[test]
fn blocks_are_left_by_panic() {
    async fn fall(late: bool) {
        with_params! {
            set flow.a = 1;
            if late {
                read().await;
            }
            with_params! {
                set flow.b = 2;
                params ParamScope::from_texts(["flow.c=3"]).unwrap();
                if late {
                    read().await;
                }
                resume_unwind(Box::new("fallen"));
            }
        }
    }
    run(async {
        for late in [false, true] {
            let fallen = AssertUnwindSafe(fall(late))
                .catch_unwind()
                .await
                .unwrap_err();
            assert_eq!(fallen.downcast_ref(), Some(&"fallen"));
            assert_eq!(read().await, 0);
            let bound = ParamScope::from_texts(["flow.b=1"])
                .unwrap()
                .bind(fall(late));
            assert!(tokio::spawn(bound).await.unwrap_err().is_panic());
        }
        // the threads that they fell in are as before
        for _ in 0..100 {
            assert!(tokio::spawn(async { snapshot().is_empty() }).await.unwrap());
        }
    });
}
