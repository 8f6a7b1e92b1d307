//! What the window may call where there is no network: the outbox as one sealed file, and those of colleagues that this device
//! carries.

use crate::app::Answer;
use crate::commands::{Held, header, raw_bytes};
use blon_device::Digest;
use blon_device::error::Error;
use blon_device::sync::auto::Hint;
use blon_device::view::{Carried, Parcel};
use std::path::PathBuf;
use tauri::ipc::Request;
use tauri::{AppHandle, Manager};

/// Writes a parcel, or the receipt for one, where people look for what an app gave them.
fn for_people(tauri: &AppHandle, name: &str) -> PathBuf {
    let path = tauri.path();
    let folder = path.download_dir().or_else(|_| path.app_data_dir()).unwrap_or_default();
    // A folder that cannot be made shows in what is written there.
    let _ = std::fs::create_dir_all(&folder);
    folder.join(name)
}

#[tauri::command]
pub async fn export_parcel(app: Held<'_>, tauri: AppHandle, name: String) -> Answer<Parcel> {
    let to = for_people(&tauri, &file_name(&name)?);
    app.device(move |d| d.export_parcel(&to)).await
}

#[tauri::command]
pub async fn import_receipt(app: Held<'_>, request: Request<'_>) -> Answer<Parcel> {
    let bytes = raw_bytes(&request)?;
    app.device(move |d| d.import_receipt(bytes.as_slice())).await
}

#[tauri::command]
pub async fn carry_begin(app: Held<'_>) -> Answer<i64> {
    app.device(|d| d.carry_begin()).await
}

#[tauri::command]
pub async fn carry_chunk(app: Held<'_>, request: Request<'_>) -> Answer<()> {
    let (bytes, key) = (raw_bytes(&request)?, header(&request, "upload")?);
    app.device(move |d| d.carry_chunk(key, &bytes)).await
}

#[tauri::command]
pub async fn carry_end(app: Held<'_>, upload: i64) -> Answer<Carried> {
    let carried = app.device(move |d| d.carry_end(upload)).await?;
    app.hint(Hint::Changed);
    Ok(carried)
}

#[tauri::command]
pub async fn carried(app: Held<'_>) -> Answer<Vec<Carried>> {
    app.device(|d| d.carried()).await
}

#[tauri::command]
pub async fn hand_back(app: Held<'_>, tauri: AppHandle, sha256: Digest, name: String) -> Answer<String> {
    let to = for_people(&tauri, &file_name(&name)?);
    app.device(move |d| d.write_carried_receipt(&sha256, &to)).await
}

#[tauri::command]
pub async fn drop_carried(app: Held<'_>, sha256: Digest) -> Answer<()> {
    app.device(move |d| d.drop_carried(&sha256)).await
}

/// A name that is no way to another folder.
fn file_name(name: &str) -> Answer<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let good = !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
    if good {
        Ok(name.to_owned())
    } else {
        Err(Error::bad_input(format!("{name:?} is no name for a file")).problem())
    }
}
