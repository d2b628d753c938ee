//! The statics of a place in source code that reads or sets a key.

/// Make the statics of a place that reads a key: the key, and the cache of its last answer in this thread.
#[macro_export]
#[doc(hidden)]
macro_rules! __place {
    ($key:expr) => {{
        static KEY: $crate::macros::Key = $crate::macros::Key::literal($key);
        $crate::macros::thread_local! {
            static CACHE: ::core::cell::Cell<$crate::macros::CachedAnswer> =
                const { ::core::cell::Cell::new($crate::macros::CachedAnswer::EMPTY) };
        }
        $crate::macros::Place {
            key: &KEY,
            cache: &CACHE,
        }
    }};
}

/// Make the static of a place that sets a key, or reads it without a default.
#[macro_export]
#[doc(hidden)]
macro_rules! __key {
    ($key:expr) => {{
        static KEY: $crate::macros::Key = $crate::macros::Key::literal($key);
        &KEY
    }};
}

/// Declare a parameter that has a help text.
#[cfg(feature = "help")]
#[macro_export]
#[doc(hidden)]
macro_rules! __declare {
    ($key:expr, $default:expr, $help:expr) => {
        const _: () = {
            #[$crate::macros::linkme::distributed_slice($crate::macros::DECLARED)]
            #[linkme(crate = $crate::macros::linkme)]
            static PARAM: $crate::macros::ParamInfo = $crate::macros::ParamInfo::new(
                $key,
                $default,
                $help,
                ::core::file!(),
                ::core::line!(),
            );
        };
    };
}

/// Without the feature `help` nothing is declared.
#[cfg(not(feature = "help"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __declare {
    ($key:expr, $default:expr, $help:expr) => {};
}
