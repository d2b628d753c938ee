//! The swap of the baseline, in every order in which threads can meet at it (loom).

use std::sync::Arc;

use loom::thread;

#[path = "../src/frame/baseline.rs"]
mod baseline;

use baseline::{Baseline, Identified};

/// What the baseline is made of, in what loom can follow.
mod sync {
    use std::mem;
    use std::sync::Arc;

    pub(crate) use loom::sync::Mutex;
    use loom::sync::RwLock;
    pub(crate) use loom::sync::atomic::AtomicU64;

    /// What arc-swap promises.
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

/// Read as a place in source code does: what it remembers for the number, else what is pointed at.
fn read(baseline: &Baseline<u64>, remembered: &mut u64) -> u64 {
    if *remembered != baseline.id() {
        *remembered = baseline.load().map_or(0, |value| *value);
    }
    *remembered
}

/// Of two places that are read in turn, none shows the old baseline once the other has shown the new one.
#[test]
fn nobody_goes_back() {
    loom::model(|| {
        let baseline = unset();
        let publisher = {
            let baseline = baseline.clone();
            thread::spawn(move || baseline.publish(Arc::new(1)))
        };
        let (mut here, mut there) = (0, u64::MAX); // one has read before, the other has not
        let seen = [
            read(&baseline, &mut here),
            read(&baseline, &mut there),
            read(&baseline, &mut here),
            read(&baseline, &mut there),
        ];
        assert!(seen.is_sorted(), "{seen:?}");
        publisher.join().unwrap();
        assert_eq!(
            (read(&baseline, &mut here), read(&baseline, &mut there)),
            (1, 1)
        );
    });
}

/// However publishers meet, number and pointer are of the same one in the end.
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
