use super::fault::Fault;
use super::function::{Function, REFUSED};
use super::parse::{DEPTH_LIMIT, parse};
use super::value::Value;
use super::*;
use crate::questionnaire::trial;
use crate::questionnaire::trial::tests::in_kangaba;
use proptest::prelude::*;
use serde_json::json;

fn value(expression: &str) -> Value<'static> {
    let answers = json!({
        "age": 34, "name": "Awa", "empty": "", "roles": "gra women", "born": "1988-03-01",
        "members": [{ "member": "Sira", "years": 3 }, { "member": "Fanta", "years": 5 }, { "member": "", "years": null }],
        "place": "12.65 -8.02 340 5", "text": "un mot, deux mots", "number": "007",
    });
    trial::evaluate(expression, &answers, &in_kangaba()).unwrap_or_else(|e| panic!("{expression}: {e}"))
}

/// Each line: an expression, and what it comes to as words.
fn table(lines: &[(&str, &str)]) {
    for (expression, expected) in lines {
        assert_eq!(value(expression).text(), *expected, "{expression}");
    }
}

#[test]
fn operators_bind_as_in_xpath() {
    table(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("2 * 3 mod 4", "2"),
        ("-2 + 5", "3"),
        ("- - 2", "2"),
        ("7 div 2", "3.5"),
        ("-7 mod 2", "-1"),
        ("1 = 1 and 2 > 1 or false()", "true"),
        ("false() and false() or true()", "true"),
        ("1 < 2 = true()", "true"),
        ("2div 1", "2"),
        ("${age}-4", "30"),
        ("${age} -4", "30"),
        ("'a' != 'b'", "true"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("5 >= 5 and 5 <= 5 and not(5 < 5)", "true"),
    ]);
}

#[test]
fn types_become_one_another_as_in_xpath() {
    table(&[
        ("'12' + 1", "13"),
        ("'' + 1", "NaN"),
        ("'1e3' + 1", "NaN"),
        ("true() + 1", "2"),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", "NaN"),
        ("1.50", "1.5"),
        ("1000000000000000000000", "1000000000000000000000"),
        ("-0", "0"),
        ("${number} = 7", "true"),
        ("${number} = '7'", "false"),
        ("${age} = '34'", "true"),
        ("'abc' > 1", "false"),
        ("boolean('false')", "true"),
        ("boolean(0)", "false"),
        (
            "boolean-from-string('true') and boolean-from-string('1') and not(boolean-from-string('yes'))",
            "true",
        ),
        ("string(3.0)", "3"),
        ("number('abc')", "NaN"),
        ("int(-3.7)", "-3"),
        ("not('')", "true"),
    ]);
}

#[test]
fn an_answer_that_is_not_there_is_empty() {
    table(&[
        ("${empty} = ''", "true"),
        ("${empty} > 0", "false"),
        ("${empty} < 1", "false"),
        ("string-length(${empty})", "0"),
        ("coalesce(${empty}, ${name})", "Awa"),
        ("coalesce(${name}, 'x')", "Awa"),
        ("if(${empty} = '', 'none', 'some')", "none"),
        ("selected(${empty}, '')", "false"),
        ("count-selected(${empty})", "0"),
        ("${empty} + 1", "NaN"),
    ]);
}

