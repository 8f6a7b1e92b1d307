//! Any file as a campaign: it is refused, or its faults are told, and it comes out again as it was understood.

#![no_main]

use blon_core::plan::CampaignFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = serde_json::from_slice::<CampaignFile>(bytes) else { return };
    let _ = (file.campaign.findings(), file.campaign.sum());
    let _ = file.plan.as_ref().map(|plan| plan.findings(&file.campaign));
    let written = serde_json::to_vec(&file).expect("it is written");
    assert_eq!(serde_json::from_slice::<CampaignFile>(&written).expect("and read again"), file);
});
