//! What an expression comes to.
//!
//! Evaluation never fails: as in XPath, what makes no sense comes to not-a-number or to empty words. What an
//! author can do wrong is told when the questionnaire is read.

use super::function::Function;
use super::value::{Atom, Value, number_text};
use super::{Expression, Operator, geo, text, time};
use chrono::{DateTime, FixedOffset, NaiveTime};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Where an expression stands, and what it can see from there.
pub trait Context<'v, R> {
    /// The answers that a reference finds, those of questions that are not relevant left out.
    fn nodes(&self, reference: &R) -> Value<'v>;

    /// The answer of the question that the expression belongs to.
    fn here(&self) -> Atom<'v>;

    /// The place, from 1, of the repetition that `reference` stands in or is; of this question's own repetition
    /// without a reference. 1 outside of repetitions.
    fn position(&self, reference: Option<&R>) -> usize;

    /// The answer to `question` in the repetition that is numbered, from 1, in each of these repeats.
    fn indexed(&self, question: &R, repeats: &[(&R, usize)]) -> Vec<Atom<'v>>;

    /// What people read for the choice `value` of the question that `reference` finds.
    fn choice_name(&self, reference: &R, value: &str) -> Option<String>;

    /// The time of this evaluation, by the clock of where it happens.
    fn now(&self) -> DateTime<FixedOffset>;

    /// 64 bits of chance, others at each call.
    fn chance(&self) -> u64;

    /// The regular expression of a `regex()`, or `None` if it is none.
    fn pattern(&self, pattern: &str) -> Option<regex::Regex> {
        compile(pattern)
    }
}

/// A pattern that must match the whole text. Its size is limited; matching takes time linear in the text.
pub fn compile(pattern: &str) -> Option<regex::Regex> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build().ok()
}

impl<R> Expression<R> {
    /// What this expression comes to in `context`.
    pub fn evaluate<'v>(&'v self, context: &impl Context<'v, R>) -> Value<'v> {
        match self {
            Expression::Text(text) => Cow::Borrowed(text.as_str()).into(),
            Expression::Number(number) => (*number).into(),
            Expression::Reference(reference) => context.nodes(reference),
            Expression::Negative(operand) => (-operand.evaluate(context).number()).into(),
            Expression::Binary(operator, left, right) => binary(*operator, left, right, context),
            Expression::Call(function, arguments) => {
                call(*function, &Arguments { arguments, context }).unwrap_or_else(|| Atom::NOTHING.into())
            }
        }
    }
}

fn binary<'v, R>(
    operator: Operator,
    left: &'v Expression<R>,
    right: &'v Expression<R>,
    context: &impl Context<'v, R>,
) -> Value<'v> {
    // These two look at their right side only if they must.
    match operator {
        Operator::Or => return (left.evaluate(context).truth() || right.evaluate(context).truth()).into(),
        Operator::And => return (left.evaluate(context).truth() && right.evaluate(context).truth()).into(),
        _ => {}
    }
    let (left, right) = (left.evaluate(context), right.evaluate(context));
    match operator {
        Operator::Equal => some_pair(&left, &right, |a, b| a.equals(b)).into(),
        Operator::NotEqual => some_pair(&left, &right, |a, b| !a.equals(b)).into(),
        Operator::Less => ordered(&left, &right, |o| o == Ordering::Less),
        Operator::LessOrEqual => ordered(&left, &right, |o| o != Ordering::Greater),
        Operator::Greater => ordered(&left, &right, |o| o == Ordering::Greater),
        Operator::GreaterOrEqual => ordered(&left, &right, |o| o != Ordering::Less),
        Operator::Plus => (left.number() + right.number()).into(),
        Operator::Minus => (left.number() - right.number()).into(),
        Operator::Times => (left.number() * right.number()).into(),
        Operator::Div => (left.number() / right.number()).into(),
        // The sign follows the left side, as in XPath.
        Operator::Mod => (left.number() % right.number()).into(),
        Operator::Or | Operator::And => Atom::NOTHING.into(),
    }
}

/// XPath compares sets by "is there a pair" (XPath 1.0, 3.4).
fn some_pair(left: &Value<'_>, right: &Value<'_>, holds: impl Fn(&Atom<'_>, &Atom<'_>) -> bool) -> bool {
    left.atoms().iter().any(|a| right.atoms().iter().any(|b| holds(a, b)))
}

