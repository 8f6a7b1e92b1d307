//! Debian packages: of headquarters, with its service, its settings and what to read; and of the collector's app.

use crate::build::{self, Profile};
use crate::needs::{self, BASE, WINDOW};
use crate::places;
use crate::progress::Progress;
use crate::run::{Outcome, must, program, say, stop};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What goes into a package.
struct Package {
    name: &'static str,
    says: &'static str,
    depends: &'static str,
    suggests: &'static str,
    /// From where in the project, to where on the machine.
    files: &'static [(&'static str, &'static str)],
    /// What is there may be somebody's own by the next upgrade.
    settings: &'static [&'static str],
    /// What runs when it is installed and taken away.
    scripts: &'static [&'static str],
}

const HEADQUARTERS: Package = Package {
    name: "blon-server",
    says: "headquarters of a collection of stories of change\n \
           Takes in what collectors' devices send, and lets supervisors read and decide.",
    depends: "libc6 (>= 2.34), libgcc-s1, passwd",
    suggests: "postgresql (>= 15), age",
    files: &[
        ("packaging/blon-server.service", "usr/lib/systemd/system/blon-server.service"),
        ("packaging/blon.toml", "etc/blon/blon.toml"),
        ("packaging/grafana.json", "usr/share/doc/blon-server/grafana.json"),
        ("docs/headquarters.md", "usr/share/doc/blon-server/headquarters.md"),
        ("docs/operating.md", "usr/share/doc/blon-server/operating.md"),
        ("docs/backup.md", "usr/share/doc/blon-server/backup.md"),
        ("docs/buckets.md", "usr/share/doc/blon-server/buckets.md"),
        ("docs/postgresql.md", "usr/share/doc/blon-server/postgresql.md"),
        ("docs/tls.md", "usr/share/doc/blon-server/tls.md"),
        ("docs/custodian.md", "usr/share/doc/blon-server/custodian.md"),
        ("docs/lost-device.md", "usr/share/doc/blon-server/lost-device.md"),
    ],
    settings: &["/etc/blon/blon.toml"],
    scripts: &["postinst", "prerm"],
};

const COLLECTOR: Package = Package {
    name: "blon-app",
    says: "collector of stories of change\n \
           Interviews without a network, encrypted on the device; sent when there is one.",
    depends: "libc6 (>= 2.34), libwebkit2gtk-4.1-0, libgtk-3-0, gstreamer1.0-plugins-good, gstreamer1.0-plugins-bad",
    suggests: "fonts-noto-core",
    files: &[
        ("packaging/blon.desktop", "usr/share/applications/org.blon.collector.desktop"),
        ("src-tauri/icons/32x32.png", "usr/share/icons/hicolor/32x32/apps/org.blon.collector.png"),
        ("src-tauri/icons/128x128.png", "usr/share/icons/hicolor/128x128/apps/org.blon.collector.png"),
        ("docs/at-rest.md", "usr/share/doc/blon-app/at-rest.md"),
        ("docs/lost-device.md", "usr/share/doc/blon-app/lost-device.md"),
    ],
    settings: &[],
    scripts: &[],
};

/// What else Tauri makes of the app, and where: each on its own system, with its own tools.
const ELSEWHERE: &str = "\
Tauri makes of the same sources, with `npx @tauri-apps/cli build` on that system:
  Windows   .msi (WiX), -setup.exe (NSIS)          signed with a certificate for code
  macOS     .app, .dmg                             signed and notarised by Apple
  Linux     .rpm, .AppImage                        AppImage on the oldest system that is to run it
  Android   .apk, .aab                             SDK and NDK; no project is kept yet (docs/at-rest.md)
  iOS       .ipa                                   Xcode; the app has not been tried there";

/// `cargo xtask package`: headquarters, for people.
pub fn headquarters() -> Outcome {
    needs::installed(&[&BASE])?;
    made(&HEADQUARTERS)
}

/// `cargo xtask bundle`: the collector's app, for people.
pub fn collector() -> Outcome {
    needs::installed(&[&BASE, &WINDOW])?;
    made(&COLLECTOR)?;
    say(&format!("\n{ELSEWHERE}"));
    Ok(())
}

