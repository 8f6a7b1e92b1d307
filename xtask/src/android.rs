//! Whether the app compiles for Android, on machines that have no Android kit.
//!
//! Checking Rust needs no C code, but the build scripts of SQLCipher and OpenSSL insist on compiling it. They get
//! stand-ins that write empty objects and archives. This proves the Rust types, and nothing of the C.

use crate::run::{Outcome, cargo, must, shout, stop};
use crate::{places, rust};
use std::path::{Path, PathBuf};

const TARGET: &str = "aarch64-linux-android";

/// Only preprocessing is real, since scripts read sizes and versions out of it; `-?` is how OpenSSL's scripts
/// ask who this is.
const COMPILER: &str = r#"#!/bin/sh
# Stands in for a C compiler: see xtask/src/android.rs.
for word in "$@"; do
    case "$word" in
    -E) exec gcc "$@" ;;
    '-?') exit 1 ;;
    esac
done
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then : > "$2"; fi
    shift
done
"#;

/// The first word of its arguments that ends in `.a` is the archive to make.
const ARCHIVER: &str = r#"#!/bin/sh
# Stands in for ar: see xtask/src/android.rs.
for word in "$@"; do
    case "$word" in
    *.a) printf '!<arch>\n' > "$word"; exit 0 ;;
    esac
done
"#;

/// Checks the app's library for a phone, if Rust can compile for one here.
pub fn check() -> Outcome {
    if !rust::target(TARGET) {
        shout(&format!("NOT CHECKED: the app for Android; `rustup target add {TARGET}` does not work here"));
        return Ok(());
    }
    let compiler = script("cc", COMPILER)?;
    let archiver = script("ar", ARCHIVER)?;
    let mut command = cargo(&["check", "-p", "blon-app", "--lib", "--target", TARGET]);
    // Named for this target alone, and never on PATH: the build scripts themselves need the real tools.
    command.env("CC_aarch64_linux_android", &compiler).env("CXX_aarch64_linux_android", &compiler);
    command.env("AR_aarch64_linux_android", &archiver).env("RANLIB_aarch64_linux_android", "true");
    must(&mut command)
}

/// Writes a program of a few lines, and gives its place. A file that is right stays untouched, as cargo would
/// compile anew after a change.
fn script(name: &str, text: &str) -> Outcome<PathBuf> {
    let path = places::target().join("android-stubs").join(name);
    if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(path);
    }
    write_runnable(&path, text).map_err(|e| stop(format!("{}: {e}", path.display())))?;
    Ok(path)
}

fn write_runnable(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    std::fs::write(path, text)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{program, works};

    #[test]
    fn the_stand_ins_write_what_build_scripts_look_for() {
        let folder = places::target().join("xtask-tests/android");
        let (cc, ar) = (folder.join("cc"), folder.join("ar"));
        write_runnable(&cc, COMPILER).unwrap();
        write_runnable(&ar, ARCHIVER).unwrap();
        let (cc, ar) = (cc.to_str().unwrap(), ar.to_str().unwrap());
        let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        // By way of `sh`: a test beside this one may just be starting a program, which then still holds the
        // fresh script open, and the system refuses to run such a file itself.
        let stand_in =
            |script: &str, arguments: &[&str]| works(&mut program("sh", &[&[script], arguments].concat()));
        assert!(stand_in(cc, &["-O2", "-c", "a.c", "-o", &at("a.o")]));
        assert!(stand_in(ar, &["crs", &at("lib.a"), &at("a.o")]));
        assert_eq!(std::fs::read(at("a.o")).unwrap(), b"");
        assert_eq!(std::fs::read(at("lib.a")).unwrap(), b"!<arch>\n");
        assert!(!stand_in(cc, &["-?"]));
    }
}
