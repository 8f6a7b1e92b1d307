//! Few bytes: what device and headquarters say to each other is packed with zstd, and with a dictionary that both
//! carry, trained on stories like those that will travel. A story alone is then as small as one among hundreds.
//!
//! A dictionary has a number, which travels beside what was packed with it, and never changes once it was used. Who
//! does not know it says so, and is sent plain zstd.

use std::io::{self, Write};
use std::sync::LazyLock;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::stream::Encoder;

/// What is packed has this name in `content-encoding`.
pub const ENCODING: &str = "zstd";

/// The header that names the dictionary.
pub const DICTIONARY: &str = "blon-dictionary";

/// The dictionaries that this program knows, by number; it packs with the last. 256 KiB of how people write cost an app
/// nothing, and every story a tenth less than 64 KiB would.
const KNOWN: &[(u32, &[u8])] =
    &[(1, include_bytes!("wire/dictionary-1")), (2, include_bytes!("wire/dictionary-2"))];

/// zstd's level: what is slow for a phone is nothing beside the line.
const LEVEL: i32 = 19;

/// The level for what holds no texts, of which headquarters packs thousands: ids are no smaller for all the work.
const QUICKLY: i32 = 3;

/// Why something cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum Unpacking {
    /// It was packed with a dictionary that is not here.
    #[error("the dictionary {0} is not known here")]
    UnknownDictionary(u32),
    /// It says itself that it comes to more than the limit.
    #[error("it is larger than may be")]
    TooLarge,
    /// It is broken, or comes to more than it says.
    #[error("it cannot be unpacked: {0}")]
    Broken(#[from] io::Error),
}

/// The dictionary that this program packs with.
pub fn newest() -> u32 {
    KNOWN.last().map_or(0, |(number, _)| *number)
}

/// Whether this program knows a dictionary.
pub fn is_known(dictionary: u32) -> bool {
    KNOWN.iter().any(|(number, _)| *number == dictionary)
}

fn find(dictionary: u32) -> Option<&'static Prepared> {
    static PREPARED: LazyLock<Vec<Prepared>> = LazyLock::new(|| KNOWN.iter().map(Prepared::of).collect());
    PREPARED.iter().find(|known| known.number == dictionary)
}

/// A dictionary made ready once: that takes longer than to pack a story.
struct Prepared {
    number: u32,
    packing: EncoderDictionary<'static>,
    quickly: EncoderDictionary<'static>,
    unpacking: DecoderDictionary<'static>,
}

