//! Masking: what in a story's words tells who told it gives way to a neutral word, as one more answer that can be taken back.
//! What stood there is kept beside who told the story, and leaves the device only sealed with it (ADR 47).

use crate::Device;
use crate::error::{Error, Result};
use crate::interview::{Ask, Kept};
use crate::store::Tx;
use blon_core::error::Code;
use blon_core::id::StoryId;
use blon_core::leaks::{Found, leaks_among, masked};
use blon_core::questionnaire::answers::Answers;
use blon_core::questionnaire::asked::Asked;
use blon_core::questionnaire::paths::given;
use blon_core::remark::AnswerPath;
use blon_core::sealed::{MASKED_BYTES, Masked};

impl Device {
    /// Masks these words wherever they tell who told the story in the answer at this path. Nothing where they do not, or stand
    /// there no longer.
    ///
    /// # Errors
    /// `draft_not_found`; `too_large` past [`MASKED_BYTES`]; `disk_full`.
    pub fn mask(&self, id: StoryId, path: &str, words: &str, language: &str) -> Result<Asked> {
        self.ask(id, language, |ask| ask.mask(path, words, language))
    }
}

impl Ask<'_, '_> {
    fn mask(&self, path: &str, words: &str, language: &str) -> Result<Kept> {
        let (row, mut answers) = self.row()?;
        let leaks = leaks_among(&self.items(&answers), &row.content);
        let here: Vec<_> =
            leaks.into_iter().filter(|leak| leak.path == path && leak.words == words).collect();
        let Some(first) = here.first() else { return self.keep(row, answers, None) };
        let at = match &first.answer {
            AnswerPath::Whole => path.to_owned(),
            answer => answer.to_string(),
        };
        let kept = Masked { at, words: words.to_owned() };
        let before: usize = self.tx.masked(self.id, true)?.iter().map(Masked::bytes).sum();
        if before + kept.bytes() > MASKED_BYTES {
            return Err(Error::told(Code::TooLarge, "more was masked in this story than can be sealed"));
        }
        let found: Vec<Found> = here
            .iter()
            .map(|leak| Found {
                kind: leak.kind,
                known: leak.known,
                start: usize::try_from(leak.start).unwrap_or(usize::MAX),
                end: usize::try_from(leak.end).unwrap_or(usize::MAX),
            })
            .collect();
        let answer = masked(given(&mut answers, path), &found, language);
        self.tx.add_masked(self.id, path, &kept)?;
        // What was typed before is another step.
        self.device.steps().turn(self.id);
        let at = row.at;
        let mut kept = self.answer(path, &answer)?;
        // It is masked where the story is read over, and that goes on there.
        self.tx.stand(self.id, &at)?;
        kept.row.at = at;
        Ok(kept)
    }
}

/// What was masked in the draft and stands in its words again is masked no longer.
///
/// # Errors
/// Those of the store.
pub(crate) fn unmask_what_stands(tx: &Tx, id: StoryId, answers: &mut Answers) -> Result<()> {
    for (path, words) in tx.masked_in_draft(id)? {
        if given(answers, &path).contains(&words) {
            tx.unmask(id, &path, &words)?;
        }
    }
    Ok(())
}
