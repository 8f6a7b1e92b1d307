//! What of a story can be searched for, the same on a device and at headquarters.
//!
//! Accents and capitals are left to the stores' own indices; what these keep apart and people do not, is made the same
//! here, for the words of a story and for those that are looked for.

use crate::questionnaire::answers::Answers;
use crate::story::Story;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::ops::RangeInclusive;

/// What stands above and below letters, once it is taken from them (Unicode, block "Combining Diacritical Marks").
const ACCENTS: RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// Every word of a story that can be searched for. Who told it is not part of a story.
pub fn words_of(story: &Story) -> String {
    let mut words = vec![
        story.title.as_str(),
        &story.context.village,
        &story.context.commune,
        &story.storyteller.occupation,
        &story.narrative.before,
        &story.narrative.what_happened,
        &story.narrative.now,
        &story.notes.difficulty,
        &story.notes.solution,
    ];
    for change in &story.changes {
        words.extend([
            change.who.as_str(),
            &change.what,
            &change.when,
            &change.place,
            &change.importance_reason,
            &change.contribution_reason,
            &change.other_causes,
            &change.without,
        ]);
        words.extend(change.evidence.iter().map(|piece| piece.description.as_str()));
    }
    other_words(&story.other, &mut words);
    plain(&words.join("\n"))
}

fn other_words<'a>(answers: &'a Answers, words: &mut Vec<&'a str>) {
    words.extend(answers.given.values().map(String::as_str));
    for repetition in answers.repeats.values().flatten() {
        other_words(&repetition.answers, words);
    }
}

/// The words that somebody looks for: what has no letter and no digit is none.
pub fn asked_for(text: &str) -> Vec<String> {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    words.map(plain).collect()
}

/// The words of a text as an index keeps them: letters and digits that stand together, small and without accents.
pub fn tokens(text: &str) -> Vec<String> {
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&plain(text)).into_owned();
    let bare = apart.chars().filter(|letter| !ACCENTS.contains(letter));
    let lower: String = bare.flat_map(char::to_lowercase).collect();
    lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Letters that are written as one, as two; every apostrophe the same.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'œ' | 'Œ' => plain.push_str("oe"),
            'æ' | 'Æ' => plain.push_str("ae"),
            '’' | 'ʼ' => plain.push('\''),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        let story = Story { title: "Les bœufs de l’éleveur".to_owned(), ..Story::default() };
        assert!(words_of(&story).contains("Les boeufs de l'éleveur"));
        assert_eq!(asked_for(" bœuf  -- l’eau"), ["boeuf", "l'eau"]);
        assert_eq!(
            tokens("L’ÉLÈVE a 12 bœufs, à Kéniéro — ɲɛgɛn."),
            ["l", "eleve", "a", "12", "boeufs", "a", "keniero", "ɲɛgɛn"]
        );
    }
}
