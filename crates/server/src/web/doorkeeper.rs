//! Checks passwords, one at a time, on a thread of its own.
//!
//! Argon2 takes 19 MiB for each check. On many threads the system keeps that for each of them, and a crowd of wrong
//! passwords would take the machine's memory; on one it is taken once. Some twenty people a second can still sign in.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::view::{Session, SignIn};
use blon_core::error::Code;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// How many may wait at the door; whoever comes later is sent away at once.
const WAITING: usize = 100;

/// Somebody at the door, and where the answer goes.
type Caller = (SignIn, oneshot::Sender<Result<(String, Session)>>);

/// The way to the doorkeeper's thread, which ends when the last of these is gone.
#[derive(Clone)]
pub struct Doorkeeper(SyncSender<Caller>);

impl Doorkeeper {
    /// A doorkeeper of this headquarters.
    pub fn of(headquarters: &Headquarters) -> Self {
        let (door, callers) = sync_channel::<Caller>(WAITING);
        let headquarters = headquarters.clone();
        std::thread::spawn(move || {
            for (ask, answer) in callers {
                // Whoever went away meanwhile needs no answer, and no work.
                if !answer.is_closed() {
                    let _ = answer.send(headquarters.sign_in(&ask));
                }
            }
        });
        Doorkeeper(door)
    }

    /// Signs somebody in; gives the secret for the cookie, and the session.
    ///
    /// # Errors
    /// `sign_in_failed`; `server_fault` where too many wait.
    pub async fn sign_in(&self, ask: SignIn) -> Result<(String, Session)> {
        let (answer, answered) = oneshot::channel();
        match self.0.try_send((ask, answer)) {
            Ok(()) => answered.await.map_err(|e| Error::Internal(format!("the doorkeeper fell: {e}")))?,
            Err(TrySendError::Full(_)) => {
                Err(Error::told(Code::ServerFault, "too many people are signing in; try again in a minute"))
            }
            Err(TrySendError::Disconnected(_)) => Err(Error::Internal("there is no doorkeeper".to_owned())),
        }
    }
}
