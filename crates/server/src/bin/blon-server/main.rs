//! `blon-server`: headquarters on the command line.
//!
//! With `--json` every command prints one JSON document on standard output and nothing else there. Errors go
//! to standard error as `{"code","message"}`, and the exit status is 1. A command line that cannot be read
//! ends with 2; with `--json` that too is told as a problem, else in words with the usage.

mod arguments;
mod configuration;
mod export;
mod print;
mod serving;

use arguments::{
    AtHeadquarters, AuditCommand, CampaignCommand, Command, ConfigCommand, DeviceCommand,
    QuestionnaireCommand, TlsCommand, UserCommand, environment,
};
use blon_core::error::Code;
use blon_core::id::PersonName;
use blon_core::plan::CampaignFile;
use blon_core::questionnaire::workbook::Workbook;
use blon_core::review::Role;
use blon_server::error::{Error, Result};
use blon_server::secrets;
use blon_server::tls::SelfSigned;
use blon_server::view::{ChangePerson, NewPerson};
use blon_server::whole::whole;
use blon_server::workbooks::{self, Verdict};
use blon_server::{Headquarters, Place};
use chrono::Utc;
use configuration::{Failed, Read};
use export::export;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;
use std::process::ExitCode;

/// A story that is taken in is some thousand small pieces of memory: the C library's own allocator took a seventh of what that costs.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let read = match configuration::read() {
        Ok(read) => read,
        Err(Failed::File(error)) => {
            print::problem(&error.problem());
            return ExitCode::FAILURE;
        }
        Err(Failed::Line(asked)) if !asked.use_stderr() || !std::env::args().any(|a| a == "--json") => {
            asked.exit()
        }
        Err(Failed::Line(unreadable)) => {
            print::problem(&Error::told(Code::BadInput, unreadable.to_string()).problem());
            return ExitCode::from(2);
        }
    };
    match run(&read) {
        Ok(()) => ExitCode::SUCCESS,
        // It was printed already.
        Err(Error::Found) => ExitCode::FAILURE,
        Err(error) => {
            print::problem(&error.problem());
            ExitCode::FAILURE
        }
    }
}

fn run(read: &Read) -> Result<()> {
    let arguments = &read.arguments;
    let json = arguments.json;
    match &arguments.command {
        Command::Questionnaire { command } => questionnaire(json, command),
        Command::Tls { command: TlsCommand::New { to, name } } => {
            print::self_signed(json, &SelfSigned::make(to, name)?)
        }
        Command::Config { command: ConfigCommand::Show(_) } => print::settings(json, &read.shown()),
        Command::Move { from, to, folder, from_files } => {
            let from = place(from, folder.as_deref(), from_files.as_deref(), arguments.connections)?;
            if from.files.is_none() && !from.folder.join("files").is_dir() {
                let message = "there is no headquarters to move from: its folder has no files in it";
                return Err(Error::told(Code::BadInput, message));
            }
            let (from, _alone) = open_alone(&from)?;
            let to = place(to, folder.as_deref(), arguments.files.as_deref(), arguments.connections)?;
            let (to, _alone_there) = open_alone(&to)?;
            let kept = from.move_to(&to, &print::progress(json))?;
            print::kept(json, &kept)
        }
        // Looked at as it is: what opening it would mend is to be told.
        Command::Doctor { digests } => {
            let headquarters = arguments.place().look_at()?;
            let examined = headquarters.examine(*digests, &print::progress(json))?;
            print::examined(json, &examined)?;
            if examined.findings.is_empty() { Ok(()) } else { Err(Error::Found) }
        }
        Command::AtHeadquarters(command) => {
            let headquarters = arguments.place().open()?;
            at_headquarters(json, &arguments.data, headquarters, command)
        }
    }
}

