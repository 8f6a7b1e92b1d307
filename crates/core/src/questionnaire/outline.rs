//! An interview as pages and sections: what stands on one screen, what comes before and after, and how far each
//! section has come.
//!
//! As in XLSForm one question is one page, unless the group or repeat around it says `field-list`. A repeat is a
//! page of its own, with its repetitions as cards; the pages inside of a repetition lead back to it at both ends.
//! A section is what stands outermost.

use super::show::{Item, ItemKind};
use serde::Serialize;
use ts_rs::TS;

/// One screenful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Page {
    /// The path of its first item, which names it.
    pub path: String,
    /// In which section, by its place.
    pub section: usize,
    /// The repetition it stands in, by its path; empty outside of repetitions.
    pub within: String,
    /// The labels of the groups and repetitions around it, the section's left out; the outermost first.
    pub around: Vec<String>,
    /// Its items, by their places.
    pub items: Vec<usize>,
    /// The page before it; `None` where the interview begins.
    pub previous: Option<String>,
    /// The page after it; `None` where the interview ends.
    pub next: Option<String>,
}

/// What stands outermost: a group, or questions that stand in none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Section {
    /// The path of its first item.
    pub path: String,
    /// What people read; empty for questions that stand in no group.
    pub label: String,
    /// A short help.
    pub hint: String,
    /// Its first page.
    pub first: String,
    /// Questions that are asked, those in repetitions included.
    pub asked: u32,
    /// How many of them have an answer.
    pub answered: u32,
    /// How many answers are missing that must be there, or wrong.
    pub wrong: u32,
}

/// Pages and sections of an interview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Outline {
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// The pages, in order.
    pub pages: Vec<Page>,
}

/// Something that the walk stands in.
struct Around<'i> {
    item: &'i Item,
    /// The page that its questions share, where they share one; a repeat inside ends it.
    list: Option<Option<usize>>,
}

/// Puts items into pages and sections.
pub fn outline(items: &[Item]) -> Outline {
    let mut outline = Outline::default();
    let mut around: Vec<Around<'_>> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        around.truncate(usize::try_from(item.depth).unwrap_or(usize::MAX));
        if around.is_empty() {
            outline.enter_section(item);
        }
        let asked = !item.kind.stands_around();
        outline.count(item);
        if asked || item.kind == ItemKind::Repeat {
            outline.put(place, item, &mut around);
        }
        if !asked {
            let list = around.last().map_or("", |a| a.item.appearance.as_str());
            // A repeat says for its repetitions how they look, and shares no page itself.
            let shares = match item.kind {
                ItemKind::Group => is_list(&item.appearance),
                ItemKind::Repetition => is_list(list),
                _ => false,
            };
            around.push(Around { item, list: shares.then_some(None) });
        }
    }
    outline.link();
    outline
}

fn is_list(appearance: &str) -> bool {
    appearance.split_whitespace().any(|word| word == "field-list")
}

impl Outline {
    /// The page that an item stands on, by the item's path; the first page where there is none.
    pub fn page_of<'o>(&'o self, items: &[Item], path: &str) -> Option<&'o Page> {
        let place = items.iter().position(|item| item.path == path);
        let found = self.pages.iter().find(|page| place.is_some_and(|place| page.items.contains(&place)));
        found.or_else(|| self.pages.first())
    }

    fn enter_section(&mut self, item: &Item) {
        let loose = !item.kind.stands_around();
        if loose && self.sections.last().is_some_and(|section| section.label.is_empty()) {
            return;
        }
        let (label, hint) = if loose { Default::default() } else { (item.label.clone(), item.hint.clone()) };
        self.sections.push(Section { path: item.path.clone(), label, hint, ..Section::default() });
    }

    fn count(&mut self, item: &Item) {
        if item.kind.stands_around() || item.kind == ItemKind::Note {
            return;
        }
        if let Some(section) = self.sections.last_mut() {
            section.asked += 1;
            section.answered += u32::from(!item.answer.is_empty());
            section.wrong += u32::from(item.fault.is_some());
        }
    }

    fn put(&mut self, place: usize, item: &Item, around: &mut [Around<'_>]) {
        // The outermost list counts, but none outside of this repetition.
        let inner = around.iter().rposition(|a| a.item.kind == ItemKind::Repetition).unwrap_or(0);
        let mut lists = around.iter_mut().skip(inner).filter_map(|a| a.list.as_mut());
        let list = lists.next();
        if item.kind == ItemKind::Repeat {
            if let Some(list) = list {
                *list = None;
            }
        } else if let Some(list) = list {
            if let Some(page) = list.and_then(|page| self.pages.get_mut(page)) {
                page.items.push(place);
                return;
            }
            *list = Some(self.pages.len());
        }
        let repetition = around.get(inner).filter(|a| a.item.kind == ItemKind::Repetition);
        let section = self.sections.len().saturating_sub(1);
        if let Some(section) = self.sections.last_mut().filter(|section| section.first.is_empty()) {
            section.first = item.path.clone();
        }
        self.pages.push(Page {
            path: item.path.clone(),
            section,
            within: repetition.map(|a| a.item.path.clone()).unwrap_or_default(),
            around: around
                .iter()
                .skip(1)
                .filter(|a| a.item.kind != ItemKind::Repeat && !a.item.label.is_empty())
                .map(|a| a.item.label.clone())
                .collect(),
            items: vec![place],
            previous: None,
            next: None,
        });
    }

    /// Each page leads to its neighbours in the same repetition, and from the ends back to the repeat.
    fn link(&mut self) {
        let ways: Vec<(Option<String>, Option<String>)> = self
            .pages
            .iter()
            .enumerate()
            .map(|(place, page)| {
                let same = |other: &&Page| other.within == page.within;
                let before = self.pages.iter().take(place).rev().find(same);
                let after = self.pages.iter().skip(place + 1).find(same);
                let repeat = page.within.rsplit_once('/').map(|(repeat, _)| repeat.to_owned());
                let way = |other: Option<&Page>| other.map(|p| p.path.clone()).or_else(|| repeat.clone());
                (way(before), way(after))
            })
            .collect();
        for (page, (previous, next)) in self.pages.iter_mut().zip(ways) {
            (page.previous, page.next) = (previous, next);
        }
    }
}
