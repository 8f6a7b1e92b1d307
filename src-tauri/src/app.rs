//! What the window keeps between commands: where the store is, and the open device while it is unlocked.

use blon_device::Device;
use blon_device::door::{Door, seconds};
use blon_device::error::Error;
use blon_device::idle::{Idle, Moment};
use blon_device::sync::auto::{AutoSync, Hint};
use blon_device::view::{Cause, DeviceState, Phase, SyncNews, SyncReport};
use blon_device::{aside, clock::Clock, erasing, looks, phase};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::ipc::Channel;
use zeroize::Zeroizing;

/// How a command ends: what it gives, or a problem with a code.
pub type Answer<T> = Result<T, blon_device::Problem>;

/// The app's state.
#[derive(Clone)]
pub struct App {
    folder: Arc<PathBuf>,
    /// Kept for as long as the app runs: it counts the wait after wrong passphrases.
    door: Arc<Mutex<Door>>,
    open: Arc<Mutex<Option<Open>>>,
    /// The screen that hears of syncs.
    ear: Arc<Mutex<Option<Channel<SyncNews>>>>,
}

/// The device while it is unlocked, and what syncs it by itself.
struct Open {
    device: Device,
    auto: AutoSync,
    idle: Idle,
}

impl App {
    /// An app whose store is in this folder; it starts locked.
    pub fn new(folder: PathBuf) -> Self {
        // What cannot be taken away now is tried again when a store is made, and none of it can be read.
        let _ = erasing::finish(&folder);
        let door = Arc::new(Mutex::new(Door::at(&folder)));
        App { folder: Arc::new(folder), door, open: Arc::default(), ear: Arc::default() }
    }

    /// A page begins: what the one before left undone is done. Gives how far the app may go.
    pub async fn begin(&self) -> Answer<DeviceState> {
        if self.opened().as_ref().is_some_and(|open| open.idle.is_closing()) {
            self.lock();
        }
        // What cannot be made an answer now, on a full disk, stays; it must keep nobody from their work.
        let _ = self.device(Device::keep_cut_recordings).await;
        self.state().await
    }

    /// How far the app may go.
    pub async fn state(&self) -> Answer<DeviceState> {
        let Some(device) = self.open_device() else {
            let own = self.clone();
            return blocking(move || Ok(own.before_the_door())).await;
        };
        let (enrolment, on_screen) = blocking(move || Ok((device.enrolment()?, device.on_screen()?))).await?;
        let phase = if enrolment.is_some() { Phase::Ready } else { Phase::Unenrolled };
        Ok(DeviceState { phase, enrolment, on_screen, wait: 0, tries_left: None, erased: None })
    }

    fn before_the_door(&self) -> DeviceState {
        let (phase, erased) = (phase(&self.folder), erasing::erased(&self.folder));
        let mut door = self.door();
        let (wait, tries_left) = (seconds(door.rest()), door.tries_left());
        DeviceState { phase, enrolment: None, on_screen: None, wait, tries_left, erased }
    }

    /// Makes a store, and leaves it open.
    pub async fn create(&self, passphrase: Zeroizing<String>) -> Answer<()> {
        let folder = Arc::clone(&self.folder);
        let device = blocking(move || Device::create(&folder, &passphrase, Clock::system())).await?;
        self.keep(device)
    }

    /// Opens the store.
    pub async fn unlock(&self, passphrase: Zeroizing<String>) -> Answer<()> {
        let own = self.clone();
        let device = blocking(move || {
            let device = own.door().unlock(&passphrase, Clock::system())?;
            // What cannot be made an answer now, on a full disk, stays; it must not lock anybody out.
            let _ = device.keep_cut_recordings();
            Ok(device)
        })
        .await?;
        self.keep(device)
    }

    /// Wraps the store's key by another passphrase.
    pub async fn change_passphrase(&self, present: Zeroizing<String>, new: Zeroizing<String>) -> Answer<()> {
        let own = self.clone();
        blocking(move || own.door().change_passphrase(&present, &new)).await
    }

    /// Sets a store aside whose passphrase was forgotten; says where it is.
    pub async fn set_aside(&self) -> Answer<String> {
        let folder = Arc::clone(&self.folder);
        let aside = blocking(move || aside::set_aside(&folder, &Clock::system())).await?;
        Ok(aside.display().to_string())
    }

    /// How the screens look.
    pub fn looks(&self) -> BTreeMap<String, String> {
        looks::looks(&self.folder)
    }

    /// Keeps how the screens look.
    pub async fn set_looks(&self, chosen: BTreeMap<String, String>) -> Answer<()> {
        let folder = Arc::clone(&self.folder);
        blocking(move || looks::set_looks(&folder, &chosen)).await
    }

    /// What happens before the screen decides when the app locks itself.
    pub fn idle(&self, happened: impl FnOnce(&mut Idle, Moment)) {
        if let Some(open) = self.opened().as_mut() {
            happened(&mut open.idle, Moment::now());
        }
    }

    /// Locks the app where nobody has touched it for too long; gives whether it did.
    pub fn lock_if_idle(&self) -> bool {
        let over = self.opened().as_ref().is_some_and(|open| open.idle.is_over(Moment::now()));
        if over {
            self.lock();
        }
        over
    }

    /// Closes the store.
    pub fn lock(&self) {
        if let Some(Open { device, auto, .. }) = self.opened().take() {
            // The sync that goes on is stopped first.
            drop(auto);
            device.lock();
        }
    }

    /// Runs `work` on the open device, off the window's thread: the store and the network block.
    pub async fn device<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Device) -> Result<T, Error> + Send + 'static,
    ) -> Answer<T> {
        let device = self.open_device().ok_or_else(|| Error::Locked.problem())?;
        blocking(move || work(&device)).await
    }

    /// Something happened that a sync may follow from.
    pub fn hint(&self, hint: Hint) {
        if let Some(open) = self.opened().as_ref() {
            open.auto.hint(hint);
        }
    }

    /// A sync that the collector asked for.
    pub async fn sync(&self, all_files: bool) -> Answer<SyncReport> {
        let own = self.clone();
        let heard = move |news| own.tell(news);
        let synced = self.device(move |device| device.sync_heard(Cause::Asked, all_files, &heard)).await;
        self.hint(Hint::Asked(synced.as_ref().err().map(|problem| problem.code)));
        synced
    }

    /// From now on this screen hears of syncs.
    pub fn listen(&self, ear: Channel<SyncNews>) {
        *self.ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(ear);
    }

    /// A window that was closed meanwhile does not stop a sync.
    fn tell(&self, news: SyncNews) {
        if let Some(ear) = self.ear.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = ear.send(news);
        }
    }

    fn open_device(&self) -> Option<Device> {
        // One that headquarters had erased meanwhile is no longer there to be asked.
        self.opened().as_ref().map(|open| open.device.clone()).filter(|device| !device.is_erased())
    }

    fn keep(&self, device: Device) -> Answer<()> {
        let own = self.clone();
        let auto = AutoSync::of(device.clone(), move |news| own.tell(news)).map_err(|e| e.problem())?;
        let minutes = device.protection().map_err(|e| e.problem())?.lock_after;
        let idle = Idle::new(minutes, Moment::now());
        *self.opened() = Some(Open { device, auto, idle });
        Ok(())
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Answer<T> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Error::Internal(e.to_string()))).map_err(|e| e.problem())
}
