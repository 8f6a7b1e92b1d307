//! Names: those of who told the story, and what looks like one.

use super::words::{Word, words};
use super::{Against, Found, Telling};
use std::collections::BTreeSet;

/// How few letters a part of a name may have: two are a word of every sentence.
const SHORTEST: usize = 3;
/// How many parts of one word a name may be joined of: `N'Diaye`, `d'El-Hadj`.
const JOINED: usize = 4;

/// Family names of Mali, as they are compared.
const FAMILIES: &[&str] = &[
    "bagayoko",
    "bah",
    "ballo",
    "bamba",
    "berthe",
    "camara",
    "cisse",
    "coulibaly",
    "dabo",
    "danioko",
    "dansoko",
    "dante",
    "dembele",
    "diabate",
    "diakite",
    "diallo",
    "diarra",
    "diawara",
    "dicko",
    "dolo",
    "doucoure",
    "doumbia",
    "doumbouya",
    "drame",
    "fane",
    "fofana",
    "guindo",
    "haidara",
    "kamara",
    "kamissoko",
    "kante",
    "kassogue",
    "keita",
    "konate",
    "kone",
    "kouyate",
    "magassa",
    "magassouba",
    "maiga",
    "mariko",
    "niangaly",
    "niare",
    "ongoiba",
    "sacko",
    "samake",
    "sangare",
    "sanogo",
    "sidibe",
    "simpara",
    "sinayoko",
    "sissoko",
    "soumaoro",
    "soumare",
    "sow",
    "sylla",
    "tall",
    "tangara",
    "tembely",
    "thiam",
    "togola",
    "tounkara",
    "toure",
    "traore",
    "yattara",
];

/// Words of every day that are names as well, or stand in the name of a group: on their own they name somebody only where a
/// capital inside a sentence says so.
const EVERYDAY: &[&str] = &[
    "action",
    "aime",
    "amie",
    "ange",
    "assemblee",
    "association",
    "baba",
    "belle",
    "benefice",
    "blanche",
    "chance",
    "chasseurs",
    "chef",
    "claire",
    "comite",
    "commune",
    "conseil",
    "conseiller",
    "cooperative",
    "desire",
    "dieu",
    "dieudonne",
    "eleveurs",
    "enfants",
    "espoir",
    "famille",
    "femme",
    "femmes",
    "fete",
    "fille",
    "fleur",
    "fort",
    "frere",
    "gra",
    "grace",
    "groupe",
    "groupement",
    "habitants",
    "homme",
    "hommes",
    "hope",
    "imam",
    "jeune",
    "jeunes",
    "joie",
    "juste",
    "lumiere",
    "maire",
    "marche",
    "marie",
    "membres",
    "mere",
    "paix",
    "pasteur",
    "patience",
    "pecheurs",
    "pere",
    "personne",
    "pierre",
    "planteurs",
    "president",
    "presidente",
    "prudence",
    "recherche",
    "reine",
    "roi",
    "rose",
    "sable",
    "sage",
    "secretaire",
    "soeur",
    "tresoriere",
    "union",
    "victoire",
    "vieux",
    "village",
    "volonte",
    "women",
    "men",
    "youth",
    "group",
    "joy",
];

