//! The columns that every campaign has: the parts of a story, of its changes and of their evidence.

use super::cell::{Cell, Kind};
use super::reading::Outgoing;
use blon_core::change::{Change, Rating};
use blon_core::evidence::{Evidence, FileRef};
use blon_core::questionnaire::answers::Answers;
use blon_core::rubric::Criterion;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a row is about: a story, and in some tables one of its changes, a piece of evidence or a repetition.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The story.
    pub outgoing: &'a Outgoing,
    /// The change, with its number from 1 on.
    pub change: Option<(usize, &'a Change)>,
    /// The piece of evidence, with its number within its change.
    pub piece: Option<(usize, &'a Evidence)>,
    /// The repetition of a repeat, with its number.
    pub repetition: Option<(usize, Uuid)>,
    /// The repetition of another repeat around it.
    pub around: Option<Uuid>,
    /// The answers beyond the model.
    pub answers: Option<&'a Answers>,
}

/// A column of the model.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its value.
    pub get: fn(&Row) -> Cell,
}

const fn field(name: &'static str, kind: Kind, get: fn(&Row) -> Cell) -> Field {
    Field { name, kind, get }
}

macro_rules! of_story {
    ($name:literal, $kind:ident, |$story:ident| $value:expr) => {
        field($name, Kind::$kind, |row| {
            let $story = row.outgoing.released.story();
            $value
        })
    };
}

macro_rules! of_change {
    ($name:literal, $kind:ident, |$change:ident| $value:expr) => {
        field($name, Kind::$kind, |row| row.change.map_or(Cell::Empty, |(_, $change)| $value))
    };
}

macro_rules! of_piece {
    ($name:literal, $kind:ident, |$piece:ident| $value:expr) => {
        field($name, Kind::$kind, |row| row.piece.map_or(Cell::Empty, |(_, $piece)| $value))
    };
}

const STORY_ID: Field =
    field("story_id", Kind::Text, |row| Cell::text(&row.outgoing.released.id().to_string()));
const CHANGE_ID: Field = of_change!("change_id", Text, |change| Cell::text(&change.id.to_string()));
const CHANGE_NUMBER: Field = field("change_number", Kind::Number, |row| {
    row.change.map_or(Cell::Empty, |(number, _)| Cell::count(number))
});
const EVIDENCE_ID: Field = of_piece!("evidence_id", Text, |piece| Cell::text(&piece.id.to_string()));

