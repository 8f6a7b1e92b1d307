//! What headquarters hands to somebody whose device is to be taken in: one line that can be typed, sent as a link, or drawn
//! as a QR code.
//!
//! `blon://enrol?u=<address>&c=<one-time code>&k=<pin>`. The code alone opens the door, once and for a day; nothing in the line
//! is a password. The pin names the key that headquarters shows when a device calls (ADR 33): with it a device needs nobody
//! else's word for who answers. Reading is strict: a line that was cut off or mended by hand is refused rather than guessed at.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// How every invitation begins.
pub const BEGINNING: &str = "blon://enrol?";

/// The most bytes of an invitation: a QR code of a size that phones still read holds no more.
const MOST_BYTES: usize = 1_000;

/// The most bytes of an address; written as in a link it may be three times as long, and an invitation must hold it.
const MOST_ADDRESS: usize = 200;

/// The most characters of a code, however it is grouped.
const MOST_CODE: usize = 40;

/// What stands as it is in a value: letters, digits, and what RFC 3986 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names a server's key: the SHA-256 of its certificate's `SubjectPublicKeyInfo` (RFC 7469, section 2.4). As text it is base64
/// for addresses, without padding: 43 letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, type = "string")]
pub struct Pin([u8; 32]);

impl Pin {
    /// The pin whose 32 bytes a hash function gave.
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Pin(hash)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_URL.encode(self.0))
    }
}

impl FromStr for Pin {
    type Err = Unreadable;

    /// Reads either alphabet of base64, padded or not: `openssl` writes the one, links need the other.
    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let bytes = BASE64_URL.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(Pin).ok_or(Unreadable::Pin)
    }
}

impl TryFrom<String> for Pin {
    type Error = Unreadable;
    fn try_from(text: String) -> Result<Self, Unreadable> {
        text.parse()
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> String {
        pin.to_string()
    }
}

/// What a device needs to be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Invitation {
    /// Headquarters' address.
    pub url: String,
    /// The one-time code.
    pub code: String,
    /// The key that headquarters must show; without it the web's authorities vouch for who answers.
    pub pin: Option<Pin>,
}

/// Why a line is no invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It begins otherwise, or is longer than one can be.
    #[error("an invitation begins with {BEGINNING}")]
    Beginning,
    /// Something in it is not written as in a link.
    #[error("the invitation is broken at {0:?}")]
    Broken(String),
    /// It holds what this program does not know.
    #[error("the invitation holds {0:?}, which is not known here")]
    Unknown(String),
    /// It holds something twice.
    #[error("the invitation holds {0:?} twice")]
    Twice(String),
    /// Its address is missing or none.
    #[error("the invitation has no address such as https://blon.example")]
    Address,
    /// Its code is missing or none.
    #[error("the invitation has no code")]
    Code,
    /// A key is not named by 32 bytes in base64.
    #[error("a key is named by the 32 bytes of a SHA-256 in base64")]
    Pin,
}

/// Whether a text is an address as a device can be given it: `https://…` or `http://…`, a host, maybe a port and a path, at most
/// 200 bytes. A name and a password before the host, a query or a fragment have no place in it.
pub fn is_address(text: &str) -> bool {
    let small = text.to_lowercase();
    let rest = small.strip_prefix("https://").or_else(|| small.strip_prefix("http://")).unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '@');
    text.len() <= MOST_ADDRESS && !rest.is_empty() && !rest.starts_with(['/', ':']) && !rest.contains(odd)
}

