//! What the system must have, in groups: each command asks for the groups it uses and no other, so that a
//! journey without windows runs on a machine that has never seen a screen.

use crate::places;
use crate::run::{self, Outcome, program, stop};
use crate::{apt, run::say};
use std::path::Path;

/// Things of the system that are needed together.
pub struct Group {
    /// What for, as the person is told.
    pub why: &'static str,
    /// The things.
    pub needs: &'static [Need],
}

/// One package of Debian and Ubuntu, and how to see that what it brings is there: perhaps it came another way.
pub struct Need {
    /// The package.
    pub package: &'static str,
    sign: Sign,
}

enum Sign {
    Command(&'static str),
    Library(&'static str),
    Package,
}

/// To compile: SQLCipher and OpenSSL come as C, and OpenSSL is configured by Perl.
pub const BASE: Group = Group {
    why: "to compile Rust and C",
    needs: &[
        Need { package: "build-essential", sign: Sign::Command("c++") },
        Need { package: "build-essential", sign: Sign::Command("make") },
        Need { package: "pkg-config", sign: Sign::Command("pkg-config") },
        Need { package: "perl", sign: Sign::Command("perl") },
    ],
};

/// To build the collector's window.
pub const WINDOW: Group = Group {
    why: "for the collector's window",
    needs: &[Need { package: "libwebkit2gtk-4.1-dev", sign: Sign::Library("webkit2gtk-4.1") }],
};

/// To record and hear in that window.
pub const SOUND: Group = Group {
    why: "to record and hear in the collector's window",
    needs: &[
        Need { package: "gstreamer1.0-plugins-good", sign: Sign::Package },
        Need { package: "gstreamer1.0-plugins-bad", sign: Sign::Package },
    ],
};

/// To drive windows and pages in tests, without a screen.
pub const TESTS: Group = Group {
    why: "for tests that drive the real window and the real pages",
    needs: &[
        Need { package: "webkit2gtk-driver", sign: Sign::Command("WebKitWebDriver") },
        Need { package: "xvfb", sign: Sign::Command("Xvfb") },
        Need { package: "xauth", sign: Sign::Command("xauth") },
        Need { package: "dbus", sign: Sign::Command("dbus-daemon") },
        Need { package: "fonts-noto-core", sign: Sign::Package },
    ],
};

/// To open exports in a spreadsheet that people use, without a screen.
pub const SPREADSHEET: Group = Group {
    why: "for tests that open exports in LibreOffice",
    needs: &[Need { package: "libreoffice-calc", sign: Sign::Command("localc") }],
};

/// To open and make sealed files with the program that everybody has.
pub const AGE: Group = Group {
    why: "for tests that open sealed files with the stock `age`",
    needs: &[
        Need { package: "age", sign: Sign::Command("age") },
        Need { package: "age", sign: Sign::Command("age-keygen") },
    ],
};

/// The database that several processes share.
pub const DATABASE: Group = Group {
    why: "for tests of headquarters on PostgreSQL",
    needs: &[
        Need { package: "postgresql", sign: Sign::Package },
        Need { package: "util-linux", sign: Sign::Command("setpriv") },
    ],
};

/// Installs what these groups lack.
pub fn installed(groups: &[&Group]) -> Outcome {
    let mut missing = Vec::new();
    for group in groups {
        let packages = lacking(group, is_there);
        if !packages.is_empty() {
            say(&format!("▸ missing {}: {}", group.why, packages.join(" ")));
            missing.extend(packages);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    apt::install(&missing)?;
    let left: Vec<&str> = groups.iter().flat_map(|group| lacking(group, is_there)).collect();
    if left.is_empty() {
        Ok(())
    } else {
        Err(stop(format!("still missing after the installation: {}", left.join(" "))))
    }
}

/// A browser and its driver for headquarters' pages. Ubuntu has both only as a snap, behind packages that look
/// like the real ones; so what counts is whether they run.
pub fn browser() -> Outcome {
    if browser_runs() {
        return Ok(());
    }
    say("▸ missing for tests of headquarters' pages: a browser with its driver");
    let mut told = String::new();
    for packages in [["chromium", "chromium-driver"], ["chromium-browser", "chromium-chromedriver"]] {
        match apt::install(&packages) {
            Ok(()) if browser_runs() => return Ok(()),
            Ok(()) => {}
            Err(stop) => told = format!("{told}{}\n", stop.message),
        }
    }
    Err(stop(format!(
        "{told}The tests of headquarters' pages need Chromium (or Chrome) and `chromedriver` of the same version, \
         on PATH.\nUbuntu has them as snaps only (sudo snap install chromium); for every system there is\n\
         https://googlechromelabs.github.io/chrome-for-testing/"
    )))
}

fn browser_runs() -> bool {
    let runs = |name: &str| run::works(&mut program(name, &["--version"]));
    // The browsers that this driver finds by itself.
    (runs("chromium") || runs("chromium-browser") || runs("google-chrome")) && runs("chromedriver")
}

/// The packages of a group whose things are not there, each once.
fn lacking(group: &Group, is_there: impl Fn(&Need) -> bool) -> Vec<&'static str> {
    let mut packages: Vec<&str> = group.needs.iter().filter(|n| !is_there(n)).map(|n| n.package).collect();
    packages.dedup();
    packages
}

fn is_there(need: &Need) -> bool {
    match need.sign {
        Sign::Command(name) => on_path(name),
        Sign::Library(name) => run::works(&mut program("pkg-config", &["--exists", name])),
        Sign::Package => {
            let state = run::first_line(&mut program("dpkg-query", &["-W", "-f=${Status}", need.package]));
            // Where there is no dpkg nobody can ask; a lack then shows in the tests that need it.
            state.map_or(!on_path("dpkg-query"), |s| s == "install ok installed")
        }
    }
}

/// Whether a command of this name is on PATH.
pub fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Node with npm, of a version that the screens' tools accept.
pub fn node() -> Outcome {
    let version = run::first_line(&mut program("node", &["--version"]));
    let recent = version.as_deref().is_some_and(is_recent_node);
    if recent && on_path("npm") {
        return Ok(());
    }
    let found = version.map_or("none".to_owned(), |v| if recent { format!("{v} without npm") } else { v });
    let range = places::ui().join("package.json");
    Err(stop(format!(
        "Node 20.19 or newer with npm is needed to build the screens; found: {found}.\n  Take it from \
         https://nodejs.org (the package of Debian 12 is too old). What is accepted stands in {}.",
        Path::new(&range).display()
    )))
}

/// Vite takes 20.19 and newer of that line, and 22.12 and newer.
fn is_recent_node(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|n| n.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_package_is_named_once() {
        assert_eq!(lacking(&BASE, |_| false), ["build-essential", "pkg-config", "perl"]);
        assert_eq!(lacking(&BASE, |need| need.package != "perl"), ["perl"]);
        assert!(lacking(&TESTS, |_| true).is_empty());
    }

    #[test]
    fn what_is_here_is_seen() {
        assert!(on_path("cargo") && !on_path("no-such-program"));
    }

    #[test]
    fn node_is_recent_enough_or_not() {
        for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.1"] {
            assert!(is_recent_node(good), "{good}");
        }
        for bad in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "node"] {
            assert!(!is_recent_node(bad), "{bad}");
        }
    }
}
