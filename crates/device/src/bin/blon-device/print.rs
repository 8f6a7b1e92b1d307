//! What the tool prints: one JSON document with `--json`, else lines for people.

use blon_core::error::Problem;
use blon_core::one_line::one_line;
use blon_core::questionnaire::expression::value::Value;
use blon_core::questionnaire::show::Item;
use blon_device::error::{Error, Result};
use blon_device::view::{
    Asked, Carried, Draft, Enrolment, Freeable, Health, Parcel, PastSync, StoryLine, StoryView, SyncProgress,
    SyncReport, TaskState, TaskView, WithdrawalView,
};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::io::Write;
use uuid::Uuid;

/// An error, on standard error.
pub fn problem(problem: &Problem) {
    let line = serde_json::to_string(problem).unwrap_or_else(|_| problem.message.clone());
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whose device it is now.
pub fn enrolment(json: bool, enrolment: &Enrolment) -> Result<()> {
    let text = format!("enrolled: {} for {}", enrolment.person, enrolment.campaign.name);
    out(json, enrolment, &text)
}

/// What a verifier was asked.
pub fn tasks(json: bool, tasks: &[TaskView]) -> Result<()> {
    let line = |view: &TaskView| {
        let state = match view.state {
            TaskState::Refused => "refused",
            TaskState::Writing => "being written",
            TaskState::Todo => "to do",
            TaskState::Waiting => "waits to be sent",
            TaskState::Sent => "sent",
        };
        let (claim, task) = (&view.task.claim, &view.task);
        let place = [&claim.when, &claim.place, &claim.commune].map(String::as_str);
        let place: Vec<&str> = place.into_iter().filter(|words| !words.is_empty()).collect();
        let asked = if task.question.is_empty() {
            String::new()
        } else {
            format!(" \u{ab} {} \u{bb}", task.question)
        };
        let lines = [
            format!("{} [{state}] {} {}", task.id, claim.who, claim.what),
            format!("  {}", place.join(", ")),
            format!("  asked by {}{asked}", task.by),
        ];
        lines.map(|line| one_line(&line)).join("\n")
    };
    let text = match tasks {
        [] => "nothing to verify".to_owned(),
        tasks => tasks.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    out(json, &tasks, &text)
}

/// What an expression comes to; people read a value a line.
pub fn value(json: bool, value: &Value) -> Result<()> {
    let lines: Vec<Cow<str>> = value.atoms().iter().map(|atom| atom.text()).collect();
    out(json, value, &lines.join("\n"))
}

/// A draft that was taken in.
pub fn draft(json: bool, draft: &Draft) -> Result<()> {
    let gaps: Vec<String> = draft.gaps.iter().map(|g| g.answer.to_string()).collect();
    let still =
        if gaps.is_empty() { String::new() } else { format!("; still to answer: {}", gaps.join(", ")) };
    out(json, &json!({ "id": draft.id, "gaps": draft.gaps }), &format!("draft {}{still}", draft.id))
}

/// What is asked now; people read a line for each question.
pub fn asked(json: bool, asked: &Asked) -> Result<()> {
    out(json, asked, &asked_lines(asked))
}

/// A repetition that was added, and what is asked now.
pub fn added(json: bool, id: Uuid, asked: &Asked) -> Result<()> {
    out(json, &json!({ "id": id, "asked": asked }), &format!("added {id}\n{}", asked_lines(asked)))
}

fn asked_lines(asked: &Asked) -> String {
    let line = |item: &Item| {
        let mark = match (&item.fault, item.answer.is_empty()) {
            (Some(_), _) => '!',
            (None, true) => ' ',
            (None, false) => '✓',
        };
        let (indent, label, answer) = (
            "  ".repeat(item.depth as usize),
            one_line(&unbroken(&item.label)),
            one_line(&unbroken(&item.answer)),
        );
        let fault = item.fault.as_ref().map(|fault| match fault.message.as_str() {
            "" => format!("  ({:?})", fault.kind),
            message => format!("  ({})", one_line(message)),
        });
        let choices: Vec<&str> = item.choices.iter().map(|choice| choice.name.as_str()).collect();
        let choices = if choices.is_empty() { String::new() } else { format!("  [{}]", choices.join(" ")) };
        format!("{mark} {indent}{}  {label}{choices}  {answer}{}", item.path, fault.unwrap_or_default())
    };
    let lines: Vec<String> = asked.items.iter().map(line).collect();
    let practice = if asked.training { ", practice" } else { "" };
    format!("story {}{practice}\n{}", asked.id, lines.join("\n"))
}

/// Words without their line breaks, which a line has no room for.
fn unbroken(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every story, or those that were looked for.
pub fn list(json: bool, stories: &[StoryLine], sought: bool) -> Result<()> {
    let lines: Vec<String> = stories.iter().map(story_line).collect();
    let none = if sought { "no story has these words" } else { "no stories yet" };
    let text = if lines.is_empty() { none.to_owned() } else { lines.join("\n") };
    out(json, &json!({ "stories": stories }), &text)
}

/// One story in the list.
pub fn line(json: bool, line: &StoryLine) -> Result<()> {
    out(json, line, &story_line(line))
}

/// One story whole; people read it as indented JSON too, since nothing of it may be left out.
pub fn story(json: bool, story: &StoryView) -> Result<()> {
    out(json, story, &serde_json::to_string_pretty(story)?)
}

/// How far a sync has come, on standard error, so that nobody waits before a silent screen.
pub fn progress(json: bool, left: SyncProgress) {
    if !json {
        let SyncProgress { records_left, text_bytes, files_left, bytes_left, bytes_held, seconds_left } =
            left;
        let held = if bytes_held > 0 { format!(", {bytes_held} held back") } else { String::new() };
        let time = seconds_left.map(|seconds| format!("; {seconds} s left")).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "to send: {records_left} records (about {text_bytes} bytes), {files_left} files ({bytes_left} bytes{held}){time}"
        );
    }
}

/// The syncs of the past.
pub fn history(json: bool, syncs: &[PastSync]) -> Result<()> {
    let line = |sync: &PastSync| {
        let ended = sync
            .problem
            .as_ref()
            .map_or("went well".to_owned(), |p| format!("{}: {}", p.code, one_line(&p.message)));
        let report = &sync.report;
        format!(
            "{}  sent {}, received {}, files {}  {} bytes up, {} down  {ended}",
            sync.at.format("%Y-%m-%d %H:%M"),
            report.sent,
            report.received,
            report.files_sent,
            report.bytes_up,
            report.bytes_down
        )
    };
    let text = syncs.iter().map(line).collect::<Vec<_>>().join("\n");
    out(json, &serde_json::json!({ "syncs": syncs }), &text)
}

/// What a parcel holds, or what its receipt said.
pub fn parcel(json: bool, parcel: &Parcel, done: &str) -> Result<()> {
    out(json, parcel, &format!("{} texts and {} files {done}", parcel.records, parcel.files))
}

/// The parcels of others.
pub fn carried(json: bool, parcels: &[Carried]) -> Result<()> {
    let line = |parcel: &Carried| {
        let state = match (&parcel.problem, parcel.there) {
            (Some(problem), _) => format!("refused: {}", one_line(&problem.message)),
            (None, true) => "at headquarters; its receipt is here".to_owned(),
            (None, false) => format!("{} of {} bytes at headquarters", parcel.have, parcel.bytes),
        };
        format!("{}  {state}", parcel.sha256)
    };
    let text = parcels.iter().map(line).collect::<Vec<_>>().join("\n");
    out(json, &serde_json::json!({ "parcels": parcels }), &text)
}

/// Where a receipt was written.
pub fn handed_back(json: bool, path: &str) -> Result<()> {
    out(json, &serde_json::json!({ "path": path }), path)
}

/// What was freed.
pub fn freed(json: bool, freed: Freeable) -> Result<()> {
    out(json, &freed, &format!("{} files freed, {} bytes", freed.files, freed.bytes))
}

/// What a sync did.
pub fn sync(json: bool, report: &SyncReport) -> Result<()> {
    let text = format!(
        "sent {}, received {}, refused {}, files sent {}; {} requests, {} bytes up, {} down",
        report.sent,
        report.received,
        report.refused,
        report.files_sent,
        report.requests,
        report.bytes_up,
        report.bytes_down
    );
    out(json, report, &text)
}

/// Withdrawals that were taken here.
pub fn withdrawals(json: bool, withdrawals: &[WithdrawalView]) -> Result<()> {
    let line = |one: &WithdrawalView| {
        let told = if one.told { "headquarters knows" } else { "headquarters hears of it at the next sync" };
        let erased = if one.erased { "  erased here" } else { "" };
        format!("{}  {}{erased}  {told}", one.code, one.at.format("%F %R UTC"))
    };
    out(json, &withdrawals, &withdrawals.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// How the store is.
pub fn health(json: bool, health: &Health) -> Result<()> {
    let text = format!(
        "{}: schema {}, {} bytes; {} drafts; waiting: {} records, {} files; refused: {}",
        if health.sound { "sound" } else { "DAMAGED" },
        health.schema,
        health.bytes,
        health.drafts,
        health.records_waiting,
        health.files_waiting,
        health.records_refused
    );
    out(json, health, &text)
}

fn story_line(line: &StoryLine) -> String {
    let receipt = &line.receipt;
    let refused =
        receipt.refused.as_ref().map(|p| format!("  refused: {}", one_line(&p.message))).unwrap_or_default();
    format!(
        "{}  {:<9}  {}{}  (files at headquarters: {} of {}){refused}",
        line.id,
        serde_json::to_value(line.status)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        if line.training { "practice: " } else { "" },
        one_line(&line.title),
        receipt.files_confirmed,
        receipt.files
    )
}

fn out(json: bool, document: &impl Serialize, text: &str) -> Result<()> {
    let line = if json { serde_json::to_string(document)? } else { text.to_owned() };
    // A reader that went away (`| head`) is no fault of the device.
    match writeln!(std::io::stdout(), "{line}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::file("standard output", e)),
        _ => Ok(()),
    }
}
