//! A custodian's keys, and what they open. They are read from a file or a pipe, wiped when they are no longer needed, and never
//! leave this process.

use crate::problem::{Result, about, told};
use age::x25519::{Identity, Recipient};
use blon_core::error::Code;
use blon_core::face;
use blon_core::sealed::{Inside, SealedBytes};
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes of a file of keys.
const KEY_FILE: u64 = 64 * 1024;

/// The halves that open.
pub struct Keys(Vec<Identity>);

/// What was sealed, wiped when it is dropped. Its blanks stand in it, so that it is sealed anew as it was.
pub struct Opened(Zeroizing<Vec<u8>>);

impl Keys {
    /// Reads files as `age-keygen` writes them; `-` is standard input.
    ///
    /// # Errors
    /// `file_not_found`, `file_unreadable`; `key_unreadable` for a file without a key, or with something else.
    pub fn read(paths: &[impl AsRef<Path>]) -> Result<Self> {
        let mut keys = Vec::new();
        for path in paths.iter().map(AsRef::as_ref) {
            // Room for all of it from the start: a buffer that grows leaves copies behind.
            let mut bytes =
                Zeroizing::new(Vec::with_capacity(usize::try_from(KEY_FILE).unwrap_or_default() + 1));
            let read = if path == Path::new("-") {
                std::io::stdin().lock().take(KEY_FILE).read_to_end(&mut bytes)
            } else {
                std::fs::File::open(path).and_then(|file| file.take(KEY_FILE).read_to_end(&mut bytes))
            };
            read.map_err(|e| about(path, &e))?;
            let text = std::str::from_utf8(&bytes).map_err(|_| no_key(path))?;
            keys.extend(keys_in(text).ok_or_else(|| no_key(path))?);
        }
        Ok(Keys(keys))
    }

    /// What is in a sealed file; `None` where none of these keys opens it.
    pub fn open<const MOST: usize>(&self, sealed: &SealedBytes<MOST>) -> Option<Opened> {
        let keys = self.0.iter().map(|key| key as &dyn age::Identity);
        let inside = age::Decryptor::new(sealed.bytes()).ok()?.decrypt(keys).ok()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
        inside.take(MOST as u64).read_to_end(&mut bytes).ok()?;
        Some(Opened(bytes))
    }
}

impl Opened {
    /// Who told the story; `None` for what was not sealed by a device of ours.
    pub fn inside(&self) -> Option<Inside> {
        serde_json::from_slice(&self.0).ok()
    }

    /// The photo of a face, for what is one.
    pub fn photo(&self) -> &[u8] {
        &self.0
    }

    /// Of whom an opened face says that it is.
    pub fn face_of(&self) -> Option<&str> {
        face::of(&self.0)
    }

    /// Seals the same to others.
    ///
    /// # Errors
    /// `internal`.
    pub fn sealed_to<const MOST: usize>(&self, recipients: &[Recipient]) -> Result<SealedBytes<MOST>> {
        let failed = |e: String| told(Code::Internal, format!("it cannot be sealed: {e}"));
        let to = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
        let sealing = age::Encryptor::with_recipients(to).map_err(|e| failed(e.to_string()))?;
        let mut bytes = Vec::new();
        let mut writer = sealing.wrap_output(&mut bytes).map_err(|e| failed(e.to_string()))?;
        writer
            .write_all(&self.0)
            .and_then(|()| writer.finish().map(|_| ()))
            .map_err(|e| failed(e.to_string()))?;
        SealedBytes::try_from(bytes).map_err(|e| failed(e.to_string()))
    }
}

/// The halves that seal, as a campaign names them.
///
/// # Errors
/// `bad_input` for what is none.
pub fn recipients(keys: &[String]) -> Result<Vec<Recipient>> {
    let parsed = |key: &String| {
        key.trim().parse().map_err(|e| told(Code::BadInput, format!("{key:?} is no public key of age: {e}")))
    };
    keys.iter().map(parsed).collect()
}

/// The keys among the lines of a file; `None` where there is none, or a line that is no key.
fn keys_in(text: &str) -> Option<Vec<Identity>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.parse().ok());
    keys.collect::<Option<Vec<Identity>>>().filter(|keys| !keys.is_empty())
}

fn no_key(path: &Path) -> blon_core::error::Problem {
    let message = format!("{} is no file of keys as `age-keygen` writes it", path.display());
    told(Code::KeyUnreadable, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use age::secrecy::ExposeSecret;
    use blon_core::id::StoryId;
    use blon_core::sealed::SealedFile;
    use blon_core::story::Identity as Storyteller;
    use uuid::Uuid;

    #[test]
    fn a_key_file_is_read_with_its_remarks_and_nothing_else_is() {
        let key = Identity::generate();
        let secret = key.to_string();
        let file =
            format!("\u{feff}# created: today\r\n# public key: age1\r\n{}\r\n\r\n", secret.expose_secret());
        assert_eq!(keys_in(&file).unwrap().len(), 1);
        for other in ["", "# public key: age1", "AGE-SECRET-KEY-1QQ", &key.to_public().to_string()] {
            assert!(keys_in(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_is_sealed_anew_is_byte_for_byte_what_it_was() {
        let (old, new) = (Identity::generate(), Identity::generate());
        let teller = Storyteller { name: "Nansira Camara".to_owned(), ..Storyteller::default() };
        let inside = Inside::of(StoryId(Uuid::from_u128(7)), &teller, Vec::new());
        let first = Opened(Zeroizing::new(inside.padded().unwrap()));
        let sealed: SealedFile = first.sealed_to(&[old.to_public()]).unwrap();
        assert!(Keys(vec![new.clone()]).open(&sealed).is_none());
        let anew: SealedFile =
            Keys(vec![old.clone()]).open(&sealed).unwrap().sealed_to(&[new.to_public()]).unwrap();
        assert!(Keys(vec![old]).open(&anew).is_none());
        let again = Keys(vec![new]).open(&anew).unwrap();
        assert_eq!(*again.0, *first.0);
        assert_eq!(again.inside().unwrap(), inside);
    }
}
