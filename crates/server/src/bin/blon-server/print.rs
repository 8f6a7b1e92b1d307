//! What the tool prints: one JSON document with `--json`, else lines for people.

use crate::configuration::Setting;
use blon_core::campaign::Campaign;
use blon_core::error::Problem;
use blon_core::id::{CampaignId, PersonName};
use blon_core::one_line::one_line;
use blon_core::protocol::CLOCK_TOLERANCE;
use blon_core::queue::{StoryList, StoryRow};
use blon_core::review::Role;
use blon_server::audit::{Entry, Verified};
use blon_server::backup::Kept;
use blon_server::devices::{DeviceLine, Erasing};
use blon_server::doctor::Examined;
use blon_server::enrolment::EnrolmentCode;
use blon_server::error::{Error, Result};
use blon_server::exports::manifest::Manifest;
use blon_server::invitations::qr_blocks;
use blon_server::parcels::Opened;
use blon_server::tls::SelfSigned;
use blon_server::view::PersonLine;
use blon_server::withdrawing::{WithdrawalLine, WithdrawalReceipt};
use blon_server::workbooks::Verdict;
use serde::Serialize;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// An error, on standard error.
pub fn problem(problem: &Problem) {
    let line = serde_json::to_string(problem).unwrap_or_else(|_| problem.message.clone());
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Where headquarters listens; with the token by which it is set up, where nobody has yet.
pub fn listening(json: bool, listening: &str, address: &str, set_up: Option<&str>) -> Result<()> {
    let mut text = format!("listening at {listening}");
    if let Some(token) = set_up {
        text +=
            &format!("\nnobody is here yet: open {address} and set headquarters up with the token {token}");
    }
    out(json, &json!({ "listening": listening, "address": address, "set_up": set_up }), &text)
}

/// Tells people how far it has come, on standard error; programs are told nothing.
pub fn progress(json: bool) -> impl Fn(&str, u64) {
    move |what, done| {
        if !json && std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\x1b[K{what} {done}");
        }
    }
}

/// What headquarters is told.
pub fn settings(json: bool, settings: &[Setting]) -> Result<()> {
    let line = |setting: &Setting| {
        format!("{:<12} {:<40} {}", setting.name, setting.value.as_deref().unwrap_or("-"), setting.from)
    };
    out(json, &settings, &settings.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// What a backup holds, or what was moved.
pub fn kept(json: bool, kept: &Kept) -> Result<()> {
    let rows: Vec<String> = kept
        .tables
        .iter()
        .filter(|table| table.rows > 0)
        .map(|table| format!("{} {}", table.rows, table.table))
        .collect();
    let mut text = format!("{}\n{} files, {} bytes", rows.join(", "), kept.files, kept.bytes);
    if kept.missing > 0 {
        text += &format!("\n! {} files were not on the disk: blon-server doctor names them", kept.missing);
    }
    out(json, kept, &text)
}

/// Whether all is whole.
pub fn examined(json: bool, examined: &Examined) -> Result<()> {
    let mut lines: Vec<String> = examined
        .findings
        .iter()
        .flat_map(|found| [format!("! {}", found.says), format!("  {}", found.advice)])
        .collect();
    if lines.is_empty() {
        lines.push("all is whole".to_owned());
    }
    lines.push(format!(
        "{} files here, {} not come yet, {} entries in the audit log",
        examined.files, examined.awaited, examined.audit
    ));
    out(json, examined, &lines.join("\n"))
}

/// The list was made anew.
pub fn relisted(json: bool) -> Result<()> {
    out(json, &json!({ "relisted": true }), "the list was made anew")
}

/// A campaign that was taken in.
pub fn campaign(json: bool, campaign: &Campaign) -> Result<()> {
    let asked = campaign.questionnaire.as_ref().map(|workbook| workbook.survey.len());
    let asks =
        asked.map_or_else(|| "no questionnaire".to_owned(), |rows| format!("a questionnaire of {rows} rows"));
    let text = format!("campaign {}: {}, with {asks}", campaign.id, one_line(&campaign.name));
    out(json, &json!({ "id": campaign.id, "questionnaire": asked.is_some() }), &text)
}

/// A campaign that was written into a file.
pub fn campaign_written(json: bool, id: &CampaignId, to: &Path) -> Result<()> {
    out(json, &json!({ "id": id, "file": to }), &format!("campaign {id} written: {}", to.display()))
}

/// Whether a questionnaire can be asked, and what is wrong with it, a line each.
pub fn verdict(json: bool, verdict: &Verdict) -> Result<()> {
    let found: Vec<String> = verdict.errors.iter().map(|finding| one_line(&finding.to_string())).collect();
    let text = if verdict.ok {
        format!("{} questions, ready to be asked", verdict.questions)
    } else {
        found.join("\n")
    };
    out(json, verdict, &text)
}

/// A file that was written.
pub fn written(json: bool, to: &Path) -> Result<()> {
    out(json, &json!({ "file": to }), &format!("written: {}", to.display()))
}

/// A person who was added; `password` if it was made here.
pub fn person(json: bool, name: &PersonName, role: Role, team: &str, password: Option<&str>) -> Result<()> {
    let told = password.map(|p| format!("; password, shown this once: {p}")).unwrap_or_default();
    let document = json!({ "name": name, "role": role, "team": team, "password": password });
    out(json, &document, &format!("{role} {name}{told}"))
}

/// People, a line each. Their passwords are nobody's to read, not even as hashes.
pub fn people(json: bool, people: &[PersonLine]) -> Result<()> {
    let line = |p: &PersonLine| {
        let shut_out = if p.disabled { "  shut out" } else { "" };
        one_line(&format!("{}  {}  {}{shut_out}", p.name, p.role, p.team))
    };
    out(json, &people, &people.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Devices, a line each.
pub fn devices(json: bool, devices: &[DeviceLine]) -> Result<()> {
    out(json, &devices, &devices.iter().map(device_line).collect::<Vec<_>>().join("\n"))
}

fn device_line(device: &DeviceLine) -> String {
    let last = device.last_sync.map_or_else(|| "never".to_owned(), |at| at.format("%F %R").to_string());
    let mut line = format!("{}  {}  {}  last sync {last}", device.id, device.person, device.campaign);
    if let Some(app) = &device.app {
        line.push_str(&format!("  app {app}"));
    }
    if let Some(records) = device.outbox_records {
        let (files, bytes) = (device.outbox_files.unwrap_or(0), device.outbox_bytes.unwrap_or(0));
        line.push_str(&format!("  waiting {records} texts, {files} files of {bytes} bytes"));
    }
    if let Some(ahead) = device.clock_ahead {
        let wrong = if ahead.abs() > CLOCK_TOLERANCE.num_seconds() { " (wrong)" } else { "" };
        line.push_str(&format!("  clock {ahead:+} s{wrong}"));
    }
    if let Some(free) = device.free_mb {
        line.push_str(&format!("  free {free} MB"));
    }
    match device.erase {
        Some(Erasing::Asked) => line.push_str("  to be erased, not told yet"),
        Some(Erasing::Told) => line.push_str("  told to erase itself"),
        Some(Erasing::Done) => line.push_str("  erased"),
        None => {}
    }
    if device.revoked && device.erase != Some(Erasing::Done) {
        line.push_str("  revoked");
    }
    one_line(&line)
}

/// The audit log, a line for each entry.
pub fn audit(json: bool, entries: &[Entry]) -> Result<()> {
    let line = |entry: &Entry| {
        let who = entry.who.as_ref().map_or("the tool", |who| who.as_str());
        let what = serde_json::to_value(entry.what).unwrap_or_default();
        let what = what.as_str().unwrap_or_default();
        one_line(&format!("{}  {}  {who}  {what}  {}", entry.seq, entry.at.format("%F %T"), entry.about))
    };
    out(json, &entries, &entries.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// What a withdrawal did.
pub fn withdrawal(json: bool, receipt: &WithdrawalReceipt) -> Result<()> {
    let mut text = withdrawal_line(&receipt.line);
    for export in &receipt.exports {
        let who = export.who.as_ref().map_or("the tool", |who| who.as_str());
        let at = export.at.format("%F %R");
        text.push_str(&format!("\n  an export of {at} by {who} may hold it: {}", one_line(&export.what)));
    }
    out(json, receipt, &text)
}

/// The withdrawals of a campaign.
pub fn withdrawals(json: bool, lines: &[WithdrawalLine]) -> Result<()> {
    out(json, &lines, &lines.iter().map(withdrawal_line).collect::<Vec<_>>().join("\n"))
}

fn withdrawal_line(line: &WithdrawalLine) -> String {
    let who = line.by.as_ref().map_or("the tool", |who| who.as_str());
    let done = match line.erased {
        Some(at) => format!("erased {} with {} files", at.format("%F %R"), line.files),
        None => "no story with this code has come; it will not be taken in".to_owned(),
    };
    format!("{}  taken {} by {who}  {done}", line.code, line.taken.format("%F %R"))
}

/// That the audit log was not changed.
pub fn verified(json: bool, verified: &Verified) -> Result<()> {
    let last = verified.last.as_ref().map_or("none", |hash| hash.as_str());
    out(json, verified, &format!("{} entries, unchanged; the last hash is {last}", verified.entries))
}

/// An export that was written.
pub fn exported(json: bool, to: &Path, manifest: &Manifest) -> Result<()> {
    let held: u64 = manifest.stories.held_back.values().sum();
    let text = format!("{} stories, {held} held back: {}", manifest.stories.released, to.display());
    out(json, &json!({ "file": to, "manifest": manifest }), &text)
}

/// A one-time code: to type, as a link, and drawn where somebody looks, or where that is asked.
pub fn code(json: bool, code: &EnrolmentCode, draws: bool) -> Result<()> {
    let until = code.expires.format("%Y-%m-%d %H:%M UTC");
    let mut text = format!("{}  at {}  until {until}\n{}", code.code, code.url, code.invitation);
    let seen = std::io::stdout().is_terminal();
    if seen || draws {
        for line in qr_blocks(&code.invitation)?.lines() {
            // Black on white, whatever the terminal's own colours are.
            text.push_str(&if seen { format!("\n\x1b[30;107m{line}\x1b[0m") } else { format!("\n{line}") });
        }
    }
    out(json, code, &text)
}

/// A certificate that was made.
pub fn self_signed(json: bool, made: &SelfSigned) -> Result<()> {
    let text = format!(
        "certificate {}\nkey         {}\npin         {}\n\nserve --tls-cert {0} --tls-key {1}",
        made.certificate.display(),
        made.key.display(),
        made.pin
    );
    out(json, made, &text)
}

/// What came in a parcel.
pub fn parcel(json: bool, opened: &Opened) -> Result<()> {
    let text = format!(
        "{} texts and {} files are here now, {} texts were refused",
        opened.records, opened.files, opened.refused
    );
    out(json, opened, &text)
}

/// The stories of a campaign.
pub fn stories(json: bool, list: &StoryList) -> Result<()> {
    let lines: Vec<String> = list.stories.iter().map(row_line).collect();
    let text = if lines.is_empty() { "no stories yet".to_owned() } else { lines.join("\n") };
    out(json, list, &text)
}

fn row_line(row: &StoryRow) -> String {
    let word = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let levels: Vec<String> = row.levels.iter().map(|l| word(json!(l))).collect();
    format!(
        "{}  {:<9}  {:<10}  {}  [{}]  {} changes, {} of {} files",
        row.id,
        word(json!(row.status)),
        row.collector,
        one_line(&row.title),
        levels.join(", "),
        row.changes,
        row.evidence.iter().filter(|e| e.complete).count(),
        row.evidence.len()
    )
}

fn out(json: bool, document: &impl Serialize, text: &str) -> Result<()> {
    let line = if json { serde_json::to_string(document)? } else { text.to_owned() };
    // A reader that went away (`| head`) is no fault of headquarters.
    match writeln!(std::io::stdout(), "{line}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::file("standard output", e)),
        _ => Ok(()),
    }
}
