//! Which part of a story of change a question fills: the column `maps_to`, so that any questionnaire yields
//! structured changes.
//!
//! A mapped answer lives in the story alone, and the rest in [`Story::other`]; nothing is kept or sent twice, and
//! [`answers_of`] puts both together again. The words of `maps_to` are those of [`crate::remark::AnswerPath`]:
//! `narrative.before`, and inside a repeat that maps to `changes` just `level`; inside one that maps to
//! `evidence`, just `kind`. What maps to `identity` never becomes part of a story.

mod fields;

use super::answers::{Answers, Repetition};
use super::check::{Fault, FaultKind};
use super::form::{AnswerType, Bound, Kind, Node, NodeIndex, Questionnaire};
use super::show::{Item, ItemKind};
use super::state::{Answered, State, Surroundings};
use super::workbook::{Finding, Sheet};
use crate::evidence::FileRef;
use crate::id::Digest;
use crate::place::coarse;
use crate::said;
use crate::said::Said;
use crate::story::{FormVersion, Identity, Story};
pub use fields::FACE;
use fields::{CHANGE, EVIDENCE, Field, IDENTITY, Part, STORY};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use uuid::Uuid;

/// What the answers tell: the story, and who told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What may leave the device.
    pub story: Story,
    /// What may not.
    pub identity: Identity,
}

/// Where a questionnaire's mapped questions are; found when it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapped {
    changes: Option<NodeIndex>,
    evidence: Option<NodeIndex>,
    /// Each mapped question, with its field.
    questions: Vec<(NodeIndex, &'static Field)>,
}

impl Mapped {
    pub(crate) fn of(questionnaire: &Questionnaire) -> Self {
        let mut mapped = Mapped::default();
        for (index, node) in questionnaire.nodes.iter().enumerate().skip(1) {
            match (&node.kind, node.maps_to.as_str()) {
                (_, "") => {}
                (Kind::Repeat { .. }, "changes") if node.frame == 0 => mapped.changes = Some(index),
                (Kind::Repeat { .. }, "evidence") if mapped.changes == Some(node.frame) => {
                    mapped.evidence = Some(index);
                }
                (Kind::Question(_), name) => {
                    let field = mapped.fields_in(node.frame).find(|field| field.name == name);
                    mapped.questions.extend(field.map(|field| (index, field)));
                }
                _ => {}
            }
        }
        mapped
    }

    /// The fields that questions of this frame may map to.
    fn fields_in(&self, frame: NodeIndex) -> impl Iterator<Item = &'static Field> {
        let (one, two): (&[Field], &[Field]) = if frame == 0 {
            (STORY, IDENTITY)
        } else if Some(frame) == self.changes {
            (CHANGE, &[])
        } else if Some(frame) == self.evidence {
            (EVIDENCE, &[])
        } else {
            (&[], &[])
        };
        one.iter().chain(two)
    }

    /// The field that a question fills; they stand in the order of the questionnaire.
    fn field(&self, index: NodeIndex) -> Option<&'static Field> {
        let place = self.questions.binary_search_by_key(&index, |(question, _)| *question).ok()?;
        self.questions.get(place).map(|(_, field)| *field)
    }

    fn is_mapped(&self, index: NodeIndex) -> bool {
        self.field(index).is_some()
    }
}

/// Which answer of a story each part of a questionnaire fills: what a comment or a gap points at is asked there.
pub(crate) struct Fills<'q> {
    mapped: &'q Mapped,
    /// The field by node; empty for none.
    names: Vec<&'q str>,
}

