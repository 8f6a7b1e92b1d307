//! Checks passwords, one at a time, on a thread of its own.
//!
//! Argon2 takes 19 MiB for each check. On many threads the system keeps that for each of them, and a crowd of wrong
//! passwords would take the machine's memory; on one it is taken once. Some twenty people a second can still sign in.

use crate::Headquarters;
use crate::error::{Error, Result};
use blon_core::error::Code;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// How many may wait at the door; whoever comes later is sent away at once.
const WAITING: usize = 100;

/// What is done at the door for one caller.
type Work = Box<dyn FnOnce(&Headquarters) + Send>;

/// The way to the doorkeeper's thread, which ends when the last of these is gone.
#[derive(Clone)]
pub struct Doorkeeper(SyncSender<Work>);

impl Doorkeeper {
    /// A doorkeeper of this headquarters.
    pub fn of(headquarters: &Headquarters) -> Self {
        let (door, callers) = sync_channel::<Work>(WAITING);
        let headquarters = headquarters.clone();
        std::thread::spawn(move || callers.into_iter().for_each(|work| work(&headquarters)));
        Doorkeeper(door)
    }

    /// Does what takes a password: checks one, or makes one.
    ///
    /// # Errors
    /// Those of `work`; `too_many_requests` where too many wait.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Headquarters) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |headquarters| {
            // Whoever went away meanwhile needs no answer, and no work.
            if !answer.is_closed() {
                let _ = answer.send(work(headquarters));
            }
        });
        match self.0.try_send(work) {
            Ok(()) => answered.await.map_err(|e| Error::Internal(format!("the doorkeeper fell: {e}")))?,
            Err(TrySendError::Full(_)) => Err(Error::told(
                Code::TooManyRequests,
                "too many people are signing in; try again in a minute",
            )),
            Err(TrySendError::Disconnected(_)) => Err(Error::Internal("there is no doorkeeper".to_owned())),
        }
    }
}