#[test]
fn words_are_counted_in_characters() {
    table(&[
        ("concat('a', 1, true())", "a1true"),
        ("concat()", ""),
        ("string-length('ɛ̀é')", "3"),
        ("substr('Kangaba', 0, 3)", "Kan"),
        ("substr('Kangaba', 4)", "aba"),
        ("substr('Kangaba', -4, -1)", "gab"),
        ("substr('Kangaba', 5, 2)", ""),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring-before('1999/04', '/')", "1999"),
        ("substring-after('1999/04', '/')", "04"),
        ("substring-after('x', '/')", ""),
        ("contains(${text}, 'deux')", "true"),
        ("starts-with(${text}, 'un') and ends-with(${text}, 'mots')", "true"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("normalize-space('  a   b ')", "a b"),
        ("join(', ', 'a', 'b', '')", "a, b, "),
        ("regex('76123456', '[0-9]{8}')", "true"),
        ("regex('x76123456', '[0-9]{8}')", "false"),
    ]);
    assert!(parse("'it''s'").is_err(), "XPath 1.0 has no way to double a quotation mark");
}

#[test]
fn choices_are_words_between_blanks() {
    table(&[
        ("selected(${roles}, 'gra')", "true"),
        ("selected(${roles}, 'wom')", "false"),
        ("count-selected(${roles})", "2"),
        ("selected-at(${roles}, 1)", "women"),
        ("selected-at(${roles}, 7)", ""),
        ("selected-at(${roles}, -1)", ""),
        ("checklist(1, 2, true(), false(), true())", "true"),
        ("checklist(3, -1, true(), false(), true())", "false"),
        ("weighted-checklist(3, 5, true(), 2, true(), 1.5)", "true"),
    ]);
}

#[test]
fn repetitions_are_counted_and_summed() {
    table(&[
        ("count(${members})", "3"),
        ("count(${member})", "3"),
        ("count-non-empty(${member})", "2"),
        ("sum(${years})", "8"),
        ("max(${years})", "5"),
        ("min(${years}, 1)", "1"),
        ("indexed-repeat(${member}, ${members}, 2)", "Fanta"),
        ("indexed-repeat(${member}, ${members}, 9)", ""),
        ("join('-', ${member})", "Sira-Fanta-"),
        ("${member} = 'Fanta'", "true"),
        ("${member}", "Sira"),
        ("max(${empty})", "NaN"),
    ]);
}

#[test]
fn numbers_are_rounded_and_computed() {
    table(&[
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(1.005, 2)", "1.01"),
        ("round(1234.5678, -2)", "1200"),
        ("round('x', 2)", "NaN"),
        ("floor(-1.2)", "-2"),
        ("ceiling(1.2)", "2"),
        ("abs(-3)", "3"),
        ("pow(2, 10)", "1024"),
        ("sqrt(16) + exp10(2) + log10(1000)", "107"),
        ("round(log(exp(2)), 6)", "2"),
        ("round(pi(), 4)", "3.1416"),
        ("round(sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0) + atan2(0, 1), 3)", "1"),
        ("random() >= 0 and random() < 1", "true"),
        ("random() = random()", "false"),
        ("string-length(uuid())", "36"),
        ("uuid() = uuid()", "false"),
    ]);
}

#[test]
fn days_and_times_are_values_of_their_own() {
    table(&[
        ("today()", "2022-08-20"),
        ("now()", "2022-08-20T16:30:15.250+00:00"),
        ("today() - 1", "19223"),
        ("date(today() - 1)", "2022-08-19"),
        ("date('2022-08-20') = today()", "true"),
        ("'2022-08-20' = today()", "true"),
        ("${born} < today()", "true"),
        ("${born} > '1980-01-01'", "true"),
        ("int((today() - ${born}) div 365.25)", "34"),
        ("format-date(${born}, '%e/%n/%Y')", "1/3/1988"),
        (
            "format-date(${born}, '%A %e %B %Y (%b, %a) %y %m %d %W')",
            "mardi 1 mars 1988 (mars, mar.) 88 03 01 9",
        ),
        ("format-date-time(now(), '%H:%M:%S,%3 %h %%')", "16:30:15,250 16 %"),
        ("format-date('not a day', '%Y')", ""),
        ("date('2022-02-30')", ""),
        ("date(0)", "1970-01-01"),
        ("date-time('2022-08-20T08:00:00Z')", "2022-08-20T08:00:00.000+00:00"),
        ("decimal-date-time('1970-01-02T12:00:00Z')", "1.5"),
        ("decimal-time('18:00:00.000Z')", "0.75"),
        ("date(now()) = today()", "true"),
        ("boolean(today())", "true"),
    ]);
}

#[test]
fn places_lie_on_a_sphere() {
    table(&[
        // Kangaba to Bamako is some 90 km as the crow flies.
        ("round(distance('11.93 -8.42', '12.64 -8.00') div 1000)", "91"),
        ("round(area('0 0; 0 1; 1 1; 1 0') div 1000000)", "12364"),
        ("distance('nowhere')", ""),
        ("round(distance(${place}))", "0"),
    ]);
}

#[test]
fn branches_that_do_not_count_are_not_looked_at() {
    table(&[("if(true(), 'a', 1 div 0)", "a"), ("true() or 1 div 0", "true"), ("once(5)", "5")]);
}

fn fault(text: &str) -> (usize, Fault) {
    let error = parse(text).expect_err(text);
    (error.at, error.fault)
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_eq!(fault("").1, Fault::Unfinished);
    assert_eq!(fault("1 +"), (4, Fault::Unfinished));
    assert_eq!(fault("é + 'x").0, 5);
    assert_eq!(fault("é + 'x").1, Fault::OpenQuotation);
    assert_eq!(fault("round(1) 2").0, 10);
    assert!(matches!(fault("${a"), (4, Fault::Unfinished)));
    assert!(matches!(fault("${1a}").1, Fault::Unexpected { .. }));
    assert!(matches!(fault("2x").1, Fault::Unexpected { .. }));
    assert_eq!(fault("if(1, 2)").1.to_string(), "if() takes 3 arguments, not 2");
    assert_eq!(fault("today(1)").1.to_string(), "today() takes no argument, not 1");
    assert_eq!(
        fault("count_selected(1)").1.to_string(),
        "there is no function count_selected(); did you mean count-selected()?"
    );
    assert!(matches!(fault("frobnicate()").1, Fault::UnknownFunction { .. }));
    for name in REFUSED {
        assert!(matches!(fault(&format!("{name}('x')")).1, Fault::RefusedFunction { .. }), "{name}");
    }
    for path in ["${a}[1]", "//a", "a | b", "@x", "a/*", "${a}/b"] {
        let fault = fault(path).1;
        assert!(matches!(fault, Fault::Unsupported { .. } | Fault::Unexpected { .. }), "{path}: {fault}");
    }
}

#[test]
fn bent_quotation_marks_of_spreadsheets_are_taken_for_straight_ones() {
    assert_eq!(parse("‘a’"), Ok(Expression::Text("a".to_owned())));
    assert_eq!(parse("“a”"), Ok(Expression::Text("a".to_owned())));
}

#[test]
fn paths_are_read() {
    let path = |text: &str| match parse(text) {
        Ok(Expression::Reference(reference)) => reference,
        other => panic!("{text}: {other:?}"),
    };
    let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(path("."), Reference::Here);
    assert_eq!(path(".."), Reference::Relative { up: 1, down: vec![] });
    assert_eq!(path("../../a/b"), Reference::Relative { up: 2, down: names(&["a", "b"]) });
    assert_eq!(path("current()/../a"), Reference::Relative { up: 1, down: names(&["a"]) });
    assert_eq!(path("/data/a"), Reference::Absolute(names(&["data", "a"])));
    assert_eq!(path("${ a }"), Reference::Named("a".to_owned()));
    assert_eq!(path("div"), Reference::Bare("div".to_owned()));
}

#[test]
fn a_hostile_expression_neither_overflows_nor_takes_long() {
    for text in [
        "(".repeat(10_000),
        "-".repeat(16_000),
        "not(".repeat(4_000),
        "1+".repeat(8_000) + "1",
        "a".repeat(20_000),
        "if(".repeat(5_000),
    ] {
        assert!(parse(&text).is_err());
    }
    assert!(parse(&("1 + ".repeat(DEPTH_LIMIT / 2) + "1")).is_ok());
    let slow = format!("regex('{}', '(a*)*b')", "a".repeat(5_000));
    assert_eq!(value(&slow).text(), "false");
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_]{0,6}"
        .prop_filter("a word of the language", |n| !["or", "and", "div", "mod"].contains(&n.as_str()))
}

fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        "[^'\"‘’“”]{0,8}".prop_map(Expression::Text),
        (0..1_000_000_u32, 0..4_i32).prop_map(|(n, p)| Expression::Number(f64::from(n) / 10f64.powi(p))),
        Just(Expression::Reference(Reference::Here)),
        name().prop_map(|n| Expression::Reference(Reference::Named(n))),
        (1..4_usize, prop::collection::vec(name(), 0..3))
            .prop_map(|(up, down)| Expression::Reference(Reference::Relative { up, down })),
        prop::collection::vec(name(), 1..4)
            .prop_map(|names| Expression::Reference(Reference::Absolute(names))),
    ];
    leaf.prop_recursive(5, 60, 4, |inner| {
        let operator = prop::sample::select(Operator::ALL.to_vec());
        let function = prop::sample::select(Function::ALL.to_vec());
        prop_oneof![
            (operator, inner.clone(), inner.clone()).prop_map(|(o, l, r)| Expression::Binary(
                o,
                Box::new(l),
                Box::new(r)
            )),
            inner.clone().prop_map(|e| Expression::Negative(Box::new(e))),
            (function, prop::collection::vec(inner, 7)).prop_map(|(function, mut arguments)| {
                let (least, most) = function.arguments();
                arguments.truncate(4.clamp(least, most));
                Expression::Call(function, arguments)
            }),
        ]
    })
}

