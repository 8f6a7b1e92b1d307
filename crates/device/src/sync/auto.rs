//! When a sync begins by itself: at the start, after signing off, when the line comes back, and again after a failure, each
//! time later. The radio is woken for nothing else.

use super::policy;
use crate::Device;
use crate::error::Error;
use crate::view::{Cause, SyncNews};
use blon_core::error::Code;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(15);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);

/// How long after a sync that went well the next one looks for returned stories.
const LOOK_AGAIN: Duration = Duration::from_secs(3 * 3600);

/// How long a signed-off story waits for another that is signed off right after it.
const GATHER: Duration = Duration::from_secs(2);

/// How often it is asked whether there is a way to other machines, which costs next to nothing.
const LOOK_FOR_ROUTE: Duration = Duration::from_secs(10);

/// Something happened that a sync may follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Something was made that waits to be sent.
    Finalised,
    /// The system says that the line is back, or that it is another.
    LineReturned,
    /// The device was enrolled, a parcel came to be carried, somebody chose otherwise what may go, or wants a file.
    Changed,
    /// A person's own sync ended, with this code if not well.
    Asked(Option<Code>),
}

/// When the next sync is due. Time is counted from any moment; no clock of the day is looked at.
#[derive(Debug, Default)]
struct Schedule {
    failures: u32,
    next: Option<(Duration, Cause)>,
}

impl Schedule {
    fn hear(&mut self, hint: Hint, now: Duration) {
        match hint {
            Hint::Finalised => self.next = Some((now + GATHER, Cause::Finalised)),
            Hint::LineReturned => {
                self.failures = 0;
                self.next = Some((now, Cause::LineReturned));
            }
            Hint::Changed => self.next = Some((now, Cause::Changed)),
            // What was signed off meanwhile still goes; where nothing was, nothing is done.
            Hint::Asked(None) => self.next = Some((now + GATHER, Cause::Finalised)),
            Hint::Asked(Some(Code::SyncRunning)) => {}
            Hint::Asked(Some(code)) => self.ended(Err(code), now, 0.5),
        }
    }

    /// `chance` is between 0 and 1, so that twenty-five devices that lost one line do not come back all at once.
    fn ended(&mut self, ended: Result<(), Code>, now: Duration, chance: f64) {
        let wait = match ended {
            Ok(()) => {
                self.failures = 0;
                Some(LOOK_AGAIN)
            }
            Err(
                Code::Unreachable
                | Code::LineStalled
                | Code::ServerFault
                | Code::BadAnswer
                | Code::SyncRunning,
            ) => {
                let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_WAIT);
                self.failures += 1;
                Some(wait)
            }
            // These do not get better by themselves.
            Err(Code::NotEnrolled | Code::DeviceUnknown | Code::DeviceErased | Code::ProtocolUnsupported) => {
                None
            }
            // The person wants it stopped, one file makes trouble, headquarters is to be updated: not at once.
            Err(_) => Some(LONGEST_WAIT),
        };
        self.next = wait.map(|wait| (now + wait.mul_f64(0.5 + chance), Cause::Again));
    }

    fn due(&self, now: Duration) -> Option<Cause> {
        self.next.filter(|(at, _)| *at <= now).map(|(_, cause)| cause)
    }

    /// How long nothing needs to be done.
    fn wait(&self, now: Duration) -> Duration {
        self.next.map_or(LOOK_FOR_ROUTE, |(at, _)| at.saturating_sub(now).min(LOOK_FOR_ROUTE))
    }
}

/// Syncs by itself until it is dropped.
pub struct AutoSync {
    hints: Sender<Hint>,
    device: Device,
}

impl AutoSync {
    /// Begins at once; `heard` is told what happens.
    ///
    /// # Errors
    /// An internal error where the system gives no thread.
    pub fn of(device: Device, heard: impl Fn(SyncNews) + Send + 'static) -> Result<Self, Error> {
        let (hints, hinted) = channel();
        let own = device.clone();
        std::thread::Builder::new()
            .name("sync".to_owned())
            .spawn(move || keep_syncing(&own, &hinted, heard))
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(AutoSync { hints, device })
    }

