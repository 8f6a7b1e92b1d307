//! Something said to people in both languages of the screens at once, so that no screen shows the other's.
//!
//! What is wrong with a questionnaire or a campaign is found by rules that know its rows and names; a screen could
//! only translate the finished sentence. So the sentence is made in both where it is found, by [`said!`](crate::said!):
//! a value that stands in one stands in the other, and a finding without its French does not compile.

use serde::Serialize;
use std::fmt;
use ts_rs::TS;

/// The same words in English and in French.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[ts(export)]
pub struct Said {
    /// In English, as terminals and logs show it.
    pub en: String,
    /// In French.
    pub fr: String,
}

impl Said {
    /// The two sentences; the French one is typeset here.
    pub fn new(en: impl Into<String>, fr: impl AsRef<str>) -> Self {
        Said { en: en.into(), fr: typeset(fr.as_ref()) }
    }

    /// This, and right behind it that.
    #[must_use]
    pub fn and(mut self, then: &Said) -> Self {
        self.en.push_str(&then.en);
        self.fr.push_str(&then.fr);
        self
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// Says something in English and in French: two format strings over the same values.
///
/// ```
/// use blon_core::said;
/// let (name, row) = ("age", 4);
/// let twice = said!("{name:?} stands in row {row} already", "« {name} » est déjà à la ligne {row}");
/// assert_eq!(twice.en, "\"age\" stands in row 4 already");
/// ```
#[macro_export]
macro_rules! said {
    ($en:literal, $fr:literal $(, $($value:tt)*)?) => {
        $crate::said::Said::new(format!($en $(, $($value)*)?), format!($fr $(, $($value)*)?))
    };
}

/// French puts a narrow space before a high sign and within its quotation marks, and no line may break there. It is
/// written with a plain one, which people see when they write. A sign that belongs to a value (`label ::fr`, `!=`)
/// has no blank behind it and stays as it is.
fn typeset(plain: &str) -> String {
    let mut set = format!("{plain} ");
    for (written, typeset) in [
        ("« ", "«\u{202f}"),
        (" »", "\u{202f}»"),
        (" ; ", "\u{202f}; "),
        (" : ", "\u{202f}: "),
        (" ! ", "\u{202f}! "),
        (" ? ", "\u{202f}? "),
    ] {
        set = set.replace(written, typeset);
    }
    set.pop();
    set
}

#[cfg(test)]
mod tests;
