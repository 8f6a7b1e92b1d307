//! What happens to a draft beside being answered: taken back, deleted, brought back, erased, begun anew, corrected.
//! Nothing is lost that somebody may still want, and nothing stays that somebody erased.

use blon_device::view::Asked;
use blon_device::{Device, StoryId};
use blon_tests::collecting::{collector, open, sync, tell};
use blon_tests::device::{TestDevice, holds_no_plaintext};
use blon_tests::media::sha256;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;

fn awa() -> (TestServer, TestDevice) {
    let server = TestServer::serving();
    let awa = collector(&server, "Awa", &server.url());
    (server, awa)
}

fn answer(device: &Device, id: StoryId, path: &str, answer: &str) -> Asked {
    device.answer(id, path, answer, "fr").unwrap()
}

fn begun(device: &Device) -> StoryId {
    let id = device.begin_interview("fr", false).unwrap().id;
    for consent in ["consent_interview", "consent_audio"] {
        answer(device, id, consent, "yes");
    }
    id
}

fn shown(asked: &Asked, path: &str) -> Option<String> {
    asked.items.iter().find(|item| item.path == path).map(|item| item.answer.clone())
}

/// A recording of these bytes that runs, and was not ended.
fn recording(device: &Device, id: StoryId, bytes: &[u8]) -> i64 {
    let key = device.record_begin(id, "story_audio", "audio/webm").unwrap();
    device.record_chunk(key, bytes).unwrap();
    key
}

fn recorded(device: &Device, id: StoryId, bytes: &[u8]) -> String {
    let key = recording(device, id, bytes);
    device.attach_answer(key, "story_audio", "fr").unwrap();
    sha256(bytes)
}

fn is_here(device: &Device, sha256: &str) -> bool {
    device.file(&sha256.parse().unwrap()).is_ok()
}

#[test]
fn a_step_back_brings_back_what_was_there_and_never_another_draft() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = begun(&device);
    answer(&device, id, "consent_photo", "no");
    let undone = device.undo(id, "fr").unwrap();
    assert_eq!(
        (shown(&undone, "consent_photo").as_deref(), undone.page.as_str()),
        (Some(""), "consent_photo")
    );
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    let who = format!("change/{change}/change_who");
    answer(&device, id, &who, "Les jeunes");
    device.remove_repetition(id, &format!("change/{change}"), "fr").unwrap();
    assert_eq!(shown(&device.undo(id, "fr").unwrap(), &who).as_deref(), Some("Les jeunes"));

    device.discard_draft(id).unwrap();
    device.restore_draft(id).unwrap();
    assert!(!device.interview(id, "fr").unwrap().can_undo, "it is another draft now");
    let told = tell(&device, "Signé");
    device.correct(told).unwrap();
    assert!(!device.interview(told, "fr").unwrap().can_undo);
}

#[test]
fn a_deleted_draft_keeps_its_files_whatever_is_signed_off_meanwhile_until_it_is_erased() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = tell(&device, "Signé");
    device.correct(id).unwrap();
    answer(&device, id, "consent_audio", "yes");
    let voice = recorded(&device, id, b"une correction avec la voix");
    device.discard_draft(id).unwrap();

    device.correct(id).unwrap();
    answer(&device, id, "story_now", "Une autre correction.");
    device.finalise(id).unwrap();
    assert!(is_here(&device, &voice));
    device.restore_draft(id).unwrap();
    assert_eq!(shown(&device.interview(id, "fr").unwrap(), "story_audio"), Some(voice.clone()));
    device.finalise(id).unwrap();
    sync(&device);
    assert!(device.story(id).unwrap().conflicts.is_empty(), "it builds on what was newest when it came back");

    let other = begun(&device);
    let voice = recorded(&device, other, b"une voix qui se retire");
    answer(&device, other, "story_happened", "quelque chose d’inoubliable");
    assert_eq!(device.stories_with("inoubliable").unwrap().len(), 1);
    device.discard_draft(other).unwrap();
    device.erase_draft(other).unwrap();
    assert!(!is_here(&device, &voice) && device.discarded_drafts().unwrap().is_empty());
    assert!(device.stories_with("inoubliable").unwrap().is_empty());
    assert_eq!(device.restore_draft(other).unwrap_err().code().as_str(), "draft_not_found");
}

#[test]
fn an_abandoned_correction_leaves_the_name_as_it_was_signed() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = tell(&device, "Signé");
    let before = device.story(id).unwrap().identity;
    device.correct(id).unwrap();
    answer(&device, id, "identity_name", "Une autre personne (fictive)");
    device.discard_draft(id).unwrap();
    assert_eq!(device.story(id).unwrap().identity, before);
    device.restore_draft(id).unwrap();
    device.finalise(id).unwrap();
    assert_eq!(device.story(id).unwrap().identity.name, "Une autre personne (fictive)");
}