impl<'q> Fills<'q> {
    pub fn of(questionnaire: &'q Questionnaire) -> Self {
        let mapped = &questionnaire.mapped;
        let mut names: Vec<&str> = questionnaire.nodes.iter().map(|node| node.maps_to.as_str()).collect();
        // A field that is computed is asked by the first question that its calculation names.
        for (index, field) in &mapped.questions {
            let question = questionnaire.node(*index).question();
            let calculation = question.and_then(|question| question.calculation.as_ref());
            let asked = calculation.and_then(|calculation| {
                calculation.references().into_iter().find_map(|reference| match reference {
                    Bound::Node { node, .. } => Some(*node),
                    Bound::Here | Bound::Column(_) => None,
                })
            });
            if let Some(name) = asked.and_then(|asked| names.get_mut(asked)).filter(|name| name.is_empty()) {
                *name = field.name;
            }
        }
        Fills { mapped, names }
    }

    /// What a question, group or repeat fills in this scope.
    pub fn node(&self, state: &State<'_>, index: NodeIndex, scope: usize) -> String {
        let name = self.names.get(index).copied().unwrap_or_default();
        let frame = state.questionnaire.node(index).frame;
        match () {
            () if name.is_empty() => String::new(),
            () if frame == 0 => name.to_owned(),
            () if Some(frame) == self.mapped.evidence => self.repetition(state, frame, scope),
            () => format!("{}/{name}", self.repetition(state, frame, scope)),
        }
    }

    /// What one repetition is.
    pub fn repetition(&self, state: &State<'_>, repeat: NodeIndex, scope: usize) -> String {
        let Some(here) = state.scopes.get(scope) else { return String::new() };
        if Some(repeat) == self.mapped.changes {
            format!("changes/{}", here.id)
        } else if Some(repeat) == self.mapped.evidence {
            let change = state.scopes.get(here.parent).map(|change| change.id).unwrap_or_default();
            format!("changes/{change}/evidence/{}", here.id)
        } else {
            String::new()
        }
    }
}

/// What is wrong with the column `maps_to`.
pub fn findings(questionnaire: &Questionnaire) -> Vec<Finding> {
    let mapped = &questionnaire.mapped;
    let mut found = Vec::new();
    for (index, node) in questionnaire.nodes.iter().enumerate().skip(1) {
        let name = node.maps_to.as_str();
        let mut find = |wrong: Said| found.push(Finding::new(Sheet::Survey, node.row, "maps_to", wrong));
        if name.is_empty() {
            continue;
        }
        let own = mapped.questions.iter().find(|(question, _)| *question == index);
        let Some((_, field)) = own else {
            if mapped.changes != Some(index) && mapped.evidence != Some(index) {
                find(said!(
                    "{name:?} is no part of a story that can stand here",
                    "« {name} » n’est pas une partie du récit que l’on puisse remplir ici"
                ));
            }
            continue;
        };
        let twin = mapped.questions.iter().find(|(other, f)| *other < index && std::ptr::eq(*f, *field));
        if let Some((other, _)) = twin {
            let row = questionnaire.node(*other).row;
            find(said!("row {row} fills {name} already", "la ligne {row} remplit déjà {name}"));
        }
        if let Some(wrong) = node.question().and_then(|q| field.unfit(questionnaire, &q.answer)) {
            find(wrong);
        }
    }
    found
}

