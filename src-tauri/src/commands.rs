//! What the window may call. Each command is an adapter; the device crate documents what it does.

use crate::app::{Answer, App};
use blon_device::error::Error;
use blon_device::idle::Idle;
use blon_device::qr;
use blon_device::sync::auto::Hint;
use blon_device::sync::policy::{FilePolicy, Network};
use blon_device::view::{
    Asked, Clocks, DataUse, DeviceState, Discarded, Draft, Enrolment, Freeable, PastSync, ReportDraft,
    ReportLack, ReviewSpace, StoriesFound, StoryLine, StoryQuery, StoryView, SyncNews, SyncProgress,
    SyncReport, TaskView, WithdrawalView,
};
use blon_device::{
    Decide, Digest, Invitation, QueueQuery, RecordId, Remark, StoryId, StoryList, StoryPage, ThreadId,
};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;
use std::str::FromStr;
use tauri::State;
use tauri::ipc::{Channel, InvokeBody, Request, Response};

pub(crate) type Held<'a> = State<'a, App>;

/// A page begins, with nothing of the one before.
#[tauri::command]
pub async fn begin(app: Held<'_>) -> Answer<DeviceState> {
    app.begin().await
}

#[tauri::command]
pub async fn state(app: Held<'_>) -> Answer<DeviceState> {
    app.state().await
}

#[tauri::command]
pub async fn half_written(app: Held<'_>, place: String) -> Answer<String> {
    app.device(move |d| d.half_written(&place)).await
}

#[tauri::command]
pub async fn keep_half_written(app: Held<'_>, place: String, text: String) -> Answer<()> {
    app.device(move |d| d.keep_half_written(&place, &text)).await
}

#[tauri::command]
pub fn read_invitation(line: String) -> Answer<Invitation> {
    blon_device::sync::read_invitation(&line).map_err(|e| e.problem())
}

#[tauri::command]
pub async fn read_qr(app: Held<'_>, request: Request<'_>) -> Answer<Invitation> {
    let picture = raw_bytes(&request)?;
    app.device(move |_| qr::invitation(&picture)).await
}

#[tauri::command]
pub async fn enrol(app: Held<'_>, invitation: Invitation) -> Answer<Enrolment> {
    let enrolment = app.device(move |d| d.enrol_by(&invitation)).await?;
    app.hint(Hint::Changed);
    Ok(enrolment)
}

#[tauri::command]
pub async fn find_stories(app: Held<'_>, query: StoryQuery) -> Answer<StoriesFound> {
    app.device(move |d| d.find_stories(&query)).await
}

#[tauri::command]
pub async fn story(app: Held<'_>, id: StoryId) -> Answer<StoryView> {
    app.device(move |d| d.story(id)).await
}

#[tauri::command]
pub async fn reply(app: Held<'_>, id: StoryId, thread: ThreadId, text: String) -> Answer<StoryView> {
    app.device(move |d| d.reply(id, thread, &text)).await
}

#[tauri::command]
pub async fn review(app: Held<'_>, query: QueueQuery) -> Answer<StoryList> {
    app.device(move |d| d.review(&query)).await
}

#[tauri::command]
pub async fn review_page(app: Held<'_>, id: StoryId) -> Answer<StoryPage> {
    app.device(move |d| d.review_page(id)).await
}

#[tauri::command]
pub async fn decide(app: Held<'_>, id: StoryId, decision: Decide) -> Answer<StoryPage> {
    let page = app.device(move |d| d.decide(id, decision)).await?;
    app.hint(Hint::Finalised);
    Ok(page)
}

#[tauri::command]
pub async fn remark(app: Held<'_>, id: StoryId, remark: Remark) -> Answer<StoryPage> {
    let page = app.device(move |d| d.remark(id, remark)).await?;
    app.hint(Hint::Finalised);
    Ok(page)
}