#[test]
fn a_voice_is_kept_only_while_its_owner_agrees_and_is_erased_on_the_spot() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = begun(&device);
    let running = recording(&device, id, b"une seconde");
    answer(&device, id, "consent_audio", "no");
    let refused = device.record_chunk(running, b"une autre").unwrap_err();
    assert_eq!(refused.code().as_str(), "recording_not_consented");
    let asked = device.attach_answer(running, "story_audio", "fr").unwrap();
    assert_eq!(shown(&asked, "story_audio"), None, "its question went with the agreement");
    let kept: Vec<&str> = asked.unasked_files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!((kept, asked.files.len()), (vec!["story_audio"], 1));
    let erased = answer(&device, id, "story_audio", "");
    assert!(erased.unasked_files.is_empty() && !is_here(&device, &sha256(b"une seconde")));
    assert!(!erased.can_undo, "what was erased is not brought back");
}

#[test]
fn a_recording_that_was_not_ended_holds_the_signing_off_back_and_is_an_answer_after_a_kill() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = tell(&device, "Signé");
    device.correct(id).unwrap();
    answer(&device, id, "consent_audio", "yes");
    let ended = recorded(&device, id, b"un premier");
    let running = device.record_begin(id, "story_audio", "audio/webm").unwrap_err();
    assert_eq!(running.code().as_str(), "bad_input", "there is one already");
    answer(&device, id, "story_audio", "");
    assert!(!is_here(&device, &ended));

    let key = recording(&device, id, b"jusqu\xe0 la derni\xe8re seconde");
    assert_eq!(device.finalise(id).unwrap_err().code().as_str(), "recording_running");
    drop(device);
    let device = open(&awa);
    device.keep_cut_recordings().unwrap();
    let whole = sha256(b"jusqu\xe0 la derni\xe8re seconde");
    assert_eq!(shown(&device.interview(id, "fr").unwrap(), "story_audio"), Some(whole.clone()));
    device.record_erase(key).unwrap();
    assert!(is_here(&device, &whole), "what has ended is an answer, and not the recorder’s to erase");
    device.finalise(id).unwrap();
    assert!(is_here(&device, &whole));
}

#[test]
fn a_recording_that_its_page_did_not_end_is_an_answer_for_the_next_page_and_no_step_back_takes_it_away() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = begun(&device);
    answer(&device, id, "consent_audio", "yes");
    answer(&device, id, "story_before", "Le puits était cassé.");
    recording(&device, id, b"deux secondes");
    device.keep_cut_recordings().unwrap();
    let whole = sha256(b"deux secondes");
    let asked = device.interview(id, "fr").unwrap();
    assert_eq!((shown(&asked, "story_audio"), asked.can_undo), (Some(whole.clone()), false));
    let asked = device.undo(id, "fr").unwrap();
    assert_eq!(
        shown(&asked, "story_audio"),
        Some(whole.clone()),
        "what was typed before it is not taken back over it"
    );
    device.keep_cut_recordings().unwrap();
    assert!(is_here(&device, &whole));
}

#[test]
fn an_interview_like_another_takes_over_what_was_told_and_nothing_of_the_person() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let first = begun(&device);
    for (path, given) in [
        ("check_ties", "yes"),
        ("interview_date", "2022-09-14"),
        ("commune", "Kaniogo"),
        ("village_choice", "other"),
        ("village_other", "Kéniéro"),
        ("interview_kind", "individual"),
        ("storyteller_sex", "female"),
        ("storyteller_age", "under_18"),
        ("guardian_consent", "yes"),
        ("identity_name", "Mariam (personne fictive)"),
        ("story_happened", "Les comités se sont assis."),
        ("restitution_wanted", "yes"),
        ("notes_impressions", "Une voix calme."),
    ] {
        answer(&device, first, path, given);
    }
    let (change, _) = device.add_repetition(first, "change", "fr").unwrap();
    answer(&device, first, &format!("change/{change}/change_who"), "Les piroguiers");
    let copy = device.begin_like(first, "fr").unwrap().id;
    let asked = answer(&device, copy, "consent_interview", "yes");
    let now = |path: &str| shown(&asked, path).unwrap_or_default();
    assert_eq!((now("commune"), now("village_other")), ("Kaniogo".into(), "Kéniéro".into()));
    assert_eq!(now("story_happened"), "Les comités se sont assis.");
    assert_ne!(now("interview_date"), "2022-09-14");
    for own in ["check_ties", "storyteller_sex", "storyteller_age", "guardian_consent", "identity_name"]
        .into_iter()
        .chain(["restitution_wanted", "notes_impressions"])
    {
        assert_eq!(now(own), "", "{own}");
    }
    assert!(asked.items.iter().any(|item| item.answer == "Les piroguiers"));
}

