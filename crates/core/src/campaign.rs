//! A campaign: one collection, with the choices its collectors are offered.

use crate::id::{CampaignId, Digest, is_unseen};
use crate::questionnaire::read::read;
use crate::questionnaire::workbook::Workbook;
use crate::rubric::{self, Rubric};
use crate::said;
use crate::said::Said;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};
use ts_rs::TS;

/// The most characters of what is a name or a place.
pub const SHORT: usize = 100;

/// The most communes: a large country has some thousands.
const COMMUNES_LIMIT: usize = 5_000;

/// The most custodians: each makes a sealed identity longer by some 70 bytes.
pub const CUSTODIANS: usize = 8;

/// Reads a list, or what was one thing before it was a list; nothing for null.
fn one_or_more<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        More(Vec<String>),
        One(String),
        None(()),
    }
    Ok(match OneOrMore::deserialize(input)? {
        OneOrMore::More(keys) => keys,
        OneOrMore::One(key) => vec![key],
        OneOrMore::None(()) => Vec::new(),
    })
}

/// Whether a text is as short and plain as a name or a place.
pub fn is_short(text: &str) -> bool {
    text.chars().count() <= SHORT && !text.chars().any(|c| c.is_control() || is_unseen(c))
}

/// A choice of a list: what is kept, and what people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Choice {
    /// What is stored, such as `gra_member`.
    pub value: String,
    /// In French; always there.
    pub fr: String,
    /// In English; French shows where it is empty.
    #[serde(default)]
    pub en: String,
}

/// What headquarters tells a device about the collection it takes part in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Campaign {
    /// Its short name.
    pub id: CampaignId,
    /// Its full name.
    pub name: String,
    /// Where it takes place.
    pub place: String,
    /// First day of collection.
    pub start: NaiveDate,
    /// Last day of collection.
    pub end: NaiveDate,
    /// The communes to choose from.
    pub communes: Vec<String>,
    /// The languages an interview may be held in.
    pub languages: Vec<Choice>,
    /// The age bands of a storyteller.
    pub age_bands: Vec<Choice>,
    /// How a storyteller stands to the project.
    pub relations: Vec<Choice>,
    /// The domains of change by which stories are compared and selected (Most Significant Change); may be none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Choice>,
    /// What the collector reads aloud before asking for consent.
    pub consent_script: ConsentScript,
    /// The described steps by which changes are rated.
    #[serde(default)]
    pub rubrics: Vec<Rubric>,
    /// The keys of the custodians, as `age` writes a recipient: who told a story, and whom a verifier asked, is sealed to all of
    /// them, and each can read it alone. Without one a name stays on the device where it was given. At most
    /// [`CUSTODIANS`]; before version 6 of the protocol it was one, `custodian_key`.
    #[serde(
        default,
        alias = "custodian_key",
        deserialize_with = "one_or_more",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub custodian_keys: Vec<String>,
    /// Whether devices keep who told a story in plain until the campaign ends, for corrections; else until headquarters has it
    /// sealed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_identities: bool,
    /// What is asked, as its author wrote it. Screens get their items from the engine, never the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub questionnaire: Option<Workbook>,
}

impl Campaign {
    /// The same without its questionnaire, for those who only look at it.
    pub fn without_questionnaire(mut self) -> Self {
        self.questionnaire = None;
        self
    }

    /// What tells this from another state of it, its questionnaire included: 16 hexadecimal digits. A device that has another
    /// is sent all of it.
    pub fn sum(&self) -> String {
        // A campaign is always written as JSON; were it not, all would be alike, and none would be sent.
        let written = serde_json::to_vec(self).unwrap_or_default();
        let digest = Digest::from_bytes(Sha256::digest(&written).into());
        digest.as_str().chars().take(16).collect()
    }

    /// What is wrong with it, for whoever set it up; nothing when it can be used.
    pub fn findings(&self) -> Vec<Said> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() {
            found.push(said!("the campaign has no name", "la campagne n’a pas de nom"));
        }
        if self.end < self.start {
            let (start, end) = (self.start, self.end);
            // As people in Mali write a day.
            let [debut, fin] = [start, end].map(|day| day.format("%d/%m/%Y"));
            found.push(said!(
                "it ends on {end}, before it starts on {start}",
                "elle finit le {fin}, avant de commencer le {debut}"
            ));
        }
        if self.communes.len() > COMMUNES_LIMIT || !self.communes.iter().all(|commune| is_short(commune)) {
            found.push(said!(
                "there are at most {COMMUNES_LIMIT} communes, each of at most {SHORT} plain characters",
                "il y a au plus {COMMUNES_LIMIT} communes, chacune d’au plus {SHORT} caractères ordinaires"
            ));
        }
        if ![self.start, self.end].iter().all(|day| (1900..=2200).contains(&day.year())) {
            found.push(said!("its days lie between 1900 and 2200", "ses jours sont entre 1900 et 2200"));
        }
        if self.communes.is_empty() {
            found.push(said!("there is no commune to choose", "il n’y a aucune commune à choisir"));
        }
        if self.consent_script.fr.trim().is_empty() {
            found.push(said!(
                "there is no consent script to read out",
                "il n’y a pas de texte de consentement à lire à voix haute"
            ));
        }
        // In French as the form heads them.
        let lists = [
            ("languages", "Langues des entretiens", &self.languages),
            ("age_bands", "Tranches d’âge", &self.age_bands),
            ("relations", "Liens avec le projet", &self.relations),
            ("domains", "Domaines de changement", &self.domains),
        ];
        for (name, title, list) in &lists {
            if list.iter().any(|choice| choice.value.trim().is_empty() || choice.fr.trim().is_empty()) {
                found.push(said!(
                    "a choice in {name} has no value, or nothing to read",
                    "dans la liste « {title} », un choix n’a pas de valeur, ou rien à lire"
                ));
            }
        }
        if self.communes.iter().any(|commune| commune.trim().is_empty()) {
            found.push(said!("a commune has no name", "une commune n’a pas de nom"));
        }
        if self.custodian_keys.len() > CUSTODIANS {
            found.push(said!(
                "there are at most {CUSTODIANS} custodians",
                "il y a au plus {CUSTODIANS} gardiens des identités"
            ));
        }
        let values =
            |list: &[Choice]| -> Vec<String> { list.iter().map(|choice| choice.value.clone()).collect() };
        let mut named = lists.map(|(name, title, list)| (name, title, values(list))).to_vec();
        named.push(("communes", "Communes", self.communes.clone()));
        found.extend(rubric::findings(&self.rubrics));
        if let Some(Err(wrong)) = self.questionnaire.as_ref().map(read) {
            let whole = said!("the questionnaire, ", "le questionnaire, ");
            found.extend(wrong.iter().map(|finding| whole.clone().and(&finding.said())));
        }
        for (name, title, mut values) in named {
            values.sort_unstable();
            let twice = values.iter().zip(values.iter().skip(1)).find(|(one, two)| one == two);
            if let Some((value, _)) = twice {
                found.push(said!(
                    "{value:?} stands in {name} twice",
                    "« {value} » est deux fois dans la liste « {title} »"
                ));
            }
        }
        found
    }
}

/// The text read out before consent is asked, in each language of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct ConsentScript {
    /// In French; always there.
    pub fr: String,
    /// In English; French shows where it is empty.
    #[serde(default)]
    pub en: String,
}