fn ordered(left: &Value<'_>, right: &Value<'_>, holds: impl Fn(Ordering) -> bool) -> Value<'static> {
    some_pair(left, right, |a, b| a.compare(b).is_some_and(&holds)).into()
}

/// The arguments of one call. Where one is missing, the function has a default or comes to nothing.
struct Arguments<'v, 'c, R, C> {
    arguments: &'v [Expression<R>],
    context: &'c C,
}

impl<'v, R, C: Context<'v, R>> Arguments<'v, '_, R, C> {
    fn value(&self, place: usize) -> Option<Value<'v>> {
        self.arguments.get(place).map(|argument| argument.evaluate(self.context))
    }

    fn text(&self, place: usize) -> Option<Cow<'v, str>> {
        self.value(place).map(|value| value.into_atom().into_text())
    }

    fn number(&self, place: usize) -> Option<f64> {
        self.value(place).map(|value| value.number())
    }

    fn truth(&self, place: usize) -> Option<bool> {
        self.value(place).map(|value| value.truth())
    }

    /// The reference that an argument is, if it is nothing else.
    fn reference(&self, place: usize) -> Option<&'v R> {
        match self.arguments.get(place) {
            Some(Expression::Reference(reference)) => Some(reference),
            _ => None,
        }
    }

    /// The single values of all arguments from this place on.
    fn atoms_from(&self, place: usize) -> Vec<Atom<'v>> {
        let rest = self.arguments.iter().skip(place);
        rest.flat_map(|argument| match argument.evaluate(self.context) {
            Value::Atom(atom) => vec![atom],
            Value::Nodes(nodes) => nodes,
        })
        .collect()
    }

    /// The numbers among them; an answer that is not given counts for nothing.
    fn numbers(&self) -> Vec<f64> {
        let given = |atom: &Atom| *atom != Atom::NOTHING;
        self.atoms_from(0).iter().filter(|a| given(a)).map(Atom::number).collect()
    }

    /// The argument, or the question's own answer if it is left out.
    fn text_or_here(&self) -> Cow<'v, str> {
        self.text(0).unwrap_or_else(|| self.context.here().into_text())
    }
}

