//! Invitations: a one-time code with the address to bring it to and the key that answers there, as a line and as a picture.

use crate::Headquarters;
use crate::error::{Error, Result};
use crate::store::Tx;
use blon_core::invitation::{Invitation, Pin};
use qrcode::render::{svg, unicode};
use qrcode::{EcLevel, QrCode};

/// The setting that holds the pin of the key that headquarters shows.
const PIN: &str = "pin";

/// Points of the picture for each of the code's squares: sharp on a screen and in print.
const SQUARE: u32 = 8;

impl Headquarters {
    /// From now on invitations name this key, or none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_pin(&self, pin: Option<Pin>) -> Result<()> {
        let text = pin.map(|pin| pin.to_string()).unwrap_or_default();
        self.store.write(|tx| tx.set(PIN, &text))
    }
}

/// The invitation that takes a code to this address. Plain HTTP shows no key.
pub(crate) fn invitation(tx: &Tx, url: &str, code: &str) -> Result<Invitation> {
    let kept = tx.setting(PIN)?.filter(|_| url.to_lowercase().starts_with("https://"));
    let pin = kept.and_then(|kept| kept.parse().ok());
    Ok(Invitation { url: url.to_owned(), code: code.to_owned(), pin })
}

fn drawn(text: &str) -> Result<QrCode> {
    // A fifteenth of it may be covered or blurred; more would make its squares smaller than a cheap camera sees.
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| Error::Internal(e.to_string()))
}

/// A QR code of a text as SVG: dark on light with its quiet zone, whatever the page's colours are.
///
/// # Errors
/// An internal error for a text that is too long.
pub fn qr_svg(text: &str) -> Result<String> {
    let mut picture = drawn(text)?.render::<svg::Color>().module_dimensions(SQUARE, SQUARE).build();
    // The declaration before it has no place within a page.
    if let Some(at) = picture.find("<svg") {
        picture.drain(..at);
    }
    Ok(picture)
}

/// The same in lines of half blocks, for a terminal; a full block is dark.
///
/// # Errors
/// An internal error for a text that is too long.
pub fn qr_blocks(text: &str) -> Result<String> {
    Ok(drawn(text)?.render::<unicode::Dense1x2>().module_dimensions(1, 1).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_dark_on_light_with_room_around_it() {
        let line = "blon://enrol?u=https%3A%2F%2Fhq.example&c=K7QMX-P2XDR";
        let picture = qr_svg(line).unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
        assert!(picture.contains("fill=\"#fff\"") && picture.contains("fill=\"#000\""));
        // Four squares on each side are free: the first dark one begins there.
        assert!(picture.contains(&format!("d=\"M{0} {0}h", 4 * SQUARE)), "{picture}");
        let lines: Vec<String> = qr_blocks(line).unwrap().lines().map(str::to_owned).collect();
        assert!(lines[0].trim().is_empty() && lines[2].starts_with("    █"), "{lines:?}");
    }
}
