//! Fanta opens who told a story in her browser: her key stays in the page's memory, and in nothing that it sends or keeps.

use blon_device::StoryId;
use blon_tests::browser::{self, sign_in};
use blon_tests::collecting::{collector, open, sync};
use blon_tests::custodian::{KeyFile, asking_for_faces, attempt, kept_by, photo, told_by, told_with_face};
use blon_tests::elsewhere::{Elsewhere, forbidden};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::overheard::Overheard;
use blon_tests::page::Page;
use blon_tests::server::TestServer;
use blon_tests::supervisor::Supervisor;
use blon_tests::traces::{Needle, found_below};
use serde_json::{Value, json};

const NAME: &str = "Nansira Camara";
const PHONE: &str = "+223 70 12 34 56";
const REASON: &str = "Elle a demandé à être rappelée.";

/// A telephone's page, and an office's.
const SIZES: [(u32, u32); 2] = [(360, 640), (1280, 900)];

/// Fanta, in her room.
fn fantas(url: &str, (width, height): (u32, u32)) -> Page {
    let page = browser::open(url, width, height);
    sign_in(&page, "Fanta");
    page.see("identity-count");
    page
}

fn card(story: StoryId) -> String {
    format!("[data-testid='identity'][data-storyteller='{}']", story.storyteller())
}

/// Asks for a story to be opened, for a reason.
fn asks(page: &Page, story: StoryId) {
    page.tap_on(&format!("{} [data-testid='identity-open']", card(story)));
    page.write("reason", REASON);
    page.tap("identity-open-now");
}

/// Looks at the keys of now, of which there are so many, and means to seal everything to them.
fn means_to_seal_to(page: &Page, keys: usize) {
    page.tap_on("[data-testid='anew'] summary");
    page.until_there_are("[data-testid='anew-key']", keys);
    page.tap("anew-known");
    page.write("anew-reason", "Nouveaux gardiens.");
}

/// Where a browser could keep something, and what it shows beside the page.
fn kept_by_the_browser(page: &Page) -> String {
    let kept = page.ask(
        "const done = arguments[arguments.length - 1];
         Promise.all([indexedDB.databases(), caches.keys()]).then((kept) => done(JSON.stringify([
             kept, Object.entries(localStorage), Object.entries(sessionStorage), history.state, document.cookie,
             document.title, location.href])))",
    );
    kept.as_str().unwrap().to_owned()
}

fn noted(server: &TestServer, what: &str) -> Vec<String> {
    let log = server.run(&["audit", "list"]);
    let entries = log.as_array().unwrap().iter().filter(|entry| entry["what"] == what);
    entries
        .map(|entry| format!("{}: {}", entry["who"].as_str().unwrap(), entry["about"].as_str().unwrap()))
        .collect()
}

