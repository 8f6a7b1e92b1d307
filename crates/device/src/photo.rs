//! Photos, made small and silent before they are stored: at most 1,600 points on the longer side, which is enough to
//! read a page of a register, and without the place, time and camera that a phone writes into them.
//!
//! A picture that cannot be read cannot be silenced either, so it is refused.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::face;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;

/// What a photo is stored as.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// The longer side of a stored photo, in points.
pub const LONGER_SIDE: u32 = 1600;

/// The most bytes of a picture that is taken in.
pub const BYTES: usize = 50 * 1000 * 1000;

/// The longer side of a face that is sealed, in points, unless that is more than it may take.
const PORTRAIT_SIDE: u32 = 720;

/// Of 100; beyond this a photo grows and nobody sees why.
const QUALITY: u8 = 80;

/// The most memory that a picture may need while it is read: some 64 million points.
const MEMORY: u64 = 256 * 1024 * 1024;

/// Whether these first bytes are those of a picture, whatever the file's name says.
pub fn is_picture(head: &[u8]) -> bool {
    infer::is_image(head) || is_heif(head)
}

/// The family of HEIC and AVIF, which many phones write (ISO/IEC 23008-12, annex B): a box `ftyp` with one of its names.
fn is_heif(head: &[u8]) -> bool {
    const NAMES: [&[u8]; 11] =
        [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"mif1", b"msf1", b"avif", b"avis"];
    let brand = head.get(8..12).unwrap_or_default();
    head.get(4..8) == Some(b"ftyp") && NAMES.contains(&brand)
}

/// Makes a photo ready to be stored: upright, scaled, JPEG, nothing but points.
///
/// # Errors
/// `image_unreadable` for what is no JPEG, PNG or WebP picture, or is broken; `file_too_large` past [`BYTES`].
pub fn prepare(bytes: &[u8]) -> Result<Vec<u8>> {
    let (mut picture, orientation) = read(bytes)?;
    if picture.width().max(picture.height()) > LONGER_SIDE {
        picture = picture.resize(LONGER_SIDE, LONGER_SIDE, FilterType::CatmullRom);
    }
    picture.apply_orientation(orientation);
    let mut stored = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut stored, QUALITY);
    on_white(&picture).write_with_encoder(encoder).map_err(|e| unreadable(&e))?;
    Ok(stored)
}

/// A photo of somebody's face, small enough to be sealed ([`face::PHOTO_BYTES`]): smaller and smaller, until it is.
///
/// # Errors
/// `image_unreadable`.
pub(crate) fn portrait(bytes: &[u8]) -> Result<Vec<u8>> {
    let picture = on_white(&read(bytes)?.0);
    let mut side = PORTRAIT_SIDE;
    loop {
        let small = DynamicImage::from(picture.clone());
        let small = if picture.width().max(picture.height()) > side {
            small.resize(side, side, FilterType::CatmullRom)
        } else {
            small
        };
        let mut stored = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut stored, QUALITY);
        small.to_rgb8().write_with_encoder(encoder).map_err(|e| unreadable(&e))?;
        if stored.len() <= face::PHOTO_BYTES {
            return Ok(stored);
        }
        side = side * 3 / 4;
    }
}

/// The points of a picture, for looking at them here.
pub(crate) fn points(bytes: &[u8]) -> Result<RgbImage> {
    Ok(on_white(&read(bytes)?.0))
}

/// A picture, and how it was held.
fn read(bytes: &[u8]) -> Result<(DynamicImage, Orientation)> {
    if bytes.len() > BYTES {
        return Err(Error::told(Code::FileTooLarge, format!("a picture has at most {BYTES} bytes")));
    }
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| unreadable(&e))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| unreadable(&e))?;
    // A phone held sideways says so only in the data that is about to go.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(|e| unreadable(&e))?, orientation))
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    let why = why.to_string();
    let message = format!("JPEG, PNG and WebP can be read, and this cannot: {}", why.trim());
    Error::told(Code::ImageUnreadable, message)
}

/// What can be seen through becomes paper: JPEG knows no transparency, and would make it black.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, seen] = picture.get_pixel(x, y).0;
        let over = |colour: u8| {
            let mixed = u32::from(colour) * u32::from(seen) + 255 * (255 - u32::from(seen));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ImageFormat;

    fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn read(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
    }

    /// The same JPEG with an EXIF block: this orientation, and a place in words that anybody would find.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        tiff.extend(b"GPS 11.93 -8.39 Kangaba");
        let mut segment = vec![0xff, 0xe1];
        segment.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
        segment.extend(b"Exif\0\0");
        segment.extend(tiff);
        [&jpeg[..2], &segment, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photo_is_scaled_turned_upright_and_tells_nothing_more() {
        let wide =
            RgbImage::from_fn(2400, 1200, |x, _| Rgb(if x < 1200 { [250, 0, 0] } else { [0, 0, 250] }));
        let photo = with_exif(&encoded(wide, ImageFormat::Jpeg), 6);
        let stored = prepare(&photo).unwrap();
        let seen = read(&stored);
        assert_eq!((seen.width(), seen.height()), (800, 1600), "turned to the right");
        assert!(seen.to_rgb8().get_pixel(400, 100).0[0] > 200, "what was on the left is on top");
        for words in [&b"Kangaba"[..], b"Exif", b"GPS"] {
            assert!(photo.windows(words.len()).any(|w| w == words));
            assert!(!stored.windows(words.len()).any(|w| w == words));
        }
    }

    #[test]
    fn a_small_picture_keeps_its_size_and_what_is_transparent_becomes_white() {
        let clear = image::RgbaImage::from_pixel(20, 10, image::Rgba([9, 9, 9, 0]));
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let seen = read(&prepare(&encoded(clear.clone(), format)).unwrap());
            assert_eq!((seen.width(), seen.height()), (20, 10));
            assert!(seen.to_rgb8().get_pixel(5, 5).0[0] > 250);
        }
    }

    #[test]
    fn what_is_no_picture_or_a_broken_one_is_refused() {
        let whole = encoded(RgbImage::new(300, 300), ImageFormat::Png);
        for bytes in [&b"Bonjour"[..], &[], &whole[..60]] {
            assert_eq!(prepare(bytes).unwrap_err().code(), Code::ImageUnreadable);
        }
        assert_eq!(prepare(&vec![0; BYTES + 1]).unwrap_err().code(), Code::FileTooLarge);
        assert!(is_picture(&whole) && !is_picture(b"%PDF-1.7"));
    }
}
