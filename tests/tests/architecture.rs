//! The rooms of the house and the way between them: an arrow that is not allowed fails here, not in a review.

use blon_tests::places::project;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Who may see whom, and nobody else: `src-tauri → device → core ← server`; `custodian → core`; `tests → device, server, core`.
const ARROWS: [(&str, &[&str]); 7] = [
    ("blon-app", &["blon-device"]),
    ("blon-core", &[]),
    ("blon-custodian", &["blon-core"]),
    ("blon-device", &["blon-core"]),
    ("blon-server", &["blon-core"]),
    ("blon-tests", &["blon-core", "blon-device", "blon-server"]),
    ("xtask", &[]),
];

/// What one room alone may know, by the name of the package it needs for that.
const ONLY: [(&str, &str); 4] = [
    ("tauri", "blon-app"),
    ("tauri-build", "blon-app"),
    ("axum", "blon-server"),
    ("tower-http", "blon-server"),
];

fn workspace() -> Metadata {
    MetadataCommand::new().manifest_path(project().join("Cargo.toml")).no_deps().exec().unwrap()
}

fn needs(package: &Package) -> BTreeSet<&str> {
    package.dependencies.iter().map(|d| d.name.as_str()).collect()
}

#[test]
fn the_rooms_see_each_other_along_the_arrows_alone() {
    let metadata = workspace();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let members: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(members, allowed.keys().copied().collect(), "a new room needs its arrows written down");
    for package in &metadata.packages {
        let seen: Vec<&str> = needs(package).into_iter().filter(|name| members.contains(name)).collect();
        assert_eq!(seen, allowed[package.name.as_str()], "what {} depends on", package.name);
    }
}

#[test]
fn xtask_needs_nothing_at_all() {
    let metadata = workspace();
    let xtask = metadata.packages.iter().find(|p| p.name.as_str() == "xtask").unwrap();
    assert_eq!(needs(xtask), BTreeSet::new(), "it must be built before anything else, in a second");
}

#[test]
fn only_the_shell_knows_tauri_and_only_headquarters_knows_its_web_server() {
    for package in &workspace().packages {
        for (needed, by) in ONLY {
            let knows = needs(package).contains(needed);
            assert!(!knows || package.name.as_str() == by, "{} may not depend on {needed}", package.name);
        }
    }
}

/// Everything that a package brings with it, by the lock file: each platform, each kind of dependency.
fn brought_by(name: &str) -> BTreeSet<String> {
    let lock = std::fs::read_to_string(project().join("Cargo.lock")).unwrap();
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
        let name = block.lines().find(|l| l.starts_with("name = ")).and_then(quoted).unwrap();
        let listed = block.lines().skip_while(|l| !l.starts_with("dependencies")).skip(1);
        let dependencies = listed.filter_map(quoted).filter_map(|d| d.split(' ').next().map(str::to_owned));
        edges.entry(name).or_default().extend(dependencies);
    }
    let (mut brought, mut next) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = next.pop() {
        for dependency in &edges[&name] {
            if brought.insert(dependency.clone()) {
                next.push(dependency.clone());
            }
        }
    }
    brought
}

#[test]
fn nothing_below_the_shell_brings_tauri_and_core_brings_no_io() {
    assert!(brought_by("blon-app").contains("tauri"), "the lock file is read right");
    for room in ["blon-core", "blon-custodian", "blon-device", "blon-server", "blon-tests", "xtask"] {
        let brought = brought_by(room);
        for window in ["tauri", "tauri-build", "wry", "tao"] {
            assert!(!brought.contains(window), "{room} brings {window}");
        }
    }
    let metadata = workspace();
    let core = metadata.packages.iter().find(|p| p.name.as_str() == "blon-core").unwrap();
    let direct = core.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
    for dependency in direct {
        for outside in ["rusqlite", "reqwest", "tokio", "tauri", "axum"] {
            assert_ne!(dependency.name, outside, "core is pure");
            assert!(!brought_by(&dependency.name).contains(outside), "{} brings {outside}", dependency.name);
        }
    }
}

/// The files below a folder with one of these endings, whatever is built or downloaded left out.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", "dist", "gen"].contains(&name.as_str()) {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found
}

/// The lines of a source file that say something to the compiler, numbered.
fn code_lines(path: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.to_owned()));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

/// The places in these files where one of `words` stands in code.
fn places_of(words: &[&str], paths: &[PathBuf]) -> Vec<String> {
    let mut places = Vec::new();
    for path in paths {
        let found = code_lines(path).into_iter().filter(|(_, l)| words.iter().any(|w| l.contains(w)));
        places.extend(found.map(|(n, line)| format!("{}:{n}: {}", path.display(), line.trim())));
    }
    places
}

#[test]
fn sql_stands_under_store_alone() {
    let sql = ["SELECT ", "INSERT INTO", "INSERT OR", "UPDATE ", "DELETE FROM", "CREATE TABLE", "PRAGMA "];
    let (mut in_stores, mut elsewhere) = (Vec::new(), Vec::new());
    for room in ["crates", "src-tauri", "tests/harness", "xtask"] {
        for path in files(&project().join(room), &[".rs"]) {
            let store = path.components().any(|c| c.as_os_str() == "store");
            if store { in_stores.push(path) } else { elsewhere.push(path) }
        }
    }
    assert!(places_of(&sql, &in_stores).len() > 20, "the stores were looked at");
    assert_eq!(places_of(&sql, &elsewhere), Vec::<String>::new(), "SQL belongs into store/ or migrations/");
    // The error of each room turns what the database says into a code of ours.
    elsewhere.retain(|path| !path.ends_with("src/error.rs"));
    assert_eq!(places_of(&["rusqlite::"], &elsewhere), Vec::<String>::new(), "and so does its library");
}

#[test]
fn exports_see_a_story_only_through_the_gate() {
    let exports = files(&project().join("crates/server/src/exports"), &[".rs"]);
    let web = ["exports.rs", "odata.rs"].map(|file| project().join("crates/server/src/web").join(file));
    let behind: Vec<PathBuf> =
        exports.into_iter().filter(|path| !path.ends_with("exports/reading.rs")).chain(web).collect();
    assert!(behind.len() > 10, "the exports were looked at");
    let before_the_gate = ["Folded", "fold::fold", "records_of", "record::", "Identity"];
    assert_eq!(
        places_of(&before_the_gate, &behind),
        Vec::<String>::new(),
        "only `reading` sees a story before `release`"
    );
}

#[test]
fn core_reads_no_clock_no_file_and_no_network() {
    let outside = ["std::fs", "std::net", "std::process", "std::env", "::now(", "getrandom"];
    let core = files(&project().join("crates/core/src"), &[".rs"]);
    assert!(core.len() > 8, "core was looked at");
    assert_eq!(places_of(&outside, &core), Vec::<String>::new());
}

#[test]
fn the_screens_reach_the_device_through_one_file() {
    let ui = files(&project().join("ui/src"), &[".ts", ".svelte", ".js"]);
    let knows = |path: &&PathBuf| code_lines(path).iter().any(|(_, line)| line.contains("@tauri-apps"));
    let doors: Vec<&PathBuf> = ui.iter().filter(knows).collect();
    assert_eq!(doors, [&project().join("ui/src/lib/device.ts")]);
}