#[tauri::command]
pub async fn want_file(app: Held<'_>, sha256: Digest) -> Answer<()> {
    app.device(move |d| d.want_file(&sha256)).await?;
    app.hint(Hint::Changed);
    Ok(())
}

#[tauri::command]
pub async fn set_refused_aside(app: Held<'_>, id: StoryId) -> Answer<StoryPage> {
    app.device(move |d| d.set_refused_aside(id)).await
}

#[tauri::command]
pub async fn review_draft(app: Held<'_>, id: StoryId) -> Answer<Option<Value>> {
    app.device(move |d| d.review_draft(id)).await
}

#[tauri::command]
pub async fn keep_review_draft(app: Held<'_>, id: StoryId, draft: Option<Value>) -> Answer<()> {
    app.device(move |d| d.keep_review_draft(id, draft.as_ref())).await
}

#[tauri::command]
pub async fn erase_report(app: Held<'_>, id: RecordId) -> Answer<()> {
    app.device(move |d| d.erase_report(id)).await
}

#[tauri::command]
pub async fn review_space(app: Held<'_>) -> Answer<ReviewSpace> {
    app.device(|d| d.review_space()).await
}

#[tauri::command]
pub async fn set_review_space(app: Held<'_>, most: u64) -> Answer<()> {
    app.device(move |d| d.set_review_space(most)).await?;
    app.hint(Hint::Changed);
    Ok(())
}

#[tauri::command]
pub async fn tasks(app: Held<'_>) -> Answer<Vec<TaskView>> {
    app.device(|d| d.tasks()).await
}

#[tauri::command]
pub async fn save_report(app: Held<'_>, id: RecordId, draft: ReportDraft) -> Answer<Vec<ReportLack>> {
    app.device(move |d| d.save_report(id, &draft)).await
}

#[tauri::command]
pub async fn report_photo(app: Held<'_>, request: Request<'_>) -> Answer<ReportDraft> {
    let (bytes, id) = (raw_bytes(&request)?, header::<RecordId>(&request, "task")?);
    app.device(move |d| d.report_photo(id, &bytes)).await
}

#[tauri::command]
pub async fn sign_off_report(app: Held<'_>, id: RecordId) -> Answer<()> {
    app.device(move |d| d.sign_off_report(id)).await?;
    app.hint(Hint::Finalised);
    Ok(())
}

#[tauri::command]
pub async fn begin_interview(app: Held<'_>, language: String, training: bool) -> Answer<Asked> {
    app.device(move |d| d.begin_interview(&language, training)).await
}

#[tauri::command]
pub async fn begin_like(app: Held<'_>, like: StoryId, language: String) -> Answer<Asked> {
    app.device(move |d| d.begin_like(like, &language)).await
}

#[tauri::command]
pub async fn interview(app: Held<'_>, id: StoryId, language: String) -> Answer<Asked> {
    app.device(move |d| d.interview(id, &language)).await
}

#[tauri::command]
pub async fn answer(
    app: Held<'_>,
    id: StoryId,
    path: String,
    answer: String,
    language: String,
) -> Answer<Asked> {
    app.device(move |d| d.answer(id, &path, &answer, &language)).await
}

#[tauri::command]
pub async fn mask(
    app: Held<'_>,
    id: StoryId,
    path: String,
    words: String,
    language: String,
) -> Answer<Asked> {
    app.device(move |d| d.mask(id, &path, &words, &language)).await
}

/// What adding gives: the new repetition's id, and what is asked now.
#[derive(Serialize)]
pub struct Added {
    id: String,
    asked: Asked,
}

#[tauri::command]
pub async fn add_repetition(app: Held<'_>, id: StoryId, path: String, language: String) -> Answer<Added> {
    let (new, asked) = app.device(move |d| d.add_repetition(id, &path, &language)).await?;
    Ok(Added { id: new.to_string(), asked })
}

#[tauri::command]
pub async fn remove_repetition(app: Held<'_>, id: StoryId, path: String, language: String) -> Answer<Asked> {
    app.device(move |d| d.remove_repetition(id, &path, &language)).await
}

