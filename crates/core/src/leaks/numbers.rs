//! Numbers that lead to somebody: telephones, exact coordinates; and e-mail addresses.
//!
//! A village's story is full of years, ages and prices. So digits alone are a telephone only as people write one: in pairs, or
//! as eight in a row that are no date and no sum.

use super::{Found, Telling};
use crate::story::Identity;
use chrono::NaiveDate;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The digits of a number in Mali.
const NATIONAL: usize = 8;
/// The most digits of any number: E.164.
const LONGEST: usize = 15;
/// How far before a number it may say that it is one, in characters.
const CUE: usize = 28;

static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+").ok());
/// Four decimals are a house.
static DEGREES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"[-−]?[0-9]{1,3}[.,][0-9]{4,}";
    let side = r"(?:\s?°)?(?:\s?[NSEOWnseow]\b)?";
    Regex::new(&format!(r"{number}{side}\s?[,;/]?\s?{number}{side}")).ok()
});
static MINUTES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let angle = r#"[0-9]{1,3}\s?°\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?['’′](?:\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?["”″]|\s?[0-9]{1,2}(?:[.,][0-9]+)?\s?['’′]{2})?(?:\s?[NSEOW]\b)?"#;
    Regex::new(&format!(r"{angle}(?:\s?[,;/]?\s?{angle})?")).ok()
});

/// What in a text is a number or an address that leads to somebody.
pub fn find(text: &str, identity: Option<&Identity>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |kind, known, range: Range<usize>| {
        found.push(Found { kind, known, start: range.start, end: range.end });
    };
    for (kind, pattern) in [(Telling::Email, &EMAIL), (Telling::Place, &DEGREES), (Telling::Place, &MINUTES)]
    {
        for there in pattern.iter().flat_map(|pattern| pattern.find_iter(text)) {
            add(kind, false, there.range());
        }
    }
    let known = identity.map(|identity| known_numbers(&identity.phone)).unwrap_or_default();
    for run in runs(text) {
        for phone in run.known(&known) {
            add(Telling::Phone, true, phone);
        }
        for phone in run.phones(text) {
            add(Telling::Phone, false, phone);
        }
    }
    found
}

/// The digits of the numbers that a storyteller gave, without the code of the country.
fn known_numbers(given: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    for part in given.split(['/', ',', ';', '\n']) {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        let bare = digits.strip_prefix("00").unwrap_or(&digits);
        let national = bare.strip_prefix("223").filter(|rest| rest.len() == NATIONAL).unwrap_or(bare);
        if national.len() >= 6 {
            numbers.push(national.to_owned());
        }
    }
    numbers
}

/// Digits without anything between them.
struct Group<'t> {
    start: usize,
    end: usize,
    digits: &'t str,
    /// What stands between it and the one before.
    before: &'t str,
}

/// Groups of digits with nothing but what parts a number between them.
struct Run<'t> {
    /// Where a plus stands before them.
    plus: Option<usize>,
    groups: Vec<Group<'t>>,
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut at = 0;
    let mut open = false;
    while let Some(rest) = text.get(at..) {
        let Some(start) = rest.find(|sign: char| sign.is_ascii_digit()).map(|found| at + found) else {
            break;
        };
        let from = text.get(start..).unwrap_or_default();
        let end = start + from.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(from.len());
        let before = text.get(at..start).unwrap_or_default();
        let in_word = text.get(..start).unwrap_or_default().ends_with(char::is_alphabetic)
            || text
                .get(end..)
                .unwrap_or_default()
                .starts_with(|sign: char| sign.is_alphabetic() || sign == '@');
        let plus = before.ends_with('+').then(|| start - 1);
        let group = Group { start, end, digits: text.get(start..end).unwrap_or_default(), before };
        match runs.last_mut() {
            _ if in_word => open = false,
            Some(run) if open && plus.is_none() && parts_a_number(before) => run.groups.push(group),
            _ => {
                runs.push(Run { plus, groups: vec![group] });
                open = true;
            }
        }
        at = end;
    }
    runs
}

fn parts_a_number(between: &str) -> bool {
    let parts = |sign| {
        matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '\u{2010}' | '\u{2011}' | '/' | '(' | ')')
    };
    (1..=2).contains(&between.chars().count()) && between.chars().all(parts)
}

