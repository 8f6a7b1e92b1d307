//! What the window keeps between commands: where the store is, and the open device while it is unlocked.

use blon_device::Device;
use blon_device::error::Error;
use blon_device::view::{DeviceState, Phase};
use blon_device::{clock::Clock, phase};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How a command ends: what it gives, or a problem with a code.
pub type Answer<T> = Result<T, blon_device::Problem>;

/// The app's state.
#[derive(Clone)]
pub struct App {
    folder: Arc<PathBuf>,
    device: Arc<Mutex<Option<Device>>>,
}

impl App {
    /// An app whose store is in this folder; it starts locked.
    pub fn new(folder: PathBuf) -> Self {
        App { folder: Arc::new(folder), device: Arc::default() }
    }

    /// How far the app may go.
    pub async fn state(&self) -> Answer<DeviceState> {
        let Some(device) = self.open_device() else {
            return Ok(DeviceState { phase: phase(&self.folder), enrolment: None, on_screen: None });
        };
        let (enrolment, on_screen) = blocking(move || Ok((device.enrolment()?, device.on_screen()?))).await?;
        let phase = if enrolment.is_some() { Phase::Ready } else { Phase::Unenrolled };
        Ok(DeviceState { phase, enrolment, on_screen })
    }

    /// Makes a store, and leaves it open.
    pub async fn create(&self, passphrase: String) -> Answer<()> {
        let folder = Arc::clone(&self.folder);
        let device = blocking(move || Device::create(&folder, &passphrase, Clock::system())).await?;
        self.keep(Some(device));
        Ok(())
    }

    /// Opens the store.
    pub async fn unlock(&self, passphrase: String) -> Answer<()> {
        let folder = Arc::clone(&self.folder);
        let device = blocking(move || {
            let device = Device::unlock(&folder, &passphrase, Clock::system())?;
            // What cannot be made an answer now, on a full disk, stays; it must not lock anybody out.
            let _ = device.keep_cut_recordings();
            Ok(device)
        })
        .await?;
        self.keep(Some(device));
        Ok(())
    }

    /// Closes the store.
    pub fn lock(&self) {
        self.keep(None);
    }

    /// Runs `work` on the open device, off the window's thread: the store and the network block.
    pub async fn device<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Device) -> Result<T, Error> + Send + 'static,
    ) -> Answer<T> {
        let device = self.open_device().ok_or_else(|| Error::Locked.problem())?;
        blocking(move || work(&device)).await
    }

    fn open_device(&self) -> Option<Device> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, device: Option<Device>) {
        *self.device.lock().unwrap_or_else(PoisonError::into_inner) = device;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Answer<T> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Error::Internal(e.to_string()))).map_err(|e| e.problem())
}
