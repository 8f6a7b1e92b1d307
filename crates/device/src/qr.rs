//! An invitation out of a photo of its QR code: taken askew, by a bad light, with a camera of twelve million points or of one.
//!
//! What finds a code depends on how many points its squares have, and a photo's points outnumber what it shows. So the photo is
//! looked at in several sizes, each of which also smooths another grain away, until one gives an invitation.

use crate::error::{Error, Result};
use crate::photo;
use blon_core::error::Code;
use blon_core::invitation::Invitation;
use image::imageops::{FilterType, resize};
use image::{GrayImage, imageops};
use rqrr::PreparedImage;

/// The longer side of what is looked at, one after the other, in points.
const SIZES: [u32; 5] = [1000, 1600, 640, 2400, 400];

/// A code has a margin of its own, which a picture may have lost.
const MARGIN: u32 = 24;

/// Reads the invitation in a picture of its QR code.
///
/// # Errors
/// `image_unreadable` and `file_too_large` as for [`photo::prepare`]; `qr_unreadable` where no code is found,
/// `invitation_unreadable` where it says something else.
pub fn invitation(picture: &[u8]) -> Result<Invitation> {
    let whole = photo::points(picture)?;
    let mut otherwise = None;
    for seen in looks(&imageops::grayscale(&whole)) {
        for said in read(&seen) {
            match said.parse() {
                Ok(invitation) => return Ok(invitation),
                Err(why) => otherwise = Some(why),
            }
        }
    }
    Err(match otherwise {
        Some(why) => Error::told(Code::InvitationUnreadable, format!("the QR code is no invitation: {why}")),
        None => {
            Error::told(Code::QrUnreadable, "no QR code is found in the picture, or none that can be read")
        }
    })
}

/// The picture in each size that it has points for; as it is, where it is smaller than all of them.
fn looks(whole: &GrayImage) -> impl Iterator<Item = GrayImage> {
    let longer = whole.width().max(whole.height()).max(1);
    let smallest = SIZES.into_iter().min().unwrap_or(longer);
    let sizes = SIZES.into_iter().filter(move |size| *size <= longer);
    sizes.chain((longer < smallest).then_some(longer)).map(move |size| {
        let part = |side: u32| {
            let scaled = u64::from(side) * u64::from(size) / u64::from(longer);
            u32::try_from(scaled).unwrap_or(size).max(1)
        };
        with_margin(&resize(whole, part(whole.width()), part(whole.height()), FilterType::Triangle))
    })
}

fn with_margin(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() + 2 * MARGIN, picture.height() + 2 * MARGIN);
    let mut wider = GrayImage::from_pixel(width, height, image::Luma([255]));
    imageops::replace(&mut wider, picture, i64::from(MARGIN), i64::from(MARGIN));
    wider
}

