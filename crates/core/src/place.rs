//! How exactly a place is told.
//!
//! A point measured to the metre is a house, and a house is a person. So a place leaves an interview as coarse as a commune, unless
//! the campaign needs more *and* the storyteller agreed: a question says so with `exact_place`, a condition over what was agreed
//! (`docs/questionnaire.md`). Nothing is measured before somebody touches the button for it, and no place leaves headquarters at
//! all ([`crate::release`]).

/// Half of a step is how far a coarse place may lie from the true one: tenths of a degree, some 11 km from north to south
/// and as many from east to west in Mali. A rural commune there is 20 to 50 km wide.
const STEPS_IN_A_DEGREE: f64 = 10.0;

/// The place in `12.6514 -8.0231 340 5` to a tenth of a degree, `12.7 -8.0`, without height and accuracy. Nothing for what is no
/// place: nobody knows what it would tell.
pub fn coarse(place: &str) -> String {
    let mut numbers = place.split_whitespace().map(|word| word.parse::<f64>().ok());
    let (Some(Some(latitude)), Some(Some(longitude))) = (numbers.next(), numbers.next()) else {
        return String::new();
    };
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 || !(latitude + longitude).is_finite() {
        return String::new();
    }
    // Nothing is added to zero so that it has no sign.
    let [latitude, longitude] =
        [latitude, longitude].map(|degrees| (degrees * STEPS_IN_A_DEGREE).round() / STEPS_IN_A_DEGREE + 0.0);
    format!("{latitude:.1} {longitude:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_house_becomes_a_commune() {
        for (measured, told) in [
            ("12.651432 -8.023119 340.0 4.8", "12.7 -8.0"),
            ("12.651432 -8.023119", "12.7 -8.0"),
            ("-0.04 0.04 0 0", "0.0 0.0"),
            ("90 180", "90.0 180.0"),
            ("12.7 -8.0", "12.7 -8.0"),
            ("12.65", ""),
            ("chez Nansira", ""),
            ("NaN 8", ""),
            ("95 0", ""),
            ("", ""),
        ] {
            assert_eq!(coarse(measured), told, "{measured:?}");
        }
    }

    proptest! {
        /// It lies near, says nothing finer, and is the same however often it is made coarse.
        #[test]
        fn a_coarse_place_is_near_and_no_finer(latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64) {
            let told = coarse(&format!("{latitude} {longitude} 312.5 4"));
            let numbers: Vec<f64> = told.split(' ').filter_map(|word| word.parse().ok()).collect();
            let near = |told: f64, true_one: f64| (told - true_one).abs() <= 0.05 + 1e-9;
            prop_assert!(matches!(numbers[..], [a, b] if near(a, latitude) && near(b, longitude)), "{}", told);
            prop_assert!(told.split(' ').all(|word| word.split_once('.').is_some_and(|(_, rest)| rest.len() == 1)));
            prop_assert_eq!(coarse(&told), told);
        }

        #[test]
        fn anything_else_tells_nothing_or_a_coarse_place(text in "\\PC*") {
            let told = coarse(&text);
            prop_assert!(told.is_empty() || coarse(&told) == told);
        }
    }
}
