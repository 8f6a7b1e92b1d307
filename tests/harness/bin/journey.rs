//! Plays the journey of an interview and prints one line for each step. Exit status 0 only if all of it held.

use std::io::Write;

fn main() {
    let mut step = 0;
    blon_tests::journey::play(move |line| {
        step += 1;
        // Each line as it happens, also into a pipe; a reader that went away does not stop the journey.
        let _ = writeln!(std::io::stdout().lock(), "{step:>2}  {line}");
    });
}
