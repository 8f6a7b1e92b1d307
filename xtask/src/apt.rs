//! Installing packages on Debian and Ubuntu, where we may; else saying what to type.

use crate::needs::on_path;
use crate::run::{self, Outcome, must, program, say, stop};

/// Waits where another installation is under way, brings nothing beyond what is needed, and draws no bars into
/// a log.
const INSTALL: &[&str] = &[
    "apt-get",
    "-q",
    "-o",
    "DPkg::Lock::Timeout=300",
    "-o",
    "Dpkg::Use-Pty=0",
    "install",
    "--yes",
    "--no-install-recommends",
];

/// Installs these packages, or stops with the command that the person must type.
pub fn install(packages: &[&str]) -> Outcome {
    if !on_path("apt-get") {
        return Err(stop(format!(
            "This system has no apt-get. Install what these packages of Debian bring, then try again:\n  {}",
            packages.join(" ")
        )));
    }
    let Some(become_root) = way_to_root() else {
        return Err(stop(format!(
            "Packages are missing, and installing them needs your password. Type this, then try again:\n  \
             sudo apt-get update && sudo apt-get install --no-install-recommends {}",
            packages.join(" ")
        )));
    };
    say(&format!("▸ installing {} …", packages.join(" ")));
    // A mirror that cannot be reached is no reason to stop: the lists that are here may do.
    if must(&mut as_root(become_root, &["apt-get", "update", "-qq"])).is_err() {
        say("  the lists of packages could not all be renewed; going on with those that are here");
    }
    must(&mut as_root(become_root, &[INSTALL, packages].concat()))
}

fn as_root(become_root: &[&str], command: &[&str]) -> std::process::Command {
    // Set by `env`, since sudo hands no variables on.
    let line = [become_root, &["env", "DEBIAN_FRONTEND=noninteractive"], command].concat();
    let (first, rest) = line.split_first().map_or(("env", [].as_slice()), |(first, rest)| (*first, rest));
    program(first, rest)
}

/// The words to put before a command that only root may run; none for root.
fn way_to_root() -> Option<&'static [&'static str]> {
    if run::first_line(&mut program("id", &["-u"])).as_deref() == Some("0") {
        Some(&[])
    } else if run::works(&mut program("sudo", &["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_runs_apt_without_questions() {
        let typed = |way: &[&str]| run::typed(&as_root(way, &["apt-get", "update"]));
        assert_eq!(typed(&[]), "env DEBIAN_FRONTEND=noninteractive apt-get update");
        assert_eq!(typed(&["sudo", "-n"]), "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update");
    }
}
