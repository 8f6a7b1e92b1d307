//! Who writes to an upload while others come for it.

use crate::files::Incoming;
use blon_core::id::{DeviceId, Digest};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{MutexGuard, watch};

type Key = (DeviceId, Digest);

/// Who writes to which upload now in this process. Whoever comes later makes an earlier one give way: that one's line is dead more
/// often than not, and headquarters would learn it last. Between processes that share a folder it goes by locks of its files
/// ([`crate::files::Files::continue_incoming`]).
#[derive(Default)]
pub struct Turns(Mutex<HashMap<Key, Weak<Turn>>>);

#[derive(Default)]
pub(super) struct Turn {
    writing: tokio::sync::Mutex<()>,
    later: watch::Sender<u64>,
}

impl Turns {
    pub(super) fn of(&self, key: Key) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        match turns.get(&key).and_then(Weak::upgrade) {
            Some(turn) => turn,
            None => {
                let turn = Arc::<Turn>::default();
                turns.insert(key, Arc::downgrade(&turn));
                turn
            }
        }
    }
}

impl Turn {
    /// Waits until the others have given way; what is given besides hears when this one must.
    pub(super) async fn take(&self) -> (MutexGuard<'_, ()>, watch::Receiver<u64>) {
        self.later.send_modify(|count| *count += 1);
        let later = self.later.subscribe();
        (self.writing.lock().await, later)
    }
}

/// Waits until somebody comes later for the same upload, in this process or another.
pub(super) async fn somebody_later(later: &mut watch::Receiver<u64>, incoming: &Incoming) {
    tokio::select! {
        _ = later.changed() => {}
        () = incoming.is_waited_for() => {}
    }
}
