//! `blon-custodian`: what a custodian of identities does on a machine of their own, where their key is.
//!
//! Headquarters keeps who told each story, sealed, and cannot open it. This tool signs in as the custodian, takes out what is sealed
//! of a story for a reason that headquarters' log keeps, and opens it here. With `--json` every command prints one JSON document
//! on standard output and nothing else there. Errors go to standard error as `{"code","message"}`, and the exit status is 1; a
//! command line that cannot be read ends with 2.

mod anew;
mod headquarters;
mod keys;
mod print;
mod problem;
mod taking;

use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::CampaignId;
use clap::{Parser, Subcommand};
use headquarters::Headquarters;
use keys::Keys;
use problem::{Result, told};
use std::path::PathBuf;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// Opens who told a story, where the custodian's key is; headquarters never has it.
///
/// The password comes from BLON_PASSWORD, or is asked for; the six digits of a second factor from BLON_SECOND_FACTOR.
#[derive(Parser)]
#[command(name = "blon-custodian", version)]
struct Arguments {
    /// Headquarters' address: https://…, or http:// to this machine.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "BLON_HEADQUARTERS",
        default_value = "http://127.0.0.1:8080"
    )]
    at: String,
    /// Headquarters' own certificate, where no authority vouches for it.
    #[arg(long, global = true, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The custodian's name at headquarters.
    #[arg(long, global = true, value_name = "NAME", env = "BLON_NAME", default_value = "")]
    name: String,
    /// Which campaign; the only one where it is not said.
    #[arg(long, global = true, value_name = "ID")]
    campaign: Option<CampaignId>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The stories whose storyteller is sealed at headquarters.
    List,
    /// Take out and open who told a story.
    Open {
        /// The story's id, or what the storyteller is called (K7QM-2P4X).
        story: String,
        /// Why; it stands in headquarters' log.
        #[arg(long)]
        reason: String,
        /// The custodian's key, as age-keygen writes it; - reads it from standard input. May be given several times.
        #[arg(long, value_name = "FILE", required = true)]
        key: Vec<PathBuf>,
        /// Where to write the photo of their face, a JPEG, if there is one; earlier ones beside it, as FILE-2, FILE-3. It lies
        /// there in plain: delete it when you have seen it.
        #[arg(long, value_name = "FILE")]
        face: Option<PathBuf>,
    },
    /// Take out who told a story as a sealed file, for age -d -i KEY; their face as another, FILE-face.
    Take {
        /// The story's id, or what the storyteller is called.
        story: String,
        /// Why; it stands in headquarters' log.
        #[arg(long)]
        reason: String,
        /// The file to write; earlier sealings are written beside it, as FILE-2, FILE-3.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Seal everything anew to the campaign's keys of now, with a key that still opens.
    SealAnew {
        /// Why; it stands in headquarters' log for each story.
        #[arg(long)]
        reason: String,
        /// A key that opens what is sealed; - reads it from standard input. May be given several times.
        #[arg(long, value_name = "FILE", required = true)]
        key: Vec<PathBuf>,
        /// A key that the campaign must have, and no other than those given so: else nothing is done.
        #[arg(long, value_name = "AGE1…")]
        to: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked) if !asked.use_stderr() || !std::env::args_os().any(|a| a == "--json") => asked.exit(),
        Err(unreadable) => {
            print::problem(&told(Code::BadInput, unreadable.to_string()));
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            print::problem(&problem);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    // A key that cannot be read, or a file that is there: nothing is taken out for it.
    let keys = match &arguments.command {
        Command::Open { face: Some(to), .. } | Command::Take { to, .. } if to.exists() => {
            return Err(told(Code::FileExists, format!("{} is there already", to.display())));
        }
        Command::Open { key, .. } | Command::SealAnew { key, .. } => Some(Keys::read(key)?),
        Command::Take { .. } | Command::List => None,
    };
    if arguments.name.is_empty() {
        return Err(told(Code::BadInput, "say who you are with --name, or BLON_NAME"));
    }
    let password = asked("BLON_PASSWORD", "Password: ")?;
    let digits = || asked("BLON_SECOND_FACTOR", "Six digits of your second factor: ");
    let certificate = arguments.certificate.as_deref();
    let line = Headquarters::sign_in(&arguments.at, certificate, &arguments.name, &password, digits)?;
    let done =
        line.campaign(arguments.campaign.as_ref()).and_then(|c| work(arguments, &line, &c, keys.as_ref()));
    // Whether or not it went well, and whatever comes of it: a session that nobody ends ends by itself.
    let _ = line.sign_out();
    done
}

fn work(arguments: &Arguments, line: &Headquarters, campaign: &Campaign, keys: Option<&Keys>) -> Result<()> {
    let json = arguments.json;
    match (&arguments.command, keys) {
        (Command::Open { story, reason, face, .. }, Some(keys)) => {
            print::opened(json, &taking::open(line, &campaign.id, story, reason, keys, face.as_deref())?)
        }
        (Command::SealAnew { reason, to, .. }, Some(keys)) => {
            let progress = |done, all| {
                if !json {
                    eprint!("\r{done} / {all}");
                }
            };
            let done = anew::seal_anew(line, campaign, reason, keys, to, progress)?;
            print::sealed_anew(json, &done)
        }
        (Command::Take { story, reason, to }, _) => {
            print::written(json, &taking::write(line, &campaign.id, story, reason, to)?)
        }
        (Command::List | Command::Open { .. } | Command::SealAnew { .. }, _) => {
            print::list(json, &line.identities(&campaign.id)?)
        }
    }
}

/// What only the person knows.
fn asked(variable: &str, prompt: &str) -> Result<Zeroizing<String>> {
    if let Ok(given) = std::env::var(variable) {
        return Ok(Zeroizing::new(given));
    }
    let unasked = |e: std::io::Error| {
        told(Code::BadInput, format!("set {variable}, or run in a terminal to be asked: {e}"))
    };
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(unasked)
}
