//! The statics of a place in source code that reads or sets a key.

/// Return a place that reads a key. Its statics are the key, and the cache of the last answer in this thread.
#[macro_export]
#[doc(hidden)]
macro_rules! __place {
    ($key:expr) => {{
        static KEY: $crate::__private::Key = $crate::__private::Key::literal($key);
        $crate::__private::thread_local! {
            static CACHE: ::core::cell::Cell<$crate::__private::CachedAnswer> =
                const { ::core::cell::Cell::new($crate::__private::CachedAnswer::EMPTY) };
        }
        $crate::__private::Place {
            key: &KEY,
            cache: &CACHE,
        }
    }};
}

/// Return the static of a key that is set, or that is read without a default.
#[macro_export]
#[doc(hidden)]
macro_rules! __key {
    ($key:expr) => {{
        static KEY: $crate::__private::Key = $crate::__private::Key::literal($key);
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
            #[$crate::__private::linkme::distributed_slice($crate::__private::DECLARED)]
            #[linkme(crate = $crate::__private::linkme)]
            static PARAM: $crate::__private::ParamInfo = $crate::__private::ParamInfo::new(
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