/// Every part in parentheses, so that nothing depends on how operators bind.
fn written(expression: &Expression) -> String {
    match expression {
        Expression::Text(text) => format!("'{text}'"),
        Expression::Number(number) => number.to_string(),
        Expression::Reference(reference) => match reference {
            Reference::Here => ".".to_owned(),
            Reference::Named(name) => format!("${{{name}}}"),
            Reference::Relative { up, down } => {
                let steps: Vec<&str> =
                    std::iter::repeat_n("..", *up).chain(down.iter().map(String::as_str)).collect();
                steps.join("/")
            }
            Reference::Absolute(names) => format!("/{}", names.join("/")),
            Reference::Bare(name) => name.clone(),
        },
        Expression::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(written).collect();
            format!("{}({})", function.as_str(), arguments.join(", "))
        }
        Expression::Binary(operator, left, right) => {
            format!("({} {} {})", written(left), operator.as_str(), written(right))
        }
        Expression::Negative(operand) => format!("(-{})", written(operand)),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(expression in any_expression()) {
        prop_assert_eq!(parse(&written(&expression)), Ok(expression));
    }

    #[test]
    fn no_text_makes_the_parser_fall(text in "\\PC{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn nothing_made_of_its_own_words_makes_it_fall(
        words in prop::collection::vec(prop::sample::select(vec![
            "(", ")", ",", "${age}", "${members}", ".", "..", "/", "'a'", "\"", "1", "2.5", "-", "+", "*", "div", "mod", "=", "!=",
            "<", "<=", "or", "and", "if(", "selected(", "count(", "today()", "date(", "substr(", "position(", "é", "[", "$", "{",
            "indexed-repeat(", "round(", "regex(", "format-date(", "not(",
        ]), 0..14)
    ) {
        let text = words.join(" ");
        let _ = trial::evaluate(&text, &json!({ "age": 3, "members": [{ "a": 1 }] }), &in_kangaba());
    }

    #[test]
    fn evaluation_is_total_and_the_same_each_time(expression in any_expression()) {
        // Names that are there, so that evaluation is reached.
        let text = written(&expression);
        let answers = json!({ "a": 1, "b": "x y", "c": "2022-01-01" });
        let once = trial::evaluate(&text, &answers, &in_kangaba()).map(|v| v.text().into_owned());
        let again = trial::evaluate(&text, &answers, &in_kangaba()).map(|v| v.text().into_owned());
        prop_assert_eq!(once, again);
    }

    #[test]
    fn arithmetic_is_that_of_doubles(a in -1e6..1e6_f64, b in -1e6..1e6_f64) {
        for (operator, expected) in [("+", a + b), ("-", a - b), ("*", a * b), ("div", a / b), ("mod", a % b)] {
            let found = value(&format!("({a}) {operator} ({b})")).number();
            prop_assert!(found == expected || (found.is_nan() && expected.is_nan()), "{} {} {}: {}", a, operator, b, found);
        }
    }

    #[test]
    fn comparing_is_consistent(a in -50..50_i32, b in -50..50_i32) {
        let holds = |operator: &str| value(&format!("({a}) {operator} ({b})")).truth();
        prop_assert_eq!(holds("<"), a < b);
        prop_assert_eq!(holds("<="), !holds(">"));
        prop_assert_eq!(holds("="), !holds("!="));
    }
}
