//! Functions on words. Positions are counted in characters, never in bytes.

/// Words between blanks, as `select_multiple` keeps its choices.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// `substr(text, from, to)`: from the character numbered `from`, counted from 0, up to but without `to`. A
/// negative position is counted from the end.
pub fn substr(text: &str, from: f64, to: Option<f64>) -> String {
    let length = text.chars().count();
    let begin = position(from, length);
    let end = to.map_or(length, |to| position(to, length));
    text.chars().skip(begin).take(end.saturating_sub(begin)).collect()
}

fn position(place: f64, length: usize) -> usize {
    #[allow(clippy::cast_precision_loss)] // No answer has 2^52 characters.
    let counted = if place < 0.0 { place + length as f64 } else { place };
    // A cast of a double stops at the ends, and takes what is no number for 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let place = counted as usize;
    place.min(length)
}

/// XPath's `substring(text, from, length)`: counted from 1, with XPath's own rounding.
pub fn substring(text: &str, from: f64, length: Option<f64>) -> String {
    let begin = round(from);
    let end = length.map_or(f64::INFINITY, |length| begin + round(length));
    let mut place = 0.0;
    let inside = |_: &char| {
        place += 1.0;
        place >= begin && place < end
    };
    text.chars().filter(inside).collect()
}

/// XPath's rounding: a half goes up, towards positive infinity.
pub fn round(number: f64) -> f64 {
    (number + 0.5).floor()
}

/// `translate(text, from, to)`: each character of `from` becomes the one at its place in `to`, or nothing.
pub fn translate(text: &str, from: &str, to: &str) -> String {
    let instead = |letter: char| match from.chars().position(|c| c == letter) {
        Some(place) => to.chars().nth(place),
        None => Some(letter),
    };
    text.chars().filter_map(instead).collect()
}

/// `normalize-space(text)`.
pub fn normalize_space(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}
