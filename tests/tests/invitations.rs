//! Taking a device in: by a link, by a picture of its QR code, by hand; over TLS, with the key that the invitation named. Whoever
//! answers and is not believed is sent nothing.

use blon_core::invitation::{Invitation, Pin};
use blon_server::secrets;
use blon_tests::browser;
use blon_tests::collecting::{open, sync, tell, tell_with_file};
use blon_tests::device::{PASSPHRASE, TestDevice};
use blon_tests::fixtures::CAMPAIGN;
use blon_tests::media::photo;
use blon_tests::places::artifacts;
use blon_tests::server::{PASSWORD, TestServer};
use blon_tests::supervisor::http_believing;
use blon_tests::window::{Screen, on_a_phone};
use image::imageops::{FilterType, resize, rotate90};
use image::{GrayImage, Luma};
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Awa's device, taken in by an invitation.
fn invited(server: &TestServer) -> TestDevice {
    server.add("Awa", "collector");
    let awa = TestDevice::of("Awa");
    let enrolled = awa.run(&["enrol", "--invitation", &server.invitation("Awa")]);
    assert_eq!((&enrolled["person"], &enrolled["url"]), (&json!("Awa"), &json!(server.url())));
    awa
}

fn refused(device: &TestDevice, arguments: &[&str]) -> String {
    device.attempt(arguments).unwrap_err().code().to_owned()
}

#[test]
fn a_key_that_nobody_else_vouches_for_is_believed_where_the_invitation_names_it() {
    let server = TestServer::over_tls();
    let awa = invited(&server);
    let device = open(&awa);
    tell_with_file(&device, "Le puits", 90_000);
    assert_eq!(sync(&device).sent, 1);
    sync(&device);
    let story = &server.stories()[0];
    assert_eq!((&story["title"], &story["evidence"][0]["complete"]), (&json!("Le puits"), &json!(true)));
}

#[test]
fn another_key_is_refused_nothing_is_sent_and_a_new_invitation_changes_it() {
    let mut server = TestServer::over_tls();
    let awa = invited(&server);
    let device = open(&awa);
    sync(&device);
    let before = server.devices_of("Awa");
    tell(&device, "Dit après");
    // Whoever stands in between has a certificate of its own; headquarters with a new one looks the same from here.
    server.stop();
    server.new_certificate("another");
    server.start();
    assert_eq!(device.sync(|_| {}).unwrap_err().code().as_str(), "server_key_wrong");
    assert_eq!(server.devices_of("Awa"), before, "headquarters heard nothing");
    assert_eq!(server.stories().len(), 0);
    assert_eq!(device.waiting().unwrap().records_left, 1, "and nothing is lost");
    drop(device);

    // An invitation with another's key does not use the code up.
    let good = server.invitation("Awa");
    let mut bad: Invitation = good.parse().unwrap();
    bad.pin = Some(Pin::from_bytes([7; 32]));
    assert_eq!(refused(&awa, &["enrol", "--invitation", &bad.to_string()]), "server_key_wrong");
    awa.run(&["enrol", "--invitation", &good]);
    assert_eq!(awa.run(&["sync"])["sent"], 1);
    assert_eq!(refused(&awa, &["enrol", "--invitation", &good]), "code_invalid", "it opens once");
}

#[test]
fn without_the_key_somebody_must_vouch_and_plain_http_goes_to_this_machine_alone() {
    let server = TestServer::over_tls();
    server.add("Awa", "collector");
    let (awa, code) = (TestDevice::of("Awa"), server.code("Awa"));
    assert_eq!(refused(&awa, &["enrol", &server.url(), &code]), "server_untrusted");
    assert_eq!(refused(&awa, &["enrol", &server.url().replace("https", "http"), &code]), "unreachable");
    for elsewhere in ["http://10.0.0.1", "http://siege.example:8080"] {
        assert_eq!(refused(&awa, &["enrol", elsewhere, &code]), "insecure_address");
        let line = Invitation { url: elsewhere.to_owned(), code: code.clone(), pin: None }.to_string();
        assert_eq!(refused(&awa, &["enrol", "--invitation", &line]), "insecure_address");
    }
    let mut line: Invitation = server.invitation("Awa").parse().unwrap();
    line.code = code;
    let enrolled = awa.run(&["enrol", "--invitation", &line.to_string()]);
    assert_eq!(enrolled["person"], "Awa", "none of that used the code up");
}