#[test]
fn neither_the_index_nor_a_deleted_draft_tells_a_name() {
    let (server, awa) = awa();
    server.add("Modibo", "supervisor");
    let device = open(&awa);
    let id = begun(&device);
    answer(&device, id, "identity_name", "Nassira (personne fictive)");
    answer(&device, id, "story_happened", "un mot rare");
    assert_eq!(device.stories_with("rare").unwrap().len(), 1);
    assert!(device.stories_with("Nassira").unwrap().is_empty());
    device.discard_draft(id).unwrap();
    drop(device);
    assert!(holds_no_plaintext(&awa.data(), &["Nassira", "un mot rare"]));
    assert!(Supervisor::sign_in(&server.url(), "Modibo").stories().is_empty());
}

/// What leaves the device of a story, as headquarters' pages show it.
fn at_headquarters(server: &TestServer, id: StoryId) -> String {
    Supervisor::sign_in(&server.url(), "Modibo").story(&id.to_string()).to_string()
}

#[test]
fn a_name_stays_on_the_device_also_where_a_new_questionnaire_asks_for_it_by_another_name() {
    let (server, awa) = awa();
    server.add("Modibo", "supervisor");
    let device = open(&awa);
    let id = tell(&device, "Signé");
    device.correct(id).unwrap();
    answer(&device, id, "identity_name", "Nassira (personne fictive)");
    let (campaign, changed) = (blon_tests::fixtures::campaign_file(), awa.path("other.json"));
    let questionnaire = std::fs::read_to_string(blon_tests::fixtures::questionnaire_file()).unwrap();
    std::fs::write(&changed, questionnaire.replace("\"identity_name\"", "\"teller_name\"")).unwrap();
    let import =
        ["campaign", "import", campaign.to_str().unwrap(), "--questionnaire", changed.to_str().unwrap()];
    server.run(&import);
    drop(device);
    awa.enrol(&server.url(), &server.code("Awa"));

    let device = open(&awa);
    let asked = device.interview(id, "fr").unwrap();
    let left: Vec<&str> = asked.left_over.iter().map(|one| one.answer.as_str()).collect();
    assert_eq!(left, ["Nassira (personne fictive)"], "kept, and shown apart");
    device.finalise(id).unwrap();
    sync(&device);
    assert!(!at_headquarters(&server, id).contains("Nassira"));
    device.correct(id).unwrap();
    let again = device.interview(id, "fr").unwrap().left_over;
    assert_eq!(again.len(), 1, "and it is there when the story is opened again");
}

#[test]
fn an_answer_is_kept_only_where_it_is_asked_and_a_blank_around_a_choice_means_nothing() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let id = begun(&device);
    let (change, _) = device.add_repetition(id, "change", "fr").unwrap();
    let at = |path: &str| format!("change/{change}/{path}");
    for path in
        [at("identity_name"), "change_who".to_owned(), "consent_script".to_owned(), "commune_name".to_owned()]
    {
        let refused = device.answer(id, &path, "Nassira", "fr").unwrap_err();
        assert_eq!(refused.code().as_str(), "answer_not_asked", "{path}");
    }
    let asked = answer(&device, id, &at("change_direction"), " positive ");
    assert_eq!(shown(&asked, &at("change_direction")).as_deref(), Some("positive"));
    for path in [at("change_who"), at("evidence")] {
        let refused = device.remove_repetition(id, &path, "fr").unwrap_err();
        assert_eq!(refused.code().as_str(), "answer_not_asked", "{path}");
    }
    assert!(device.draft(id).unwrap().story.changes.len() == 1, "the change is there");
    let absent = device.answer(id, "story_audio", &"ab".repeat(32), "fr").unwrap_err();
    assert_eq!(absent.code().as_str(), "file_not_found");
}

#[test]
fn what_is_called_a_picture_and_cannot_be_read_as_one_is_never_stored() {
    let (_server, awa) = awa();
    let device = open(&awa);
    let story = awa.write_story(&blon_tests::fixtures::stories()[0]);
    let heic = [&b"\0\0\0\x18ftyphevc\0\0\0\0mif1hevc"[..], b"GPS 11.93 -8.39"].concat();
    let led = [&b"\n\xff\xd8\xff\xe1\0\x30Exif\0\0"[..], b"GPS 11.93 -8.39"].concat();
    for (name, bytes) in [("a.heic", &heic), ("b.jpg", &led), ("c.dat", &heic), ("d.raf", &led)] {
        let path = awa.path(name);
        std::fs::write(&path, bytes).unwrap();
        let new = ["new", story.to_str().unwrap(), "--evidence", path.to_str().unwrap()];
        assert_eq!(awa.attempt(&new).expect_err(name).code(), "image_unreadable");
    }
    for nothing in ["{}", "[]", "\"x\""] {
        let path = awa.path("nothing.json");
        std::fs::write(&path, nothing).unwrap();
        assert_eq!(awa.attempt(&["new", path.to_str().unwrap()]).expect_err(nothing).code(), "bad_input");
    }
    assert!(device.stories().unwrap().is_empty());
}
