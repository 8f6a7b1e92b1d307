//! The nouns and rules of stories of change.
//!
//! Everything here is pure: no I/O, no clock, no randomness, no database. The device and headquarters both
//! run this same code, so that a story means the same thing on a phone in a village and on the server.
//! Ids, clock readings and digests are made by the callers and handed in.
//!
//! - [`story`], [`change`], [`evidence`], [`consent`]: what a storyteller told.
//! - [`gaps`]: what a story still lacks before a collector may sign it off.
//! - [`coach`]: what it would gain by, and what to ask next.
//! - [`record`], [`fold`]: the one idea of the design; a story is the fold of its records.
//! - [`leaks`]: what in its words tells who told it.
//! - [`joining`]: what two people wrote apart, joined without a loss.
//! - [`remark`]: what people say about it to each other, and where that points.
//! - [`rubric`], [`verification`]: how its changes are rated, and whether somebody independent confirms them.
//! - [`sealed`]: what of a record only the holder of a key can read.
//! - [`withdrawal`]: consent that is taken back.
//! - [`review`]: who may add which record to a story.
//! - [`page`]: what those see of it who review.
//! - [`release`]: what of it may leave headquarters.
//! - [`search`]: what of a story can be searched for.
//! - [`questionnaire`]: what is asked, and the rules of it.
//! - [`place`]: how exactly it is told where somebody lives.
//! - [`plan`], [`coverage`]: what headquarters wants of a campaign, and how far it has come.
//! - [`campaign`], [`protocol`]: what device and headquarters say to each other.
//! - [`invitation`]: what a device needs to be taken in, as one line.
//! - [`wire`]: the same in few bytes.
//! - [`one_line`]: words from elsewhere on a terminal.
//! - [`mod@said`]: what people are told in both languages.
//! - [`error`]: one code for each thing a person can act on.

pub mod campaign;
pub mod change;
pub mod coach;
pub mod consent;
pub mod coverage;
pub mod error;
pub mod evidence;
pub mod face;
pub mod fold;
pub mod gaps;
pub mod id;
pub mod invitation;
pub mod joining;
pub mod leaks;
pub mod one_line;
pub mod page;
pub mod parcel;
pub mod place;
pub mod plan;
pub mod protocol;
pub mod questionnaire;
pub mod queue;
pub mod record;
pub mod release;
pub mod remark;
pub mod review;
pub mod rubric;
pub mod said;
#[cfg(feature = "schema")]
mod schema;
pub mod sealed;
pub mod search;
pub mod story;
pub mod verification;
pub mod wire;
pub mod withdrawal;