impl Run<'_> {
    /// Where the numbers of who told the story stand, in whatever groups.
    fn known(&self, numbers: &[String]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for first in 0..self.groups.len() {
            let mut digits = String::new();
            for group in self.groups.get(first..).unwrap_or_default() {
                digits.push_str(group.digits);
                let rest = digits.strip_prefix("00").unwrap_or(&digits);
                let bare = rest.strip_prefix("223").unwrap_or(rest);
                if numbers.iter().any(|number| *number == digits || *number == rest || *number == bare) {
                    found.push(self.start(first)..group.end);
                }
                if digits.len() > LONGEST + 2 {
                    break;
                }
            }
        }
        found
    }

    fn start(&self, group: usize) -> usize {
        let own = self.groups.get(group).map_or(0, |group| group.start);
        self.plus.filter(|_| group == 0).unwrap_or(own)
    }

    /// Where a telephone number seems to stand.
    fn phones(&self, text: &str) -> Vec<Range<usize>> {
        let end = self.groups.last().map_or(0, |group| group.end);
        let first = self.groups.first().map_or("", |group| group.digits);
        if self.plus.is_some() || first.starts_with("00") {
            return self.international().into_iter().collect();
        }
        if is_sum(text.get(end..).unwrap_or_default()) {
            return Vec::new();
        }
        let total: usize = self.groups.iter().map(|group| group.digits.len()).sum();
        if (NATIONAL..=LONGEST).contains(&total) && is_announced(text, self.start(0)) {
            return std::iter::once(self.start(0)..end).collect();
        }
        let mut found: Vec<Range<usize>> =
            self.groups.iter().filter(|g| is_solid(g.digits)).map(|g| g.start..g.end).collect();
        found.extend(self.in_pairs());
        found
    }

    /// From a plus, or 00, on: as many groups as such a number has.
    fn international(&self) -> Option<Range<usize>> {
        let mut digits = String::new();
        let mut end = None;
        let zeros = if self.plus.is_some() { 0 } else { 2 };
        for group in &self.groups {
            digits.push_str(group.digits);
            let bare = digits.get(zeros..).unwrap_or_default();
            let least = if zeros == 0 { NATIONAL } else { NATIONAL + 1 };
            if bare.len() > LONGEST {
                break;
            }
            if bare.len() >= least {
                end = Some(group.end);
            }
            if bare.starts_with("223") && bare.len() >= NATIONAL + 3 {
                break;
            }
        }
        end.map(|end| self.start(0)..end)
    }

    /// Four pairs with the same between them, as numbers are written in Mali; two such numbers may follow each other.
    fn in_pairs(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.groups.len() {
            let rest = self.groups.get(at..).unwrap_or_default();
            let between = rest.get(1).map_or("", |group| group.before);
            let more =
                rest.iter().skip(1).take_while(|group| group.digits.len() == 2 && group.before == between);
            let pairs =
                if rest.first().is_some_and(|group| group.digits.len() == 2) { 1 + more.count() } else { 0 };
            let numbers = rest.get(..pairs).unwrap_or_default().chunks(4);
            let begin = numbers.clone().all(|number| number.first().is_some_and(|pair| begins(pair.digits)));
            if pairs > 0 && pairs % 4 == 0 && begin {
                let country = at
                    .checked_sub(1)
                    .filter(|before| self.groups.get(*before).is_some_and(|group| group.digits == "223"));
                for (nth, number) in numbers.enumerate() {
                    if let (Some(first), Some(last)) = (number.first(), number.last()) {
                        let start = country.filter(|_| nth == 0).map_or(first.start, |at| self.start(at));
                        found.push(start..last.end);
                    }
                }
            }
            at += pairs.max(1);
        }
        found
    }
}

/// The first digits that numbers in Mali have.
fn begins(digits: &str) -> bool {
    digits.starts_with(['2', '5', '6', '7', '8', '9'])
}

/// Eight digits in a row, or eleven with the country's: no date, and no round sum.
fn is_solid(digits: &str) -> bool {
    let national = digits.strip_prefix("223").filter(|rest| rest.len() == NATIONAL).unwrap_or(digits);
    let is_date = |format| NaiveDate::parse_from_str(national, format).is_ok();
    national.len() == NATIONAL
        && begins(national)
        && !national.ends_with("000")
        && !(national.starts_with("20") && is_date("%Y%m%d"))
        && !(national.get(4..6) == Some("20") && is_date("%d%m%Y"))
}

/// Whether what follows says that it was money or a measure.
fn is_sum(after: &str) -> bool {
    let after = after.trim_start().to_lowercase();
    let units = [
        "fcfa", "cfa", "f ", "f.", "f,", "franc", "euro", "€", "$", "dollar", "%", "kg", "tonne", "km",
        "habitant",
    ];
    after == "f" || units.iter().any(|unit| after.starts_with(unit))
}

/// Whether what stands before says that a telephone number follows.
fn is_announced(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let from = before.char_indices().rev().nth(CUE).map_or(0, |(at, _)| at);
    let before = super::words::fold(before.get(from..).unwrap_or_default());
    let cues = [
        "tel",
        "telephone",
        "phone",
        "numero",
        "number",
        "whatsapp",
        "appeler",
        "appelle",
        "appelez",
        "call",
        "contact",
        "mobile",
        "portable",
    ];
    before.split(|sign: char| !sign.is_alphanumeric()).any(|word| cues.contains(&word))
}
