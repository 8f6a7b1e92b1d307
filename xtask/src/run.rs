//! Running other programs: what they see of our surroundings, and what is said when they fail.

use crate::places;
use std::io::Write;
use std::process::{Command, ExitStatus, Output, Stdio};

/// How a piece of work ends: with its fruit, or with a reason to stop.
pub type Outcome<T = ()> = Result<T, Stop>;

/// Why the whole command stops.
#[derive(Debug)]
pub struct Stop {
    /// What the person reads: what went wrong, and what to type.
    pub message: String,
    /// The exit status of the whole command.
    pub status: u8,
}

/// A reason to stop.
pub fn stop(message: impl Into<String>) -> Stop {
    Stop { message: message.into(), status: 1 }
}

/// Prints a line of progress. A reader that went away does not stop the work.
pub fn say(line: &str) {
    if cfg!(test) {
        // Only what comes by this macro can be held back while tests run.
        eprintln!("{line}");
    } else {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

/// Prints a line that nobody should miss.
pub fn shout(line: &str) {
    say(&format!("\n!!!! {line}\n"));
}

/// A program with its arguments, to run at the project's top.
///
/// `cargo run` tells its child about the package `xtask`. Handed on, that would look like a change to build
/// scripts that watch such variables (ring's does), and half the tree would be built anew each time.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(places::project());
    let told_by_cargo = |name: &str| {
        let about_us = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_"];
        about_us.iter().any(|start| name.starts_with(start))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(told_by_cargo) {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo with these arguments.
pub fn cargo(arguments: &[&str]) -> Command {
    program("cargo", arguments)
}

/// Runs a program in sight of the person, and stops if it fails.
pub fn must(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status().map_err(|e| unstartable(command, &e))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Runs a program out of sight; what it printed is the caller's to show.
pub fn quietly(command: &mut Command) -> Outcome<Output> {
    command.stdin(Stdio::null()).output().map_err(|e| unstartable(command, &e))
}

/// Whether a program can be started and ends well; says nothing.
pub fn works(command: &mut Command) -> bool {
    quietly(command).is_ok_and(|output| output.status.success())
}

/// The first line that a program prints on standard output, if it ends well.
pub fn first_line(command: &mut Command) -> Option<String> {
    let output = quietly(command).ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

/// What a program printed, errors last, without blank ends.
pub fn printed(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{err}").trim().to_owned()
}

/// The command as a person would type it at the project's top.
pub fn typed(command: &Command) -> String {
    let set = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={}", name.to_string_lossy(), quoted(&value?.to_string_lossy())))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = set.chain(words.map(|w| quoted(&w.to_string_lossy()))).collect();
    let line = line.join(" ");
    match command.get_current_dir().and_then(|folder| folder.strip_prefix(places::project()).ok()) {
        Some(inside) if !inside.as_os_str().is_empty() => format!("(cd {} && {line})", inside.display()),
        _ => line,
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

fn unstartable(command: &Command, error: &std::io::Error) -> Stop {
    stop(format!("`{}` cannot be started: {error}", command.get_program().to_string_lossy()))
}

fn failed(command: &Command, status: ExitStatus) -> Stop {
    let status = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Stop { message: format!("this failed: {}", typed(command)), status }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let mut lints = cargo(&["clippy", "--", "-D", "warnings"]);
        assert_eq!(
            typed(lints.env("RUSTFLAGS", "-D warnings")),
            "RUSTFLAGS='-D warnings' cargo clippy -- -D warnings"
        );
        let mut screens = program("npm", &["run", "check"]);
        assert_eq!(typed(screens.current_dir(places::ui())), "(cd ui && npm run check)");
    }

    #[test]
    fn the_status_of_a_failed_program_is_passed_on() {
        let stop = must(&mut program("sh", &["-c", "exit 7"])).unwrap_err();
        assert_eq!(stop.status, 7);
        assert!(stop.message.contains("sh -c"), "{}", stop.message);
        assert_eq!(must(&mut program("no-such-program", &[])).unwrap_err().status, 1);
    }

    #[test]
    fn the_words_of_a_program_are_kept() {
        let output = quietly(&mut program("sh", &["-c", "echo out; echo err >&2"])).unwrap();
        assert_eq!(printed(&output), "out\nerr");
        assert_eq!(first_line(&mut program("sh", &["-c", "echo a; echo b"])), Some("a".to_owned()));
        assert_eq!(first_line(&mut program("sh", &["-c", "echo a; exit 1"])), None);
    }
}
