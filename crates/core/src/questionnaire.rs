//! Questionnaires: what is asked, in the model and the words of XLSForm, since people in this field write
//! their forms that way.
//!
//! - [`workbook`]: the sheets, cell by cell, and findings that name their place;
//! - [`read`]: from a workbook to a [`form::Questionnaire`], or to everything that is wrong with it;
//! - [`expression`]: the language of conditions and calculations;
//! - [`answers`]: what was answered, as a draft keeps it;
//! - [`state`], [`check`], [`show`]: what is asked, computed and right over given answers. Devices ask for it
//!   after each answer, headquarters once more on arrival: one set of rules;
//! - [`outline`]: the same as pages and sections; [`asked`]: all of that as a screen draws it;
//! - [`paths`]: where an answer is kept;
//! - [`preview`]: an interview that nobody keeps, for authors;
//! - [`begin`]: the answers that a questionnaire begins with; [`another`]: those taken over from a like interview;
//! - [`trial`]: one expression over given answers, for authors;
//! - [`mapping`]: from answers to the structured story.

pub mod another;
pub mod answers;
pub mod asked;
pub mod begin;
pub mod check;
pub mod expression;
pub mod form;
pub mod mapping;
pub mod outline;
pub mod paths;
pub mod preview;
pub mod read;
pub mod show;
pub mod state;
pub mod trial;
pub mod workbook;

#[cfg(test)]
mod tests;
