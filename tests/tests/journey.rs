//! The journey of an interview, whole: what `cargo xtask demo --headless` prints holds in every test run too.

#[test]
fn an_interview_goes_from_a_village_to_headquarters_and_back() {
    blon_tests::journey::play(|line| println!("{line}"));
}
