//! What the window may call to open, lock and protect the store. Passphrases are wiped where this program holds them; the bridge
//! and the page have copies of their own.

use crate::app::Answer;
use crate::commands::Held;
use blon_device::idle::Idle;
use blon_device::view::Protection;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

#[tauri::command]
pub async fn create_store(app: Held<'_>, passphrase: Zeroizing<String>) -> Answer<()> {
    app.create(passphrase).await
}

#[tauri::command]
pub async fn unlock(app: Held<'_>, passphrase: Zeroizing<String>) -> Answer<()> {
    app.unlock(passphrase).await
}

/// The screens save what is in hand, and lock then.
#[tauri::command]
pub fn locking(app: Held<'_>) {
    app.idle(Idle::close);
}

#[tauri::command]
pub fn lock(app: Held<'_>) {
    app.lock();
}

#[tauri::command]
pub async fn change_passphrase(
    app: Held<'_>,
    present: Zeroizing<String>,
    new: Zeroizing<String>,
) -> Answer<()> {
    app.change_passphrase(present, new).await
}

#[tauri::command]
pub async fn set_aside(app: Held<'_>) -> Answer<String> {
    app.set_aside().await
}

#[tauri::command]
pub async fn protection(app: Held<'_>) -> Answer<Protection> {
    app.device(|d| d.protection()).await
}

#[tauri::command]
pub async fn set_lock_after(app: Held<'_>, minutes: u32) -> Answer<()> {
    app.device(move |d| d.set_lock_after(minutes)).await?;
    app.idle(|idle, now| idle.set_after(minutes, now));
    Ok(())
}

#[tauri::command]
pub async fn set_erase_after(app: Held<'_>, tries: Option<u32>) -> Answer<()> {
    app.device(move |d| d.set_erase_after(tries)).await
}

#[tauri::command]
pub async fn set_duress(app: Held<'_>, passphrase: Option<Zeroizing<String>>) -> Answer<()> {
    app.device(move |d| d.set_duress(passphrase.as_ref().map(|p| p.as_str()))).await
}

/// Somebody uses the app.
#[tauri::command]
pub fn touched(app: Held<'_>) {
    app.idle(Idle::touch);
}

/// The window is no longer in sight; its person may be taking a photo or looking for a file.
#[tauri::command]
pub fn out_of_sight(app: Held<'_>, picking: bool) {
    app.idle(|idle, now| idle.leave(picking, now));
}

/// The window is in sight again.
#[tauri::command]
pub fn in_sight(app: Held<'_>) {
    app.idle(Idle::come_back);
}

#[tauri::command]
pub async fn set_looks(app: Held<'_>, looks: BTreeMap<String, String>) -> Answer<()> {
    app.set_looks(looks).await
}