fn call<'v, R, C: Context<'v, R>>(function: Function, given: &Arguments<'v, '_, R, C>) -> Option<Value<'v>> {
    use Function as F;
    let context = given.context;
    Some(match function {
        F::If => {
            let branch = if given.truth(0)? { 1 } else { 2 };
            given.value(branch)?
        }
        F::Coalesce => {
            let filled = (0..given.arguments.len()).filter_map(|place| given.value(place));
            filled.into_iter().find(|value| !value.text().is_empty())?
        }
        F::Once => match context.here() {
            Atom::Text(text) if text.is_empty() => given.value(0)?,
            kept => kept.into(),
        },

        F::Selected => {
            let wanted = given.text(1)?;
            let wanted = wanted.trim();
            (!wanted.is_empty() && text::words(&given.text(0)?).any(|word| word == wanted)).into()
        }
        F::SelectedAt => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // No number is place 0.
            let place = given.number(1).filter(|n| *n >= 0.0)? as usize;
            text::words(&given.text(0)?).nth(place)?.to_owned().into()
        }
        F::CountSelected => count(text::words(&given.text(0)?).count()),
        F::ChoiceName => {
            // The second argument is a question's name in quotes, or the question itself.
            let value = given.text(0)?;
            context.choice_name(given.reference(1)?, &value).map_or_else(|| value.into(), Value::from)
        }

        F::Count => match given.value(0)? {
            Value::Nodes(nodes) => count(nodes.len()),
            Value::Atom(_) => count(1),
        },
        F::CountNonEmpty => count(given.atoms_from(0).iter().filter(|atom| !atom.text().is_empty()).count()),
        F::Sum => given.numbers().iter().sum::<f64>().into(),
        F::Max => best(&given.numbers(), f64::max),
        F::Min => best(&given.numbers(), f64::min),
        F::Position => count(context.position(given.reference(0))),
        F::IndexedRepeat => indexed(given)?,
        F::Checklist => {
            let yes = given.atoms_from(2).iter().filter(|atom| atom.truth()).count();
            #[allow(clippy::cast_precision_loss)]
            within(yes as f64, given.number(0)?, given.number(1)?)
        }
        F::WeightedChecklist => {
            let pairs = given.atoms_from(2);
            let weight = |pair: &[Atom]| match pair {
                [yes, weight] if yes.truth() => weight.number(),
                _ => 0.0,
            };
            within(pairs.chunks(2).map(weight).sum(), given.number(0)?, given.number(1)?)
        }

        F::True => true.into(),
        F::False => false.into(),
        F::Not => (!given.truth(0)?).into(),
        F::Boolean => given.truth(0)?.into(),
        F::BooleanFromString => matches!(&*given.text(0)?, "true" | "1").into(),

        F::StringOf => given.text_or_here().into(),
        F::Concat => given.atoms_from(0).into_iter().map(Atom::into_text).collect::<String>().into(),
        F::Join => {
            let parts: Vec<Cow<str>> = given.atoms_from(1).into_iter().map(Atom::into_text).collect();
            parts.join(&given.text(0)?).into()
        }
        F::Contains => given.text(0)?.contains(&*given.text(1)?).into(),
        F::StartsWith => given.text(0)?.starts_with(&*given.text(1)?).into(),
        F::EndsWith => given.text(0)?.ends_with(&*given.text(1)?).into(),
        F::StringLength => count(given.text_or_here().chars().count()),
        F::NormalizeSpace => text::normalize_space(&given.text_or_here()).into(),
        F::Substr => text::substr(&given.text(0)?, given.number(1)?, given.number(2)).into(),
        F::Substring => text::substring(&given.text(0)?, given.number(1)?, given.number(2)).into(),
        F::SubstringBefore => given.text(0)?.split_once(&*given.text(1)?)?.0.to_owned().into(),
        F::SubstringAfter => given.text(0)?.split_once(&*given.text(1)?)?.1.to_owned().into(),
        F::Translate => text::translate(&given.text(0)?, &given.text(1)?, &given.text(2)?).into(),
        F::Regex => context
            .pattern(&given.text(1)?)
            .is_some_and(|p| given.text(0).is_some_and(|t| p.is_match(&t)))
            .into(),

        F::Number => match given.value(0) {
            Some(value) => value.number().into(),
            None => context.here().number().into(),
        },
        F::Int => given.number(0)?.trunc().into(),
        F::Round => round(given.number(0)?, given.number(1).unwrap_or(0.0)),
        F::Floor => given.number(0)?.floor().into(),
        F::Ceiling => given.number(0)?.ceil().into(),
        F::Abs => given.number(0)?.abs().into(),
        F::Pow => given.number(0)?.powf(given.number(1)?).into(),
        F::Sqrt => given.number(0)?.sqrt().into(),
        F::Exp => given.number(0)?.exp().into(),
        F::Exp10 => 10f64.powf(given.number(0)?).into(),
        F::Log => given.number(0)?.ln().into(),
        F::Log10 => given.number(0)?.log10().into(),
        F::Sin => given.number(0)?.sin().into(),
        F::Cos => given.number(0)?.cos().into(),
        F::Tan => given.number(0)?.tan().into(),
        F::Asin => given.number(0)?.asin().into(),
        F::Acos => given.number(0)?.acos().into(),
        F::Atan => given.number(0)?.atan().into(),
        F::Atan2 => given.number(0)?.atan2(given.number(1)?).into(),
        F::Pi => std::f64::consts::PI.into(),
        // 53 bits are what a double between 0 and 1 can hold.
        #[allow(clippy::cast_precision_loss)]
        F::Random => ((context.chance() >> 11) as f64 / (1u64 << 53) as f64).into(),
        F::Uuid => uuid::Builder::from_random_bytes(chance_bytes(context)).into_uuid().to_string().into(),

        F::Today => Atom::Date(context.now().date_naive()).into(),
        F::Now => Atom::DateTime(context.now()).into(),
        F::Date => date(given.value(0)?.atom())?.into(),
        F::DateTime => Atom::DateTime(moment(given.value(0)?.atom(), context.now())?).into(),
        F::DecimalDateTime => moment(given.value(0)?.atom(), context.now())
            .map_or(f64::NAN, |m| {
                #[allow(clippy::cast_precision_loss)]
                let seconds = m.timestamp_millis() as f64 / 1000.0;
                seconds / 86_400.0
            })
            .into(),
        F::DecimalTime => clock_time(given.value(0)?.atom()).map_or(f64::NAN, time::part_of_day).into(),
        F::FormatDate | F::FormatDateTime => {
            let moment = moment(given.value(0)?.atom(), context.now())?;
            time::format(&moment.naive_local(), &given.text(1)?).into()
        }

        F::Area => geo::area(&points(given)?).into(),
        F::Distance => geo::distance(&points(given)?).into(),
    })
}