impl State<'_> {
    /// The story that the answers tell: those of questions that are asked. What no question asks for any more is not
    /// told ([`Questionnaire::unasked`]). `file` gives what is known of an evidence file.
    pub fn told(&self, answers: &Answers, file: &impl Fn(&Digest) -> Option<FileRef>) -> Told {
        let mapped = &self.questionnaire.mapped;
        let mut whole = json!({ "story": Story::default(), "identity": Identity::default() });
        for (index, field) in &mapped.questions {
            if self.questionnaire.node(*index).frame == 0
                && let Some(value) = self.field(*index, 0, field, file)
            {
                field.put(&mut whole, value);
            }
        }
        let changes = mapped.changes.map(|repeat| self.changes(mapped, repeat, file)).unwrap_or_default();
        if let Some(place) = whole.pointer_mut("/story/changes") {
            *place = Json::Array(changes);
        }
        // Each value was made for its place; if one were not, the answers would still be in `other`.
        let mut part = |name: &str| whole.get_mut(name).map(Json::take).unwrap_or_default();
        let (story, identity) = (part("story"), part("identity"));
        let mut story: Story = serde_json::from_value(story).unwrap_or_default();
        story.form = Some(FormVersion {
            id: self.questionnaire.id.clone(),
            version: self.questionnaire.version.clone(),
        });
        story.other = self.other(mapped, 0, 0, answers);
        story.attachments = self.attachments(mapped, file);
        Told { story, identity: serde_json::from_value(identity).unwrap_or_default() }
    }

    fn field(
        &self,
        index: NodeIndex,
        scope: usize,
        field: &Field,
        file: &impl Fn(&Digest) -> Option<FileRef>,
    ) -> Option<Json> {
        let cell = self.cell(index, scope).filter(|cell| cell.relevant)?;
        field.value(&self.as_told(index, scope, &cell.atom.text()), file)
    }

    /// An answer as it leaves the interview: a place is coarse, unless its question has a reason to be told more.
    fn as_told(&self, index: NodeIndex, scope: usize, answer: &str) -> String {
        match self.questionnaire.node(index).question() {
            Some(asked) if asked.answer == AnswerType::Geopoint => {
                let agreed = |when| self.evaluate(when, index, scope).truth();
                if asked.exact_place.as_ref().is_some_and(agreed) {
                    answer.to_owned()
                } else {
                    coarse(answer)
                }
            }
            _ => answer.to_owned(),
        }
    }

    fn changes(
        &self,
        mapped: &Mapped,
        repeat: NodeIndex,
        file: &impl Fn(&Digest) -> Option<FileRef>,
    ) -> Vec<Json> {
        let tell = |scope: usize| {
            let mut change = self.object(mapped, repeat, scope, CHANGE, file);
            let pieces = mapped.evidence.map(|evidence| {
                self.repetitions(evidence, scope)
                    .map(|piece| Json::Object(self.object(mapped, evidence, piece, EVIDENCE, file)))
                    .collect()
            });
            change.insert("evidence".to_owned(), Json::Array(pieces.unwrap_or_default()));
            Json::Object(change)
        };
        self.repetitions(repeat, 0).map(tell).collect()
    }

    /// One repetition as the object that a change or a piece of evidence is.
    fn object(
        &self,
        mapped: &Mapped,
        frame: NodeIndex,
        scope: usize,
        fields: &'static [Field],
        file: &impl Fn(&Digest) -> Option<FileRef>,
    ) -> Map<String, Json> {
        let id = self.scopes.get(scope).map(|scope| scope.id).unwrap_or_default();
        let mut object = Map::from_iter([("id".to_owned(), json!(id))]);
        object.extend(fields.iter().map(|field| (field.name.to_owned(), field.nothing())));
        for (index, field) in &mapped.questions {
            if self.questionnaire.node(*index).frame == frame
                && let Some(value) = self.field(*index, scope, field, file)
            {
                object.insert(field.name.to_owned(), value);
            }
        }
        object
    }

    /// The repetitions of a repeat that is asked, inside this scope.
    fn repetitions(&self, repeat: NodeIndex, around: usize) -> impl Iterator<Item = usize> {
        let asked = self.cell(repeat, around).is_some_and(|cell| cell.relevant);
        let scopes = self.scopes.iter().enumerate();
        scopes.filter(move |(_, s)| asked && s.frame == repeat && s.parent == around).map(|(scope, _)| scope)
    }

    /// The files of questions that fill no field, each once.
    fn attachments(&self, mapped: &Mapped, file: &impl Fn(&Digest) -> Option<FileRef>) -> Vec<FileRef> {
        let mut found: Vec<FileRef> = Vec::new();
        for cell in self.cells.iter().filter(|cell| cell.relevant && !mapped.is_mapped(cell.node)) {
            let holds_file =
                self.questionnaire.node(cell.node).question().is_some_and(|q| q.answer.is_file());
            let known = if holds_file { cell.atom.text().parse().ok() } else { None };
            let new = known.and_then(|digest| file(&digest)).filter(|file| !found.contains(file));
            found.extend(new);
        }
        found
    }

    /// The answers that no field of a story holds.
    fn other(&self, mapped: &Mapped, frame: NodeIndex, scope: usize, answers: &Answers) -> Answers {
        let mut other = Answers::default();
        for (key, answer) in &answers.given {
            // Where no question asks for it nobody can say any more what it is: it may be a name. It stays where it was given.
            let Some(index) = self.questionnaire.keyed(key, frame) else { continue };
            let asked = self.cell(index, scope).is_some_and(|cell| cell.relevant);
            let computed = self.questionnaire.node(index).question().is_some_and(|q| q.calculation.is_some());
            if asked && !computed && !mapped.is_mapped(index) {
                other.set(key, &self.as_told(index, scope, answer));
            }
        }
        for (key, repetitions) in &answers.repeats {
            let Some(repeat) = self.questionnaire.keyed(key, frame) else { continue };
            let in_the_story = mapped.changes == Some(repeat) || mapped.evidence == Some(repeat);
            let mut kept = Vec::new();
            for repetition in repetitions {
                let inside = self
                    .repetitions(repeat, scope)
                    .find(|s| self.scopes.get(*s).is_some_and(|s| s.id == repetition.id))
                    .map(|scope| self.other(mapped, repeat, scope, &repetition.answers));
                let answers = inside.unwrap_or_default();
                if !(in_the_story && answers.is_empty()) {
                    kept.push(Repetition { id: repetition.id, answers });
                }
            }
            if !kept.is_empty() {
                other.repeats.insert(key.clone(), kept);
            }
        }
        other
    }
}

