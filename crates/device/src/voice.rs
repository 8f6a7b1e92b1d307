//! Recordings that a webview hands over as fragmented MP4, made plain: one AAC frame after the other, each with the
//! seven bytes of ADTS before it (ISO/IEC 13818-7, 6.2), which every player reads to its end, however it was cut.
//!
//! WebKitGTK 2.50 writes header boxes twice after a pause and at the end, and no duration; most players stop at the
//! first of both. It also writes the microphone's name, which is nobody's business.

/// What a plain recording is called.
pub const MEDIA_TYPE: &str = "audio/aac";

/// Whether a recording of this type is made plain.
pub fn is_wrapped(media_type: &str) -> bool {
    media_type.starts_with("audio/mp4")
}

/// The frames of a fragmented MP4 as ADTS; `None` for anything that is understood less than wholly, which is then
/// better kept as it came. What a kill cut off at the end is left out.
pub fn plain(mp4: &[u8]) -> Option<Vec<u8>> {
    let mut frames = Vec::with_capacity(mp4.len());
    for take in takes(mp4) {
        frames.extend(frames_of(take)?);
    }
    if frames.is_empty() { None } else { Some(frames) }
}

/// A recording that was paused is several files, one after the other, and each may be cut at its end.
fn takes(mp4: &[u8]) -> impl Iterator<Item = &[u8]> {
    const HEAD: &[u8] = b"\0\0\0\x20ftyp";
    let mut begins: Vec<usize> =
        mp4.windows(HEAD.len()).enumerate().filter(|(_, bytes)| *bytes == HEAD).map(|(at, _)| at).collect();
    // What stands before the first head is judged with the rest.
    begins.retain(|at| *at > 0);
    let ends = begins.clone().into_iter().chain([mp4.len()]);
    [0].into_iter().chain(begins).zip(ends).filter_map(|(from, to)| mp4.get(from..to))
}

/// The frames of one take as ADTS; `None` for anything that is understood less than wholly.
fn frames_of(take: &[u8]) -> Option<Vec<u8>> {
    let mut sound = None;
    let mut sizes: Vec<usize> = Vec::new();
    let mut frames = Vec::with_capacity(take.len());
    for Part { name, content, cut } in parts(take)? {
        match name {
            // Nothing can follow what is cut.
            b"moov" | b"moof" if cut => break,
            b"moov" => sound = Some(Sound::read(content)?),
            // The second of two that follow each other directly is the first again.
            b"moof" => sizes = frame_sizes(content)?,
            b"mdat" => {
                let mut rest = content;
                for size in sizes.drain(..) {
                    let Some((frame, after)) = rest.split_at_checked(size) else { break };
                    frames.extend(sound.as_ref()?.header(size)?);
                    frames.extend(frame);
                    rest = after;
                }
                // Sound that no head speaks of: not the kind of file that this is for.
                if !rest.is_empty() && !cut {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(frames)
}

/// One box of an MP4 (ISO/IEC 14496-12, 4.2).
struct Part<'b> {
    name: &'b [u8; 4],
    content: &'b [u8],
    /// The bytes end before it does.
    cut: bool,
}

/// The boxes that follow each other in some bytes, of which the last may be cut; `None` where they are no boxes.
fn parts(mut bytes: &[u8]) -> Option<Vec<Part<'_>>> {
    let mut found = Vec::new();
    while let Some((size, rest)) = bytes.split_first_chunk::<4>() {
        let Some((name, rest)) = rest.split_first_chunk::<4>() else { break };
        let size = usize::try_from(u32::from_be_bytes(*size)).ok()?.checked_sub(8)?;
        let (content, after) = rest.split_at(size.min(rest.len()));
        found.push(Part { name, content, cut: size > rest.len() });
        bytes = after;
    }
    Some(found)
}

/// What is in the box that a path of names leads to.
fn inside<'b>(bytes: &'b [u8], path: &[&[u8; 4]]) -> Option<&'b [u8]> {
    path.iter().try_fold(bytes, |bytes, name| {
        parts(bytes)?.into_iter().find(|part| part.name == *name).map(|part| part.content)
    })
}

