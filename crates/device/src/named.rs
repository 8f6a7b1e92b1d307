//! Which files a story names: those are kept, and any other is let go.

use crate::error::Result;
use crate::store::{StoredRecord, Tx};
use blon_core::evidence::FileRef;
use blon_core::id::{Digest, StoryId};
use blon_core::questionnaire::answers::Answers;
use std::collections::BTreeSet;

/// The files that the revisions among these records name.
pub(crate) fn named_files<'r>(records: impl Iterator<Item = &'r StoredRecord>) -> BTreeSet<Digest> {
    let mut named = BTreeSet::new();
    for stored in records {
        named.extend(stored.record.act.files().into_iter().map(|file| file.sha256.clone()));
    }
    named
}

/// What a revision among these records says of a file.
pub(crate) fn file_named(records: &[StoredRecord], sha256: &Digest) -> Option<FileRef> {
    let named =
        |stored: &StoredRecord| stored.record.act.files().into_iter().find(|f| f.sha256 == *sha256).cloned();
    records.iter().rev().find_map(named)
}

/// Every file that the story of a draft names: in its revisions, its open draft, its deleted one; and its storyteller's face, in
/// plain and sealed.
pub(crate) fn named_anywhere(tx: &Tx, id: StoryId) -> Result<BTreeSet<Digest>> {
    let mut named = named_files(tx.records_of(id)?.iter());
    named.extend(tx.identity(id)?.face.map(|face| face.sha256));
    named.extend(tx.sealed_faces(id)?);
    for row in [tx.draft(id)?, tx.discarded(id)?].into_iter().flatten() {
        named.extend(row.content.files().map(|file| file.sha256.clone()));
        row.answers.iter().for_each(|answers| named_in(answers, &mut named));
    }
    Ok(named)
}

/// The files that answers name.
pub(crate) fn named_in(answers: &Answers, named: &mut BTreeSet<Digest>) {
    named.extend(answers.given.values().filter_map(|answer| answer.parse().ok()));
    answers.repeats.values().flatten().for_each(|repetition| named_in(&repetition.answers, named));
}
