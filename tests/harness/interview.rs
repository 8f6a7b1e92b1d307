//! Going through an interview in the app's window, page by page, as a collector does: what stands on the page is
//! answered, then "next".

use crate::page::Page;
use serde_json::json;
use std::collections::BTreeMap;

/// What is answered to the questions of the Kangaba questionnaire outside of changes, by their names, in the order of
/// the sheet. The people are invented.
pub const STORY: &[(&str, &str)] = &[
    ("check_purpose", "yes"),
    ("check_listening", "yes"),
    ("check_neutral", "yes"),
    ("check_ties", "yes"),
    ("check_place", "no"),
    ("check_tools", "yes"),
    ("consent_understood", "yes"),
    ("consent_interview", "yes"),
    ("consent_audio", "yes"),
    ("consent_photo", "no"),
    ("consent_quote", "yes"),
    ("consent_named", "no"),
    ("consent_contact_again", "yes"),
    ("consent_given_by", "thumbprint"),
    ("interview_date", "2022-09-14"),
    ("commune", "Kaniogo"),
    ("village_choice", "other"),
    ("village_other", "Kéniéro"),
    ("interview_language", "maninka"),
    ("interview_kind", "individual"),
    ("storyteller_sex", "female"),
    ("storyteller_age", "36-59"),
    ("storyteller_occupation", "commerçante"),
    ("storyteller_relation", "participant"),
    ("identity_name", "Mariam Keïta (personne fictive)"),
    ("identity_phone", "70 00 00 00"),
    ("story_before", "On ne traversait plus le fleuve le jour du marché. Chacun restait chez soi."),
    ("story_happened", "Les deux comités de jeunes se sont assis ensemble, trois jours de suite."),
    ("story_now", "Les pirogues passent de nouveau, dans les deux sens."),
    ("story_check", "corrected"),
    ("story_title", "Le marché des deux rives"),
    ("restitution_wanted", "yes"),
    ("restitution_where", "Sous le fromager du marché"),
    ("restitution_worry", "Rien, si personne n’est nommé."),
    ("consent_audience", "partner"),
    ("notes_impressions", "Une voix calme, qui s’anime au mot de marché."),
    ("notes_difficulty", "Le vent couvrait la voix."),
    ("notes_solution", "Nous sommes entrés dans le vestibule."),
];

/// What is answered of one change.
pub const CHANGE: &[(&str, &str)] = &[
    ("change_level", "collective"),
    ("change_who", "Les piroguiers des deux rives"),
    ("change_what", "font passer les commerçantes sans demander d’où elles viennent"),
    ("change_when", "depuis mars 2021"),
    ("change_where", "au débarcadère"),
    ("change_direction", "positive"),
    ("change_expected", "no"),
    ("change_importance", "4"),
    ("change_importance_reason", "Le marché nourrit les deux villages."),
    ("importance_collector", "5"),
    ("importance_collector_reason", "Trente étals de plus qu’au printemps."),
    ("made_possible", "Les anciens ont laissé les jeunes parler."),
    ("project_named", "unprompted"),
    ("contribution", "medium"),
    ("contribution_reason", "Le groupe de recherche-action les a réunis."),
    ("other_causes", "La saison était bonne."),
    ("without_project", "Plus tard, peut-être, et à moins de gens."),
    ("change_check", "yes"),
];

/// What is answered of one piece of evidence.
pub const EVIDENCE: &[(&str, &str)] = &[
    ("evidence_kind", "document"),
    ("evidence_description", "Le cahier du débarcadère, pages de mars"),
    ("evidence_strength", "4"),
];

/// The answer to the question of this name.
fn answer_to(name: &str) -> Option<&'static str> {
    let all = [STORY, CHANGE, EVIDENCE].concat();
    all.into_iter().find(|(known, _)| *known == name).map(|(_, answer)| answer)
}

/// How far one is through an interview.
#[derive(Default)]
pub struct Walk {
    /// What was answered, by path.
    pub answered: BTreeMap<String, String>,
}

impl Walk {
    /// Answers everything on the page that is in sight; gives the names of the questions that stand on it.
    pub fn answer_page(&mut self, page: &Page) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        // An answer may ask for more on the same page.
        while let Some(path) = paths(page).into_iter().find(|path| !seen.contains(path)) {
            let name = path.rsplit('/').next().unwrap().to_owned();
            if let Some(answer) = answer_to(&name).filter(|_| !self.answered.contains_key(&path)) {
                give(page, &path, answer);
                self.answered.insert(path.clone(), answer.to_owned());
            }
            seen.push(path);
        }
        saved(page);
        seen.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

/// The paths that stand on the page, from top to bottom.
pub fn paths(page: &Page) -> Vec<String> {
    let found =
        page.run("return [...document.querySelectorAll('main [data-path]')].map((e) => e.dataset.path)");
    serde_json::from_value(found).unwrap()
}

/// Waits until the page with this question is in sight.
pub fn see_question(page: &Page, name: &str) {
    page.find(&format!("main [data-path='{name}'], main [data-path$='/{name}']"));
}

/// Waits until the screen says that all is saved.
pub fn saved(page: &Page) {
    page.find("[data-testid='save-state'][data-state='saved']");
}

/// Gives one answer, by touch or by typing.
pub fn give(page: &Page, path: &str, answer: &str) {
    let choice = format!("[data-testid='choice-{path}-{answer}']");
    let field = format!("[data-testid='field-{path}']");
    if page.count(&choice) > 0 {
        page.tap_on(&choice);
        page.find(&format!("{choice}.chosen"));
    } else if page.count(&format!("select{field}")) > 0 {
        page.choose(&format!("field-{path}"), answer);
    } else if page.count(&format!("input[type=date]{field}")) > 0 {
        page.run(&format!(
            "const field = document.querySelector(\"{field}\");
             field.value = {}; field.dispatchEvent(new Event('change', {{ bubbles: true }}));",
            json!(answer)
        ));
    } else {
        page.write(&format!("field-{path}"), answer);
    }
    saved(page);
}

/// What the fields and choices of the page hold, by path.
pub fn held(page: &Page) -> BTreeMap<String, String> {
    let found = page.run(
        "const held = {};
         for (const e of document.querySelectorAll('main [data-path]')) {
             const field = e.querySelector('textarea, select, input[type=text], input[type=date]');
             const chosen = [...e.querySelectorAll('label.chosen')].map((l) =>
                 l.dataset.testid.slice(`choice-${e.dataset.path}-`.length));
             held[e.dataset.path] = field ? field.value : chosen.join(' ');
         }
         return held;",
    );
    serde_json::from_value(found).unwrap()
}