/// What the codes in a picture say.
fn read(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let points = picture.as_raw();
    let grey = |x: usize, y: usize| points.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, grey);
    let found = prepared.detect_grids();
    found.iter().filter_map(|grid| grid.decode().ok()).map(|(_, said)| said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat, Luma};
    use std::io::Cursor;

    const LINE: &str = "blon://enrol?u=https%3A%2F%2Fsiege.example%3A8443&c=K7QMX-P2XDR\
                        &k=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    /// The code of a text with squares of so many points, and four of them free around it.
    fn drawn(text: &str, square: u32) -> GrayImage {
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).unwrap();
        let (wide, colors) = (u32::try_from(code.width()).unwrap(), code.to_colors());
        let side = (wide + 8) * square;
        GrayImage::from_fn(side, side, |x, y| {
            let (x, y) = ((x / square).wrapping_sub(4), (y / square).wrapping_sub(4));
            let dark = x < wide && y < wide && colors[(y * wide + x) as usize] == qrcode::Color::Dark;
            Luma([if dark { 15 } else { 240 }])
        })
    }

    /// A photo of a picture: on a darker table, turned by so many degrees, lit from one side, with grain.
    fn photographed(picture: &GrayImage, (width, height): (u32, u32), degrees: f64, grain: u8) -> GrayImage {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let middle = |side: u32| f64::from(side) / 2.0;
        let mut chance = 7_u32;
        GrayImage::from_fn(width, height, |x, y| {
            let (dx, dy) = (f64::from(x) - middle(width), f64::from(y) - middle(height));
            let (from_x, from_y) = (cosine * dx + sine * dy, cosine * dy - sine * dx);
            let place = (from_x + middle(picture.width()), from_y + middle(picture.height()));
            let inside = |at: f64, side: u32| (0.0..f64::from(side)).contains(&at);
            let paper = inside(place.0, picture.width()) && inside(place.1, picture.height());
            let seen = if paper { picture.get_pixel(place.0 as u32, place.1 as u32).0[0] } else { 90 };
            let light = 0.55 + 0.45 * f64::from(x) / f64::from(width);
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let speck = f64::from(chance >> 24) / 255.0 * 2.0 - 1.0;
            Luma([(f64::from(seen) * light + speck * f64::from(grain)).clamp(0.0, 255.0) as u8])
        })
    }

    fn file(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(picture).to_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_code_is_read_small_and_as_large_as_a_phone_takes_it() {
        for square in [2, 4, 8, 30] {
            let read = invitation(&file(drawn(LINE, square), ImageFormat::Png)).unwrap();
            assert_eq!(read.to_string(), LINE, "squares of {square}");
        }
        let photo = photographed(&drawn(LINE, 34), (4000, 3000), 3.0, 20);
        assert_eq!(invitation(&file(photo, ImageFormat::Jpeg)).unwrap().to_string(), LINE);
    }

    #[test]
    fn a_code_is_read_from_a_photo_that_is_turned_badly_lit_and_grainy() {
        let code = drawn(LINE, 9);
        for (degrees, grain) in [(0.0, 60), (17.0, 30), (90.0, 45), (133.0, 30), (180.0, 60), (262.0, 30)] {
            let photo = photographed(&code, (1200, 900), degrees, grain);
            let read = invitation(&file(photo, ImageFormat::Jpeg));
            assert_eq!(read.unwrap().to_string(), LINE, "turned by {degrees}, grain {grain}");
        }
    }

    #[test]
    fn whatever_is_in_a_picture_never_stops_the_program() {
        let mut chance = 5_u32;
        let mut next = |limit: u32| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (chance >> 8) % limit
        };
        for _ in 0..200 {
            // A code of which parts are covered, and how much of it is left in the frame, is chance.
            let mut seen = drawn(&LINE[..next(90) as usize + 5], next(4) + 1);
            for _ in 0..next(12) {
                let (x, y, side) = (next(seen.width()), next(seen.height()), next(40) + 1);
                let patch = GrayImage::from_fn(side, side, |_, _| Luma([if next(2) == 0 { 0 } else { 255 }]));
                imageops::overlay(&mut seen, &patch, x.into(), y.into());
            }
            let (width, height) = (next(seen.width()) + 1, next(seen.height()) + 1);
            let part = imageops::crop_imm(&seen, next(40), next(40), width, height).to_image();
            let _ = read(&with_margin(&part));
            let _ = read(&with_margin(&seen));
        }
    }

    #[test]
    fn no_code_another_code_and_no_picture_are_told_apart() {
        let told = |bytes: &[u8]| invitation(bytes).unwrap_err().code();
        let nothing = photographed(&GrayImage::from_pixel(300, 300, Luma([200])), (1200, 900), 5.0, 90);
        assert_eq!(told(&file(nothing, ImageFormat::Jpeg)), Code::QrUnreadable);
        let other = drawn("WIFI:S:Maquis;T:WPA;P:secret;;", 6);
        assert_eq!(told(&file(other, ImageFormat::Png)), Code::InvitationUnreadable);
        assert_eq!(told(b"no picture"), Code::ImageUnreadable);
        let cut = drawn(LINE, 8);
        let half = imageops::crop_imm(&cut, 0, 0, cut.width() / 2, cut.height()).to_image();
        assert_eq!(told(&file(half, ImageFormat::Png)), Code::QrUnreadable);
        for side in [1, 2, 30] {
            assert_eq!(told(&file(GrayImage::new(side, 1), ImageFormat::Png)), Code::QrUnreadable);
        }
    }
}