fn count(number: usize) -> Value<'static> {
    #[allow(clippy::cast_precision_loss)] // Nobody has 2^52 answers.
    let number = number as f64;
    number.into()
}

fn best(numbers: &[f64], better: fn(f64, f64) -> f64) -> Value<'static> {
    numbers.iter().copied().reduce(better).unwrap_or(f64::NAN).into()
}

/// Whether a count lies between two bounds, of which -1 means none.
fn within(number: f64, least: f64, most: f64) -> Value<'static> {
    ((least < 0.0 || number >= least) && (most < 0.0 || number <= most)).into()
}

/// `round(number, places)`: a half goes up; negative places round to tens and hundreds.
fn round(number: f64, places: f64) -> Value<'static> {
    if places == 0.0 {
        return text::round(number).into();
    }
    // By way of the decimal digits: 1.005 lies below its own writing as a double.
    #[allow(clippy::cast_possible_truncation)]
    let scale = 10f64.powi(places.clamp(-300.0, 300.0) as i32);
    let scaled = number * scale;
    let nearest = scaled.round();
    let half = ((scaled - scaled.trunc()).abs() - 0.5).abs() < 1e-9;
    let rounded = if half { (scaled + 0.5 + 1e-9).floor() } else { nearest };
    let result = rounded / scale;
    if result.is_finite() { number_text(result).parse().unwrap_or(result).into() } else { number.into() }
}

fn chance_bytes<'v, R>(context: &impl Context<'v, R>) -> [u8; 16] {
    (u128::from(context.chance()) << 64 | u128::from(context.chance())).to_be_bytes()
}

/// `indexed-repeat(question, repeat, place, …)`
fn indexed<'v, R, C: Context<'v, R>>(given: &Arguments<'v, '_, R, C>) -> Option<Value<'v>> {
    let question = given.reference(0)?;
    let mut repeats = Vec::new();
    for place in (1..given.arguments.len()).step_by(2) {
        let number = given.number(place + 1).filter(|n| *n >= 1.0)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // At least 1, and casts stop at the end.
        repeats.push((given.reference(place)?, number as usize));
    }
    Some(Value::Nodes(given.context.indexed(question, &repeats)))
}

fn date(atom: &Atom<'_>) -> Option<Atom<'static>> {
    match atom {
        Atom::Date(day) => Some(Atom::Date(*day)),
        Atom::DateTime(moment) => Some(Atom::Date(moment.date_naive())),
        Atom::Text(text) => {
            let day = time::date(text.trim()).or_else(|| {
                time::date_time(text.trim(), time::offset_of_none()).map(|moment| moment.date_naive())
            });
            day.or_else(|| time::date_of_days(atom.number())).map(Atom::Date)
        }
        Atom::Number(days) => time::date_of_days(*days).map(Atom::Date),
        Atom::Bool(_) | Atom::Time(_) => None,
    }
}

/// The moment that a value is; a day begins at midnight, and what names no offset is of this place.
fn moment(atom: &Atom<'_>, now: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let midnight =
        |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_local_timezone(now.timezone()).single();
    match atom {
        Atom::DateTime(moment) => Some(*moment),
        Atom::Date(day) => midnight(*day),
        Atom::Text(text) => match time::date(text.trim()) {
            Some(day) => midnight(day),
            None => time::date_time(text.trim(), now.timezone())
                .or_else(|| time::moment_of_days(atom.number(), now.timezone())),
        },
        Atom::Number(days) => time::moment_of_days(*days, now.timezone()),
        Atom::Bool(_) | Atom::Time(_) => None,
    }
}

fn clock_time(atom: &Atom<'_>) -> Option<NaiveTime> {
    match atom {
        Atom::Time(time) => Some(*time),
        Atom::DateTime(moment) => Some(moment.time()),
        Atom::Text(text) => time::time(text.trim())
            .or_else(|| time::date_time(text.trim(), time::offset_of_none()).map(|m| m.time())),
        _ => None,
    }
}

fn points<'v, R, C: Context<'v, R>>(given: &Arguments<'v, '_, R, C>) -> Option<Vec<(f64, f64)>> {
    let texts = given.atoms_from(0);
    let found: Option<Vec<_>> = texts.iter().map(|atom| geo::points(&atom.text())).collect();
    found.map(|points| points.concat())
}
