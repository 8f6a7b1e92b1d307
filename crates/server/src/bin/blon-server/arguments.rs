//! What the command line says.

use crate::export::Export;
use crate::serving::Serving;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use blon_core::review::Role;
use blon_server::Place;
use blon_server::store::AUTHORITIES;
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Headquarters: takes in what devices send, and lets supervisors read and decide.
#[derive(Parser)]
#[command(name = "blon-server", version)]
pub struct Arguments {
    /// The folder of headquarters' data; made on first use.
    #[arg(long, global = true, value_name = "DIR", env = "BLON_DATA", default_value = "blon-data")]
    pub data: PathBuf,
    /// A file that says what flags would: TOML with their names. Flags and the environment count before it.
    #[arg(long, global = true, value_name = "FILE", env = "BLON_CONFIG")]
    pub config: Option<PathBuf>,
    /// The database, where it is not in the folder: postgres://USER@HOST/NAME, or postgres:///NAME?host=/run/postgresql.
    #[arg(long, global = true, value_name = "URL", env = "BLON_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// The most connections to that database.
    #[arg(long, global = true, value_name = "N", env = "BLON_CONNECTIONS", default_value_t = 8)]
    pub connections: u32,
    /// The files, where they are not in the folder: another folder, or s3://BUCKET/PREFIX with AWS_ENDPOINT, AWS_REGION,
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.
    #[arg(long, global = true, value_name = "DIR|URL", env = "BLON_FILES")]
    pub files: Option<String>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Where headquarters' data is.
    pub fn place(&self) -> Place {
        Place {
            folder: self.data.clone(),
            database: self.database.clone(),
            connections: self.connections,
            files: self.files.clone(),
            environment: environment(),
        }
    }
}

/// What the environment says of a bucket and of a database, by names that others know, too.
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name == AUTHORITIES).collect()
}

#[derive(Subcommand)]
pub enum Command {
    #[command(flatten)]
    AtHeadquarters(AtHeadquarters),
    /// Questionnaires, as workbooks of XLSForm.
    Questionnaire {
        #[command(subcommand)]
        command: QuestionnaireCommand,
    },
    /// Certificates for TLS.
    Tls {
        #[command(subcommand)]
        command: TlsCommand,
    },
    /// Look whether everything is whole, and say what to do where it is not. Ends with 1 where something is found.
    Doctor {
        /// Read every byte of every file, too.
        #[arg(long)]
        digests: bool,
    },
    /// What headquarters is told by flags, environment and file.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Move everything from one database to another, as from one laptop's folder to PostgreSQL, or back; --files says where the files
    /// go. What is moved from stays as it is; neither may be in use; cut off, it is begun again. Needs no --data.
    Move {
        /// Where everything is: a data folder, or postgres://…
        #[arg(long, value_name = "DIR|URL")]
        from: String,
        /// Where to move it: a data folder, or postgres://…, that is empty.
        #[arg(long, value_name = "DIR|URL")]
        to: String,
        /// The data folder of the one that is in PostgreSQL: there are its files, unless they are said to be elsewhere.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
        /// The files of the one that is moved from, where they are not in its folder.
        #[arg(long, value_name = "DIR|URL")]
        from_files: Option<String>,
    },
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Print every setting as `serve` would take it, and who says so.
    Show(Serving),
}

#[derive(Subcommand)]
pub enum TlsCommand {
    /// Make a certificate that nobody vouches for, and its key: devices are told the key by their invitation. Needs no data
    /// folder; files that are there are left alone.
    New {
        /// The folder for cert.pem and key.pem.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// The host name or address that headquarters is reached by; may be given again.
        #[arg(long, value_name = "HOST", required = true)]
        name: Vec<String>,
    },
}