/// Words that begin a sentence or stand before a name, and are part of none.
const NONE: &[&str] = &[
    "a",
    "abord",
    "ai",
    "alors",
    "an",
    "and",
    "apres",
    "association",
    "au",
    "aussi",
    "aux",
    "avais",
    "avait",
    "avant",
    "avec",
    "bonjour",
    "but",
    "car",
    "ce",
    "cela",
    "cercle",
    "ces",
    "cette",
    "chef",
    "chez",
    "clan",
    "comme",
    "commune",
    "dans",
    "de",
    "depuis",
    "des",
    "docteur",
    "donc",
    "du",
    "dugutigi",
    "elle",
    "elles",
    "en",
    "ensuite",
    "entre",
    "est",
    "et",
    "etais",
    "etait",
    "famille",
    "familles",
    "for",
    "from",
    "groupe",
    "hier",
    "hui",
    "i",
    "ici",
    "il",
    "ils",
    "imam",
    "is",
    "je",
    "la",
    "le",
    "les",
    "leur",
    "lui",
    "ma",
    "madame",
    "maire",
    "mais",
    "merci",
    "mes",
    "mister",
    "moi",
    "mon",
    "monsieur",
    "mr",
    "mrs",
    "n",
    "ne",
    "nos",
    "notre",
    "nous",
    "o",
    "on",
    "or",
    "ou",
    "par",
    "parce",
    "pour",
    "president",
    "presidente",
    "puis",
    "quand",
    "quartier",
    "que",
    "qui",
    "quoi",
    "sa",
    "sans",
    "ses",
    "si",
    "son",
    "sont",
    "sous",
    "sur",
    "that",
    "the",
    "their",
    "then",
    "they",
    "this",
    "tous",
    "toute",
    "toutes",
    "tres",
    "un",
    "une",
    "vers",
    "village",
    "voici",
    "vos",
    "votre",
    "was",
    "when",
    "with",
];

/// What is said before one's name, as words are compared.
const CALLED: &[&[&str]] = &[
    &["je", "mappelle"],
    &["je", "me", "nomme"],
    &["on", "mappelle"],
    &["on", "me", "nomme"],
    &["mon", "nom", "est"],
    &["mon", "nom", "cest"],
    &["mon", "prenom", "est"],
    &["my", "name", "is"],
    &["my", "names", "is"],
    &["i", "am", "called"],
    &["they", "call", "me"],
    &["n", "togo", "ye"],
    &["ne", "togo", "ye"],
    &["n", "togo", "ko"],
];

/// What in these words of a text is a name, or the exact place of who told it.
pub fn find(text: &str, words: &[Word<'_>], against: &Against<'_>) -> Vec<Found> {
    let places: BTreeSet<String> = against.places.iter().flat_map(|place| parts(place, 1)).collect();
    let mut found = Vec::new();
    if let Some(identity) = against.identity {
        let mut own = parts(&identity.name, SHORTEST);
        own.retain(|part| !places.contains(part) && !NONE.contains(&part.as_str()));
        known_names(text, words, &own, &places, &mut found);
        known_place(words, &identity.place, &places, &mut found);
    }
    introduced(text, words, &mut found);
    families(text, words, &places, &mut found);
    found
}

/// The parts of a name, as they are compared: each word, and whatever is joined in it, of so many letters.
fn parts(name: &str, shortest: usize) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for word in words(name) {
        for count in 1..=JOINED.min(word.pieces.len()) {
            let joined = word.pieces.windows(count);
            parts.extend(
                joined.map(|pieces| pieces.iter().map(|(_, _, piece)| piece.as_str()).collect::<String>()),
            );
        }
    }
    parts.retain(|part| part.chars().count() >= shortest && part.contains(char::is_alphabetic));
    parts
}