#[tauri::command]
pub async fn undo(app: Held<'_>, id: StoryId, language: String) -> Answer<Asked> {
    app.device(move |d| d.undo(id, &language)).await
}

#[tauri::command]
pub async fn stand(app: Held<'_>, id: StoryId, path: String) -> Answer<()> {
    app.device(move |d| d.stand(id, &path)).await
}

#[tauri::command]
pub async fn leave(app: Held<'_>) -> Answer<()> {
    app.device(|d| d.leave()).await
}

#[tauri::command]
pub async fn set_note(app: Held<'_>, id: StoryId, note: String) -> Answer<()> {
    app.device(move |d| d.set_note(id, &note)).await
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
pub async fn discard_draft(app: Held<'_>, id: StoryId) -> Answer<()> {
    app.device(move |d| d.discard_draft(id)).await
}

#[tauri::command]
pub async fn discarded_drafts(app: Held<'_>) -> Answer<Vec<Discarded>> {
    app.device(|d| d.discarded_drafts()).await
}

#[tauri::command]
pub async fn restore_draft(app: Held<'_>, id: StoryId) -> Answer<()> {
    app.device(move |d| d.restore_draft(id)).await
}

#[tauri::command]
pub async fn erase_draft(app: Held<'_>, id: StoryId) -> Answer<()> {
    app.device(move |d| d.erase_draft(id)).await
}

#[tauri::command]
pub async fn finalise(app: Held<'_>, id: StoryId) -> Answer<StoryLine> {
    let line = app.device(move |d| d.finalise(id)).await?;
    app.hint(Hint::Finalised);
    Ok(line)
}

#[tauri::command]
pub async fn attach_begin(app: Held<'_>, id: StoryId, media_type: String) -> Answer<i64> {
    app.device(move |d| d.attach_begin(id, &media_type)).await
}

#[tauri::command]
pub async fn attach_chunk(app: Held<'_>, request: Request<'_>) -> Answer<()> {
    let (bytes, key) = (raw_bytes(&request)?, header(&request, "upload")?);
    app.device(move |d| d.attach_chunk(key, &bytes)).await
}

#[tauri::command]
pub async fn attach_answer(app: Held<'_>, upload: i64, path: String, language: String) -> Answer<Asked> {
    app.device(move |d| d.attach_answer(upload, &path, &language)).await
}

#[tauri::command]
pub async fn attach_photo(app: Held<'_>, request: Request<'_>) -> Answer<Asked> {
    let bytes = raw_bytes(&request)?;
    let (id, path) = (header::<StoryId>(&request, "story")?, header::<String>(&request, "path")?);
    let language: String = header(&request, "language")?;
    app.device(move |d| d.attach_photo(id, &path, &bytes, &language)).await
}

#[tauri::command]
pub async fn record_begin(app: Held<'_>, id: StoryId, path: String, media_type: String) -> Answer<i64> {
    app.device(move |d| d.record_begin(id, &path, &media_type)).await
}

#[tauri::command]
pub async fn record_chunk(app: Held<'_>, request: Request<'_>) -> Answer<()> {
    let (bytes, key) = (raw_bytes(&request)?, header(&request, "upload")?);
    // Whoever is recorded is not interrupted.
    app.idle(Idle::touch);
    app.device(move |d| d.record_chunk(key, &bytes)).await
}

#[tauri::command]
pub async fn record_mark(app: Held<'_>, recording: i64, at: u32) -> Answer<()> {
    app.device(move |d| d.record_mark(recording, at)).await
}

#[tauri::command]
pub async fn record_erase(app: Held<'_>, recording: i64) -> Answer<()> {
    app.device(move |d| d.record_erase(recording)).await
}

#[tauri::command]
pub async fn free_space(app: Held<'_>) -> Answer<u64> {
    app.device(|d| d.free_space()).await
}

#[tauri::command]
pub async fn file(app: Held<'_>, sha256: Digest) -> Answer<Response> {
    app.device(move |d| d.file(&sha256)).await.map(Response::new)
}

#[tauri::command]
pub async fn sync(app: Held<'_>, all_files: bool) -> Answer<SyncReport> {
    app.sync(all_files).await
}

#[tauri::command]
pub async fn cancel_sync(app: Held<'_>) -> Answer<()> {
    app.device(|d| {
        d.cancel_sync();
        Ok(())
    })
    .await
}

#[tauri::command]
pub fn hear_syncs(app: Held<'_>, ear: Channel<SyncNews>) {
    app.listen(ear);
}

/// The system says that the line is back, or what it costs now.
#[tauri::command]
pub async fn line_returned(app: Held<'_>, network: Network) -> Answer<()> {
    app.device(move |d| {
        d.set_network(network);
        Ok(())
    })
    .await?;
    app.hint(Hint::LineReturned);
    Ok(())
}

#[tauri::command]
pub async fn past_syncs(app: Held<'_>, most: u32) -> Answer<Vec<PastSync>> {
    app.device(move |d| d.past_syncs(most)).await
}

#[tauri::command]
pub async fn withdraw(app: Held<'_>, code: String) -> Answer<WithdrawalView> {
    let taken = app.device(move |d| d.withdraw(&code)).await;
    app.hint(Hint::Finalised);
    taken
}

#[tauri::command]
pub async fn withdrawals(app: Held<'_>) -> Answer<Vec<WithdrawalView>> {
    app.device(|d| d.withdrawals()).await
}

#[tauri::command]
pub async fn waiting(app: Held<'_>) -> Answer<SyncProgress> {
    app.device(|d| d.waiting()).await
}

#[tauri::command]
pub async fn clocks(app: Held<'_>) -> Answer<Clocks> {
    app.device(|d| d.clocks()).await
}

#[tauri::command]
pub async fn data_use(app: Held<'_>) -> Answer<DataUse> {
    app.device(|d| d.data_use()).await
}

#[tauri::command]
pub async fn set_file_policy(app: Held<'_>, policy: FilePolicy) -> Answer<()> {
    app.device(move |d| d.set_file_policy(policy)).await?;
    app.hint(Hint::Changed);
    Ok(())
}

#[tauri::command]
pub async fn set_sync_by_itself(app: Held<'_>, by_itself: bool) -> Answer<()> {
    app.device(move |d| d.set_sync_by_itself(by_itself)).await?;
    app.hint(Hint::Changed);
    Ok(())
}

#[tauri::command]
pub async fn freeable(app: Held<'_>) -> Answer<Freeable> {
    app.device(|d| d.freeable()).await
}

#[tauri::command]
pub async fn free_files(app: Held<'_>) -> Answer<Freeable> {
    app.device(|d| d.free_files()).await
}

/// The bytes of a request's body. Where the system's webview cannot send raw bytes they come as a list of numbers.
pub(crate) fn raw_bytes(request: &Request<'_>) -> Answer<Vec<u8>> {
    let bytes = match request.body() {
        InvokeBody::Raw(bytes) => Some(bytes.clone()),
        InvokeBody::Json(numbers) => serde_json::from_value(numbers.clone()).ok(),
    };
    bytes.ok_or_else(|| Error::bad_input("a file comes as bytes").problem())
}

/// What a request with raw bytes says beside them, written as in an address: a header holds no other letters.
pub(crate) fn header<T: FromStr>(request: &Request<'_>, name: &str) -> Answer<T> {
    let text = request.headers().get(name).and_then(|value| value.to_str().ok());
    let text = text.and_then(|text| percent_decode_str(text).decode_utf8().ok());
    let value = text.and_then(|text| text.parse().ok());
    value.ok_or_else(|| Error::bad_input(format!("the header {name} is missing or unreadable")).problem())
}
