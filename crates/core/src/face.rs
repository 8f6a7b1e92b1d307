//! A storyteller's face before it is sealed: a photo that says of whom it is, filled up to one size.
//!
//! What opens is a picture, as any program shows it: the words stand in a comment of the JPEG (ITU-T T.81, B.2.4.5), and what fills
//! it up stands behind its end, where nobody looks.

use crate::evidence::FileRef;
use crate::id::StoryId;
use crate::sealed::SEALED_FACE_BYTES;

/// Every face comes to this before it is sealed, so that its size tells nothing. It is little enough for a line that is paid for,
/// and enough to know somebody again.
pub const FACE_BYTES: usize = 64 * 1024;

/// The most bytes of a JPEG that comes to [`FACE_BYTES`] with what says of whom it is.
pub const PHOTO_BYTES: usize = FACE_BYTES - 256;

/// What a sealed face is said to be, where files are named.
pub const MEDIA_TYPE: &str = "application/age";

const START: [u8; 2] = [0xff, 0xd8];
const COMMENT: [u8; 2] = [0xff, 0xfe];

/// A JPEG of at most [`PHOTO_BYTES`] as it is sealed; `None` for what is none, or is larger.
pub fn filled_up(jpeg: &[u8], of: StoryId) -> Option<Vec<u8>> {
    let rest = jpeg.strip_prefix(&START)?;
    let storyteller = of.storyteller();
    // The length counts its own two bytes.
    let length = u16::try_from(storyteller.len() + 2).ok()?;
    let mut face = [&START[..], &COMMENT, &length.to_be_bytes(), storyteller.as_bytes(), rest].concat();
    if jpeg.len() > PHOTO_BYTES || face.len() > FACE_BYTES {
        return None;
    }
    face.resize(FACE_BYTES, 0);
    Some(face)
}

/// What the storyteller is called of whom an opened face says that it is; `None` where it says nothing.
pub fn of(face: &[u8]) -> Option<&str> {
    let rest = face.strip_prefix(&START)?.strip_prefix(&COMMENT)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let words = rest.get(..usize::from(u16::from_be_bytes(*length)).checked_sub(2)?)?;
    std::str::from_utf8(words).ok()
}

/// Whether a file that is named as a sealed face may be one.
pub fn may_be(file: &FileRef) -> bool {
    file.media_type == MEDIA_TYPE && file.bytes <= SEALED_FACE_BYTES as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn a_face_is_of_one_size_and_says_of_whom_it_is(rest in prop::collection::vec(any::<u8>(), 0..4000), n: u128) {
            let (jpeg, story) = ([&START[..], &rest].concat(), StoryId(Uuid::from_u128(n)));
            let face = filled_up(&jpeg, story).unwrap();
            prop_assert_eq!(face.len(), FACE_BYTES);
            let called = story.storyteller();
            prop_assert_eq!(of(&face), Some(called.as_str()));
        }

        #[test]
        fn whatever_was_opened_is_read_or_refused(bytes: Vec<u8>, length: u16) {
            of(&bytes);
            let said = [&START[..], &COMMENT, &length.to_be_bytes(), &bytes].concat();
            prop_assert!(of(&said).is_none_or(|words| words.len() + 2 == usize::from(length)));
        }
    }

    #[test]
    fn what_is_no_photo_or_too_large_is_not_sealed_as_a_face() {
        let story = StoryId(Uuid::from_u128(7));
        assert_eq!(filled_up(b"Nansira", story), None);
        let mut large = START.to_vec();
        large.resize(PHOTO_BYTES + 1, 1);
        assert_eq!(filled_up(&large, story), None);
        large.truncate(PHOTO_BYTES);
        assert_eq!(filled_up(&large, story).unwrap().len(), FACE_BYTES);
        assert_eq!(of(&large), None);
    }
}