#[test]
fn fanta_opens_it_on_her_own_page_and_her_key_goes_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let [key, nobodys] = ["fanta.txt", "autre.txt"].map(|name| KeyFile::new(folder.path(), name));
    let mut server = kept_by(&[&key.public]);
    server.stop();
    server.log_everything();
    server.start();
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    let another = told_by(&awa, "Le marché", "Founé Coulibaly", "");
    sync(&awa);
    awa.correct(story).unwrap();
    awa.answer(story, "identity_name", "Nansira Traoré", "fr").unwrap();
    awa.finalise(story).unwrap();
    sync(&awa);

    let (line, elsewhere) = (Overheard::to(server.address()), Elsewhere::listening());
    let page = browser::open_watched(&line.url(), 1280, 900, &elsewhere);
    sign_in(&page, "Fanta");
    page.until_there_are("[data-testid='identity']", 2);
    page.write("identity-search", &story.storyteller().to_lowercase().replace('-', ""));
    page.until_there_are("[data-testid='identity']", 1);
    page.tap("identity-open");
    page.write("reason", REASON);
    page.see("key-first");
    assert_eq!(page.count("[data-testid='identity-open-now']:disabled"), 1);

    // No key; somebody's key; hers.
    let junk = folder.path().join("notes.txt");
    std::fs::write(&junk, "AGE-SECRET-KEY-1 est dans le coffre").unwrap();
    page.attach("key-file", &junk);
    page.find("[data-code='key_unreadable']");
    page.attach("key-file", &nobodys.file);
    assert_eq!(page.text("key-recipient"), nobodys.public);
    page.tap("identity-open-now");
    page.find("[data-code='key_opens_nothing']");
    page.tap("key-forget");
    page.write("key-pasted", &key.secret());
    assert_eq!(page.text("key-recipient"), key.public);
    assert_eq!(page.count("[data-testid='key-pasted']"), 0, "it does not stay in its field");
    asks(&page, story);
    page.until_there_are("[data-testid='copy']", 2);
    assert_eq!(page.text("inside-name"), "Nansira Traoré", "the last first");
    assert!(page.all_text().contains(NAME) && page.text("inside-phone") == PHONE);
    assert_eq!(page.count("[data-testid='copy-misplaced']"), 0);
    let about = format!("Fanta: {CAMPAIGN} {}: {REASON}", story.storyteller());
    assert_eq!(noted(&server, "identity_taken_out"), [about.clone(), about]);

    // Turning to another story closes the one before.
    page.rewrite("identity-search", " ");
    page.tap_on(&format!("{} [data-testid='identity-open']", card(another)));
    assert!(!page.all_text().contains(NAME));

    // Leaving the room forgets the key.
    page.tap("room-account");
    page.gone("[data-testid='identity']");
    page.tap("room-identities");
    page.see("key-pasted");
    assert_eq!(page.count("[data-testid='key-held'], [data-testid='copy']"), 0);
    page.attach("key-file", &key.file);
    page.see("key-held");
    let while_held = kept_by_the_browser(&page);
    page.tap("sign-out");
    page.see("sign-in-name");
    let after = kept_by_the_browser(&page);

    let secret = key.secret();
    let hidden = [&secret, &secret.to_lowercase(), &secret[16..40], NAME, "Nansira", PHONE, "Founé"];
    let sent = line.sent();
    assert!(sent.contains(&format!("/identities/{story}")), "the line was overheard");
    for word in hidden {
        assert!(!sent.contains(word), "{word} was sent");
        assert!(!while_held.contains(word) && !after.contains(word), "{word} was kept");
    }
    assert_eq!((elsewhere.heard(), forbidden(&page)), (Vec::new(), json!([])));
    let needles: Vec<Needle> =
        hidden.iter().flat_map(|text| Needle::text(text)).filter(|n| n.name.len() > 8).collect();
    assert!(!server.log().is_empty());
    assert_eq!(found_below(server.data().parent().unwrap(), &needles), Vec::<String>::new());

    // Nobody else has such a room.
    sign_in(&page, "Modibo");
    page.run("location.hash = '#/identities'");
    assert_eq!(page.count("[data-testid='room-identities'], [data-testid='key-pasted']"), 0);
}

#[test]
fn a_key_that_nobody_uses_is_forgotten_with_what_it_opened() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.txt");
    let server = kept_by(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    let page = fantas(&server.url(), SIZES[0]);
    // Five minutes pass in three seconds.
    page.run("const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, ms === 300000 ? 3000 : ms);");
    page.attach("key-file", &key.file);
    asks(&page, story);
    page.see("inside-name");
    page.see("key-expired");
    assert!(!page.all_text().contains(NAME));
    page.is_readable_and_reachable("identities-expired");
    // A session that ends meanwhile takes it along, too.
    page.attach("key-file", &key.file);
    page.see("key-held");
    server.run(&["user", "disable", "Fanta"]);
    page.tap("reload");
    page.see("sign-in-name");
    server.run(&["user", "enable", "Fanta"]);
    sign_in(&page, "Fanta");
    assert_eq!(page.count("[data-testid='key-held']"), 0);
}

#[test]
fn an_identity_that_is_another_storytellers_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let [key, lost] = ["fanta.txt", "perdu.txt"].map(|name| KeyFile::new(folder.path(), name));
    let server = kept_by(&[&lost.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let story = told_by(&awa, "Le puits", NAME, PHONE);
    sync(&awa);
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([key.public]));
    sync(&awa);
    awa.correct(story).unwrap();
    awa.answer(story, "identity_name", "Nansira Traoré", "fr").unwrap();
    awa.finalise(story).unwrap();
    let another = told_by(&awa, "Le marché", "Founé Coulibaly", "");
    sync(&awa);
    let fanta = Supervisor::sign_in(&server.url(), "Fanta");
    let taken = |story: StoryId| {
        let path = format!("campaigns/{CAMPAIGN}/identities/{story}");
        fanta.get_granted("POST", &path, &json!({ "reason": "Essai." }))["copies"][0].clone()
    };
    let swapped = json!([{ "record": taken(story)["record"], "sealed": taken(another)["sealed"] }]);
    assert_eq!(fanta.ask("PUT", &format!("campaigns/{CAMPAIGN}/identities"), &swapped).0, 204);
    for size in SIZES {
        let page = fantas(&server.url(), size);
        page.is_readable_and_reachable(&format!("identities-list-{}", size.0));
        page.attach("key-file", &key.file);
        page.see("key-held");
        asks(&page, story);
        let told = page.text("copy-misplaced");
        assert!(told.contains(&another.storyteller()) && told.contains(&story.storyteller()), "{told}");
        page.see("copy-unopened");
        page.is_readable_and_reachable(&format!("identities-open-{}", size.0));
    }
}

