//! Places: each is a piece of source code that reads one key, and has a cache.

use std::cell::Cell;
use std::thread::LocalKey;

use crate::convert::FromValue;
use crate::error::ParamError;
use crate::frame::context;
use crate::key::{Key, Probe};
use crate::read;

/// The last answer that a place had in this thread: a number, or that the key is not set.
///
/// Two reads of one key in one frame have the same answer. So a repeated read in one frame is a cache
/// hit: it compares the frame's id and looks nothing up.
#[derive(Clone, Copy)]
pub struct CachedAnswer {
    /// The id of the frame, and in the lowest byte the kind of the answer.
    ///
    /// The kind is [`FromValue::CACHE_TAG`] for a number, and [`not_set`] for a key that is not set.
    stamp: u64,
    /// The number, as [`FromValue::to_cache_bits`] returns it.
    bits: u64,
}

/// Return the kind of the answer for a key that is not set. It differs from every `FromValue::CACHE_TAG`.
///
/// Types that can be read from the subtree have a kind of their own: no key below is set either.
const fn not_set<T: FromValue>() -> u8 {
    if T::READS_PARTS { u8::MAX } else { u8::MAX - 1 }
}

impl CachedAnswer {
    /// No answer yet. No read looks for the kind 0, so this is never a hit.
    pub const EMPTY: Self = Self { stamp: 0, bits: 0 };
}

#[inline(always)]
fn stamp(frame_id: u64, kind: u8) -> u64 {
    frame_id << 8 | u64::from(kind)
}

/// A place in source code that reads a key. Each expansion of a reading macro is one.
#[derive(Clone, Copy)]
pub struct Place {
    /// The key that is read.
    pub key: &'static Key,
    /// The cache of this place in the current thread.
    pub cache: &'static LocalKey<Cell<CachedAnswer>>,
}

impl Place {
    /// Return the value of the key, converted to the type of the default, or the default if the key is not set.
    #[inline(always)]
    pub(crate) fn read<T: FromValue>(self, default: T) -> Result<T, ParamError> {
        let frame_id = context::current_frame_id();
        let cached = self.cache.get();
        if T::CACHE_TAG != 0 && cached.stamp == stamp(frame_id, T::CACHE_TAG) {
            return Ok(T::from_cache_bits(cached.bits));
        }
        if cached.stamp == stamp(frame_id, not_set::<T>()) {
            return Ok(default);
        }
        self.look_up(default)
    }

    /// Read the key from the current frame, and cache the answer if it can be cached.
    #[inline(never)]
    fn look_up<T: FromValue>(self, default: T) -> Result<T, ParamError> {
        let frame = context::current_frame();
        let Some(value) = read::value_for(&frame, self.key, Some(&default)) else {
            // A subtree that the type does not accept with this default may fit with another one.
            if !T::READS_PARTS || !frame.has_subtree(self.key.text()) {
                self.cache_not_set::<T>(frame.id());
            }
            return Ok(default);
        };
        let value = read::convert(&frame, self.key, &value, Some(default))?;
        if T::CACHE_TAG != 0 {
            self.cache.set(CachedAnswer {
                stamp: stamp(frame.id(), T::CACHE_TAG),
                bits: value.to_cache_bits(),
            });
        }
        Ok(value)
    }

    /// Return the value of the key as text, or the default if the key is not set. Only the result is allocated.
    #[inline]
    pub(crate) fn read_text(self, default: &str) -> Result<String, ParamError> {
        if self.cache.get().stamp == stamp(context::current_frame_id(), not_set::<String>()) {
            return Ok(default.to_owned());
        }
        let frame = context::current_frame();
        match read::value_for::<String>(&frame, self.key, None) {
            Some(value) => read::convert(&frame, self.key, &value, None),
            None => {
                self.cache_not_set::<String>(frame.id());
                Ok(default.to_owned())
            }
        }
    }

    fn cache_not_set<T: FromValue>(self, frame_id: u64) {
        self.cache.set(CachedAnswer {
            stamp: stamp(frame_id, not_set::<T>()),
            bits: 0,
        });
    }
}
