//! Words from elsewhere as a terminal may show them.

/// The text without what could end its line, move the cursor or turn the reading direction: a title must not be able
/// to pass for something that a tool said. Each such character becomes `�`.
pub fn one_line(text: &str) -> String {
    // The marks that turn the direction of what follows, and the separators of lines.
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_pass_for_a_line_of_ours() {
        assert_eq!(one_line("Le puits\napproved \u{1b}[2J\u{202e}x"), "Le puits�approved �[2J�x");
        assert_eq!(one_line("Yɛlɛma maana — « été »"), "Yɛlɛma maana — « été »");
    }
}
