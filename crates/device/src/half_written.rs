//! Words that a person has begun and not sent: kept by their place, so that neither a lock nor a kill takes them away. They are
//! nobody else's until they are sent.

use crate::Device;
use crate::error::{Error, Result};

/// How the settings that hold them begin.
const PREFIX: &str = "half_written.";

/// A place is a name and an id; words are no longer than what can be sent.
const LONGEST_PLACE: usize = 100;
const LONGEST: usize = 100_000;

impl Device {
    /// What was begun at this place; empty where nothing was.
    ///
    /// # Errors
    /// Those of the store.
    pub fn half_written(&self, place: &str) -> Result<String> {
        let kept: Option<String> = self.store.read(|tx| tx.setting(&format!("{PREFIX}{place}")))?;
        Ok(kept.unwrap_or_default())
    }

    /// Keeps it; empty words are forgotten.
    ///
    /// # Errors
    /// `bad_input` for what is too long; those of the store.
    pub fn keep_half_written(&self, place: &str, text: &str) -> Result<()> {
        if place.len() > LONGEST_PLACE || text.len() > LONGEST {
            return Err(Error::bad_input("that is too long to be kept unsent"));
        }
        let name = format!("{PREFIX}{place}");
        self.store.write(|tx| if text.is_empty() { tx.forget(&name) } else { tx.set(&name, &text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn what_awa_began_to_answer_is_there_after_a_lock_and_gone_once_it_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let device = Device::create(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        device.keep_half_written("reply.1", "C’était en 2019, je cr").unwrap();
        device.lock();
        let device = Device::unlock(folder.path(), "kangaba-2022", Clock::system()).unwrap();
        assert_eq!(device.half_written("reply.1").unwrap(), "C’était en 2019, je cr");
        assert_eq!(device.half_written("reply.2").unwrap(), "");
        device.keep_half_written("reply.1", "").unwrap();
        assert_eq!(device.half_written("reply.1").unwrap(), "");
        assert!(device.keep_half_written("reply.1", &"x".repeat(LONGEST + 1)).is_err());
    }
}
