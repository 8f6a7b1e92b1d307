//! Stories in any number, for figures that depend on what people write: taken from prose that was written for this,
//! told by invented people, and mixed so that no two are alike.
//!
//! The prose is in two parts that share no story. What is trained on one is measured on the other: a dictionary that had
//! seen the very sentences would flatter itself. Sentences that come again have some of their words replaced by others of
//! the same part, as often as people write them, so that neither a dictionary nor a long window finds whole sentences.

use crate::places::project;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One part of the prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What a dictionary may learn from.
    Training,
    /// What is measured.
    Measured,
}

/// Of 100 words, how many are replaced.
const REPLACED: u64 = 15;

/// Stories mixed from one part of the prose; the same again for the same number.
pub struct Prose {
    stories: Vec<Value>,
    words: Vec<String>,
}

/// Random enough to mix, and the same again for the same seed (SplitMix64: Steele, Lea, Flood 2014).
pub struct Chance(u64);

impl Chance {
    /// The chance of this seed.
    pub fn of_seed(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// The next number.
    #[allow(clippy::should_implement_trait)] // It never ends.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below this limit, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

impl Prose {
    /// Reads one part.
    pub fn read(part: Part) -> Self {
        let text = std::fs::read_to_string(project().join("tests/fixtures/prose.fr.json")).unwrap();
        let all: Vec<Value> =
            serde_json::from_value(serde_json::from_str::<Value>(&text).unwrap()["stories"].take()).unwrap();
        // One story in four is for training: what is measured needs the variety.
        let kept = |place: usize| place.is_multiple_of(4) == (part == Part::Training);
        let stories = all.into_iter().enumerate().filter(|(place, _)| kept(*place));
        let stories: Vec<Value> = stories.map(|(_, story)| story).collect();
        let mut words = Vec::new();
        stories.iter().for_each(|story| words_in(story, &mut words));
        Prose { stories, words }
    }

    /// The story of this number, in the shape of a story file. It waits for no file.
    pub fn story(&self, number: u64) -> Value {
        let mut chance = Chance::of_seed(number);
        let mut story = chance.of(&self.stories).clone();
        for part in ["before", "what_happened", "now"] {
            let text: Vec<String> = (0..2)
                .flat_map(|_| sentences(chance.of(&self.stories)[part].as_str().unwrap_or_default()))
                .collect();
            let kept = 1 + chance.below(text.len().max(1));
            let picked: Vec<String> = (0..kept.min(9)).map(|_| chance.of(&text).clone()).collect();
            let mut seen = std::collections::BTreeSet::new();
            let told: Vec<&String> =
                picked.iter().filter(|sentence| seen.insert(sentence.as_str())).collect();
            let told: Vec<String> = told.into_iter().map(|s| self.reworded(s, &mut chance)).collect();
            story[part] = told.join(" ").into();
        }
        let count = 1 + chance.below(3);
        let changes: Vec<Value> = (0..count)
            .map(|_| {
                let changes = chance.of(&self.stories)["changes"].as_array().unwrap();
                self.change(chance.of(changes).clone(), &mut chance)
            })
            .collect();
        story["changes"] = changes.into();
        let title = chance.of(&self.stories)["title"].as_str().unwrap().to_owned();
        story["title"] = self.reworded(&title, &mut chance).into();
        story["date"] = format!("2022-{:02}-{:02}", 9 + chance.below(3), 1 + chance.below(28)).into();
        for place in ["commune", "village"] {
            story[place] = chance.of(&self.stories)[place].clone();
        }
        story
    }

    fn change(&self, mut change: Value, chance: &mut Chance) -> Value {
        let texts: BTreeMap<String, String> = change
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .filter(|(_, text)| text.contains(' '))
            .collect();
        for (name, text) in texts {
            change[&name] = self.reworded(&text, chance).into();
        }
        for piece in change["evidence"].as_array_mut().into_iter().flatten() {
            piece.as_object_mut().unwrap().remove("file");
            let description = piece["description"].as_str().unwrap_or_default().to_owned();
            piece["description"] = self.reworded(&description, chance).into();
        }
        change["importance"] = json!(1 + chance.below(5));
        change
    }

    fn reworded(&self, text: &str, chance: &mut Chance) -> String {
        let word = |word: &str| -> String {
            let replaced = word.chars().count() > 3 && chance.next() % 100 < REPLACED;
            if replaced { chance.of(&self.words).clone() } else { word.to_owned() }
        };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

fn sentences(text: &str) -> Vec<String> {
    text.split_inclusive(['.', '!', '?', '…']).map(|s| s.trim().to_owned()).filter(|s| s.len() > 3).collect()
}

fn words_in(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(' ') => {
            words.extend(text.split(' ').filter(|word| word.chars().count() > 3).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| words_in(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| words_in(field, words)),
        _ => {}
    }
}
