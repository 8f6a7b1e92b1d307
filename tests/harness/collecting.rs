//! What collectors do, through the same functions that the app calls: quick enough to do a hundred times.

use crate::device::{PASSPHRASE, TestDevice};
use crate::fixtures::stories;
use crate::media::noise;
use crate::server::TestServer;
use blon_device::clock::Clock;
use blon_device::intake::StoryFile;
use blon_device::{Device, StoryId};
use std::path::Path;

/// A new collector of the team with a device, enrolled at this address: headquarters' own or a line's.
pub fn collector(server: &TestServer, name: &str, url: &str) -> TestDevice {
    server.add(name, "collector");
    another_device(server, name, url)
}

/// The same over a line that may break in the middle of it: a code is good once, so another is given then.
pub fn collector_over_a_bad_line(server: &TestServer, name: &str, url: &str) -> TestDevice {
    server.add(name, "collector");
    let device = TestDevice::of(name);
    while device.attempt(&["enrol", url, &server.code(name)]).is_err() {}
    device
}

/// One more device of somebody who collects already.
pub fn another_device(server: &TestServer, name: &str, url: &str) -> TestDevice {
    let device = TestDevice::of(name);
    device.enrol(url, &server.code(name));
    device
}

/// Unlocks a device's store, as the app does.
pub fn open(device: &TestDevice) -> Device {
    open_at(&device.data(), Clock::system())
}

/// Unlocks the store in this folder by this clock.
pub fn open_at(folder: &Path, clock: Clock) -> Device {
    Device::unlock(folder, PASSPHRASE, clock).unwrap()
}

/// A new collector of the team whose syncs begin only when somebody asks.
pub fn collector_who_asks(server: &TestServer, name: &str, url: &str) -> TestDevice {
    let device = collector(server, name, url);
    open(&device).set_sync_by_itself(false).unwrap();
    device
}

/// A story that waits for one file, with a title of its own.
pub fn story_called(title: &str) -> StoryFile {
    let mut story = stories()[0].clone();
    story["title"] = title.into();
    story["changes"].as_array_mut().unwrap().truncate(1);
    StoryFile::read(&story.to_string()).unwrap()
}

/// Collects a story and signs it off; it names no file.
pub fn tell(device: &Device, title: &str) -> StoryId {
    let draft = device.take_in(story_called(title), &[]).unwrap();
    device.finalise(draft.id).unwrap();
    draft.id
}

/// Collects a story with a file of this many bytes, and signs it off.
pub fn tell_with_file(device: &Device, title: &str, bytes: usize) -> StoryId {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registre.pdf");
    noise(&path, title, bytes);
    let draft = device.take_in(story_called(title), &[path]).unwrap();
    device.finalise(draft.id).unwrap();
    draft.id
}

/// Corrects one answer of a story and signs the correction off.
pub fn correct(device: &Device, id: StoryId, now: &str) {
    device.correct(id).unwrap();
    device.answer(id, "story_now", now, "fr").unwrap();
    device.finalise(id).unwrap();
}

/// Syncs until there is nothing more to say; stops with a panic if the line does not hold.
pub fn sync(device: &Device) -> blon_device::view::SyncReport {
    device.sync(|_| {}).unwrap()
}
