//! `blon-device`: the functions of a device on the command line, for automation, load and tests.
//!
//! With `--json` every command prints one JSON document on standard output and nothing else there. Errors go
//! to standard error as `{"code","message"}`, and the exit status is 1. A command line that cannot be read
//! ends with 2; with `--json` that too is told as a problem, else in words with the usage.

mod print;

use blon_core::error::Code;
use blon_core::id::{RecordId, StoryId};
use blon_core::questionnaire::expression::value::Value;
use blon_core::questionnaire::trial;
use blon_core::remark::ThreadId;
use blon_core::verification::Finding;
use blon_device::clock::Clock;
use blon_device::door::{Door, seconds};
use blon_device::error::{Error, Result};
use blon_device::intake::StoryFile;
use blon_device::sync::read_invitation;
use blon_device::view::{Cause, Phase, ReportDraft};
use blon_device::{Device, Digest, Invitation, erasing, qr};
use clap::{Parser, Subcommand};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zeroize::Zeroizing;

/// The language of questions and of what expressions write.
const LANGUAGE: &str = "fr";

/// How many syncs of the past are shown.
const HISTORY: u32 = 50;

/// A collector's device: takes stories in, keeps them encrypted, sends them when it can.
///
/// The passphrase comes from BLON_PASSPHRASE, or is asked for.
#[derive(Parser)]
#[command(name = "blon-device", version)]
struct Arguments {
    /// The folder of the device's store; made on first use.
    #[arg(long, global = true, value_name = "DIR", default_value = "blon-device-data")]
    data: PathBuf,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    OnDevice(OnDevice),
    /// Try out an expression of a questionnaire; needs no store.
    Eval {
        /// In XLSForm's syntax, such as 'selected(${roles}, "gra") and ${age} > 17'.
        expression: String,
        /// A JSON object: the answers by the names of their questions.
        #[arg(long, value_name = "FILE")]
        answers: Option<PathBuf>,
    },
}