/// The answers that tell this story: what [`State::told`] took apart, put together.
pub fn answers_of(questionnaire: &Questionnaire, story: &Story, identity: &Identity) -> Answers {
    let mapped = &questionnaire.mapped;
    let mut answers = story.other.clone();
    let put = |answers: &mut Answers, frame: NodeIndex, part: Part| {
        for (index, field) in &mapped.questions {
            let node = questionnaire.node(*index);
            if node.frame == frame {
                answers.set(&node.key, &field.answer(part));
            }
        }
    };
    put(&mut answers, 0, Part::Whole(story, identity));
    if let Some(repeat) = mapped.changes {
        for change in &story.changes {
            let inside = repetition_of(&mut answers, &questionnaire.node(repeat).key, change.id.0);
            put(inside, repeat, Part::Change(change));
            if let Some(evidence) = mapped.evidence {
                for piece in &change.evidence {
                    let inside = repetition_of(inside, &questionnaire.node(evidence).key, piece.id.0);
                    put(inside, evidence, Part::Piece(piece));
                }
            }
            in_order(inside, mapped.evidence.map(|e| &questionnaire.node(e).key), &|id| {
                change.evidence.iter().position(|piece| piece.id.0 == id)
            });
        }
        in_order(&mut answers, Some(&questionnaire.node(repeat).key), &|id| {
            story.changes.iter().position(|change| change.id.0 == id)
        });
    }
    answers
}

/// A story as the answers that tell it: those of [`answers_of`], read where they stand.
#[derive(Clone, Copy)]
struct AsTold<'q> {
    mapped: &'q Mapped,
    /// What fields are read from; none in a repetition that the story does not have.
    part: Option<Part<'q>>,
    /// What no field holds.
    other: Option<&'q Answers>,
}

impl<'q> AsTold<'q> {
    fn of(questionnaire: &'q Questionnaire, story: &'q Story, identity: &'q Identity) -> Self {
        let part = Some(Part::Whole(story, identity));
        AsTold { mapped: &questionnaire.mapped, part, other: Some(&story.other) }
    }
}