/// How the frames are to be played.
struct Sound {
    /// AAC's own number of the profile, less one.
    profile: u8,
    /// The place of the sampling rate in AAC's table.
    rate: u8,
    channels: u8,
}

impl Sound {
    fn read(moov: &[u8]) -> Option<Self> {
        let stsd = inside(moov, &[b"trak", b"mdia", b"minf", b"stbl", b"stsd"])?;
        let mp4a = inside(stsd.get(8..)?, &[b"mp4a"])?;
        let esds = inside(mp4a.get(28..)?, &[b"esds"])?;
        let &[first, second, ..] = specific_info(esds.get(4..)?)? else { return None };
        let bits = u16::from_be_bytes([first, second]);
        let field = |shift: u16, mask: u16| u8::try_from((bits >> shift) & mask).ok();
        let sound =
            Sound { profile: field(11, 31)?.checked_sub(1)?, rate: field(7, 15)?, channels: field(3, 15)? };
        // What ADTS has no words for.
        (sound.profile < 4 && sound.rate < 13 && (1..8).contains(&sound.channels)).then_some(sound)
    }

    fn header(&self, size: usize) -> Option<[u8; 7]> {
        let length = u16::try_from(size + 7).ok().filter(|length| *length < 1 << 13)?;
        let [high, low] = (length << 5).to_be_bytes();
        let top = u8::try_from(length >> 11).ok()?;
        Some([
            0xff,
            0xf1,
            (self.profile << 6) | (self.rate << 2) | (self.channels >> 2),
            ((self.channels & 3) << 6) | top,
            high,
            low | 0x1f,
            0xfc,
        ])
    }
}

/// AAC's own few bytes in an elementary stream's description (ISO/IEC 14496-1, 7.2.6): tag 5, in tag 4, in tag 3.
fn specific_info(bytes: &[u8]) -> Option<&[u8]> {
    let stream = described(bytes, 3)?;
    let flags = *stream.get(2)?;
    // Only the plainest kind is written here; anything else would shift what follows.
    let config = if flags & 0xe0 == 0 { described(stream.get(3..)?, 4)? } else { return None };
    described(config.get(13..)?, 5)
}

/// The content of a description that begins here, if it has this tag.
fn described(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (found, mut rest) = bytes.split_first()?;
    let mut length = 0_usize;
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length = (length << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
        if length > 0xffff {
            return None;
        }
    }
    if *found == tag { rest.get(..length) } else { None }
}