    /// Something happened.
    pub fn hint(&self, hint: Hint) {
        // A thread that ended needs no hints.
        let _ = self.hints.send(hint);
    }
}

impl Drop for AutoSync {
    fn drop(&mut self) {
        self.device.close_syncs();
    }
}

fn keep_syncing(device: &Device, hints: &Receiver<Hint>, heard: impl Fn(SyncNews)) {
    let began = Instant::now();
    let mut schedule = Schedule { failures: 0, next: Some((Duration::ZERO, Cause::Start)) };
    let mut had_route = policy::has_route();
    loop {
        match hints.recv_timeout(schedule.wait(began.elapsed())) {
            Ok(hint) => {
                schedule.hear(hint, began.elapsed());
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let route = policy::has_route();
        if route == Some(true) && had_route == Some(false) {
            schedule.hear(Hint::LineReturned, began.elapsed());
        }
        had_route = route;
        let Some(cause) = schedule.due(began.elapsed()) else { continue };
        // Whoever cannot be asked is not asked to sync either: the store says so when it is looked at.
        if !device.may_sync_by_itself().unwrap_or(false) {
            schedule.next = None;
            continue;
        }
        if cause == Cause::Finalised && !something_may_go(device) {
            // It went with a sync that was going on.
            schedule.ended(Ok(()), began.elapsed(), 0.5);
            continue;
        }
        let ended = device.sync_heard(cause, false, &heard);
        let chance = f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX);
        schedule.ended(ended.as_ref().map(|_| ()).map_err(Error::code), began.elapsed(), chance);
        // A line that came back meanwhile needs no other sync, unless it lets go what the one before did not.
        let enough = ended.is_ok() && !something_may_go(device);
        for hint in hints.try_iter().filter(|hint| !enough || *hint != Hint::LineReturned) {
            schedule.hear(hint, began.elapsed());
        }
    }
}

/// Whether something waits that may go over the network as it is now.
fn something_may_go(device: &Device) -> bool {
    device.waiting().is_ok_and(|left| left.records_left > 0 || left.bytes_left > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn failures_make_it_wait_longer_up_to_half_an_hour() {
        let mut schedule = Schedule::default();
        let mut waits = Vec::new();
        for _ in 0..9 {
            schedule.ended(Err(Code::Unreachable), seconds(100), 0.5);
            waits.push(schedule.next.unwrap().0.as_secs() - 100);
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1800, 1800]);
        schedule.hear(Hint::LineReturned, seconds(200));
        assert_eq!(
            schedule.due(seconds(200)),
            Some(Cause::LineReturned),
            "a line that is back is tried at once"
        );
        schedule.ended(Err(Code::LineStalled), seconds(300), 0.0);
        assert_eq!(schedule.due(seconds(307)), None);
        assert_eq!(schedule.due(seconds(308)), Some(Cause::Again), "from half the wait on, by chance");
    }

    #[test]
    fn signing_off_is_followed_by_a_sync_and_going_well_by_hours_of_rest() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.due(seconds(9_999)), None);
        schedule.hear(Hint::Finalised, seconds(10));
        assert_eq!((schedule.due(seconds(11)), schedule.due(seconds(12))), (None, Some(Cause::Finalised)));
        schedule.ended(Ok(()), seconds(20), 0.5);
        assert_eq!(schedule.due(seconds(3 * 3600)), None);
        assert_eq!(schedule.due(seconds(3 * 3600 + 20)), Some(Cause::Again));
    }

    #[test]
    fn what_does_not_get_better_by_itself_is_not_tried_again() {
        for code in [Code::DeviceUnknown, Code::DeviceErased, Code::ProtocolUnsupported, Code::NotEnrolled] {
            let mut schedule = Schedule::default();
            schedule.ended(Err(code), seconds(0), 0.5);
            assert_eq!(schedule.next, None, "{code}");
        }
        let mut schedule = Schedule::default();
        schedule.ended(Err(Code::SyncCancelled), seconds(0), 0.5);
        assert_eq!(schedule.due(seconds(1700)), None, "who stopped it wants it stopped");
    }
}