#[test]
fn a_certificate_is_renewed_without_a_restart_and_devices_look_at_its_key_alone() {
    let mut server = TestServer::over_tls();
    let awa = invited(&server);
    let device = open(&awa);
    let [certificate, key] = server.certificate("tls");
    let same = KeyPair::from_pem(&std::fs::read_to_string(&key).unwrap()).unwrap();
    let renewed = CertificateParams::new(["renouvele.example".to_owned()]).unwrap();
    std::fs::write(&certificate, renewed.self_signed(&same).unwrap().pem()).unwrap();
    server.signal("HUP");
    let shown = |name: &str| {
        http_believing(&certificate)
            .build()
            .unwrap()
            .get(server.url().replace("127.0.0.1", name))
            .send()
            .is_ok()
    };
    let begun = Instant::now();
    while shown("127.0.0.1") {
        assert!(begun.elapsed() < Duration::from_secs(10), "the certificate of before is still shown");
        std::thread::sleep(Duration::from_millis(50));
    }
    sync(&device);
    // A file that is wrong changes nothing; another key is believed by those alone who were told of it.
    std::fs::write(&certificate, "junk").unwrap();
    server.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    sync(&device);
    let other = KeyPair::generate().unwrap();
    std::fs::write(&certificate, renewed.self_signed(&other).unwrap().pem()).unwrap();
    std::fs::write(&key, other.serialize_pem()).unwrap();
    let before: Invitation = server.invitation("Awa").parse().unwrap();
    server.signal("HUP");
    let begun = Instant::now();
    while device.sync(|_| {}).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the key of before is still shown");
    }
    let after: Invitation = server.invitation("Awa").parse().unwrap();
    assert_ne!(before.pin, after.pin, "invitations name the key that is shown now");
    drop(device);
    awa.run(&["enrol", "--invitation", &after.to_string()]);
    awa.run(&["sync"]);
    server.stop();
}

#[test]
fn who_never_ends_a_handshake_keeps_nobody_waiting_and_cookies_are_for_tls_alone() {
    let server = TestServer::over_tls();
    server.add("Modibo", "supervisor");
    let silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    let begun = Instant::now();
    let body = json!({ "name": "Modibo", "password": PASSWORD });
    let request = http_believing(&server.certificate("tls")[0])
        .build()
        .unwrap()
        .post(format!("{}/api/session", server.url()));
    let answer = request.json(&body).send().unwrap();
    assert_eq!(answer.status(), 200);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(answer.headers()["set-cookie"].to_str().unwrap().split("; ").any(|part| part == "Secure"));
    drop(silent);
}

#[test]
fn files_that_are_no_certificate_are_named_and_a_proxys_key_is_told_where_it_is_given() {
    let mut server = TestServer::new();
    server.new_certificate("tls");
    let [certificate, key] = server.certificate("tls").map(|path| path.to_str().unwrap().to_owned());
    for (cert, secret, named) in
        [("/nowhere.pem", &key, "nowhere.pem"), (certificate.as_str(), &certificate, "cert.pem")]
    {
        let told = server.attempt(&["serve", "--tls-cert", cert, "--tls-key", secret]).unwrap_err();
        assert!(told.code() == "bad_input" && told.message().contains(named), "{}", told.message());
    }
    let plain = ["serve", "--tls-cert", &certificate, "--tls-key", &key, "--address", "http://127.0.0.1"];
    assert_eq!(server.attempt(&plain).unwrap_err().code(), "bad_input", "TLS has no address without it");

    server.add("Awa", "collector");
    let pin = Pin::from_bytes([9; 32]);
    let mut told = |arguments: &[&str], url: &[&str]| {
        server.serve_with(arguments);
        server.start();
        let made = server.run(&[&["enrol", "Awa"], url].concat());
        server.stop();
        let invitation: Invitation = made["invitation"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            (json!(invitation.url), json!(invitation.code)),
            (made["url"].clone(), made["code"].clone())
        );
        assert!(!made.to_string().contains(PASSWORD), "never a password");
        invitation
    };
    let proxy = ["--address", "https://siege.example"];
    let named = told(&[&proxy[..], &["--pin", &pin.to_string()]].concat(), &[]);
    assert_eq!((named.url.as_str(), named.pin), ("https://siege.example", Some(pin)));
    assert_eq!(told(&proxy, &[]).pin, None, "what was told before is told no longer");
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    assert!(told(&tls, &["--url", "https://192.168.1.5:8443"]).pin.is_some());
    assert_eq!(told(&tls, &["--url", "http://127.0.0.1:8080"]).pin, None, "plain HTTP shows no key");
    assert_eq!(told(&[&tls[..], &["--no-pin"]].concat(), &[]).pin, None);
}

/// The picture that the tool wrote, as Chromium draws it.
fn drawn(svg: &Path, name: &str) -> GrayImage {
    let page = browser::open(&format!("file://{}", svg.display()), 700, 700);
    page.shot(name);
    page.close();
    image::open(artifacts().join(format!("{name}.png"))).unwrap().to_luma8()
}

/// A photo of it: three thousand points wide, held sideways, in the shade of a hand, with grain.
fn photographed(code: &GrayImage, to: &Path) {
    let code = rotate90(&resize(code, 1500, 1500, FilterType::Triangle));
    let mut grain = 11_u32;
    let photo = GrayImage::from_fn(3000, 2200, |x, y| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Nobody holds a phone straight: each line lies a little further to the right.
        let (from_x, from_y) = (x.wrapping_sub(500 + y / 8), y.wrapping_sub(350));
        let inside = from_x < code.width() && from_y < code.height();
        let seen = if inside { u32::from(code.get_pixel(from_x, from_y).0[0]) } else { 110 };
        let light = 140 + 100 * x / 3000;
        Luma([u8::try_from((seen * light / 255 + (grain >> 26)).min(255)).unwrap()])
    });
    photo.save_with_format(to, image::ImageFormat::Jpeg).unwrap();
}