fn made(package: &Package) -> Outcome {
    needs::node()?;
    let mut progress = Progress::default();
    build::screens(&mut progress)?;
    build::program(&mut progress, Profile::Release, package.name)?;
    let file = package.made_of("release", &["-Zxz"])?;
    progress.summary();
    say(&format!("\n{}", file.display()));
    Ok(())
}

impl Package {
    /// The package of a binary that is built, packed so.
    fn made_of(&self, profile: &str, packed: &[&str]) -> Outcome<PathBuf> {
        let target = places::target();
        let root = target.join("package").join(self.name);
        let _ = fs::remove_dir_all(&root);
        let from = |path: &str| places::project().join(path);
        put(&target.join(profile).join(self.name), &root.join("usr/bin").join(self.name), 0o755)?;
        for (path, to) in self.files {
            put(&from(path), &root.join(to), 0o644)?;
        }
        for script in self.scripts {
            put(&from(&format!("packaging/debian/{script}")), &root.join("DEBIAN").join(script), 0o755)?;
        }
        let (version, architecture) = (version()?, architecture()?);
        let control = format!(
            "Package: {}\nVersion: {version}\nArchitecture: {architecture}\nSection: misc\nPriority: optional\n\
             Maintainer: The developers of Blon <blon@localhost>\nDepends: {}\nSuggests: {}\nDescription: {}\n",
            self.name, self.depends, self.suggests, self.says
        );
        fs::create_dir_all(root.join("DEBIAN")).map_err(|e| stop(e.to_string()))?;
        write(&root.join("DEBIAN/control"), &control)?;
        if !self.settings.is_empty() {
            write(&root.join("DEBIAN/conffiles"), &format!("{}\n", self.settings.join("\n")))?;
        }
        let file = target.join(format!("package/{}_{version}_{architecture}.deb", self.name));
        let [root, to] = [&root, &file].map(|path| path.display().to_string());
        must(&mut program("dpkg-deb", &[packed, &["--root-owner-group", "--build", &root, &to]].concat()))?;
        Ok(file)
    }

    /// Makes the package of the debug build, and unpacks what it would install.
    fn unpacked(&self) -> Outcome<PathBuf> {
        let file = self.made_of("debug", &["-Zgzip", "-z1"])?;
        let root = places::target().join("package/tried").join(self.name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).map_err(|e| stop(format!("{}: {e}", root.display())))?;
        let [file, to] = [&file, &root].map(|path| path.display().to_string());
        must(&mut program("dpkg-deb", &["--extract", &file, &to]))?;
        Ok(root)
    }
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

/// `cargo xtask package --try`: makes both packages of the debug builds, and looks whether what they would install is whole and starts.
pub fn tried() -> Outcome {
    let root = HEADQUARTERS.unpacked()?;
    let binary = root.join("usr/bin/blon-server").display().to_string();
    let settings = root.join("etc/blon/blon.toml").display().to_string();
    must(&mut program(&binary, &["--config", &settings, "--json", "config", "show"]))?;
    let unit = root.join("usr/lib/systemd/system/blon-server.service");
    // Where there is no systemd nobody can ask it.
    if Path::new("/usr/bin/systemd-analyze").exists() {
        // It looks for the binary where it will be.
        let text = fs::read_to_string(&unit).map_err(|e| stop(e.to_string()))?;
        write(&unit, &text.replace("/usr/bin/blon-server", &binary))?;
        must(&mut program("systemd-analyze", &["verify", "--man=no", &unit.display().to_string()]))?;
    }
    let app = COLLECTOR.unpacked()?.join("usr/bin/blon-app");
    // It needs a screen to start; that the system has all it is linked to can be seen without.
    let linked =
        program("ldd", &[&app.display().to_string()]).output().map_err(|e| stop(format!("ldd: {e}")))?;
    let linked = String::from_utf8_lossy(&linked.stdout).into_owned();
    if !linked.contains("libwebkit2gtk") || linked.contains("not found") {
        return Err(stop(format!("the app's libraries are not what its package depends on:\n{linked}")));
    }
    Ok(())
}