impl Prepared {
    fn of((number, bytes): &(u32, &'static [u8])) -> Self {
        let [packing, quickly] = [LEVEL, QUICKLY].map(|level| EncoderDictionary::copy(bytes, level));
        Prepared { number: *number, packing, quickly, unpacking: DecoderDictionary::copy(bytes) }
    }
}

/// Packs bytes; 0 is without a dictionary, and so is one that is not known.
pub fn pack(bytes: &[u8], dictionary: u32) -> io::Result<Vec<u8>> {
    packed(
        bytes,
        match find(dictionary) {
            Some(known) => Compressor::with_prepared_dictionary(&known.packing)?,
            None => Compressor::new(LEVEL)?,
        },
    )
}

/// The same for what holds no texts: in a fraction of the time.
pub fn pack_quickly(bytes: &[u8], dictionary: u32) -> io::Result<Vec<u8>> {
    packed(
        bytes,
        match find(dictionary) {
            Some(known) => Compressor::with_prepared_dictionary(&known.quickly)?,
            None => Compressor::new(QUICKLY)?,
        },
    )
}

fn packed(bytes: &[u8], mut compressor: Compressor) -> io::Result<Vec<u8>> {
    compressor.include_checksum(false)?;
    compressor.include_dictid(false)?;
    compressor.compress(bytes)
}

/// The same where what follows byte `apart` cannot be packed: it gets a block of its own, and the letters of the one do not
/// spoil the table of the other.
pub fn pack_apart(bytes: &[u8], apart: usize, dictionary: u32) -> io::Result<Vec<u8>> {
    let (texts, sealed) = bytes.split_at_checked(apart).unwrap_or((bytes, &[]));
    if sealed.is_empty() {
        return pack(bytes, dictionary);
    }
    let mut encoder = match find(dictionary) {
        Some(known) => Encoder::with_prepared_dictionary(Vec::new(), &known.packing)?,
        None => Encoder::new(Vec::new(), LEVEL)?,
    };
    encoder.include_checksum(false)?;
    encoder.include_dictid(false)?;
    encoder.include_contentsize(true)?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
    encoder.write_all(texts)?;
    encoder.flush()?;
    encoder.write_all(sealed)?;
    encoder.finish()
}

/// Unpacks bytes that come to at most `limit`: a small packet must not fill the memory.
///
/// # Errors
/// [`Unpacking`].
pub fn unpack(packed: &[u8], dictionary: u32, limit: usize) -> Result<Vec<u8>, Unpacking> {
    let known = match dictionary {
        0 => None,
        number => Some(find(number).ok_or(Unpacking::UnknownDictionary(number))?),
    };
    let says = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    if says.is_some_and(|size| size > limit as u64) {
        return Err(Unpacking::TooLarge);
    }
    let mut decompressor = match known {
        Some(known) => Decompressor::with_prepared_dictionary(&known.unpacking)?,
        None => Decompressor::new()?,
    };
    // What it says itself is room enough: the limit may be a hundred times as much.
    let room = says.and_then(|size| usize::try_from(size).ok()).unwrap_or(limit);
    Ok(decompressor.decompress(packed, room)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &[u8] = "Les pirogues passent de nouveau, dans les deux sens. ".as_bytes();

    #[test]
    fn what_is_packed_comes_out_the_same_with_and_without_a_dictionary() {
        for dictionary in [0, newest(), 9_999] {
            let known = if is_known(dictionary) { dictionary } else { 0 };
            for bytes in [&b""[..], WORDS, &WORDS.repeat(1000)] {
                let packed = pack(bytes, dictionary).unwrap();
                assert_eq!(unpack(&packed, known, bytes.len().max(1)).unwrap(), bytes);
                let apart = pack_apart(bytes, bytes.len() / 3, dictionary).unwrap();
                assert_eq!(unpack(&apart, known, bytes.len().max(1)).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn a_dictionary_never_changes_once_it_was_used() {
        let sum = |bytes: &[u8]| {
            bytes.iter().fold(0_u64, |sum, b| sum.wrapping_mul(1_099_511_628_211) ^ u64::from(*b))
        };
        let known: Vec<_> = KNOWN.iter().map(|(number, bytes)| (*number, bytes.len(), sum(bytes))).collect();
        assert_eq!(known, [(1, 65_536, 4_063_507_795_511_807_353), (2, 262_144, 18_228_390_388_380_658_717)]);
    }

    #[test]
    fn a_packet_that_comes_to_more_than_may_be_is_refused_before_it_fills_the_memory() {
        let bomb = pack(&vec![b'a'; 300 * 1024 * 1024], 0).unwrap();
        assert!(bomb.len() < 50_000, "{}", bomb.len());
        assert!(matches!(unpack(&bomb, 0, 1024 * 1024), Err(Unpacking::TooLarge)));
        let mut lying = zstd::stream::encode_all(&vec![b'a'; 3 * 1024 * 1024][..], 3).unwrap();
        assert!(unpack(&lying, 0, 1024 * 1024).is_err(), "one that does not say how large it is");
        lying.truncate(20);
        assert!(unpack(&lying, 0, 1024 * 1024).is_err());
    }

    #[test]
    fn broken_packets_and_unknown_dictionaries_are_told_apart() {
        assert!(matches!(unpack(&[], 77, 10), Err(Unpacking::UnknownDictionary(77))));
        let mut packed = pack(&WORDS.repeat(20), newest()).unwrap();
        for place in 0..packed.len() {
            packed[place] ^= 0x2a;
            let _ = unpack(&packed, newest(), 1 << 20);
            packed[place] ^= 0x2a;
        }
    }
}
