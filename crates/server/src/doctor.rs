//! Whether headquarters' data is whole, and what to do where it is not. Nothing is mended.

use crate::Headquarters;
use crate::backup::Progress;
use crate::error::{Error, Result};
use crate::files::digest_read;
use crate::store::Flaw;
use blon_core::id::Digest;
use blon_core::said;
use blon_core::said::Said;
use blon_core::withdrawal::WithdrawalCode;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Of which kind: a word to switch on.
    pub what: &'static str,
    /// In words.
    pub says: Said,
    /// What to do.
    pub advice: Said,
}

/// What was looked at, and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// What is wrong; nothing where all is well.
    pub findings: Vec<Finding>,
    /// How many files are on the disk.
    pub files: u64,
    /// How many of those that stories name have not come yet. Nothing is wrong with that.
    pub awaited: u64,
    /// How many entries the audit log has.
    pub audit: u64,
}

impl Headquarters {
    /// Looks at all of it; with `digests` every byte of every file is read, too.
    ///
    /// # Errors
    /// Those of the database and of the folder; what can be told is a finding, not an error.
    pub fn examine(&self, digests: bool, progress: Progress) -> Result<Examined> {
        let mut findings: Vec<Finding> = self.store.complaints()?.iter().map(|line| database(line)).collect();
        findings.extend(self.store.read(|tx| tx.flaws(progress))?.iter().map(flaw));
        let audit = match self.verify_audit() {
            Ok(verified) => verified.entries as u64,
            Err(error) => {
                findings.push(broken_log(&error.to_string()));
                0
            }
        };
        let known: BTreeMap<Digest, u64> = self.store.read(|tx| tx.files())?.into_iter().collect();
        let here = self.files.all()?;
        let lost = known.iter().filter(|(sha256, bytes)| here.get(sha256) != Some(bytes));
        findings.extend(lost.map(|(sha256, _)| lost_file(sha256)));
        let named = self.store.read(|tx| tx.named_and_not_here())?;
        let awaited: BTreeSet<&Digest> = named.iter().map(|(sha256, _, _)| sha256).collect();
        let nobodys = here.keys().filter(|sha256| !known.contains_key(sha256) && !awaited.contains(sha256));
        findings.extend(nobodys.map(nobodys_file));
        if digests {
            for (n, sha256) in (1..).zip(here.keys()) {
                // One that was erased meanwhile is nobody's any more.
                let Some(mut file) = self.files.read(sha256)? else { continue };
                let found = digest_read(&mut file).map_err(|e| Error::file(sha256.as_str(), e))?;
                if found != *sha256 {
                    findings.push(changed_file(sha256));
                }
                progress("files", n);
            }
        }
        if self.store.read(|tx| tx.last_erasing())?.is_some() {
            findings.push(erasing());
        }
        Ok(Examined { findings, files: here.len() as u64, awaited: awaited.len() as u64, audit })
    }
}

fn database(complaint: &str) -> Finding {
    Finding {
        what: "database",
        says: said!("the database is damaged: {complaint}", "la base de données est abîmée : {complaint}"),
        advice: said!(
            "stop headquarters, keep this folder aside as it is, and bring the last backup back into an empty one; devices \
             bring what came since",
            "arrêtez le siège, mettez ce dossier de côté tel quel, et ramenez la dernière copie de secours dans un dossier vide ; \
             les appareils rapportent ce qui est arrivé depuis"
        ),
    }
}

fn flaw(flaw: &Flaw) -> Finding {
    let restore = said!(
        "bring the last backup back into an empty folder; devices bring what came since",
        "ramenez la dernière copie de secours dans un dossier vide ; les appareils rapportent ce qui est arrivé depuis"
    );
    match flaw {
        Flaw::Record(id) => Finding {
            what: "record",
            says: said!("the record {id} cannot be read", "l’enregistrement {id} ne peut pas être lu"),
            advice: restore,
        },
        Flaw::Story(id) => Finding {
            what: "story",
            says: said!("the story {id} has no revision", "le récit {id} n’a aucune version"),
            advice: restore,
        },
        Flaw::Numbers(campaign, last) => Finding {
            what: "numbers",
            says: said!(
                "the records of {campaign} have a gap after number {last}",
                "les enregistrements de {campaign} ont un trou après le numéro {last}"
            ),
            advice: restore,
        },
        Flaw::List(campaign) => Finding {
            what: "list",
            says: said!(
                "the list of {campaign} lacks a story, or counts others than it has",
                "la liste de {campaign} manque d’un récit, ou en compte d’autres que les siens"
            ),
            advice: said!(
                "have it made anew from the stories: blon-server relist",
                "faites-la refaire à partir des récits : blon-server relist"
            ),
        },
        Flaw::Withdrawn(id) => Finding {
            what: "withdrawn",
            says: said!(
                "the story {id} was withdrawn and is still here",
                "le récit {id} a été retiré et il est encore ici"
            ),
            advice: said!(
                "take the withdrawal once more, by its code ({})",
                "prenez le retrait une fois de plus, par son code ({})",
                WithdrawalCode::of(*id)
            ),
        },
    }
}

fn broken_log(why: &str) -> Finding {
    Finding {
        what: "audit",
        says: said!("the audit log was changed: {why}", "le journal a été modifié : {why}"),
        advice: said!(
            "compare it with the last backup, and find out who had access to this machine",
            "comparez-le à la dernière copie de secours, et cherchez qui a eu accès à cette machine"
        ),
    }
}

fn lost_file(sha256: &Digest) -> Finding {
    Finding {
        what: "file_lost",
        says: said!("the file {sha256} is not on the disk", "le fichier {sha256} n’est pas sur le disque"),
        advice: said!(
            "copy it from a backup (files/{}/{sha256}), or start headquarters: the device that has it is asked for it again",
            "copiez-le d’une copie de secours (files/{}/{sha256}), ou démarrez le siège : l’appareil qui l’a est prié de le renvoyer",
            shelf(sha256)
        ),
    }
}

fn changed_file(sha256: &Digest) -> Finding {
    Finding {
        what: "file_changed",
        says: said!("the bytes of the file {sha256} are others", "le contenu du fichier {sha256} a changé"),
        advice: said!(
            "take it away, and copy it from a backup or start headquarters: the device that has it is asked for it again",
            "retirez-le, et copiez-le d’une copie de secours, ou démarrez le siège : l’appareil qui l’a est prié de le renvoyer"
        ),
    }
}

fn nobodys_file(sha256: &Digest) -> Finding {
    Finding {
        what: "file_nobodys",
        says: said!("no story names the file {sha256}", "aucun récit ne nomme le fichier {sha256}"),
        advice: said!(
            "if no backup is being brought back, delete files/{}/{sha256}",
            "si aucune copie de secours n’est en train d’être ramenée, effacez files/{}/{sha256}",
            shelf(sha256)
        ),
    }
}

fn erasing() -> Finding {
    Finding {
        what: "erasing",
        says: said!("a withdrawal is not at its end", "un retrait n’est pas terminé"),
        advice: said!("start headquarters: it goes on with it", "démarrez le siège : il le termine"),
    }
}

fn shelf(sha256: &Digest) -> String {
    sha256.as_str().chars().take(2).collect()
}
