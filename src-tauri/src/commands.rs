//! What the window may call. Each command is an adapter; the device crate documents what it does.

use crate::app::{Answer, App};
use blon_device::error::Error;
use blon_device::view::{
    DeviceState, Draft, Enrolment, Gap, LastSync, StoryLine, StoryView, SyncProgress, SyncReport,
};
use blon_device::{ChangeId, Digest, EvidenceId, Identity, Story, StoryId};
use tauri::State;
use tauri::ipc::{Channel, InvokeBody, Request, Response};

type Held<'a> = State<'a, App>;

#[tauri::command]
pub async fn state(app: Held<'_>) -> Answer<DeviceState> {
    app.state().await
}

#[tauri::command]
pub async fn create_store(app: Held<'_>, passphrase: String) -> Answer<()> {
    app.create(passphrase).await
}

#[tauri::command]
pub async fn unlock(app: Held<'_>, passphrase: String) -> Answer<()> {
    app.unlock(passphrase).await
}

#[tauri::command]
pub fn lock(app: Held<'_>) {
    app.lock();
}

#[tauri::command]
pub async fn enrol(app: Held<'_>, url: String, code: String) -> Answer<Enrolment> {
    app.device(move |d| d.enrol(&url, &code)).await
}

#[tauri::command]
pub async fn stories(app: Held<'_>) -> Answer<Vec<StoryLine>> {
    app.device(|d| d.stories()).await
}

#[tauri::command]
pub async fn story(app: Held<'_>, id: StoryId) -> Answer<StoryView> {
    app.device(move |d| d.story(id)).await
}

#[tauri::command]
pub async fn new_id(app: Held<'_>) -> Answer<String> {
    app.device(|d| Ok(d.new_id())).await
}

#[tauri::command]
pub async fn new_draft(app: Held<'_>) -> Answer<Draft> {
    app.device(|d| d.new_draft()).await
}

#[tauri::command]
pub async fn draft(app: Held<'_>, id: StoryId) -> Answer<Draft> {
    app.device(move |d| d.draft(id)).await
}

#[tauri::command]
pub async fn correct(app: Held<'_>, id: StoryId) -> Answer<Draft> {
    app.device(move |d| d.correct(id)).await
}

#[tauri::command]
pub async fn save_draft(
    app: Held<'_>,
    id: StoryId,
    story: Story,
    identity: Identity,
    note: String,
) -> Answer<Vec<Gap>> {
    app.device(move |d| d.save_draft(id, &story, &identity, &note)).await
}

#[tauri::command]
pub async fn discard_draft(app: Held<'_>, id: StoryId) -> Answer<()> {
    app.device(move |d| d.discard_draft(id)).await
}

#[tauri::command]
pub async fn finalise(app: Held<'_>, id: StoryId) -> Answer<StoryLine> {
    app.device(move |d| d.finalise(id)).await
}

#[tauri::command]
pub async fn attach_begin(app: Held<'_>, id: StoryId, media_type: String) -> Answer<i64> {
    app.device(move |d| d.attach_begin(id, &media_type)).await
}

/// The bytes are the raw body, the file's key is the header `upload`. Where the system's webview cannot send
/// raw bytes they come as a list of numbers.
#[tauri::command]
pub async fn attach_chunk(app: Held<'_>, request: Request<'_>) -> Answer<()> {
    let key = request.headers().get("upload").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let bytes = match request.body() {
        InvokeBody::Raw(bytes) => Some(bytes.clone()),
        InvokeBody::Json(numbers) => serde_json::from_value(numbers.clone()).ok(),
    };
    let (Some(key), Some(bytes)) = (key, bytes) else {
        return Err(Error::bad_input("a piece of a file comes as bytes, with its key").problem());
    };
    app.device(move |d| d.attach_chunk(key, &bytes)).await
}

#[tauri::command]
pub async fn attach_finish(
    app: Held<'_>,
    upload: i64,
    change: ChangeId,
    evidence: EvidenceId,
) -> Answer<Draft> {
    app.device(move |d| d.attach_finish(upload, change, evidence)).await
}

#[tauri::command]
pub async fn file(app: Held<'_>, sha256: Digest) -> Answer<Response> {
    app.device(move |d| d.file(&sha256)).await.map(Response::new)
}

#[tauri::command]
pub async fn sync(app: Held<'_>, on_progress: Channel<SyncProgress>) -> Answer<SyncReport> {
    app.device(move |d| {
        d.sync(|left| {
            // A window that was closed meanwhile does not stop the sync.
            let _ = on_progress.send(left);
        })
    })
    .await
}

#[tauri::command]
pub async fn last_sync(app: Held<'_>) -> Answer<Option<LastSync>> {
    app.device(|d| d.last_sync()).await
}

#[tauri::command]
pub async fn waiting(app: Held<'_>) -> Answer<SyncProgress> {
    app.device(|d| d.waiting()).await
}