/// Whether a text can be a one-time code.
fn is_code(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    letters > 0 && text.len() <= MOST_CODE && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        write!(f, "{BEGINNING}u={}&c={}", escaped(&self.url), escaped(&self.code))?;
        match self.pin {
            Some(pin) => write!(f, "&k={pin}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Invitation {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let text = text.trim();
        let pairs = text.strip_prefix(BEGINNING).filter(|_| text.len() <= MOST_BYTES);
        let (mut url, mut code, mut pin) = (None, None, None);
        for pair in pairs.ok_or(Unreadable::Beginning)?.split('&') {
            let (name, value) = pair.split_once('=').ok_or_else(|| Unreadable::Broken(pair.to_owned()))?;
            let place = match name {
                "u" => &mut url,
                "c" => &mut code,
                "k" => &mut pin,
                _ => return Err(Unreadable::Unknown(name.to_owned())),
            };
            if place.replace(unescaped(value)?).is_some() {
                return Err(Unreadable::Twice(name.to_owned()));
            }
        }
        Ok(Invitation {
            url: url.filter(|url| is_address(url)).ok_or(Unreadable::Address)?,
            code: code.filter(|code| is_code(code)).ok_or(Unreadable::Code)?,
            pin: pin.map(|pin| pin.parse()).transpose()?,
        })
    }
}

/// A value as it was before it was put into a link.
fn unescaped(value: &str) -> Result<String, Unreadable> {
    let broken = || Unreadable::Broken(value.to_owned());
    // The decoder leaves alone what is no escape; here that is a line that was cut or mended.
    let mut rest = value.split('%');
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b));
    let first = rest.next().unwrap_or_default();
    let escapes = rest.all(|after| {
        after.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            && after.get(2..).is_some_and(plain)
    });
    if !plain(first) || !escapes {
        return Err(broken());
    }
    percent_decode_str(value).decode_utf8().map(Into::into).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    fn read(text: &str) -> Result<Invitation, Unreadable> {
        text.parse()
    }

    #[test]
    fn a_line_tells_the_address_the_code_and_the_key() {
        let line = format!("blon://enrol?u=https%3A%2F%2Fhq.example&c=K7QMX-P2XDR&k={KEY}");
        let invitation = read(&format!("  {line}\n")).unwrap();
        assert_eq!(
            (invitation.url.as_str(), invitation.code.as_str()),
            ("https://hq.example", "K7QMX-P2XDR")
        );
        assert_eq!(invitation.pin.unwrap().to_string(), KEY);
        assert_eq!(invitation.to_string(), line);
        let without = read("blon://enrol?c=K7QMX-P2XDR&u=https://hq.example:8443/blon").unwrap();
        assert_eq!((without.url.as_str(), without.pin), ("https://hq.example:8443/blon", None));
    }

    #[test]
    fn what_is_cut_mended_or_more_than_an_invitation_is_refused() {
        let good = "blon://enrol?u=https%3A%2F%2Fhq.example&c=K7QMX-P2XDR";
        for (line, why) in [
            ("", Unreadable::Beginning),
            ("https://hq.example", Unreadable::Beginning),
            (&good[2..], Unreadable::Beginning),
            (&format!("{good}&x=1"), Unreadable::Unknown("x".to_owned())),
            (&format!("{good}&c=K7QMX-P2XDR"), Unreadable::Twice("c".to_owned())),
            (&format!("{good}&"), Unreadable::Broken(String::new())),
            (&format!("{good}&k=47DEQpj8"), Unreadable::Pin),
            ("blon://enrol?u=https%3A%2F%2Fhq.example", Unreadable::Code),
            ("blon://enrol?u=https%3A%2F%2Fhq.example&c=", Unreadable::Code),
            ("blon://enrol?u=https%3A%2F%2Fhq.example&c=%27%20OR%201", Unreadable::Code),
            ("blon://enrol?c=K7QMX-P2XDR", Unreadable::Address),
            ("blon://enrol?u=ftp%3A%2F%2Fhq.example&c=K7QMX", Unreadable::Address),
            ("blon://enrol?u=https%3A%2F%2Fawa%3Asecret%40hq.example&c=K7QMX", Unreadable::Address),
            ("blon://enrol?u=https%3A%2F%2Fhq.example%3Fx&c=K7QMX", Unreadable::Address),
            ("blon://enrol?u=https%3A%2&c=K7QMX", Unreadable::Broken("https%3A%2".to_owned())),
            ("blon://enrol?u=https%3A%zz&c=K7QMX", Unreadable::Broken("https%3A%zz".to_owned())),
            ("blon://enrol?u=%ff&c=K7QMX", Unreadable::Broken("%ff".to_owned())),
            (
                "blon://enrol?u=https://hq example&c=K7QMX",
                Unreadable::Broken("https://hq example".to_owned()),
            ),
            (&format!("{good}{}", "9".repeat(MOST_BYTES)), Unreadable::Beginning),
            (&format!("blon://enrol?c=K7QMX&u=https://{}", ":".repeat(MOST_ADDRESS)), Unreadable::Address),
        ] {
            assert_eq!(read(line), Err(why), "{line}");
        }
    }

    #[test]
    fn a_pin_is_read_as_openssl_writes_it() {
        let padded: Pin = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".parse().unwrap();
        assert_eq!(padded.to_string(), KEY);
        assert_eq!(serde_json::from_str::<Pin>(&format!("{KEY:?}")).unwrap(), padded);
        assert!(serde_json::from_str::<Pin>("\"47DEQpj8\"").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(
            host in "[a-zé-ÿ0-9.-]{1,40}", path in "(/[a-zà %&=+._~-]{0,20})?", code in "[A-Z0-9]{5}-[A-Z0-9]{5}",
            key in proptest::option::of(any::<[u8; 32]>()),
        ) {
            let url = format!("https://{host}{}", path.replace(' ', "_"));
            let invitation = Invitation { url, code, pin: key.map(Pin::from_bytes) };
            prop_assert_eq!(invitation.to_string().parse(), Ok(invitation));
        }

        #[test]
        fn junk_is_refused_and_never_stops_the_program(junk in ".{0,80}", pairs in "[uck=&%a-f0-9é:/-]{0,80}") {
            prop_assert!(read(&junk).is_err());
            let _ = read(&format!("{BEGINNING}{pairs}"));
        }
    }
}