fn known_names(
    text: &str,
    words: &[Word<'_>],
    own: &BTreeSet<String>,
    places: &BTreeSet<String>,
    found: &mut Vec<Found>,
) {
    for word in words {
        if places.contains(&word.folded) {
            continue;
        }
        let mut from = 0;
        while from < word.pieces.len() {
            // The longest first, so that `N'Diaye` is one name.
            let joined = (1..=JOINED.min(word.pieces.len() - from)).rev().find_map(|count| {
                let joined = word.pieces.get(from..from + count)?;
                let folded: String = joined.iter().map(|(_, _, piece)| piece.as_str()).collect();
                let ((start, ..), (_, end, _)) = (joined.first()?, joined.last()?);
                let named = own.contains(&folded)
                    && (!EVERYDAY.contains(&folded.as_str()) || is_marked_as_name(text, *start));
                named.then_some((count, *start, *end))
            });
            match joined {
                Some((count, start, end)) => {
                    found.push(Found { kind: Telling::Name, known: true, start, end });
                    from += count;
                }
                None => from += 1,
            }
        }
    }
}

/// Whether a capital inside a sentence says that this is a name.
fn is_marked_as_name(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let before = before.trim_end_matches(|sign: char| sign.is_whitespace() && sign != '\n');
    let begins = before.is_empty()
        || before.ends_with(['.', '!', '?', '…', ':', '\n', '«', '"', '“', '-', '–', '—', '(']);
    !begins && text.get(start..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase)
}

/// The place where they are found, in the words in which it was given: each of its parts between commas.
fn known_place(words_there: &[Word<'_>], place: &str, places: &BTreeSet<String>, found: &mut Vec<Found>) {
    for phrase in place.split([',', ';', '\n']) {
        let phrase: Vec<String> = words(phrase).iter().map(|word| word.folded.clone()).collect();
        let letters: usize =
            phrase.iter().map(|word| word.chars().filter(|c| c.is_alphabetic()).count()).sum();
        let tells = |word: &String| {
            !places.contains(word) && !NONE.contains(&word.as_str()) && !EVERYDAY.contains(&word.as_str())
        };
        if letters < 5 || !phrase.iter().any(tells) {
            continue;
        }
        for there in words_there.windows(phrase.len()) {
            let same = there.iter().zip(&phrase).all(|(word, wanted)| word.folded == *wanted);
            if let (true, Some(first), Some(last)) = (same, there.first(), there.last()) {
                let (start, end) = (first.start, last.end);
                found.push(Found { kind: Telling::Place, known: true, start, end });
            }
        }
    }
}

/// Who says what they are called.
fn introduced(text: &str, words: &[Word<'_>], found: &mut Vec<Found>) {
    for at in 0..words.len() {
        let said = |phrase: &&&[&str]| {
            let there = words.get(at..at + phrase.len());
            there.is_some_and(|there| there.iter().zip(**phrase).all(|(word, said)| word.folded == **said))
        };
        let Some(phrase) = CALLED.iter().find(said) else { continue };
        let from = at + phrase.len();
        let Some(first) = words.get(from).filter(|word| may_be_name(word)) else { continue };
        let more = words.get(from + 1..).unwrap_or_default();
        let mut end = first.end;
        for word in more.iter().take(3) {
            if !word.is_capitalised() || !only_blanks(text, end, word.start) || !may_be_name(word) {
                break;
            }
            end = word.end;
        }
        found.push(Found { kind: Telling::Name, known: false, start: first.start, end });
    }
}

/// First name and family name, in either order.
fn families(text: &str, words: &[Word<'_>], places: &BTreeSet<String>, found: &mut Vec<Found>) {
    let named =
        |word: &&Word<'_>| word.is_capitalised() && may_be_name(word) && !places.contains(&word.folded);
    for (at, family) in words.iter().enumerate() {
        if !FAMILIES.contains(&family.folded.as_str()) || !family.is_capitalised() {
            continue;
        }
        let (mut start, mut end) = (family.start, family.end);
        for word in words.get(..at).unwrap_or_default().iter().rev().take(3).take_while(|word| named(word)) {
            if !only_blanks(text, word.end, start) {
                break;
            }
            start = word.start;
        }
        for word in words.get(at + 1..).unwrap_or_default().iter().take(3).take_while(|word| named(word)) {
            if !only_blanks(text, end, word.start) {
                break;
            }
            end = word.end;
        }
        if (start, end) != (family.start, family.end) {
            found.push(Found { kind: Telling::Name, known: false, start, end });
        }
    }
}

fn may_be_name(word: &Word<'_>) -> bool {
    let folded = word.folded.as_str();
    // In `C’est` and `Qu’il` it is what stands last that is none.
    let last = word.pieces.last().map_or("", |(_, _, piece)| piece.as_str());
    folded.chars().count() > 1
        && folded.chars().all(char::is_alphabetic)
        && ![folded, last].iter().any(|part| NONE.contains(part))
}

fn only_blanks(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| between.chars().all(|sign| sign.is_whitespace() && sign != '\n'))
}