/// What needs headquarters' data.
#[derive(Subcommand)]
pub enum AtHeadquarters {
    /// Serve devices and pages until told to stop.
    Serve(Serving),
    /// Campaigns.
    Campaign {
        #[command(subcommand)]
        command: CampaignCommand,
    },
    /// People.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Devices.
    Device {
        #[command(subcommand)]
        command: DeviceCommand,
    },
    /// Make a backup in a folder, or bring the one there up to date; headquarters may serve meanwhile. It holds all that headquarters
    /// holds: keep it like this machine.
    Backup {
        /// The folder.
        to: PathBuf,
    },
    /// Bring a backup back into a headquarters that is empty.
    Restore {
        /// The folder of the backup.
        from: PathBuf,
    },
    /// Make the list of stories anew from their records, with all that is counted of it; whoever asks for a page waits for that.
    Relist,
    /// Who did what to the collection itself, and when.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Make a one-time code, valid 24 hours, that takes a person's device in: to type, as a link, and as a QR code.
    Enrol {
        /// The person.
        name: PersonName,
        /// The campaign, where there are several.
        #[arg(long)]
        campaign: Option<CampaignId>,
        /// The address to enrol at, if it is not the one last served.
        #[arg(long)]
        url: Option<String>,
        /// Write the QR code to this new file, SVG; `-` draws it here. A terminal is shown it anyway.
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
    },
    /// Take in a device's parcel, its outbox as one file, and write the receipt that goes back to it.
    Parcel {
        /// The parcel, as the app or `blon-device export` wrote it.
        file: PathBuf,
        /// Where to write the receipt.
        #[arg(long, value_name = "FILE")]
        receipt: PathBuf,
    },
    /// Take a storyteller's withdrawal by the code of the story: whatever is here of it is erased, and on every device at its
    /// next sync. There is no way back.
    Withdraw {
        /// The code, as the storyteller's slip has it.
        code: String,
        /// The campaign.
        #[arg(long)]
        campaign: CampaignId,
    },
    /// List the withdrawals of a campaign.
    Withdrawals {
        /// The campaign.
        #[arg(long)]
        campaign: CampaignId,
    },
    /// Write the stories of a campaign to a file, each as its storyteller agreed. A file that is there is left alone.
    Export(Export),
    /// List the stories of a campaign.
    Stories {
        /// The campaign.
        #[arg(long)]
        campaign: CampaignId,
        /// Those told for practice, which never count, in place of the others.
        #[arg(long)]
        training: bool,
    },
}

#[derive(Subcommand)]
pub enum CampaignCommand {
    /// Take in a campaign from its JSON file, replacing one with the same id.
    Import {
        /// The file.
        file: PathBuf,
        /// What it asks: an XLSForm workbook (.xlsx, .xls), or its rows as JSON; without it, what the file itself holds.
        #[arg(long, value_name = "FILE")]
        questionnaire: Option<PathBuf>,
    },
    /// Write a campaign with its questionnaire, targets and teams into one file. A file that is there is left alone.
    Export {
        /// The campaign.
        campaign: CampaignId,
        /// Where to write it, .json.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum QuestionnaireCommand {
    /// Say whether a workbook can be asked, and everything that is wrong with it. Needs no data folder.
    Check {
        /// The workbook: .xlsx, .xls, or its rows as JSON.
        file: PathBuf,
    },
    /// Write a questionnaire as a workbook that a spreadsheet opens. A file that is there is left alone.
    Export {
        /// The questionnaire: its rows as JSON, or a workbook.
        file: PathBuf,
        /// Where to write it, .xlsx.
        to: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a person. Who signs in to the pages gets the password of BLON_NEW_PASSWORD, or a new one that is
    /// printed once.
    Add {
        /// The name.
        name: PersonName,
        /// What they do: collector, supervisor, verifier, analyst, admin or custodian.
        #[arg(long)]
        role: Role,
        /// Their team; a supervisor sees the stories of the same team.
        #[arg(long, default_value = "")]
        team: String,
    },
    /// List everybody.
    List,
    /// Give a person another role or team.
    Change {
        /// The name.
        name: PersonName,
        /// What they do from now on.
        #[arg(long)]
        role: Option<Role>,
        /// Their team from now on.
        #[arg(long)]
        team: Option<String>,
    },
    /// Give a person another password: that of BLON_NEW_PASSWORD, or a new one that is printed once.
    Password {
        /// The name.
        name: PersonName,
    },
    /// Shut a person out, with their sessions and devices.
    Disable {
        /// The name.
        name: PersonName,
    },
    /// Let a person in again.
    Enable {
        /// The name.
        name: PersonName,
    },
}

#[derive(Subcommand)]
pub enum DeviceCommand {
    /// List every device that was taken in.
    List,
    /// Shut a device out that was lost: its secret opens nothing any more.
    Revoke {
        /// The device's id, as `device list` gives it.
        id: DeviceId,
    },
    /// Have a device erase itself the next time it calls, once it has brought the texts that wait on it.
    Erase {
        /// The device's id, as `device list` gives it.
        id: DeviceId,
    },
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Print the whole log, oldest first.
    List,
    /// Check that nothing in it was changed; prints the last hash, to be noted elsewhere.
    Verify,
}
