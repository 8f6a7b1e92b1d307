//! Tests that need a small disk of their own.

use std::path::Path;
use std::process::Command;

/// Runs the ignored test of this name, `suite::test`, in a mount namespace of its own, where it may mount a disk that vanishes
/// with it. Who is not root needs user namespaces, or sudo without a password.
pub fn in_a_room_of_its_own(name: &str) {
    let own = std::env::current_exe().unwrap();
    let rooms: [&[&str]; 3] = [
        &["unshare", "--mount"],
        &["unshare", "--map-root-user", "--mount"],
        &["sudo", "--non-interactive", "unshare", "--mount"],
    ];
    let opens = |room: &&&[&str]| {
        Command::new(room[0]).args(&room[1..]).arg("true").output().is_ok_and(|o| o.status.success())
    };
    let room = rooms.iter().find(opens).expect("a disk of its own: run as root or allow user namespaces");
    let test = Command::new(room[0])
        .args(&room[1..])
        .arg(own)
        .args(["--exact", name, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&test.stdout).into_owned() + &String::from_utf8_lossy(&test.stderr);
    assert!(test.status.success() && said.contains("1 passed"), "{said}");
}

/// Mounts a disk of this size (`size=4m`) at a folder, or changes the size of one that is there
/// (`remount,size=64m`). Only in a room of its own, with which the disk vanishes.
pub fn small_disk(folder: &Path, options: &str) {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(folder).status();
    assert!(mount.unwrap().success());
}
