//! Any text as an invitation: it is refused, or comes out again as it was understood.

#![no_main]

use blon_core::invitation::Invitation;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(invitation) = text.parse::<Invitation>() {
        assert_eq!(invitation.to_string().parse(), Ok(invitation));
    }
});
