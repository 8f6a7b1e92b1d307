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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

#[cfg(test)]
mod tests {
    use super::super::answers::{Answers, Repetition};
    use super::super::form::Questionnaire;
    use super::super::read::read;
    use super::super::state::{State, Surroundings};
    use super::super::workbook::{Row, Workbook};
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    /// A questionnaire from rows such as `begin_group context field-list`: type, name, appearance.
    fn questionnaire(rows: &[&str]) -> Questionnaire {
        let row = |line: &&str| {
            let cells: Vec<&str> = line.split(' ').collect();
            let mut row = Row::default();
            for (column, cell) in ["type", "name", "appearance"].into_iter().zip(&cells) {
                row.0.insert(column.to_owned(), (*cell).to_owned());
            }
            if let Some(name) = cells.get(1) {
                row.0.insert("label".to_owned(), (*name).to_owned());
            }
            row
        };
        let survey = rows.iter().map(row).collect();
        read(&Workbook { survey, ..Workbook::default() }).unwrap_or_else(|findings| panic!("{findings:#?}"))
    }

    fn outlined(rows: &[&str], answers: &Answers) -> (Vec<Item>, Outline) {
        let surroundings = Surroundings {
            now: DateTime::parse_from_rfc3339("2022-09-14T10:00:00Z").unwrap(),
            chance: 0,
            language: "fr".to_owned(),
        };
        let items = State::of(&questionnaire(rows), answers, &surroundings).items();
        let outline = outline(&items);
        (items, outline)
    }

    fn pages(items: &[Item], outline: &Outline) -> Vec<String> {
        let name = |place: &usize| items[*place].path.rsplit('/').next().unwrap().to_owned();
        outline.pages.iter().map(|p| p.items.iter().map(name).collect::<Vec<_>>().join("+")).collect()
    }

    fn with(repeat: &str, ids: &[u128]) -> Answers {
        let repetition = |id: &u128| Repetition { id: Uuid::from_u128(*id), answers: Answers::default() };
        let mut answers = Answers::default();
        answers.repeats.insert(repeat.to_owned(), ids.iter().map(repetition).collect());
        answers
    }

    const STORY: &[&str] = &[
        "note hello",
        "begin_group context field-list",
        "date day",
        "begin_group place",
        "text commune",
        "end_group",
        "end_group",
        "begin_group changes",
        "text lead",
        "begin_repeat change",
        "text who",
        "begin_group when field-list",
        "text from",
        "text to",
        "end_group",
        "end_repeat",
        "text last",
        "end_group",
        "text bye",
    ];

    #[test]
    fn a_question_is_a_page_and_a_field_list_is_one_together() {
        let (items, outline) = outlined(STORY, &with("change", &[1]));
        assert_eq!(
            pages(&items, &outline),
            ["hello", "day+commune", "lead", "change", "who", "from+to", "last", "bye"]
        );
        let sections: Vec<(&str, u32)> =
            outline.sections.iter().map(|s| (s.label.as_str(), s.asked)).collect();
        assert_eq!(sections, [("", 0), ("context", 2), ("changes", 5), ("", 1)]);
    }

    #[test]
    fn the_ways_inside_a_repetition_lead_back_to_its_repeat_and_past_it_outside() {
        let (items, outline) = outlined(STORY, &with("change", &[1, 2]));
        let page = |path: &str| outline.page_of(&items, path).unwrap();
        let ways = |path: &str| (page(path).previous.as_deref(), page(path).next.as_deref());
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(ways("change"), (Some("lead"), Some("last")));
        let (who, from) = (format!("change/{one}/who"), format!("change/{one}/from"));
        assert_eq!(ways(&who), (Some("change"), Some(from.as_str())));
        assert_eq!(ways(&from), (Some(who.as_str()), Some("change")));
        assert_eq!(page(&format!("change/{two}/to")).within, format!("change/{two}"));
        assert_eq!(ways("hello").0, None);
        assert_eq!(ways("bye").1, None);
        assert_eq!(page("nowhere").path, "hello", "what is not asked any more");
    }

    #[test]
    fn a_field_list_of_a_repeat_makes_each_repetition_one_page() {
        let rows = ["begin_repeat piece field-list", "text kind", "text what", "end_repeat", "text end"];
        let (items, outline) = outlined(&rows, &with("piece", &[1, 2]));
        assert_eq!(pages(&items, &outline), ["piece", "kind+what", "kind+what", "end"]);
    }

    #[test]
    fn a_repeat_inside_a_field_list_has_a_page_of_its_own_and_every_item_stands_on_one() {
        let rows = [
            "begin_group all field-list",
            "text a",
            "begin_repeat r",
            "text b",
            "end_repeat",
            "text c",
            "text d",
            "end_group",
        ];
        let (items, outline) = outlined(&rows, &with("r", &[1]));
        assert_eq!(pages(&items, &outline), ["a", "r", "b", "c+d"]);
        for (place, item) in items.iter().enumerate() {
            let standing = outline.pages.iter().filter(|page| page.items.contains(&place)).count();
            let stands = !item.kind.stands_around() || item.kind == ItemKind::Repeat;
            assert_eq!(standing, usize::from(stands), "{}", item.path);
        }
    }

    #[test]
    fn nothing_asked_is_no_page() {
        let (_, outline) = outlined(&["hidden x"], &Answers::default());
        assert_eq!(outline, Outline::default());
    }
}