#[test]
fn a_photo_of_the_code_takes_a_device_in_and_what_is_none_is_told_apart() {
    let server = TestServer::over_tls();
    server.add("Awa", "collector");
    let awa = TestDevice::of("Awa");
    let (svg, jpeg) = (awa.path("code.svg"), awa.path("photo.jpg"));
    let made = server.run(&["enrol", "Awa", "--qr", svg.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&svg).unwrap(), made["qr"].as_str().unwrap());
    let again = server.attempt(&["enrol", "Awa", "--qr", svg.to_str().unwrap()]).unwrap_err();
    assert_eq!(again.code(), "file_exists");
    photographed(&drawn(&svg, "qr-of-the-tool"), &jpeg);
    let field = awa.path("champ.jpg");
    photo(&field, 3);
    assert_eq!(refused(&awa, &["enrol", "--qr", field.to_str().unwrap()]), "qr_unreadable");
    let whole = made["invitation"].as_str().unwrap();
    let cut = &whole[..whole.len() - 9];
    for line in [cut, "https://siege.example", ""] {
        assert_eq!(refused(&awa, &["enrol", "--invitation", line]), "invitation_unreadable", "{line}");
    }
    let enrolled = awa.run(&["enrol", "--qr", jpeg.to_str().unwrap()]);
    assert_eq!(enrolled["person"], "Awa");
    assert_eq!(refused(&awa, &["enrol", "--qr", jpeg.to_str().unwrap()]), "code_invalid", "it opens once");

    // One of yesterday, a second too old.
    let own = server.headquarters();
    let mut old: Invitation = server.invitation("Awa").parse().unwrap();
    old.code = "OLDCODE234".to_owned();
    let (name, campaign) = ("Awa".parse().unwrap(), CAMPAIGN.parse().unwrap());
    let expired = chrono::Utc::now().timestamp();
    own.store.write(|tx| tx.add_code(&secrets::code_hash(&old.code), &name, &campaign, expired)).unwrap();
    assert_eq!(refused(&awa, &["enrol", "--invitation", &old.to_string()]), "code_invalid");
}

#[test]
fn in_the_window_a_picture_or_a_pasted_link_fills_the_fields_and_enrols() {
    let mut server = TestServer::over_tls();
    server.add("Awa", "collector");
    let awa = TestDevice::of("Awa");
    let (svg, png, field) = (awa.path("code.svg"), awa.path("code.png"), awa.path("champ.jpg"));
    let made = server.run(&["enrol", "Awa", "--qr", svg.to_str().unwrap()]);
    drawn(&svg, "qr-of-the-tool").save(&png).unwrap();
    photo(&field, 4);
    let screen = Screen::new();
    let page = on_a_phone(screen.open_app(&awa));
    page.write("passphrase", PASSPHRASE);
    page.write("passphrase-again", PASSPHRASE);
    page.tap("create");
    page.attach("scan-code", &field);
    page.find("[data-code='qr_unreadable']");
    page.shot("devices-01-no-code");
    page.attach("scan-code", &png);
    page.see("invitation-pinned");
    let filled =
        |testid: &str| page.run(&format!("return document.querySelector('[data-testid={testid}]').value"));
    assert_eq!((filled("url"), filled("code")), (json!(server.url()), made["code"].clone()));
    page.is_readable_and_reachable("devices-02-scanned");
    page.tap("enrol");
    page.see("new-interview");

    // Headquarters has another key: the collector is told what that means, and where a new invitation goes.
    server.stop();
    server.new_certificate("another");
    server.start();
    page.tap("sync-bar");
    page.tap("sync-now");
    page.find("[data-testid='last-sync'] [data-code='server_key_wrong']");
    page.is_readable_and_reachable("devices-03-wrong-key");
    page.tap("enrol-again");
    page.see("scan-picture");
    let line = server.invitation("Awa");
    page.rewrite("url", &line[..line.len() - 9]);
    page.tap("enrol");
    page.find("[data-code='invitation_unreadable']");
    page.shot("devices-04-cut-link");
    page.run(&format!(
        "const field = document.querySelector('[data-testid=url]');
         field.value = '{line}';
         for (const kind of ['input', 'paste']) field.dispatchEvent(new Event(kind, {{ bubbles: true }}));"
    ));
    page.see("invitation-pinned");
    assert_eq!(filled("url"), json!(server.url()));
    page.tap("enrol");
    page.find("[data-testid='last-sync'][data-problem='']");
    assert_eq!(server.devices_of("Awa").len(), 2);
    page.tap("back");
    page.tap("settings");
    page.tap("enrol-again");
    page.see("scan-code");
    page.is_readable_and_reachable("devices-05-again");
    page.close();
}
