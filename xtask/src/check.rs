//! All that must hold before a change is taken in, apart from tests.

use crate::needs::{self, BASE, WINDOW};
use crate::progress::Progress;
use crate::run::{Outcome, cargo, must, stop};
use crate::{android, deny, rust, types, ui};

/// One thing that must hold.
struct Step {
    /// What a person calls it, also to have it checked alone.
    name: &'static str,
    /// What must be there first.
    needs: &'static [fn() -> Outcome],
    work: fn() -> Outcome,
    /// Whether it works out of sight.
    quiet: bool,
}

const STEPS: [Step; 9] = [
    Step { name: "format", needs: &[rust::components], work: format, quiet: true },
    Step { name: "lints", needs: &[compilers, rust::components], work: lints, quiet: false },
    Step { name: "docs", needs: &[compilers], work: docs, quiet: false },
    Step { name: "licences", needs: &[compilers, rust::deny], work: deny::licences, quiet: false },
    Step { name: "advisories", needs: &[compilers, rust::deny], work: deny::advisories, quiet: true },
    Step { name: "npm", needs: &[needs::node], work: deny::npm, quiet: true },
    Step { name: "types", needs: &[compilers], work: types::are_fresh, quiet: true },
    Step { name: "screens", needs: &[needs::node], work: ui::check, quiet: false },
    Step { name: "android", needs: &[compilers], work: android::check, quiet: false },
];

/// `cargo xtask check`: every step, or those that are named.
pub fn all(named: &[&str]) -> Outcome {
    let steps = chosen(named)?;
    for need in steps.iter().flat_map(|step| step.needs) {
        need()?;
    }
    let mut progress = Progress::default();
    for step in steps {
        let again = format!("cargo xtask check {}", step.name);
        if step.quiet {
            progress.quiet_step(step.name, &again, step.work)?;
        } else {
            progress.step(step.name, &again, step.work)?;
        }
    }
    progress.summary();
    Ok(())
}

fn chosen(named: &[&str]) -> Outcome<Vec<&'static Step>> {
    let known = |name: &&&str| STEPS.iter().any(|step| step.name == **name);
    if let Some(unknown) = named.iter().find(|name| !known(name)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(stop(format!("there is no check {unknown:?}; there are: {}", names.join(", "))));
    }
    Ok(STEPS.iter().filter(|step| named.is_empty() || named.contains(&step.name)).collect())
}

fn compilers() -> Outcome {
    needs::installed(&[&BASE, &WINDOW])
}

fn format() -> Outcome {
    must(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lints() -> Outcome {
    must(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn docs() -> Outcome {
    must(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_can_be_asked_for_by_name() {
        let names = |named: &[&str]| chosen(named).unwrap().iter().map(|step| step.name).collect::<Vec<_>>();
        assert_eq!(names(&["types", "lints"]), ["lints", "types"]);
        assert_eq!(names(&[]).len(), STEPS.len());
        let message = chosen(&["lint"]).err().unwrap().message;
        assert!(message.contains("\"lint\"") && message.contains("lints, docs"), "{message}");
    }
}
