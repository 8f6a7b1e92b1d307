use super::*;
use proptest::prelude::*;

fn nansira() -> Identity {
    Identity {
        name: "Nansira N’Diaye-Camara, présidente des Femmes Rose".to_owned(),
        phone: "+223 70 12 34 56".to_owned(),
        place: "Kéniéro, derrière la grande mosquée".to_owned(),
        face: None,
    }
}

fn against(identity: Option<&Identity>) -> Against<'_> {
    Against { identity, places: ["Minidian", "Kéniéro"] }
}

fn found(text: &str, identity: Option<&Identity>) -> Vec<String> {
    find(text, &against(identity)).iter().map(|one| text[one.start..one.end].to_owned()).collect()
}

#[test]
fn who_told_it_is_found_however_it_is_written() {
    let nansira = nansira();
    for (text, tells) in [
        ("NANSIRA a parlé la première.", vec!["NANSIRA"]),
        ("Chez nansira, on se réunit.", vec!["nansira"]),
        ("La maison de la famille NDIAYE est là.", vec!["NDIAYE"]),
        ("La part d'Ndiaye est là.", vec!["Ndiaye"]),
        ("C’est l'idée de n'diaye camara.", vec!["n'diaye", "camara"]),
        ("Le mot Nansirakan n’est pas elle.", vec![]),
        ("Appelez le 70123456 ou le 70.12.34.56.", vec!["70123456", "70.12.34.56"]),
        ("C’est le 0022370123456, ou +223 701 234 56", vec!["0022370123456", "+223 701 234 56"]),
        ("Le 701 234 56 répond", vec!["701 234 56"]),
        ("Elle habite derriere la Grande Mosquée.", vec!["derriere la Grande Mosquée"]),
        ("À Kéniéro, les femmes ont une rose.", vec![]),
        ("Hier, Rose est venue. Femmes et hommes étaient là.", vec!["Rose"]),
    ] {
        assert_eq!(found(text, Some(&nansira)), tells, "{text}");
    }
}

#[test]
fn what_looks_like_it_is_found_without_knowing_who() {
    for (text, tells) in [
        ("Mon numéro est le 76 45 12 09.", vec!["76 45 12 09"]),
        ("76-45-12-09 / 66-01-02-03", vec!["76-45-12-09", "66-01-02-03"]),
        ("Joindre 66451209 le soir", vec!["66451209"]),
        ("(+223) 66451209", vec!["+223) 66451209"]),
        ("+33 6 12 34 56 78 à Paris", vec!["+33 6 12 34 56 78"]),
        ("00223 66 45 12 09", vec!["00223 66 45 12 09"]),
        ("223 66 45 12 09", vec!["223 66 45 12 09"]),
        ("Téléphone : 664 512 09", vec!["664 512 09"]),
        ("écrire à sira.k@example.org, merci", vec!["sira.k@example.org"]),
        ("au point 12.6514, -8.0231 près du puits", vec!["12.6514, -8.0231"]),
        ("11°56'24\"N 8°26'17\"O", vec!["11°56'24\"N 8°26'17\"O"]),
        ("Je m’appelle Sira et je vends du riz.", vec!["Sira"]),
        ("je m'appelle sira", vec!["sira"]),
        ("My name is Sira Keita, from here", vec!["Sira Keita"]),
        ("N tɔgɔ ye Fanta.", vec!["Fanta"]),
        ("C’est Moussa Traoré qui a tranché.", vec!["Moussa Traoré"]),
        (
            "Alors Traoré Moussa a parlé, et Hadja Sira Diarra aussi",
            vec!["Traoré Moussa", "Hadja Sira Diarra"],
        ),
    ] {
        assert_eq!(found(text, None), tells, "{text}");
    }
}

#[test]
fn years_counts_prices_and_villages_tell_nobody() {
    for text in [
        "En 2021 2022, puis de 2019-2020, et le 14/09/2022 ou 14.09.2022",
        "Le 2022-09-14 à 08:15, le 20220914 et le 14092022",
        "Le sac coûte 25 000 000 FCFA, ou 70 123 456 F, ou 70123400 francs",
        "Nous étions 25, 30 puis 60 personnes, de 20-25 ou 25-30 ans",
        "25 30 35 40 45 50 et 60 enfants",
        "70 000 000 et 75000000",
        "12,5 % de 340 m à 38° à l’ombre, au point 12.7 -8.0",
        "Les Keïta et les Traoré du clan Keïta ; la famille Camara",
        "La famille Diallo de Kéniéro Diallo",
        "Le chef de Minidian Camara, à Kéniéro, Séléfougou, Balan Bakama",
        "Je m’appelle comme mon père",
        "Personne ne nous appelle.",
        "[nom] Traoré, mon numéro est le [numéro]",
    ] {
        assert_eq!(found(text, None), [""; 0], "{text}");
    }
}

#[test]
fn a_mask_stands_in_the_language_of_the_screen_and_tells_nothing() {
    let text = "Je m’appelle Sira Keïta, 76 45 12 09.";
    let there = find(text, &Against::default());
    assert_eq!(masked(text, &there, "fr"), "Je m’appelle [nom], [numéro].");
    assert_eq!(masked(text, &there, "en"), "Je m’appelle [name], [number].");
    let named = Identity { name: "Nom Numéro".to_owned(), ..Identity::default() };
    let against = Against { identity: Some(&named), ..Against::default() };
    assert!(find("Je m’appelle [nom], [numéro].", &against).is_empty());
}

#[test]
fn every_free_text_of_a_story_is_read() {
    let mut told = Story { title: "Chez Moussa Traoré".to_owned(), ..Story::default() };
    told.notes.solution = "Appeler le 76 45 12 09 ".to_owned();
    told.other.set("impressions", "Je m’appelle Awa");
    told.context.village = "Kéniéro".to_owned();
    let leaks = told.leaks();
    let where_and_what: Vec<_> =
        leaks.iter().map(|leak| (leak.answer.to_string(), leak.path.as_str(), leak.words.as_str())).collect();
    assert_eq!(
        where_and_what,
        [
            ("title".to_owned(), "title", "Moussa Traoré"),
            ("notes.solution".to_owned(), "notes.solution", "76 45 12 09"),
            ("story".to_owned(), "impressions", "Awa"),
        ]
    );
    assert_eq!((leaks[0].before.as_str(), leaks[1].after.as_str()), ("Chez ", " "));
}

/// Anything, and much of what is looked for.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[A-Za-zÀ-ÿɛɔ'’ .-]{0,9}",
        ".{0,6}",
        "[0-9 +./()-]{0,14}",
        Just("Nansira ".to_owned()),
        Just("Keïta ".to_owned()),
        Just("je m’appelle ".to_owned()),
        Just("70 12 34 56".to_owned()),
        Just("12.65141 -8.02312 ".to_owned()),
        Just("sira@example.org".to_owned()),
        Just("derrière la grande mosquée".to_owned()),
        Just("[nom]".to_owned()),
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn whatever_is_found_can_be_cut_out_and_nothing_is_left(text in text(), known: bool) {
        let nansira = nansira();
        let against = against(known.then_some(&nansira));
        let mut now = text;
        // What stood on both sides of a passage may stand alone then: it is read anew.
        for _ in 0..20 {
            let found = find(&now, &against);
            let mut from = 0;
            for one in &found {
                prop_assert!(from <= one.start && one.start < one.end);
                prop_assert!(now.get(one.start..one.end).is_some());
                from = one.end;
            }
            if found.is_empty() {
                break;
            }
            now = masked(&now, &found, "fr");
        }
        prop_assert!(find(&now, &against).is_empty(), "{now}");
    }
}