impl<'q> Answered<'q> for AsTold<'q> {
    fn answer(self, index: NodeIndex, question: &Node) -> Cow<'q, str> {
        match self.part.zip(self.mapped.field(index)) {
            Some((part, field)) => field.answer(part),
            None => self.other.map_or("", |other| other.get(&question.key)).into(),
        }
    }

    fn repetitions(self, index: NodeIndex, repeat: &Node) -> Vec<(Uuid, Self)> {
        let index = Some(index);
        let told: Vec<(Uuid, Part)> = match self.part {
            Some(Part::Whole(story, _)) if self.mapped.changes == index => {
                story.changes.iter().map(|change| (change.id.0, Part::Change(change))).collect()
            }
            Some(Part::Change(change)) if self.mapped.evidence == index => {
                change.evidence.iter().map(|piece| (piece.id.0, Part::Piece(piece))).collect()
            }
            _ => Vec::new(),
        };
        let other = || self.other.and_then(|other| other.repeats.get(&repeat.key)).into_iter().flatten();
        let own = |id| other().find(|one| one.id == id).map(|one| &one.answers);
        let known =
            told.iter().map(|(id, part)| (*id, AsTold { part: Some(*part), other: own(*id), ..self }));
        let alone = other().filter(|one| told.iter().all(|(id, _)| *id != one.id));
        let alone = alone.map(|one| (one.id, AsTold { part: None, other: Some(&one.answers), ..self }));
        known.chain(alone).collect()
    }
}

/// Takes out of answers what tells who the storyteller is.
pub fn without_identity(questionnaire: &Questionnaire, answers: &mut Answers) {
    for (index, field) in &questionnaire.mapped.questions {
        if field.name.starts_with("identity.") {
            answers.set(&questionnaire.node(*index).key, "");
        }
    }
}

/// What is wrong with a story that was told to this questionnaire, by the same rules as where it was told. Who told
/// it is not known here, so nothing is said of that. `surroundings` are those of its signing off: a rule that
/// looks at today means that day. A rule of the author's own about a place was kept where it was measured: what is told may be
/// too coarse for it.
pub fn faults(
    questionnaire: &Questionnaire,
    story: &Story,
    surroundings: &Surroundings,
) -> Vec<(String, Fault)> {
    let nobody = Identity::default();
    let state = State::over(questionnaire, AsTold::of(questionnaire, story, &nobody), surroundings);
    // Most stories are right: what each question says and offers is not made for them.
    if state.is_valid_but_for(|node| node.maps_to.starts_with("identity.")) {
        return Vec::new();
    }
    let items = state.items();
    let known = |item: &Item| !item.fills.starts_with("identity.");
    let found = items.into_iter().filter(known).filter_map(|item| Some((item.path, item.kind, item.fault?)));
    let coarse = |kind, fault: &Fault| kind == ItemKind::Geopoint && fault.kind == FaultKind::Constraint;
    found.filter(|(_, kind, fault)| !coarse(*kind, fault)).map(|(path, _, fault)| (path, fault)).collect()
}

fn repetition_of<'a>(answers: &'a mut Answers, key: &str, id: Uuid) -> &'a mut Answers {
    let repetitions = answers.repeats.entry(key.to_owned()).or_default();
    let place = repetitions.iter().position(|r| r.id == id).unwrap_or_else(|| {
        repetitions.push(Repetition { id, answers: Answers::default() });
        repetitions.len() - 1
    });
    #[allow(clippy::indexing_slicing)] // Found, or just put there.
    &mut repetitions[place].answers
}

/// The repetitions in the order of the story; those it does not know come last.
fn in_order(answers: &mut Answers, key: Option<&String>, place: &dyn Fn(Uuid) -> Option<usize>) {
    if let Some(repetitions) = key.and_then(|key| answers.repeats.get_mut(key)) {
        repetitions.sort_by_key(|repetition| place(repetition.id).unwrap_or(usize::MAX));
    }
}

#[cfg(test)]
mod tests;
