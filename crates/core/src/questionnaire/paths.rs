//! Where answers are kept: `story_title`, `change/<id>/level`. A path leads through repetitions to a question's key.

use super::answers::Answers;
use super::begin::repetition;
use super::form::{AnswerType, Kind, Question, Questionnaire};
use super::show::LeftOver;
use super::state::Surroundings;
use crate::error::{Code, Problem};
use crate::id::Digest;
use uuid::Uuid;

/// Puts an answer at a path where the questionnaire keeps one; gives what stood there. A file must be one that
/// `is_here`.
///
/// # Errors
/// `answer_not_asked`; `file_not_found`.
pub fn put(
    questionnaire: &Questionnaire,
    answers: &mut Answers,
    path: &str,
    answer: &str,
    is_here: &dyn Fn(&Digest) -> bool,
) -> Result<Option<String>, Problem> {
    let (steps, key) = parse(path);
    let question = asked_at(questionnaire, &steps, &key).ok_or_else(|| not_asked(path))?;
    let inside = repetition(answers, &steps).ok_or_else(|| not_asked(path))?;
    // Words are kept as they are; around anything else a blank means nothing, and would be taken for another answer.
    let answer = if question.answer == AnswerType::Text { answer } else { answer.trim() };
    if question.answer.is_file() && answer.parse().is_ok_and(|digest| !is_here(&digest)) {
        let message = format!("the file {answer} is not on this device");
        return Err(Problem { code: Code::FileNotFound, message });
    }
    let before = inside.given.get(&key).cloned();
    inside.set(&key, answer);
    Ok(before)
}

/// The question that is answered at the end of these steps, whether or not it is asked now.
pub fn asked_at<'q>(
    questionnaire: &'q Questionnaire,
    steps: &[(&str, Uuid)],
    key: &str,
) -> Option<&'q Question> {
    let frame = steps.iter().try_fold(0, |frame, (key, _)| {
        questionnaire
            .keyed(key, frame)
            .filter(|repeat| matches!(questionnaire.node(*repeat).kind, Kind::Repeat { .. }))
    })?;
    let question = questionnaire.node(questionnaire.keyed(key, frame)?).question()?;
    Some(question).filter(|question| question.answer.is_asked() && question.calculation.is_none())
}

/// The answer at a path; empty where there is none.
pub fn given<'a>(answers: &'a mut Answers, path: &str) -> &'a str {
    let (steps, key) = parse(path);
    repetition(answers, &steps).map_or("", |inside| inside.get(&key))
}

/// Puts an answer where none is, whatever the questionnaire says of it. Gives whether it was put.
pub fn put_raw(answers: &mut Answers, path: &str, answer: &str) -> bool {
    let (steps, key) = parse(path);
    let inside = repetition(answers, &steps).filter(|inside| !key.is_empty() && inside.get(&key).is_empty());
    inside.map(|inside| inside.set(&key, answer)).is_some()
}

/// The repetitions that a path leads through, and the key at its end. What stands between two ids is one key, since
/// a key may hold slashes itself.
pub fn parse(path: &str) -> (Vec<(&str, Uuid)>, String) {
    let (mut steps, mut from) = (Vec::new(), 0);
    let mut at = 0;
    for part in path.split('/') {
        if let Ok(id) = part.parse::<Uuid>() {
            let key = path.get(from..at.max(1) - 1).unwrap_or_default();
            steps.push((key, id));
            from = at + part.len() + 1;
        }
        at += part.len() + 1;
    }
    (steps, path.get(from..).unwrap_or_default().to_owned())
}

/// Adds a repetition of the repeat at this path, with this id.
///
/// # Errors
/// `answer_not_asked` where no repeat is at this path.
pub fn add(
    questionnaire: &Questionnaire,
    answers: &mut Answers,
    path: &str,
    new: Uuid,
    surroundings: &Surroundings,
) -> Result<(), Problem> {
    let (steps, key) = parse(path);
    let added = questionnaire.add_repetition(answers, &steps, &key, new, surroundings);
    if added { Ok(()) } else { Err(not_asked(path)) }
}

/// Takes the repetition at this path away, with all that was answered in it.
///
/// # Errors
/// `answer_not_asked` where none is at this path.
pub fn remove(answers: &mut Answers, path: &str) -> Result<(), Problem> {
    let (mut steps, inside) = parse(path);
    // A path to something inside means that, and not all that is around it.
    let last = steps.pop().filter(|_| inside.is_empty());
    let (key, gone) = last.ok_or_else(|| not_asked(path))?;
    let inside = repetition(answers, &steps).and_then(|inside| inside.repeats.get_mut(key));
    let repetitions = inside.ok_or_else(|| not_asked(path))?;
    let before = repetitions.len();
    repetitions.retain(|repetition| repetition.id != gone);
    if repetitions.len() < before { Ok(()) } else { Err(not_asked(path)) }
}

/// Every file among the answers, with the path of its answer.
pub fn files(answers: &Answers) -> Vec<LeftOver> {
    fn walk(answers: &Answers, before: &str, found: &mut Vec<LeftOver>) {
        for (key, answer) in &answers.given {
            if answer.parse::<Digest>().is_ok() {
                found.push(LeftOver { path: format!("{before}{key}"), answer: answer.clone() });
            }
        }
        for (key, repetitions) in &answers.repeats {
            for repetition in repetitions {
                walk(&repetition.answers, &format!("{before}{key}/{}/", repetition.id), found);
            }
        }
    }
    let mut found = Vec::new();
    walk(answers, "", &mut found);
    found
}

fn not_asked(path: &str) -> Problem {
    let message = format!("the questionnaire keeps nothing at {path:?}");
    Problem { code: Code::AnswerNotAsked, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_repetitions() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(parse("title"), (vec![], "title".to_owned()));
        assert_eq!(parse("g/title"), (vec![], "g/title".to_owned()));
        let deep = format!("change/{one}/a/evidence/{two}/kind");
        assert_eq!(parse(&deep), (vec![("change", one), ("a/evidence", two)], "kind".to_owned()));
        assert_eq!(parse(&format!("change/{one}")), (vec![("change", one)], String::new()));
        assert_eq!(parse(&format!("{one}/x")).0, vec![("", one)]);
        assert_eq!(parse(""), (vec![], String::new()));
    }
}