/// The sizes of a fragment's frames, in order.
fn frame_sizes(moof: &[u8]) -> Option<Vec<usize>> {
    let runs = parts(inside(moof, &[b"traf"])?)?.into_iter().filter(|part| part.name == b"trun");
    let [Part { content: trun, .. }] = runs.collect::<Vec<_>>()[..] else { return None };
    let word = |at: usize| trun.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    let flags = word(0)?;
    let count = usize::try_from(word(4)?).ok().filter(|count| *count < 100_000)?;
    // Each frame has its own size, and the frames begin where the next box's content does.
    let starts_at_once = flags & 1 == 0 || usize::try_from(word(8)?).ok()? == moof.len() + 16;
    if flags & 0x200 == 0 || !starts_at_once {
        return None;
    }
    let first = 8 + 4 * (flags & 1 != 0) as usize + 4 * (flags & 4 != 0) as usize;
    let before = (flags & 0x100 != 0) as usize;
    let stride = before + 1 + (flags & 0x400 != 0) as usize + (flags & 0x800 != 0) as usize;
    (0..count).map(|n| usize::try_from(word(first + 4 * (n * stride + before))?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size[..], name, content].concat()
    }

    fn moov() -> Vec<u8> {
        let config = [&[4, 20, 0x40, 0x15][..], &[0; 11], &[5, 2, 0x12, 0x08, 6, 1, 2]].concat();
        let esds = [&[0, 0, 0, 0, 3, 25, 0, 1, 0][..], &config].concat();
        let mp4a = part(b"mp4a", &[&[0; 28][..], &part(b"esds", &esds)].concat());
        let stsd = part(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &mp4a].concat());
        let stbl = part(b"stbl", &stsd);
        part(b"moov", &part(b"trak", &part(b"mdia", &part(b"minf", &stbl))))
    }

    fn fragment(frames: &[&[u8]]) -> (Vec<u8>, Vec<u8>) {
        let head = |offset: u32| {
            let mut trun = 0x701_u32.to_be_bytes().to_vec();
            trun.extend(u32::try_from(frames.len()).unwrap().to_be_bytes());
            trun.extend(offset.to_be_bytes());
            for frame in frames {
                for word in [1024, u32::try_from(frame.len()).unwrap(), 0xc0] {
                    trun.extend(word.to_be_bytes());
                }
            }
            part(b"moof", &part(b"traf", &part(b"trun", &trun)))
        };
        let size = u32::try_from(head(0).len()).unwrap();
        (head(size + 8), part(b"mdat", &frames.concat()))
    }

    fn frames_of_adts(adts: &[u8]) -> Vec<Vec<u8>> {
        let (mut rest, mut found) = (adts, Vec::new());
        while !rest.is_empty() {
            assert_eq!((rest[0], rest[1]), (0xff, 0xf1));
            let length =
                usize::from(rest[3] & 3) << 11 | usize::from(rest[4]) << 3 | usize::from(rest[5]) >> 5;
            found.push(rest[7..length].to_vec());
            rest = &rest[length..];
        }
        found
    }

    /// As WebKitGTK writes it: heads twice, at the beginning and around the last fragment.
    fn recording() -> Vec<u8> {
        let (one, sound) = fragment(&[b"frame one", b"two"]);
        let (two, more) = fragment(&[b"three"]);
        let ftyp = part(b"ftyp", b"iso5");
        [&ftyp[..], &ftyp, &moov(), &one, &sound, &two, &two, &more].concat()
    }

    #[test]
    fn every_frame_comes_out_once_with_its_header() {
        let adts = plain(&recording()).unwrap();
        assert_eq!(frames_of_adts(&adts), [&b"frame one"[..], b"two", b"three"]);
        assert_eq!(adts[2], 1 << 6 | 4 << 2, "AAC-LC, 44,100 per second");
        assert_eq!(adts[3] >> 6, 1, "one channel");
    }

    #[test]
    fn a_recording_that_was_cut_anywhere_keeps_every_whole_frame() {
        let whole = recording();
        let all = plain(&whole).unwrap();
        for length in 0..whole.len() {
            if let Some(kept) = plain(&whole[..length]) {
                assert!(all.starts_with(&kept), "cut at {length}");
            }
        }
        assert_eq!(frames_of_adts(&plain(&whole[..whole.len() - 1]).unwrap()).len(), 2);
    }

    #[test]
    fn a_pause_that_cut_the_first_take_loses_nothing_of_the_second() {
        let mut ftyp = part(b"ftyp", &[0; 24]);
        ftyp.extend(recording());
        let takes = [&ftyp[..ftyp.len() - 2], &ftyp].concat();
        let adts = plain(&takes).unwrap();
        let each: [&[u8]; 5] = [b"frame one", b"two", b"frame one", b"two", b"three"];
        assert_eq!(frames_of_adts(&adts), each);
    }

    #[test]
    fn anything_else_is_left_alone() {
        for bytes in [&b""[..], b"RIFF....WAVE", &[0xff; 64], &moov(), &[0; 40]] {
            assert_eq!(plain(bytes), None);
        }
        let mut broken = recording();
        for place in 0..broken.len() {
            broken[place] ^= 0x55;
            let _ = plain(&broken);
            broken[place] ^= 0x55;
        }
    }
}
