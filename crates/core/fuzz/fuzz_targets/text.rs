//! Any text as each thing that is read from one line: it is refused, or comes out again as it was understood.

#![no_main]

use blon_core::id::{CampaignId, DeviceId, Digest, PersonName, RecordId, StoryId};
use blon_core::invitation::{Pin, is_address};
use blon_core::one_line::one_line;
use blon_core::place::coarse;
use blon_core::remark::{AnswerPath, ThreadId};
use blon_core::review::Role;
use blon_core::sealed::Sealed;
use blon_core::search::asked_for;
use blon_core::withdrawal::WithdrawalCode;
use libfuzzer_sys::fuzz_target;
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn again<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string().parse::<T>().ok().as_ref(), Some(&read));
    }
}

fuzz_target!(|text: &str| {
    again::<CampaignId>(text);
    again::<PersonName>(text);
    again::<DeviceId>(text);
    again::<RecordId>(text);
    again::<StoryId>(text);
    again::<Digest>(text);
    again::<Pin>(text);
    again::<Role>(text);
    again::<ThreadId>(text);
    again::<AnswerPath>(text);
    again::<WithdrawalCode>(text);
    if let Ok(sealed) = Sealed::try_from(text.to_owned()) {
        assert_eq!(String::from(sealed), text);
    }
    let told = coarse(text);
    assert_eq!(coarse(&told), told);
    assert!(!one_line(text).contains(['\n', '\u{1b}']));
    let _ = (is_address(text), asked_for(text));
});