/// What needs the device's store.
#[derive(Subcommand)]
enum OnDevice {
    /// Take this device in at headquarters: with an address and a one-time code, with the link of an invitation, or with a
    /// picture of its QR code.
    Enrol {
        /// Headquarters' address, such as https://blon.example
        #[arg(requires = "code", required_unless_present_any = ["invitation", "qr"])]
        url: Option<String>,
        /// The code that headquarters gave.
        code: Option<String>,
        /// The whole invitation, blon://enrol?…
        #[arg(long, value_name = "TEXT", conflicts_with_all = ["url", "qr"])]
        invitation: Option<String>,
        /// A photo or a picture of the invitation's QR code.
        #[arg(long, value_name = "FILE", conflicts_with = "url")]
        qr: Option<PathBuf>,
    },
    /// Take in a story from a JSON file as a new draft.
    New {
        /// One story, in the format of one element of `stories` in stories.fr.json.
        file: PathBuf,
        /// A photo, a recording or a document that supports a change; may be given again.
        #[arg(long, value_name = "FILE")]
        evidence: Vec<PathBuf>,
    },
    /// Begin an interview by the campaign's questionnaire.
    Begin {
        /// For practice: kept apart and never counted.
        #[arg(long)]
        training: bool,
    },
    /// Show what the questionnaire asks now, with the answers so far.
    Ask {
        /// The story's id.
        id: StoryId,
    },
    /// Keep one answer; without a value, take it back.
    Answer {
        /// The story's id.
        id: StoryId,
        /// Where the answer is kept, as `ask` shows it.
        path: String,
        /// The answer.
        #[arg(default_value = "", allow_hyphen_values = true)]
        value: String,
    },
    /// Add a repetition, such as one more change.
    Add {
        /// The story's id.
        id: StoryId,
        /// The repeat, as `ask` shows it.
        path: String,
    },
    /// Take a repetition away.
    Remove {
        /// The story's id.
        id: StoryId,
        /// The repetition, as `ask` shows it.
        path: String,
    },
    /// List the stories on the device, practice last.
    List {
        /// Only those with words that begin like these; accents do not matter.
        words: Vec<String>,
    },
    /// Show one story whole.
    Show {
        /// The story's id.
        id: StoryId,
    },
    /// Replace the answers of a draft, or of a story signed off before, by those of a file.
    Revise {
        /// The story's id.
        id: StoryId,
        /// The story as it should be.
        file: PathBuf,
        /// What the collector says of the correction.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Answer a supervisor in a thread (`show` names it); it then waits to be sent.
    Reply {
        /// The story's id.
        id: StoryId,
        /// The thread's id.
        thread: ThreadId,
        /// What to say.
        text: String,
    },
    /// List the claims that a verifier was asked to check.
    Tasks,
    /// Report on one of them, and sign the report off.
    Report {
        /// The task's id, as `tasks` lists it.
        task: RecordId,
        /// Whether the claim holds: agrees, partly or disagrees.
        #[arg(value_parser = finding)]
        finding: Finding,
        /// Why, in the words of whoever was asked.
        why: String,
        /// What makes them fit to know, without a name.
        informant: String,
        /// Who they are: sealed to the custodian's key, or kept on this device where there is none.
        #[arg(long, default_value = "")]
        name: String,
        /// A photo that supports what they say; may be given again.
        #[arg(long, value_name = "FILE")]
        photo: Vec<PathBuf>,
    },
    /// Sign off a draft; it then waits to be sent.
    Finalise {
        /// The story's id.
        id: StoryId,
    },
    /// Send what waits and fetch what is new.
    Sync {
        /// Send files too that wait for a network that costs nothing, or for another day.
        #[arg(long)]
        all_files: bool,
    },
    /// Take a storyteller's withdrawal by the code of the story (`show` gives it): whatever is here of it is erased at once, and
    /// everywhere else with the next syncs. There is no way back.
    Withdraw {
        /// The code, as the storyteller's slip has it.
        code: String,
    },
    /// List the withdrawals that were taken on this device.
    Withdrawals,
    /// The syncs of the past, the last one first.
    History,
    /// Let go of the bytes of files that headquarters has confirmed.
    Free,
    /// Write all that waits to one sealed file, a parcel, for where there is no network. Nothing changes on the device.
    Export {
        /// Where to write it.
        file: PathBuf,
    },
    /// Take in headquarters' receipt for a parcel of this device.
    Receipt {
        /// The receipt.
        file: PathBuf,
    },
    /// Take in somebody else's parcel, to carry it to headquarters at the next sync.
    Carry {
        /// The parcel.
        file: PathBuf,
    },
    /// List the parcels that this device carries.
    Carried,
    /// Write the receipt for a carried parcel, to be brought back to whoever made it.
    HandBack {
        /// The parcel's SHA-256, as `carried` lists it.
        sha256: Digest,
        /// Where to write it.
        file: PathBuf,
    },
    /// Check the whole store.
    Doctor,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked) if !asked.use_stderr() || !std::env::args_os().any(|a| a == "--json") => asked.exit(),
        Err(unreadable) => {
            print::problem(&Error::told(Code::BadInput, unreadable.to_string()).problem());
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::problem(&error.problem());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::OnDevice(command) => {
            erasing::finish(&arguments.data)?;
            // A new store begins with enrolling; anything else asks for what is no longer there.
            let enrols = matches!(command, OnDevice::Enrol { .. });
            if let (Some(erased), false) = (erasing::erased(&arguments.data), enrols) {
                return Err(erasing::told(erased.why));
            }
            on_device(arguments.json, &open(arguments.json, &arguments.data)?, command)
        }
        Command::Eval { expression, answers } => {
            print::value(arguments.json, &evaluate(expression, answers.as_deref())?)
        }
    }
}

