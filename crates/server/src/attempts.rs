//! Who guesses passwords waits longer each time. Names are counted, not addresses: behind a proxy everybody has the same. Whoever
//! knows the password waits with the guesser, five minutes at most, and is let in then. What is counted stands in the database, as a
//! hash of the name: every process counts on, and a new start forgets nothing.

use crate::Headquarters;
use crate::error::Result;
use crate::secrets::token_hash;
use crate::store::Wrong;
use chrono::Utc;
use std::time::Duration;

/// How often a password may be wrong before anybody waits: fingers slip.
const FREE: u32 = 5;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// After so long nobody remembers, in milliseconds.
const REMEMBERED: i64 = 3_600_000;

/// The most names that are remembered, but for those that wait: whoever tries them by the thousand meets the doorkeeper's queue
/// first.
const NAMES: u32 = 10_000;

impl Wrong {
    /// How long to wait at this moment, in Unix milliseconds; `None` where nobody need. A clock that was set back makes nobody wait
    /// longer than the longest.
    fn wait(self, now: i64) -> Option<Duration> {
        let more = self.times.checked_sub(FREE)?;
        let whole = Duration::from_secs(1 << more.min(20)).min(LONGEST);
        let until = self.last.saturating_add(i64::try_from(whole.as_millis()).unwrap_or(i64::MAX));
        let left = u64::try_from(until.saturating_sub(now)).ok().filter(|left| *left > 0)?;
        Some(Duration::from_millis(left).min(LONGEST))
    }

    /// Once more.
    fn again(before: Option<Wrong>, now: i64) -> Wrong {
        let fresh = before.filter(|wrong| now <= wrong.last.saturating_add(REMEMBERED));
        Wrong { times: fresh.map_or(0, |wrong| wrong.times).saturating_add(1), last: now }
    }
}

impl Headquarters {
    /// How long to wait before this name may be tried again; `None` where it may be now.
    pub(crate) fn wait_to_try(&self, name: &str) -> Result<Option<Duration>> {
        let wrong = self.store.read(|tx| tx.wrong_password(&known_as(name)))?;
        Ok(wrong.and_then(|wrong| wrong.wait(now())))
    }

    /// The password of this name was wrong.
    pub(crate) fn was_wrong(&self, name: &str) -> Result<()> {
        let (name, now) = (known_as(name), now());
        self.store.write(|tx| {
            let wrong = Wrong::again(tx.wrong_password(&name)?, now);
            tx.put_wrong_password(&name, wrong, now.saturating_sub(REMEMBERED), (NAMES, FREE))
        })
    }

    /// It was right: nothing is held against the name any more.
    pub(crate) fn was_right(&self, name: &str) -> Result<()> {
        let name = known_as(name);
        if self.store.read(|tx| tx.wrong_password(&name))?.is_some() {
            self.store.write(|tx| tx.forget_wrong_password(&name))?;
        }
        Ok(())
    }
}

fn now() -> i64 {
    Utc::now().timestamp_millis()
}

fn known_as(name: &str) -> String {
    token_hash(&name.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_waits_longer_each_time_and_whoever_knows_is_let_in() {
        let (mut wrong, mut now) = (None, 1_000_000);
        for _ in 0..FREE - 1 {
            wrong = Some(Wrong::again(wrong, now));
            assert_eq!(wrong.and_then(|wrong| wrong.wait(now)), None, "fingers slip");
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            wrong = Some(Wrong::again(wrong, now));
            let wait = |now| wrong.and_then(|wrong: Wrong| wrong.wait(now));
            assert_eq!(wait(now), Some(Duration::from_secs(seconds)));
            assert_eq!(wait(now - 10 * REMEMBERED), Some(LONGEST), "the clock was set back");
            now += i64::try_from(seconds).unwrap() * 1000;
            assert_eq!(wait(now), None);
        }
        let later = Wrong::again(wrong, now + REMEMBERED + 1);
        assert_eq!(later.times, 1, "after an hour nobody remembers");
    }

    #[test]
    fn no_crowd_of_names_fills_the_store_and_who_waits_goes_on_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::Store::open(&folder.path().join("headquarters.db")).unwrap();
        store
            .write(|tx| {
                let waits = Wrong { times: FREE, last: 5 };
                tx.put_wrong_password("Modibo", waits, 0, (10, FREE))?;
                for number in 0..50 {
                    let one = Wrong { times: 1, last: 5 };
                    tx.put_wrong_password(&format!("nom {number}"), one, 0, (10, FREE))?;
                }
                assert_eq!(tx.wrong_password("Modibo")?, Some(waits));
                assert_eq!(tx.wrong_password("nom 0")?, None);
                tx.put_wrong_password("Sidiki", waits, 6, (10, FREE))?;
                assert_eq!(tx.wrong_password("Modibo")?, None, "it is long ago");
                Ok(())
            })
            .unwrap();
    }
}
