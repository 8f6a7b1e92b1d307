//! The words of a text, as names are compared: without capitals, accents, hyphens and apostrophes.

use super::MASKS;

/// A word of a text.
#[derive(Debug)]
pub struct Word<'t> {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// As it is written.
    pub text: &'t str,
    /// What hyphens and apostrophes join in it: where each begins and ends, and how it is compared. None for a mask.
    pub pieces: Vec<(usize, usize, String)>,
    /// The whole word, as it is compared.
    pub folded: String,
}

impl Word<'_> {
    /// Whether it begins with a capital.
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase) && !self.pieces.is_empty()
    }
}

/// Every word of a text, in order. A mask is one word that is like no other.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(mask) = MASKS.iter().find(|mask| rest.starts_with(**mask)) {
            let end = at + mask.len();
            words.push(Word {
                start: at,
                end,
                text: text.get(at..end).unwrap_or_default(),
                pieces: Vec::new(),
                folded: String::new(),
            });
            at = end;
            continue;
        }
        let first = rest.chars().next().unwrap_or_default();
        if !first.is_alphanumeric() {
            at += first.len_utf8();
            continue;
        }
        let word = word(text, at);
        at = word.end;
        words.push(word);
    }
    words
}

fn word(text: &str, start: usize) -> Word<'_> {
    let mut pieces = Vec::new();
    let mut from = start;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let len = rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        let end = from + len;
        pieces.push((from, end, fold(text.get(from..end).unwrap_or_default())));
        let mut after = text.get(end..).unwrap_or_default().chars();
        match (after.next(), after.next()) {
            (Some(joiner), Some(next)) if is_joiner(joiner) && next.is_alphanumeric() => {
                from = end + joiner.len_utf8();
            }
            _ => {
                let folded = pieces.iter().map(|(_, _, piece)| piece.as_str()).collect();
                return Word { start, end, text: text.get(start..end).unwrap_or_default(), pieces, folded };
            }
        }
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_mark(letter)
}

/// Accents that stand apart from their letter.
fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '‘' | '`' | '-' | '\u{2010}' | '\u{2011}')
}

/// As words are compared.
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase).filter(|letter| !is_mark(*letter)) {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ɛ' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' | 'ŋ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ɔ' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ɲ' => folded.push_str("ny"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ʼ' => {}
            other => folded.push(other),
        }
    }
    folded
}
