//! Joining what two people wrote apart, so that neither loses a word.
//!
//! A three-way merge of stories. Three contents are laid over each other: the two newest, and the last one that both come from. What only one side changed is
//! taken from that side. Where both changed the same text, both texts stay, one after the other; where both chose otherwise,
//! the choice of the first stands. All of these are told, for somebody to look at. Changes, evidence and repetitions are
//! known by their ids: one that either side added is there, and one that was taken out on one side and changed on the other stays.

use crate::fold::{Folded, Revision};
use crate::id::RecordId;
use crate::remark::AnswerPath;
use crate::story::Story;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use ts_rs::TS;

/// What came of joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Both together.
    pub story: Story,
    /// Where both sides had changed the same answer.
    pub clashes: Vec<Clash>,
}

/// An answer that both sides had changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Clash {
    /// Which.
    pub answer: AnswerPath,
    /// What one side says, as it stands in JSON where it is no text.
    pub one: String,
    /// What the other says.
    pub other: String,
}

/// What stands between two texts of which both stay.
const BETWEEN: &str = "\n\n";

/// The newest revisions of a story, joined; with one alone, its content.
pub fn join_heads(folded: &Folded) -> Option<Joined> {
    let mut heads = folded.heads.iter().rev().filter_map(|head| folded.revision(*head));
    let first = heads.next()?;
    let mut joined = Joined { story: first.story.clone(), clashes: Vec::new() };
    for head in heads {
        let base = common(folded, first, head).map(|revision| &revision.story);
        let next = join(base, &joined.story, &head.story)?;
        joined.story = next.story;
        joined.clashes.extend(next.clashes);
    }
    Some(joined)
}

/// The last revision from which both come.
fn common<'a>(folded: &'a Folded, one: &Revision, other: &Revision) -> Option<&'a Revision> {
    let (one, other) = (ancestors(folded, one.id), ancestors(folded, other.id));
    folded.revisions.iter().rev().find(|revision| one.contains(&revision.id) && other.contains(&revision.id))
}

fn ancestors(folded: &Folded, of: RecordId) -> BTreeSet<RecordId> {
    let (mut found, mut next) = (BTreeSet::new(), vec![of]);
    while let Some(revision) = next.pop().and_then(|id| folded.revision(id)) {
        let before = revision.builds_on.iter().filter(|id| found.insert(**id));
        next.extend(before);
    }
    found
}

/// `one` and `other` together, which both come from `base`. `None` if that cannot be read as a story, which no two stories give.
pub fn join(base: Option<&Story>, one: &Story, other: &Story) -> Option<Joined> {
    let value = |story: &Story| serde_json::to_value(story).ok();
    let base = base.and_then(value).unwrap_or(Value::Null);
    let mut clashes = Vec::new();
    let joined = values(&base, &value(one)?, &value(other)?, "", &mut clashes);
    Some(Joined { story: serde_json::from_value(joined).ok()?, clashes })
}

fn values(base: &Value, one: &Value, other: &Value, path: &str, clashes: &mut Vec<Clash>) -> Value {
    if one == other || other == base {
        return one.clone();
    }
    if one == base {
        return other.clone();
    }
    // A file is its bytes: of two, one stands, and the other is still in its revision.
    let is_file = one.get("sha256").is_some();
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if !is_file => {
            Value::Object(objects(base, one, other, path, clashes))
        }
        (Value::Array(one), Value::Array(other)) => Value::Array(lists(base, one, other, path, clashes)),
        // One side added to what the other added.
        (Value::String(one), Value::String(other)) if is_prose(path) && holds_all(one, other, base) => {
            one.clone().into()
        }
        (Value::String(one), Value::String(other)) if is_prose(path) && holds_all(other, one, base) => {
            other.clone().into()
        }
        _ => {
            clashes.push(Clash { answer: answer_at(path), one: told(one), other: told(other) });
            match (one, other) {
                (Value::String(one), Value::String(other)) if is_prose(path) => {
                    format!("{one}{BETWEEN}{other}").into()
                }
                // Of two answers about consent the one that allows less stands.
                (Value::Bool(one), Value::Bool(other)) if path.starts_with("consent.") => {
                    (*one && *other).into()
                }
                (Value::Null, other) => other.clone(),
                (one, _) => one.clone(),
            }
        }
    }
}

