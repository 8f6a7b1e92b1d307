//! Whatever reads bytes from outside and cannot be reached by the fuzz targets of the core: pictures, codes in pictures, recordings,
//! story files, workbooks, parcels, headers. They are given true ones that were changed, cut and joined, and anything at all; each
//! is understood or refused, and nothing falls. `cargo xtask nightly` tries 20,000 of each.

use blon_core::error::Code;
use blon_device::intake::StoryFile;
use blon_device::{photo, qr, voice};
use blon_server::error::Error;
use blon_server::workbooks;
use blon_tests::device::TestDevice;
use blon_tests::fixtures::{campaign_file, questionnaire, stories};
use blon_tests::media::photo_of;
use blon_tests::server::TestServer;
use blon_tests::supervisor::http;
use blon_tests::wire::enrol_by_hand;
use chrono::Utc;
use image::{ImageFormat, RgbImage};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use reqwest::header::HeaderValue;
use std::io::Cursor;
use std::sync::LazyLock;

/// How many of each are tried unless `PROPTEST_CASES` says more.
fn cases() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 64 };
    ProptestConfig { cases, ..default }
}

/// One of these, with some bytes changed, a part of it doubled, and its end cut off; or anything at all.
fn like(seeds: &[Vec<u8>]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let seeds = seeds.to_vec();
    let edits = proptest::collection::vec((any::<Index>(), any::<u8>()), 0..12);
    let changed = (any::<Index>(), edits, any::<(Index, Index)>(), any::<Index>(), 0..4_u8);
    let changed = changed.prop_map(move |(which, edits, (from, to), end, how)| {
        let mut bytes = which.get(&seeds).clone();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if how == 1 {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            bytes.extend_from_within(from.min(to)..from.max(to));
        }
        if how == 2 {
            bytes.truncate(end.index(bytes.len()));
        }
        bytes
    });
    prop_oneof![9 => changed, 1 => proptest::collection::vec(any::<u8>(), 0..2_000)]
}

static PICTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    photo_of(&path, 3, 80, 60);
    let jpeg = std::fs::read(path).unwrap();
    let mut png = Cursor::new(Vec::new());
    RgbImage::from_fn(40, 40, |x, y| image::Rgb([u8::from((x / 4 + y / 4) % 2 == 0) * 255; 3]))
        .write_to(&mut png, ImageFormat::Png)
        .unwrap();
    // The least WebP there is, one point of lossless green (RFC 9649).
    let webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0".to_vec();
    vec![jpeg, png.into_inner(), webp]
});

static RECORDINGS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let part = |name: &[u8; 4], content: &[u8]| {
        [&u32::try_from(content.len() + 8).unwrap().to_be_bytes()[..], name, content].concat()
    };
    let config = [&[4, 20, 0x40, 0x15][..], &[0; 11], &[5, 2, 0x12, 0x08, 6, 1, 2]].concat();
    let esds = [&[0, 0, 0, 0, 3, 25, 0, 1, 0][..], &config].concat();
    let mp4a = part(b"mp4a", &[&[0; 28][..], &part(b"esds", &esds)].concat());
    let stsd = part(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &mp4a].concat());
    let moov = part(b"moov", &part(b"trak", &part(b"mdia", &part(b"minf", &part(b"stbl", &stsd)))));
    // One frame of five bytes, which begins where the head around it ends.
    let trun = [0x701, 1, 56, 1024, 5, 0xc0_u32].map(u32::to_be_bytes).concat();
    let moof = part(b"moof", &part(b"traf", &part(b"trun", &trun)));
    let whole = [part(b"ftyp", &[0; 24]), moov, moof, part(b"mdat", b"trame")].concat();
    assert!(voice::plain(&whole).is_some(), "it is a recording as long as nobody changes it");
    vec![whole.clone(), [whole.clone(), whole].concat()]
});

static STORIES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| stories().iter().map(|story| story.to_string().into_bytes()).collect());

static WORKBOOKS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut small = questionnaire();
    small.survey.truncate(12);
    let json = serde_json::to_vec(&small).unwrap();
    vec![workbooks::written(&small).unwrap(), json]
});