/// The place that is a data folder, or a database with this folder.
fn place(named: &str, folder: Option<&Path>, files: Option<&str>, connections: u32) -> Result<Place> {
    let (files, environment) = (files.map(str::to_owned), environment());
    if !is_address(named) {
        return Ok(Place { files, environment, ..Place::folder(Path::new(named)) });
    }
    let folder = folder.ok_or_else(|| {
        Error::told(Code::BadInput, "say with --folder which is the data folder of the one in PostgreSQL")
    })?;
    Ok(Place { folder: folder.to_owned(), database: Some(named.to_owned()), connections, files, environment })
}

/// Headquarters at this place. Nobody serves it from its folder as long as what is given besides lives; of one in PostgreSQL others can
/// only be seen.
fn open_alone(place: &Place) -> Result<(Headquarters, Option<File>)> {
    let headquarters = place.open()?;
    let alone = match &place.database {
        None => Some(blon_server::serving_alone(&place.folder)?),
        Some(_) => None,
    };
    headquarters.is_alone()?;
    Ok((headquarters, alone))
}

fn is_address(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

fn at_headquarters(
    json: bool,
    data: &Path,
    headquarters: Headquarters,
    command: &AtHeadquarters,
) -> Result<()> {
    match command {
        AtHeadquarters::Serve(serving) => {
            // Where several share a database they share the folder of files, too.
            let _alone =
                if headquarters.is_shared() { None } else { Some(blon_server::serving_alone(data)?) };
            serving.serve(json, headquarters)
        }
        AtHeadquarters::Campaign { command: CampaignCommand::Import { file, questionnaire } } => {
            let mut file: CampaignFile = read_json(file, "a campaign")?;
            if let Some(questionnaire) = questionnaire {
                file.campaign.questionnaire = Some(workbook(questionnaire)?);
            }
            print::campaign(json, &headquarters.import_campaign(&file)?)
        }
        AtHeadquarters::Campaign { command: CampaignCommand::Export { campaign, file } } => {
            write_new(file, &serde_json::to_vec_pretty(&headquarters.campaign_file(campaign)?)?)?;
            print::campaign_written(json, campaign, file)
        }
        AtHeadquarters::User { command } => user(json, &headquarters, command),
        AtHeadquarters::Device { command: DeviceCommand::List } => {
            print::devices(json, &headquarters.devices()?)
        }
        AtHeadquarters::Device { command: DeviceCommand::Revoke { id } } => {
            headquarters.revoke_device(*id, None)?;
            print::devices(json, &headquarters.devices()?)
        }
        AtHeadquarters::Device { command: DeviceCommand::Erase { id } } => {
            headquarters.erase_device(*id, None)?;
            print::devices(json, &headquarters.devices()?)
        }
        AtHeadquarters::Backup { to } => print::kept(json, &headquarters.backup(to, &print::progress(json))?),
        AtHeadquarters::Restore { from } => {
            let _alone = blon_server::serving_alone(data)?;
            headquarters.is_alone()?;
            print::kept(json, &headquarters.restore(from, &print::progress(json))?)
        }
        AtHeadquarters::Relist => {
            headquarters.relist()?;
            print::relisted(json)
        }
        AtHeadquarters::Audit { command: AuditCommand::List } => print::audit(json, &headquarters.audit()?),
        AtHeadquarters::Audit { command: AuditCommand::Verify } => {
            print::verified(json, &headquarters.verify_audit()?)
        }
        AtHeadquarters::Enrol { name, campaign, url, qr } => {
            let code = headquarters.make_code(name, campaign.as_ref(), url.as_deref())?;
            let draws = qr.as_deref() == Some(Path::new("-"));
            if let Some(to) = qr.as_deref().filter(|_| !draws) {
                write_new(to, code.qr.as_bytes())?;
            }
            print::code(json, &code, draws)
        }
        AtHeadquarters::Parcel { file, receipt } => {
            print::parcel(json, &headquarters.open_parcel_file(file, receipt, Utc::now())?)
        }
        AtHeadquarters::Withdraw { code, campaign } => {
            print::withdrawal(json, &headquarters.withdraw(campaign, code, None)?)
        }
        AtHeadquarters::Withdrawals { campaign } => {
            print::withdrawals(json, &headquarters.withdrawals(campaign, None)?)
        }
        AtHeadquarters::Export(wanted) => export(json, &headquarters, wanted),
        AtHeadquarters::Stories { campaign, training } => {
            print::stories(json, &headquarters.all_stories(campaign, *training)?)
        }
    }
}

fn user(json: bool, headquarters: &Headquarters, command: &UserCommand) -> Result<()> {
    match command {
        UserCommand::Add { name, role, team } => {
            let (given, made) = password(*role)?;
            let new = NewPerson { name: name.clone(), role: *role, team: team.clone() };
            headquarters.add_people(&[new], given.as_deref(), None)?;
            print::person(json, name, *role, team, made.as_deref())
        }
        UserCommand::List => print::people(json, &headquarters.people()?),
        UserCommand::Change { name, role, team } => {
            let to = ChangePerson { role: *role, team: team.clone(), disabled: None };
            let person = headquarters.change_person(name, &to, None)?;
            print::people(json, &[person])
        }
        UserCommand::Password { name } => {
            let (given, made) = new_password()?;
            let person = headquarters.reset_password(name, &given, None)?;
            print::person(json, &person.name, person.role, &person.team, made.as_deref())
        }
        UserCommand::Disable { name } => shut_out(json, headquarters, name, true),
        UserCommand::Enable { name } => shut_out(json, headquarters, name, false),
    }
}

fn shut_out(json: bool, headquarters: &Headquarters, name: &PersonName, disabled: bool) -> Result<()> {
    let to = ChangePerson { disabled: Some(disabled), ..ChangePerson::default() };
    print::people(json, &[headquarters.change_person(name, &to, None)?])
}

fn questionnaire(json: bool, command: &QuestionnaireCommand) -> Result<()> {
    match command {
        QuestionnaireCommand::Check { file } => {
            let verdict = Verdict::of(&bytes_of(file)?);
            print::verdict(json, &verdict)?;
            if verdict.ok {
                return Ok(());
            }
            Err(Error::told(Code::BadInput, format!("{} cannot be asked as it is", file.display())))
        }
        QuestionnaireCommand::Export { file, to } => {
            let written = workbooks::written(&workbook(file)?)?;
            write_new(to, &written)?;
            print::written(json, to)
        }
    }
}

/// Writes a new file; one that is there is left alone.
fn write_new(to: &Path, bytes: &[u8]) -> Result<()> {
    whole(to, |out| out.write_all(bytes).map_err(|e| Error::file(to, e)))
}

/// The workbook in this file, whichever kind of file it is.
fn workbook(file: &Path) -> Result<Workbook> {
    workbooks::workbook(&bytes_of(file)?).map_err(|findings| {
        let found: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Error::told(Code::BadInput, format!("{}: {}", file.display(), found.join("; ")))
    })
}

/// The bytes of a file, but no more than a workbook may have and one: a larger one is refused by its size.
fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    let unreadable =
        |e: std::io::Error| Error::told(Code::FileUnreadable, format!("{}: {e}", file.display()));
    let mut bytes = Vec::new();
    let most = workbooks::WORKBOOK_BYTES as u64 + 1;
    std::fs::File::open(file).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn read_json<T: DeserializeOwned>(file: &Path, what: &str) -> Result<T> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Error::told(Code::FileUnreadable, format!("{}: {e}", file.display())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text)
        .map_err(|e| Error::told(Code::BadInput, format!("{} is not {what}: {e}", file.display())))
}

/// The password to keep, and the same where it was made here and must be told. Collectors sign in nowhere:
/// their device enrols by a code.
fn password(role: Role) -> Result<(Option<String>, Option<String>)> {
    if !role.signs_in() {
        return Ok((None, None));
    }
    let (given, made) = new_password()?;
    Ok((Some(given), made))
}

/// The password of BLON_NEW_PASSWORD, or a new one, which must be told.
fn new_password() -> Result<(String, Option<String>)> {
    match std::env::var("BLON_NEW_PASSWORD") {
        Ok(given) => Ok((given, None)),
        Err(_) => {
            let made = secrets::password()?;
            Ok((made.clone(), Some(made)))
        }
    }
}