#[test]
fn custodians_change_and_fanta_seals_everything_anew_with_a_pause() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new, nanas, lost] =
        ["ancien.txt", "fanta.txt", "nana.txt", "perdu.txt"].map(|name| KeyFile::new(folder.path(), name));
    let server = kept_by(&[&lost.public]);
    let keys = |keys: &[&str]| server.change_campaign(|campaign| campaign["custodian_keys"] = json!(keys));
    let awa = open(&collector(&server, "Awa", &server.url()));
    let unreadable = told_by(&awa, "Le registre", "Sira Keïta", "");
    sync(&awa);
    keys(&[&old.public]);
    sync(&awa);
    let stories: Vec<StoryId> =
        (1..=4).map(|n| told_by(&awa, &format!("Récit {n}"), &format!("{NAME} {n}"), "")).collect();
    sync(&awa);
    keys(&[&new.public]);

    let page = fantas(&server.url(), SIZES[0]);
    page.attach("key-file", &old.file);
    page.see("key-held");
    means_to_seal_to(&page, 1);
    // The keys change once more after she has seen them: nothing is sealed to what she did not see.
    keys(&[&new.public, &nanas.public]);
    page.tap("anew-begin");
    page.find("[data-code='campaign_changed']");
    assert_eq!(noted(&server, "identity_taken_out"), Vec::<String>::new());
    page.run("location.reload()");
    page.see("identity-count");
    page.attach("key-file", &old.file);
    page.see("key-held");
    means_to_seal_to(&page, 2);
    page.is_readable_and_reachable("identities-anew");

    // A slow line, and a pause.
    page.run(
        "const ask = fetch;
         window.fetch = (...asked) => new Promise((go) => setTimeout(go, 700)).then(() => ask(...asked));",
    );
    page.tap("anew-begin");
    page.see("anew-progress");
    page.tap("anew-stop");
    page.see("anew-begin");
    page.find("[data-testid='anew-progress'][data-finished='false']");
    let before = noted(&server, "identity_taken_out").len();
    assert!((1..5).contains(&before), "{before}");
    page.tap("anew-begin");
    page.see("anew-done");
    assert!(page.text("anew-done").contains('4'), "{}", page.text("anew-done"));
    assert!(page.text("anew-left").contains(&unreadable.storyteller()));
    assert_eq!(noted(&server, "identity_taken_out").len(), 5, "none was taken out twice");
    page.is_readable_and_reachable("identities-anew-done");

    // What the browser sealed opens with the tool.
    for (n, story) in stories.iter().enumerate() {
        let open = |key: &KeyFile| {
            attempt(&server, "Fanta", &["open", &story.to_string(), "--reason", REASON, "--key", key.path()])
        };
        for key in [&new, &nanas] {
            let opened: Value = open(key).unwrap();
            assert_eq!(opened["copies"][0]["name"], format!("{NAME} {}", n + 1));
            assert_eq!(opened["copies"][0]["own"], true);
        }
        assert_eq!(open(&old).unwrap_err().code(), "key_opens_nothing");
    }
}

#[test]
fn a_face_is_seen_on_her_page_and_so_is_who_may_be_called() {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::new(folder.path(), "fanta.txt");
    let server = asking_for_faces(&[&key.public]);
    let awa = open(&collector(&server, "Awa", &server.url()));
    let (story, _) = told_with_face(&awa, "Le puits", &photo(3, (1000, 1400)));
    let nobody_asked = told_by(&awa, "Le marché", "Founé Coulibaly", "");
    sync(&awa);
    for size in SIZES {
        let page = fantas(&server.url(), size);
        page.attach("key-file", &key.file);
        asks(&page, story);
        page.see("face");
        let shown = "const face = document.querySelector('[data-testid=face]');
                     const done = arguments[arguments.length - 1];
                     face.decode().then(() => done([face.naturalWidth, face.naturalHeight]))";
        assert_eq!(page.ask(shown), json!([514, 720]));
        assert!(page.text("contact-again").contains("accepte d’être recontactée"));
        page.is_readable_and_reachable(&format!("identity-face-{}", size.0));
        page.tap("identity-close");
        asks(&page, nobody_asked);
        page.see("inside-name");
        assert_eq!(page.count("[data-testid='face']"), 0);
    }

    // It is sealed anew with the rest, byte for byte.
    let new = KeyFile::new(folder.path(), "nouvelle.txt");
    server.change_campaign(|campaign| campaign["custodian_keys"] = json!([new.public]));
    let page = fantas(&server.url(), SIZES[1]);
    page.attach("key-file", &key.file);
    page.see("key-held");
    means_to_seal_to(&page, 1);
    page.tap("anew-begin");
    page.see("anew-done");
    page.tap("key-forget");
    page.attach("key-file", &new.file);
    asks(&page, story);
    page.see("face");
    assert_eq!(page.count("[data-testid='face-misplaced']"), 0);
}