static CAMPAIGNS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| vec![std::fs::read(campaign_file()).unwrap()]);

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_picture_is_made_small_and_silent_or_refused(bytes in like(&PICTURES)) {
        match photo::prepare(&bytes) {
            Ok(stored) => {
                prop_assert!(stored.starts_with(&[0xff, 0xd8]) && !stored.windows(4).any(|part| part == b"Exif"));
                prop_assert!(photo::prepare(&stored).is_ok());
            }
            Err(refused) => prop_assert!(matches!(refused.code(), Code::ImageUnreadable | Code::FileTooLarge)),
        }
    }

    #[test]
    fn a_picture_gives_an_invitation_or_says_why_not(bytes in like(&PICTURES)) {
        if let Err(refused) = qr::invitation(&bytes) {
            let told = [Code::ImageUnreadable, Code::FileTooLarge, Code::QrUnreadable, Code::InvitationUnreadable];
            prop_assert!(told.contains(&refused.code()), "{}", refused);
        }
    }

    #[test]
    fn a_recording_is_made_plain_or_kept_as_it_came(bytes in like(&RECORDINGS)) {
        if let Some(plain) = voice::plain(&bytes) {
            prop_assert!(plain.starts_with(&[0xff]) && plain.len() <= bytes.len() + 7 * bytes.len());
        }
    }

    #[test]
    fn a_story_file_is_read_or_refused(bytes in like(&STORIES)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(refused) = StoryFile::read(&text) {
            prop_assert_eq!(refused.code(), Code::BadInput);
        }
    }

    #[test]
    fn a_workbook_is_read_or_its_faults_are_told(bytes in like(&WORKBOOKS)) {
        match workbooks::from_outside(&bytes) {
            Ok(workbook) => drop(blon_core::questionnaire::read::read(&workbook)),
            Err(found) => prop_assert!(!found.is_empty()),
        }
    }

    #[test]
    fn a_campaigns_file_is_read_or_refused(bytes in like(&CAMPAIGNS)) {
        if let Ok(file) = serde_json::from_slice::<blon_core::plan::CampaignFile>(&bytes) {
            let _ = (file.campaign.findings(), file.campaign.sum());
        }
    }
}

/// Tries this with what a strategy makes up.
fn try_all<S: Strategy>(
    cases: ProptestConfig,
    strategy: &S,
    each: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    TestRunner::new(cases).run(strategy, each).unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn a_parcel_is_opened_or_refused_and_never_our_own_fault() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let awa = TestDevice::of("Awa");
    awa.enrol(&server.url(), &server.code("Awa"));
    let id = awa.new_story(&stories()[0], &[]);
    awa.run(&["finalise", &id]);
    let parcel = awa.path("awa.blon");
    awa.run(&["export", parcel.to_str().unwrap()]);
    let own = server.headquarters();
    try_all(cases(), &like(&[std::fs::read(parcel).unwrap()]), |bytes| {
        let mut receipt = Vec::new();
        match own.open_parcel(bytes.as_slice(), &mut receipt, Utc::now()) {
            Ok(opened) => prop_assert!(opened.refused == 0 && !receipt.is_empty()),
            Err(Error::Told { code, .. }) => prop_assert_eq!(code, Code::ParcelUnreadable),
            Err(fault) => prop_assert!(false, "{}", fault),
        }
        Ok(())
    });
}

/// The headers that something reads here.
const NAMES: [&str; 16] = [
    "authorization",
    "cookie",
    "content-type",
    "content-encoding",
    "accept-encoding",
    "blon-dictionary",
    "tus-resumable",
    "upload-length",
    "upload-offset",
    "upload-metadata",
    "upload-checksum",
    "x-http-method-override",
    "x-forwarded-for",
    "x-blon-csrf",
    "origin",
    "range",
];

#[test]
fn whatever_headers_say_is_no_fault_of_headquarters() {
    let server = TestServer::serving();
    server.add("Awa", "collector");
    let (_, token) = enrol_by_hand(&server, "Awa");
    let (client, file) = (http().build().unwrap(), format!("v1/files/{}", "ab".repeat(32)));
    let beginnings = ["", "Bearer ", "Basic ", "blon_session=", "sha256 ", "bytes=", "application/json; "];
    // Any bytes that HTTP lets pass.
    let byte = prop_oneof![Just(b' '), b'!'..=b'~', 0x80..=0xff_u8];
    let value = (select(beginnings.to_vec()), proptest::collection::vec(byte, 0..60));
    // Whoever asks too often is answered before anything is read.
    let few = ProptestConfig { cases: cases().cases.min(180), ..cases() };
    try_all(few, &(select(NAMES.to_vec()), value), |(name, (beginning, bytes))| {
        let value = HeaderValue::from_bytes(&[beginning.as_bytes(), &bytes].concat()).unwrap();
        for (method, path) in [
            ("POST", "v1/files"),
            ("PATCH", &file),
            ("POST", "v1/sync"),
            ("GET", "api/people"),
            ("POST", "api/session"),
        ] {
            let request = client.request(method.parse().unwrap(), format!("{}/{path}", server.url()));
            let status = request.bearer_auth(&token).header(name, &value).send().unwrap().status();
            prop_assert!(status.as_u16() < 500, "{} {}: {} {:?} {}", method, path, name, value, status);
        }
        Ok(())
    });
}