/// One row a story.
pub const STORY: &[Field] = &[
    STORY_ID,
    field("storyteller", Kind::Text, |row| Cell::text(&row.outgoing.released.id().storyteller())),
    field("campaign", Kind::Text, |row| Cell::text(row.outgoing.campaign.as_str())),
    field("collector", Kind::Text, |row| Cell::text(row.outgoing.released.collector().as_str())),
    field("status", Kind::Text, |row| Cell::word(Some(row.outgoing.status))),
    field("conflict", Kind::YesNo, |row| Cell::YesNo(row.outgoing.released.conflict())),
    field("revisions", Kind::Number, |row| Cell::count(row.outgoing.released.revisions())),
    field("revised_at", Kind::Moment, |row| Cell::Moment(row.outgoing.released.revised())),
    of_story!("date", Date, |story| story.context.date.map_or(Cell::Empty, Cell::Date)),
    of_story!("commune", Text, |story| Cell::text(&story.context.commune)),
    of_story!("village", Text, |story| Cell::text(&story.context.village)),
    of_story!("language", Text, |story| Cell::text(&story.context.language)),
    of_story!("interview_kind", Text, |story| Cell::word(story.context.kind)),
    of_story!("sex", Text, |story| Cell::word(story.storyteller.sex)),
    of_story!("age_band", Text, |story| Cell::text(&story.storyteller.age_band)),
    of_story!("occupation", Text, |story| Cell::text(&story.storyteller.occupation)),
    of_story!("relation", Text, |story| Cell::text(&story.storyteller.relation)),
    of_story!("consent_interview", YesNo, |story| Cell::yes_no(story.consent.interview)),
    of_story!("consent_audio", YesNo, |story| Cell::yes_no(story.consent.audio)),
    of_story!("consent_photo", YesNo, |story| Cell::yes_no(story.consent.photo)),
    of_story!("consent_quote", YesNo, |story| Cell::yes_no(story.consent.quote)),
    of_story!("consent_named", YesNo, |story| Cell::yes_no(story.consent.named)),
    of_story!("consent_contact_again", YesNo, |story| Cell::yes_no(story.consent.contact_again)),
    of_story!("consent_given_by", Text, |story| Cell::word(story.consent.given_by)),
    field("withheld", Kind::Text, |row| {
        let reasons = row.outgoing.released.withheld().iter().map(|withheld| withheld.because.as_str());
        Cell::text(&reasons.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "))
    }),
    of_story!("title", Text, |story| Cell::text(&story.title)),
    of_story!("before", Text, |story| Cell::text(&story.narrative.before)),
    of_story!("what_happened", Text, |story| Cell::text(&story.narrative.what_happened)),
    of_story!("now", Text, |story| Cell::text(&story.narrative.now)),
    of_story!("changes", Number, |story| Cell::count(story.changes.len())),
    field("levels", Kind::Text, |row| {
        let levels = serde_json::to_value(row.outgoing.released.story().levels()).unwrap_or_default();
        let words = levels.as_array().into_iter().flatten().filter_map(|level| level.as_str());
        Cell::text(&words.collect::<Vec<_>>().join(" "))
    }),
    of_story!("evidence", Number, |story| Cell::count(story.evidence().count())),
    of_story!("files", Number, |story| Cell::count(story.files().count())),
    of_story!("difficulty", Text, |story| Cell::text(&story.notes.difficulty)),
    of_story!("solution", Text, |story| Cell::text(&story.notes.solution)),
    of_story!("form", Text, |story| story.form.as_ref().map_or(Cell::Empty, |form| Cell::text(&form.id))),
    of_story!("form_version", Text, |story| {
        story.form.as_ref().map_or(Cell::Empty, |form| Cell::text(&form.version))
    }),
];

/// One row a change.
pub const CHANGE: &[Field] = &[
    STORY_ID,
    CHANGE_ID,
    CHANGE_NUMBER,
    of_change!("level", Text, |change| Cell::word(change.level)),
    of_change!("who", Text, |change| Cell::text(&change.who)),
    of_change!("what", Text, |change| Cell::text(&change.what)),
    of_change!("when", Text, |change| Cell::text(&change.when)),
    of_change!("where", Text, |change| Cell::text(&change.place)),
    of_change!("direction", Text, |change| Cell::word(change.direction)),
    of_change!("expected", YesNo, |change| Cell::yes_no(change.expected)),
    of_change!("importance", Number, |change| rating(change.importance)),
    of_change!("importance_reason", Text, |change| Cell::text(&change.importance_reason)),
    of_change!("contribution", Text, |change| Cell::word(change.contribution)),
    of_change!("contribution_reason", Text, |change| Cell::text(&change.contribution_reason)),
    of_change!("other_causes", Text, |change| Cell::text(&change.other_causes)),
    of_change!("without", Text, |change| Cell::text(&change.without)),
    of_change!("project_named", Text, |change| Cell::word(change.project_named)),
    of_change!("evidence", Number, |change| Cell::count(change.evidence.len())),
    field("rated_evidence", Kind::Number, |row| rated(row, Criterion::Evidence)),
    field("rated_contribution", Kind::Number, |row| rated(row, Criterion::Contribution)),
    field("rated_importance", Kind::Number, |row| rated(row, Criterion::Importance)),
    field("rated_quality", Kind::Number, |row| rated(row, Criterion::Quality)),
    field("raters", Kind::Number, |row| {
        let Some((_, change)) = row.change else { return Cell::Empty };
        let own = row.outgoing.released.ratings().iter().filter(|rating| rating.change == change.id);
        Cell::count(own.map(|rating| &rating.author).collect::<BTreeSet<_>>().len())
    }),
    field("verified", Kind::Text, |row| {
        row.change.map_or(Cell::Empty, |(_, change)| Cell::word(row.outgoing.released.verified(change.id)))
    }),
];

/// One row a piece of evidence.
pub const EVIDENCE: &[Field] = &[
    STORY_ID,
    CHANGE_ID,
    CHANGE_NUMBER,
    EVIDENCE_ID,
    field("evidence_number", Kind::Number, |row| {
        row.piece.map_or(Cell::Empty, |(number, _)| Cell::count(number))
    }),
    of_piece!("kind", Text, |piece| Cell::word(piece.kind)),
    of_piece!("description", Text, |piece| Cell::text(&piece.description)),
    of_piece!("strength", Number, |piece| rating(piece.strength)),
    of_piece!("file_name", Text, |piece| file(piece, |file| Cell::text(&file_name(file)))),
    of_piece!("file_sha256", Text, |piece| file(piece, |file| Cell::text(file.sha256.as_str()))),
    of_piece!("file_media_type", Text, |piece| file(piece, |file| Cell::text(&file.media_type))),
    of_piece!("file_bytes", Long, |piece| file(piece, |file| {
        Cell::Number(i64::try_from(file.bytes).unwrap_or(i64::MAX))
    })),
    field("file_at_headquarters", Kind::YesNo, |row| {
        let whole = |file: &FileRef| Cell::YesNo(row.outgoing.whole.contains(&file.sha256));
        row.piece.map_or(Cell::Empty, |(_, piece)| file(piece, whole))
    }),
    field("file_withheld", Kind::YesNo, |row| {
        row.piece.map_or(Cell::Empty, |(_, piece)| Cell::YesNo(row.outgoing.released.keeps_file_of(piece.id)))
    }),
];

/// What stands before the answers of one repetition that is neither a change nor a piece of evidence.
pub const REPETITION: &[Field] = &[
    STORY_ID,
    CHANGE_ID,
    EVIDENCE_ID,
    field("around_id", Kind::Text, |row| row.around.map_or(Cell::Empty, |id| Cell::text(&id.to_string()))),
    field("repetition_id", Kind::Text, |row| {
        row.repetition.map_or(Cell::Empty, |(_, id)| Cell::text(&id.to_string()))
    }),
    field("number", Kind::Number, |row| {
        row.repetition.map_or(Cell::Empty, |(number, _)| Cell::count(number))
    }),
];

fn rating(rating: Option<Rating>) -> Cell {
    rating.map_or(Cell::Empty, |rating| Cell::Number(u8::from(rating).into()))
}

/// What was last said of this change by a supervisor who rated this criterion.
fn rated(row: &Row, criterion: Criterion) -> Cell {
    let Some((_, change)) = row.change else { return Cell::Empty };
    let own = row.outgoing.released.ratings().iter().rev().filter(|rating| rating.change == change.id);
    rating(own.filter_map(|rating| rating.ratings.get(&criterion)).copied().next())
}

fn file(piece: &Evidence, get: impl Fn(&FileRef) -> Cell) -> Cell {
    piece.file.as_ref().map_or(Cell::Empty, get)
}

/// Where a file stands in the archive with evidence.
pub fn file_name(file: &FileRef) -> String {
    format!("files/{}.{}", file.sha256, extension(&file.media_type))
}

/// The end of a file's name by its media type, which comes from a device: only those that are known are believed.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "audio/mpeg" => "mp3",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => "m4a",
        "audio/aac" => "aac",
        "audio/ogg" => "ogg",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/webm" | "video/webm" => "webm",
        "video/mp4" => "mp4",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "bin",
    }
}
