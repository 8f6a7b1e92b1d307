//! A Debian package of headquarters: the binary, its service, its settings, and what to read.

use crate::build::{self, Profile};
use crate::needs::{self, BASE};
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, must, program, say, stop};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What is read beside it: on the machine itself, where there may be no network.
const READ: [&str; 7] =
    ["headquarters", "operating", "backup", "postgresql", "tls", "custodian", "lost-device"];

/// `cargo xtask package`: the package, for people.
pub fn release() -> Outcome {
    needs::installed(&[&BASE])?;
    needs::node()?;
    let mut progress = Progress::default();
    build::screens(&mut progress)?;
    build::program(&mut progress, Profile::Release, "blon-server")?;
    let package = made_of("release", &["-Zxz"])?;
    progress.summary();
    say(&format!("\n{}", package.display()));
    Ok(())
}

/// The package of a binary that is built, packed so.
fn made_of(profile: &str, packed: &[&str]) -> Outcome<PathBuf> {
    let target = places::target();
    let root = target.join("package/root");
    let _ = fs::remove_dir_all(&root);
    let from = |path: &str| places::project().join(path);
    put(&target.join(profile).join("blon-server"), &root.join("usr/bin/blon-server"), 0o755)?;
    put(
        &from("packaging/blon-server.service"),
        &root.join("usr/lib/systemd/system/blon-server.service"),
        0o644,
    )?;
    put(&from("packaging/blon.toml"), &root.join("etc/blon/blon.toml"), 0o644)?;
    put(&from("packaging/grafana.json"), &root.join("usr/share/doc/blon-server/grafana.json"), 0o644)?;
    for name in READ {
        let to = root.join(format!("usr/share/doc/blon-server/{name}.md"));
        put(&from(&format!("docs/{name}.md")), &to, 0o644)?;
    }
    for script in ["postinst", "prerm"] {
        put(&from(&format!("packaging/debian/{script}")), &root.join("DEBIAN").join(script), 0o755)?;
    }
    // What is there may be somebody's own by the next upgrade.
    write(&root.join("DEBIAN/conffiles"), "/etc/blon/blon.toml\n")?;
    write(&root.join("DEBIAN/control"), &control()?)?;
    let package = target.join(format!("package/blon-server_{}_{}.deb", version()?, architecture()?));
    let [root, to] = [&root, &package].map(|path| path.display().to_string());
    must(&mut program("dpkg-deb", &[packed, &["--root-owner-group", "--build", &root, &to]].concat()))?;
    Ok(package)
}

fn control() -> Outcome<String> {
    Ok(format!(
        "Package: blon-server\nVersion: {}\nArchitecture: {}\nSection: net\nPriority: optional\n\
         Maintainer: The developers of Blon <blon@localhost>\nDepends: libc6 (>= 2.34), libgcc-s1, passwd\n\
         Suggests: postgresql (>= 15), age\n\
         Description: headquarters of a collection of stories of change\n \
         Takes in what collectors' devices send, and lets supervisors read and decide.\n",
        version()?,
        architecture()?
    ))
}

/// The version that all crates share.
fn version() -> Outcome<String> {
    let text = fs::read_to_string(places::project().join("Cargo.toml")).map_err(|e| stop(e.to_string()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    line.map(|rest| rest.trim_end_matches('"').to_owned()).ok_or_else(|| stop("Cargo.toml says no version"))
}

/// What Debian calls this machine.
fn architecture() -> Outcome<String> {
    let output =
        program("dpkg", &["--print-architecture"]).output().map_err(|e| stop(format!("dpkg: {e}")))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn put(from: &Path, to: &Path, mode: u32) -> Outcome {
    let failed = |e: std::io::Error| stop(format!("{}: {e}", from.display()));
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    fs::copy(from, to).map_err(failed)?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(failed)
}

fn write(to: &Path, text: &str) -> Outcome {
    fs::write(to, text).map_err(|e| stop(format!("{}: {e}", to.display())))
}

/// `cargo xtask package --try`: makes a package of the debug build, and looks whether what it would install is whole and starts.
pub fn tried() -> Outcome {
    let package = made_of("debug", &["-Zgzip", "-z1"])?;
    let root = places::target().join("package/tried");
    let _ = fs::remove_dir_all(&root);
    let [package, to] = [&package, &root].map(|path| path.display().to_string());
    must(&mut program("dpkg-deb", &["--extract", &package, &to]))?;
    let binary = root.join("usr/bin/blon-server").display().to_string();
    let settings = root.join("etc/blon/blon.toml").display().to_string();
    must(&mut program(&binary, &["--config", &settings, "--json", "config", "show"]))?;
    // Where there is no systemd nobody can ask it.
    let unit = root.join("usr/lib/systemd/system/blon-server.service");
    if Path::new("/usr/bin/systemd-analyze").exists() {
        // It looks for the binary where it will be.
        let text = fs::read_to_string(&unit).map_err(|e| stop(e.to_string()))?;
        write(&unit, &text.replace("/usr/bin/blon-server", &binary))?;
        must(&mut program("systemd-analyze", &["verify", "--man=no", &unit.display().to_string()]))?;
    }
    Ok(())
}