fn on_device(json: bool, device: &Device, command: &OnDevice) -> Result<()> {
    match command {
        OnDevice::Enrol { url, code, invitation, qr } => {
            let invitation = match (invitation, qr) {
                (Some(line), _) => read_invitation(line)?,
                (_, Some(picture)) => {
                    qr::invitation(&std::fs::read(picture).map_err(|e| Error::file(picture, e))?)?
                }
                _ => Invitation {
                    url: url.clone().unwrap_or_default(),
                    code: code.clone().unwrap_or_default(),
                    pin: None,
                },
            };
            print::enrolment(json, &device.enrol_by(&invitation)?)
        }
        OnDevice::New { file, evidence } => {
            print::draft(json, &device.take_in(StoryFile::read(&text(file)?)?, evidence)?)
        }
        OnDevice::Begin { training } => print::asked(json, &device.begin_interview(LANGUAGE, *training)?),
        OnDevice::Ask { id } => print::asked(json, &device.interview(*id, LANGUAGE)?),
        OnDevice::Answer { id, path, value } => {
            print::asked(json, &device.answer(*id, path, value, LANGUAGE)?)
        }
        OnDevice::Add { id, path } => {
            let (new, asked) = device.add_repetition(*id, path, LANGUAGE)?;
            print::added(json, new, &asked)
        }
        OnDevice::Remove { id, path } => print::asked(json, &device.remove_repetition(*id, path, LANGUAGE)?),
        OnDevice::List { words } => {
            print::list(json, &device.stories_with(&words.join(" "))?, !words.is_empty())
        }
        OnDevice::Show { id } => print::story(json, &device.story(*id)?),
        OnDevice::Revise { id, file, note } => {
            print::draft(json, &device.revise(*id, StoryFile::read(&text(file)?)?, note)?)
        }
        OnDevice::Reply { id, thread, text } => print::story(json, &device.reply(*id, *thread, text)?),
        OnDevice::Tasks => print::tasks(json, &device.tasks()?),
        OnDevice::Report { task, finding, why, informant, name, photo } => {
            let draft = ReportDraft {
                finding: Some(*finding),
                why: why.clone(),
                informant: informant.clone(),
                name: name.clone(),
                evidence: Vec::new(),
            };
            device.save_report(*task, &draft)?;
            for path in photo {
                let bytes = std::fs::read(path).map_err(|e| Error::file(path, e))?;
                device.report_photo(*task, &bytes)?;
            }
            device.sign_off_report(*task)?;
            print::tasks(json, &device.tasks()?)
        }
        OnDevice::Finalise { id } => print::line(json, &device.finalise(*id)?),
        OnDevice::Sync { all_files } => {
            let told = |left| print::progress(json, left);
            print::sync(json, &device.sync_because(Cause::Asked, *all_files, told)?)
        }
        OnDevice::Withdraw { code } => print::withdrawals(json, &[device.withdraw(code)?]),
        OnDevice::Withdrawals => print::withdrawals(json, &device.withdrawals()?),
        OnDevice::History => print::history(json, &device.past_syncs(HISTORY)?),
        OnDevice::Free => print::freed(json, device.free_files()?),
        OnDevice::Export { file } => print::parcel(json, &device.export_parcel(file)?, "written"),
        OnDevice::Receipt { file } => {
            print::parcel(json, &device.import_receipt(opened(file)?)?, "acknowledged")
        }
        OnDevice::Carry { file } => print::carried(json, &[device.carry_parcel(opened(file)?)?]),
        OnDevice::Carried => print::carried(json, &device.carried()?),
        OnDevice::HandBack { sha256, file } => {
            print::handed_back(json, &device.write_carried_receipt(sha256, file)?)
        }
        OnDevice::Doctor => {
            let health = device.doctor()?;
            print::health(json, &health)?;
            if health.sound {
                Ok(())
            } else {
                Err(Error::told(Code::StoreDamaged, health.findings.join("; ")))
            }
        }
    }
}

fn finding(word: &str) -> std::result::Result<Finding, String> {
    let found = serde_json::from_value(word.into());
    found.map_err(|_| format!("{word:?} is not agrees, partly or disagrees"))
}

fn evaluate(expression: &str, answers: Option<&Path>) -> Result<Value<'static>> {
    let answers = match answers {
        Some(path) => serde_json::from_str(&text(path)?)
            .map_err(|e| Error::told(Code::BadInput, format!("{}: {e}", path.display())))?,
        None => serde_json::json!({}),
    };
    let surroundings = Clock::system().surroundings(LANGUAGE)?;
    trial::evaluate(expression, &answers, &surroundings).map_err(|said| Error::told(Code::BadInput, said))
}

/// Opens the device in this folder, or makes one: the tool has no screen to choose on.
fn open(json: bool, folder: &Path) -> Result<Device> {
    let phase = blon_device::phase(folder);
    let passphrase = passphrase(phase)?;
    if phase == Phase::New {
        let made = Device::create(folder, &passphrase, Clock::system());
        // Made by another process in the meantime: then it is there to be unlocked.
        if made.is_ok() || blon_device::phase(folder) == Phase::New {
            return made;
        }
    }
    let mut door = Door::at(folder);
    let rest = door.rest();
    if !rest.is_zero() {
        // The wait begins anew with each process, so one that asks once waits within.
        if !json {
            eprintln!("Wrong too often: the passphrase is tried in {} s.", seconds(rest));
        }
        std::thread::sleep(rest);
    }
    door.unlock(&passphrase, Clock::system())
}

fn passphrase(phase: Phase) -> Result<Zeroizing<String>> {
    if let Ok(given) = std::env::var("BLON_PASSPHRASE") {
        return Ok(Zeroizing::new(given));
    }
    let unasked = |e: std::io::Error| {
        Error::told(Code::BadInput, format!("set BLON_PASSPHRASE, or run in a terminal to be asked: {e}"))
    };
    let first = Zeroizing::new(rpassword::prompt_password("Passphrase: ").map_err(unasked)?);
    if phase == Phase::New {
        let again = Zeroizing::new(rpassword::prompt_password("Again, for a new store: ").map_err(unasked)?);
        if *first != *again {
            return Err(Error::told(Code::BadInput, "the two passphrases differ; nothing was made"));
        }
    }
    Ok(first)
}

fn opened(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::file(path, e))
}

/// A file's text, without the mark that some editors put before it.
fn text(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