/// Whether a text has all of another, which has all of what both come from: nothing was taken out on purpose.
fn holds_all(long: &str, short: &str, base: &Value) -> bool {
    long.contains(short) && short.contains(base.as_str().unwrap_or_default())
}

/// The answer that a place belongs to: where no answer has this very path, one around it has.
fn answer_at(path: &str) -> AnswerPath {
    let around = path.match_indices('/').rev().map(|(end, _)| path.get(..end).unwrap_or_default());
    let found = std::iter::once(path).chain(around).find_map(|path| path.parse().ok());
    found.unwrap_or(AnswerPath::Whole)
}

/// Whether an answer is written in words of one's own; the others are choices, dates and digests.
fn is_prose(path: &str) -> bool {
    const CHOICES: [&str; 17] = [
        "context.date",
        "context.commune",
        "context.language",
        "context.kind",
        "storyteller.sex",
        "storyteller.age_band",
        "storyteller.relation",
        "consent.given_by",
        "level",
        "direction",
        "contribution",
        "project_named",
        "kind",
        "media_type",
        "sha256",
        "version",
        "id",
    ];
    let own = path.rsplit('/').next().unwrap_or(path);
    !CHOICES.contains(&own) && !path.starts_with("other.") && !path.starts_with("form.")
}

fn told(value: &Value) -> String {
    match value {
        Value::Object(file) if file.contains_key("sha256") => {
            file.get("media_type").map(told).unwrap_or_default()
        }
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn objects(
    base: &Value,
    one: &Map<String, Value>,
    other: &Map<String, Value>,
    path: &str,
    clashes: &mut Vec<Clash>,
) -> Map<String, Value> {
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let none = Value::Null;
    let of = |map: &Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or(Value::Null);
    let mut joined = Map::new();
    for key in keys {
        let before = base.get(key).unwrap_or(&none);
        let value = values(before, &of(one, key), &of(other, key), &below(path, key), clashes);
        // What is absent on both sides together stays absent.
        if !value.is_null() || one.get(key).or(other.get(key)).is_some_and(Value::is_null) {
            joined.insert(key.clone(), value);
        }
    }
    joined
}

/// The path of a field, as [`AnswerPath`] writes it.
fn below(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ if path.starts_with("changes/") => format!("{path}/{key}"),
        _ => format!("{path}.{key}"),
    }
}

/// What tells an element of a list from the others: its id, a file's digest, or all of it.
fn key_of(element: &Value) -> String {
    let named = element.get("id").or_else(|| element.get("sha256"));
    named.map_or_else(|| element.to_string(), told)
}

fn lists(base: &Value, one: &[Value], other: &[Value], path: &str, clashes: &mut Vec<Clash>) -> Vec<Value> {
    let none = Value::Null;
    let before = base.as_array().map(Vec::as_slice).unwrap_or_default();
    let find = |list: &[Value], wanted: &str| list.iter().find(|element| key_of(element) == wanted).cloned();
    let mut names: Vec<String> = one.iter().map(key_of).collect();
    let added: Vec<String> = other.iter().map(key_of).filter(|name| !names.contains(name)).collect();
    names.extend(added);
    let mut joined = Vec::new();
    for wanted in names {
        let was = find(before, &wanted);
        let at = format!("{path}/{wanted}");
        match (find(one, &wanted), find(other, &wanted)) {
            (Some(one), Some(other)) => {
                joined.push(values(was.as_ref().unwrap_or(&none), &one, &other, &at, clashes));
            }
            // Taken out on the other side: gone, unless this side changed it since.
            (Some(here), None) | (None, Some(here)) if was.as_ref() != Some(&here) => joined.push(here),
            _ => {}
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Change, Level};
    use crate::id::ChangeId;
    use uuid::Uuid;

    fn change(id: u128, what: &str) -> Change {
        let value = serde_json::json!({
            "id": Uuid::from_u128(id), "level": null, "who": "Les femmes", "what": what, "when": "", "where": "",
            "direction": null, "expected": null, "importance": null, "importance_reason": "", "contribution": null,
            "contribution_reason": "", "other_causes": "", "without": "", "project_named": null, "evidence": []
        });
        serde_json::from_value(value).unwrap()
    }

    fn story(title: &str, before: &str, changes: Vec<Change>) -> Story {
        let mut story = Story { title: title.to_owned(), changes, ..Story::default() };
        story.narrative.before = before.to_owned();
        story
    }

    #[test]
    fn what_one_side_changed_is_taken_and_what_both_changed_stays_twice() {
        let base = story("Le puits", "Sec.", vec![change(1, "Elles puisent"), change(2, "Elles vendent")]);
        let mut one = story("Le puits de Balan", "Sec.", vec![change(1, "Elles puisent ensemble")]);
        let other = story(
            "Le puits",
            "Sec depuis deux ans.",
            vec![
                change(1, "Elles puisent à tour de rôle"),
                change(2, "Elles vendent"),
                change(3, "Elles plantent"),
            ],
        );
        one.changes[0].level = Some(Level::Collective);
        let joined = join(Some(&base), &one, &other).unwrap();
        assert_eq!(joined.story.title, "Le puits de Balan");
        assert_eq!(joined.story.narrative.before, "Sec depuis deux ans.");
        let what: Vec<&str> = joined.story.changes.iter().map(|change| change.what.as_str()).collect();
        assert_eq!(what, ["Elles puisent ensemble\n\nElles puisent à tour de rôle", "Elles plantent"]);
        assert_eq!(joined.story.changes[0].level, Some(Level::Collective));
        let clash = Clash {
            answer: AnswerPath::Change(ChangeId(Uuid::from_u128(1)), "what"),
            one: "Elles puisent ensemble".to_owned(),
            other: "Elles puisent à tour de rôle".to_owned(),
        };
        assert_eq!(joined.clashes, [clash]);
    }

    #[test]
    fn a_name_that_was_taken_out_does_not_come_back_unseen() {
        let base = story("", "Fatou, au puits", vec![]);
        let mut one = story("", "au puits", vec![]);
        let mut other = story("", "Fatou, au puits, le soir", vec![]);
        (one.consent.named, other.consent.named) = (Some(true), Some(false));
        let joined = join(Some(&base), &one, &other).unwrap();
        let clashes: Vec<_> = joined.clashes.iter().map(|clash| clash.answer.to_string()).collect();
        assert_eq!(clashes, ["consent.named", "narrative.before"], "somebody is told");
        assert_eq!(joined.story.consent.named, Some(false), "what allows less stands");
    }

    #[test]
    fn a_change_that_was_taken_out_here_and_rewritten_there_stays() {
        let base = story("", "", vec![change(1, "Elles puisent")]);
        let one = story("", "", Vec::new());
        let other = story("", "", vec![change(1, "Elles puisent ensemble")]);
        for (one, other) in [(&one, &other), (&other, &one)] {
            let joined = join(Some(&base), one, other).unwrap();
            assert_eq!(joined.story.changes, [change(1, "Elles puisent ensemble")]);
        }
    }

    #[test]
    fn evidence_that_was_described_apart_says_so_at_the_evidence() {
        let with = |description: &str, bytes: u64| {
            let mut change = change(1, "x");
            change.evidence.push(
                serde_json::from_value(serde_json::json!({
                    "id": Uuid::from_u128(9), "kind": "photo", "description": description, "strength": null,
                    "file": { "sha256": format!("{bytes:064x}"), "bytes": bytes, "media_type": "image/jpeg" }
                }))
                .unwrap(),
            );
            story("", "", vec![change])
        };
        let joined = join(Some(&with("", 1)), &with("Le puits", 2), &with("Le marché", 3)).unwrap();
        let at = format!("changes/{}/evidence/{}", Uuid::from_u128(1), Uuid::from_u128(9));
        let clashes: Vec<_> = joined.clashes.iter().map(|clash| clash.answer.to_string()).collect();
        assert_eq!(clashes, [at.clone(), at]);
        let evidence = &joined.story.changes[0].evidence[0];
        assert_eq!(evidence.description, "Le puits\n\nLe marché");
        assert_eq!(evidence.file.as_ref().unwrap().bytes, 2, "a file is taken whole");
    }

    #[test]
    fn two_choices_of_the_same_are_told_and_one_stands() {
        let base = story("", "", vec![change(1, "x")]);
        let (mut one, mut other) = (base.clone(), base.clone());
        one.changes[0].level = Some(Level::Individual);
        other.changes[0].level = Some(Level::Community);
        let joined = join(Some(&base), &one, &other).unwrap();
        assert_eq!(joined.story.changes[0].level, Some(Level::Individual));
        let clash = joined.clashes.first().unwrap();
        assert_eq!((clash.one.as_str(), clash.other.as_str()), ("individual", "community"));
        // Without anything that both come from, whatever differs is told.
        assert!(join(None, &story("a", "", vec![]), &story("b", "", vec![])).unwrap().clashes.len() == 1);
    }

    /// Two stories of which every answer is otherwise.
    #[test]
    fn whatever_two_stories_say_their_joining_can_be_read_as_a_story() {
        let told = |n: u8, choice: [&str; 6], yes: bool| -> Story {
            let sum = format!("{n:064x}");
            let file =
                serde_json::json!({ "sha256": sum, "bytes": n, "media_type": "image/jpeg", "marks": [n] });
            serde_json::from_value(serde_json::json!({
                "title": format!("t{n}"),
                "context": { "date": format!("2022-09-1{n}"), "commune": format!("c{n}"), "village": format!("v{n}"),
                    "language": format!("l{n}"), "kind": choice[0] },
                "storyteller": { "sex": choice[1], "age_band": format!("a{n}"), "occupation": format!("o{n}"),
                    "relation": format!("r{n}") },
                "consent": { "interview": yes, "audio": yes, "photo": yes, "quote": yes, "named": yes,
                    "contact_again": yes, "given_by": choice[2] },
                "narrative": { "before": format!("b{n}"), "what_happened": format!("w{n}"), "now": format!("n{n}") },
                "changes": [{ "id": Uuid::from_u128(1), "level": choice[3], "who": format!("w{n}"),
                    "what": format!("h{n}"), "when": format!("e{n}"), "where": format!("p{n}"),
                    "direction": choice[4], "expected": yes, "importance": n, "importance_reason": format!("i{n}"),
                    "contribution": choice[5], "contribution_reason": format!("c{n}"), "other_causes": format!("o{n}"),
                    "without": format!("x{n}"), "project_named": if yes { "prompted" } else { "unprompted" },
                    "evidence": [{ "id": Uuid::from_u128(2), "kind": if yes { "photo" } else { "audio" },
                        "description": format!("d{n}"), "strength": n, "file": file }] }],
                "notes": { "difficulty": format!("d{n}"), "solution": format!("s{n}") },
                "form": { "id": format!("f{n}"), "version": format!("{n}") },
                "other": { "given": { "q": format!("g{n}") },
                    "repeats": { "r": [{ "id": Uuid::from_u128(3), "answers": { "given": { "q": format!("g{n}") } } }] } },
                "attachments": [file]
            }))
            .unwrap()
        };
        let one = told(1, ["individual", "female", "spoken", "individual", "positive", "none"], true);
        let other = told(2, ["group", "male", "signed", "collective", "negative", "high"], false);
        for base in [
            None,
            Some(&one),
            Some(&told(3, ["group", "mixed", "thumbprint", "community", "positive", "low"], true)),
        ] {
            let joined = join(base, &one, &other).expect("it can be read");
            assert_eq!(joined.story.attachments.len(), if base == Some(&one) { 1 } else { 2 });
        }
        assert_eq!(
            join(Some(&one), &one, &other).unwrap().story,
            other,
            "what one side alone changed is taken whole"
        );
    }
}
