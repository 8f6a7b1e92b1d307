//! The files that are on their way to headquarters, and in which order they go on after a cut.

use crate::store::WaitingFile;
use std::cell::RefCell;
use std::collections::VecDeque;

/// A file on its way.
pub(super) struct Upload {
    pub file: WaitingFile,
    /// Whether it is somebody's outbox, which no story names.
    pub parcel: bool,
    /// Bytes of it that headquarters has, as far as is known.
    pub have: u64,
    /// Whether headquarters knows of it.
    pub begun: bool,
    /// Whether headquarters must be asked how far it has come.
    pub unsure: bool,
    /// How often a piece of it came to be wrong on its way.
    pub spoilt: u32,
}

impl Upload {
    pub fn of(file: WaitingFile) -> Self {
        Upload { have: file.have, begun: file.have > 0, unsure: false, spoilt: 0, parcel: false, file }
    }
}

/// The files that are still to be sent, in order.
pub(super) struct Queue(pub RefCell<VecDeque<Upload>>);

impl Queue {
    pub fn next(&self) -> Option<Upload> {
        self.0.borrow_mut().pop_front()
    }

    /// The next of which it is not known how far it has come, and where it stood.
    pub fn take_unsure(&self) -> Option<(usize, Upload)> {
        let mut queue = self.0.borrow_mut();
        let place = queue.iter().position(|upload| upload.unsure && !upload.parcel)?;
        Some((place, queue.remove(place)?))
    }

    /// Puts a file where it stood; others may have been taken meanwhile.
    pub fn put_at(&self, place: usize, upload: Upload) {
        let mut queue = self.0.borrow_mut();
        let place = place.min(queue.len());
        queue.insert(place, upload);
    }

    /// Puts back a file whose line broke: to be taken at once, or after the next that is new. Of parcels as few as can be
    /// are begun at a time.
    pub fn put_back(&self, upload: Upload, after_a_new_one: bool) {
        let mut queue = self.0.borrow_mut();
        let new = queue.iter().position(|other| !other.unsure && !other.parcel).filter(|_| after_a_new_one);
        if let Some(new) = new.and_then(|place| queue.remove(place)) {
            queue.push_front(upload);
            queue.push_front(new);
        } else {
            queue.push_front(upload);
        }
    }
}
