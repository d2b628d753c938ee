//! Publishing the baseline, in every order in which the steps of several threads can be interleaved (by loom).

use std::sync::Arc;

use loom::thread;

#[path = "../src/frame/baseline.rs"]
mod baseline;

use baseline::{Baseline, Identified};

/// The primitives of the baseline, in the versions that loom can control.
mod sync {
    use std::mem;
    use std::sync::Arc;

    pub(crate) use loom::sync::Mutex;
    use loom::sync::RwLock;
    pub(crate) use loom::sync::atomic::AtomicU64;

    /// Behaves as arc-swap promises.
    pub(crate) struct Pointer<T>(pub(crate) RwLock<Option<Arc<T>>>);

    impl<T> Pointer<T> {
        pub(crate) fn load_full(&self) -> Option<Arc<T>> {
            self.0.read().unwrap().clone()
        }

        pub(crate) fn swap(&self, value: Option<Arc<T>>) -> Option<Arc<T>> {
            mem::replace(&mut self.0.write().unwrap(), value)
        }
    }
}

impl Identified for u64 {
    fn id(&self) -> u64 {
        *self
    }
}

fn unset() -> loom::sync::Arc<Baseline<u64>> {
    loom::sync::Arc::new(Baseline {
        id: sync::AtomicU64::new(0),
        pointer: sync::Pointer(loom::sync::RwLock::new(None)),
        publishing: sync::Mutex::new(()),
    })
}

/// Read as a place in source code does: from its cache if it has the current id, else by the pointer.
fn read(baseline: &Baseline<u64>, cached: &mut u64) -> u64 {
    if *cached != baseline.id() {
        *cached = baseline.load().map_or(0, |value| *value);
    }
    *cached
}

/// If two places read in turn, neither sees the old baseline after the other has seen the new one.
#[test]
fn readers_never_go_back() {
    loom::model(|| {
        let baseline = unset();
        let publisher = {
            let baseline = baseline.clone();
            thread::spawn(move || baseline.publish(Arc::new(1)))
        };
        // The first place has a cached answer, the second has none.
        let (mut first, mut second) = (0, u64::MAX);
        let values = [
            read(&baseline, &mut first),
            read(&baseline, &mut second),
            read(&baseline, &mut first),
            read(&baseline, &mut second),
        ];
        assert!(values.is_sorted(), "{values:?}");
        publisher.join().unwrap();
        assert_eq!(
            (read(&baseline, &mut first), read(&baseline, &mut second)),
            (1, 1)
        );
    });
}

/// In the end, the id and the pointer come from the same publisher.
#[test]
fn publishers_do_not_mix() {
    loom::model(|| {
        let baseline = unset();
        let publishers = [1, 2].map(|value| {
            let baseline = baseline.clone();
            thread::spawn(move || baseline.publish(Arc::new(value)))
        });
        for publisher in publishers {
            publisher.join().unwrap();
        }
        assert_eq!(baseline.load().map(|value| *value), Some(baseline.id()));
    });
}
