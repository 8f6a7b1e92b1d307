//! Reading expressions. A hostile one can neither overflow the stack nor take long: its length and its depth
//! are limited.

use super::fault::{Fault, Foreign, ParseError, Wanted};
use super::function::{Function, REFUSED};
use super::{Expression, Operator, Reference};

/// The longest expression, in bytes.
pub const LENGTH_LIMIT: usize = 16 * 1024;

/// The deepest nesting of parentheses, arguments and signs.
pub const DEPTH_LIMIT: usize = 200;

/// Reads an expression.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Expression, ParseError> {
    if text.len() > LENGTH_LIMIT {
        return Err(ParseError { at: 1, fault: Fault::TooLong });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expression = parser.binary(1)?;
    parser.skip_blanks();
    if parser.rest().is_empty() { Ok(expression) } else { Err(parser.unexpected(Wanted::OperatorOrEnd)) }
}

struct Parser<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    depth: usize,
}

/// XPath's names, without the rarest letters; a colon only in `jr:`-like prefixes of functions.
fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Steps over `token` if it stands next.
    fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    fn expect(&mut self, token: &str, wanted: Wanted) -> Result<(), ParseError> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn error(&self, at: usize, fault: Fault) -> ParseError {
        let before = self.text.get(..at).unwrap_or_default();
        ParseError { at: before.chars().count() + 1, fault }
    }

    fn unexpected(&self, wanted: Wanted) -> ParseError {
        let found = match self.peek() {
            None => return self.error(self.at, Fault::Unfinished),
            Some(c) if begins_name(c) => self.rest().chars().take_while(|c| continues_name(*c)).collect(),
            Some(c) => c.to_string(),
        };
        self.error(self.at, Fault::Unexpected { found, wanted })
    }

    /// The operator that stands next, if it binds at least this strongly. It stands after an operand, which is
    /// what tells `div` from a question of that name.
    fn operator(&mut self, least: u8) -> Option<Operator> {
        self.skip_blanks();
        let rest = self.rest();
        let found = Operator::ALL.into_iter().find(|operator| {
            let word = operator.as_str();
            let after = rest.strip_prefix(word).map(|after| after.chars().next());
            let is_word = word.chars().all(char::is_alphabetic);
            after.is_some_and(|next| !is_word || !next.is_some_and(continues_name))
        })?;
        if found.strength() < least {
            return None;
        }
        self.at += found.as_str().len();
        Some(found)
    }

    /// Operands joined by operators that bind at least this strongly, the left one first.
    fn binary(&mut self, least: u8) -> Result<Expression, ParseError> {
        let mut left = self.deeper(Parser::unary)?;
        let mut joined = 0;
        while let Some(operator) = self.operator(least) {
            // A chain leans to the left, and what walks it later goes as deep as it is long.
            joined += 1;
            if self.depth + joined > DEPTH_LIMIT {
                return Err(self.error(self.at, Fault::TooDeep));
            }
            let right = self.deeper(|p| p.binary(operator.strength() + 1))?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.error(self.at, Fault::TooDeep));
        }
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn unary(&mut self) -> Result<Expression, ParseError> {
        if self.take("-") {
            return Ok(Expression::Negative(Box::new(self.deeper(Parser::unary)?)));
        }
        let operand = self.primary()?;
        self.skip_blanks();
        match self.peek() {
            Some('|') => Err(self.error(self.at, Fault::Unsupported { what: Foreign::Union })),
            Some('[') => Err(self.error(self.at, Fault::Unsupported { what: Foreign::Condition })),
            _ => Ok(operand),
        }
    }

    fn primary(&mut self) -> Result<Expression, ParseError> {
        self.skip_blanks();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Err(self.unexpected(Wanted::Value)) };
        if self.take("(") {
            let inner = self.deeper(|p| p.binary(1))?;
            self.expect(")", Wanted::Sign(")"))?;
            Ok(inner)
        } else if matches!(first, '\'' | '"' | '’' | '‘' | '“' | '”') {
            self.quotation(first)
        } else if rest.starts_with("${") {
            self.named().map(Expression::Reference)
        } else if first.is_ascii_digit()
            || (first == '.' && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()))
        {
            self.number()
        } else if matches!(first, '.' | '/') {
            self.path().map(Expression::Reference)
        } else if begins_name(first) {
            self.word()
        } else if matches!(first, '@' | '*') {
            Err(self.error(self.at, Fault::Unsupported { what: Foreign::AttributeOrAny }))
        } else {
            Err(self.unexpected(Wanted::Value))
        }
    }

    /// Spreadsheets like to bend quotation marks; a bent one is taken for a straight one.
    fn quotation(&mut self, mark: char) -> Result<Expression, ParseError> {
        let begun = self.at;
        let closes: &[char] = match mark {
            '\'' => &['\''],
            '"' => &['"'],
            '‘' | '’' => &['’', '‘'],
            _ => &['”', '“'],
        };
        let inner = self.rest().get(mark.len_utf8()..).unwrap_or_default();
        match inner.split_once(closes) {
            Some((quoted, after)) => {
                self.at = self.text.len() - after.len();
                Ok(Expression::Text(quoted.to_owned()))
            }
            None => Err(self.error(begun, Fault::OpenQuotation)),
        }
    }

    fn number(&mut self) -> Result<Expression, ParseError> {
        let rest = self.rest();
        let whole = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let after = match whole.strip_prefix('.') {
            Some(part) => part.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => whole,
        };
        let digits = rest.strip_suffix(after).unwrap_or(rest);
        let number: Option<f64> = digits.parse().ok().filter(|n: &f64| n.is_finite());
        if after.starts_with(begins_name) && !self.operator_follows(digits.len()) {
            self.at += digits.len();
            return Err(self.unexpected(Wanted::OperatorOrEnd));
        }
        let number = number.ok_or_else(|| self.unexpected(Wanted::Number))?;
        self.at += digits.len();
        Ok(Expression::Number(number))
    }

    /// `2div 3` is legal XPath; `2x` is not.
    fn operator_follows(&self, length: usize) -> bool {
        let mut ahead = Parser { text: self.text, at: self.at + length, depth: 0 };
        ahead.operator(1).is_some()
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        if !rest.starts_with(begins_name) {
            return None;
        }
        let end = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end)
    }

    /// `${name}`
    fn named(&mut self) -> Result<Reference, ParseError> {
        self.take("${");
        self.skip_blanks();
        let Some(name) = self.name() else { return Err(self.unexpected(Wanted::Question)) };
        self.expect("}", Wanted::Sign("}"))?;
        if self.rest().starts_with('/') {
            return Err(self.error(self.at, Fault::Unsupported { what: Foreign::PathBehindName }));
        }
        Ok(Reference::Named(name.to_owned()))
    }

    /// `.`, `..`, `../x`, `./x`, `/x/y`
    fn path(&mut self) -> Result<Reference, ParseError> {
        if self.rest().starts_with("//") {
            return Err(self.error(self.at, Fault::Unsupported { what: Foreign::Descent }));
        }
        if self.rest().starts_with('/') {
            let steps = self.steps()?;
            return Ok(Reference::Absolute(steps));
        }
        let mut up = 0;
        while self.rest().starts_with("..") {
            up += 1;
            self.at += 2;
            if self.rest().starts_with("/..") {
                self.at += 1;
            }
        }
        if up == 0 {
            self.at += 1;
        }
        let down = self.steps()?;
        Ok(match (up, down.as_slice()) {
            (0, []) => Reference::Here,
            (0, [name]) => Reference::Bare(name.clone()),
            (0, _) => Reference::Relative { up: 0, down },
            _ => Reference::Relative { up, down },
        })
    }

    /// `/a/b`, as long as it goes on.
    fn steps(&mut self) -> Result<Vec<String>, ParseError> {
        let mut steps = Vec::new();
        while self.rest().starts_with('/') {
            self.at += 1;
            match self.name() {
                Some(name) => steps.push(name.to_owned()),
                None => return Err(self.unexpected(Wanted::Name)),
            }
        }
        Ok(steps)
    }

    /// A function's call, or a bare name.
    fn word(&mut self) -> Result<Expression, ParseError> {
        let begun = self.at;
        let Some(mut name) = self.name() else { return Err(self.unexpected(Wanted::Name)) };
        if self.rest().starts_with(':') {
            self.at += 1;
            if self.name().is_none() {
                return Err(self.unexpected(Wanted::Name));
            }
            name = self.text.get(begun..self.at).unwrap_or_default();
        }
        if self.take("(") {
            return self.call(begun, name);
        }
        if self.rest().starts_with('/') {
            let mut down = vec![name.to_owned()];
            down.extend(self.steps()?);
            return Ok(Expression::Reference(Reference::Relative { up: 0, down }));
        }
        if name.contains(':') {
            return Err(self.error(begun, Fault::Unsupported { what: Foreign::Prefix }));
        }
        Ok(Expression::Reference(Reference::Bare(name.to_owned())))
    }

    fn call(&mut self, begun: usize, name: &str) -> Result<Expression, ParseError> {
        // `current()/x` outside a condition is `./x`; conditions are not supported.
        if name == "current" && self.take(")") && self.rest().starts_with("/.") {
            self.at += 1;
            return self.path().map(Expression::Reference);
        }
        let Some(function) = Function::named(name) else {
            let name = name.to_owned();
            let refused = REFUSED.contains(&name.as_str());
            let fault =
                if refused { Fault::RefusedFunction { name } } else { Fault::UnknownFunction { name } };
            return Err(self.error(begun, fault));
        };
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.deeper(|p| p.binary(1))?);
                if !self.take(",") {
                    break;
                }
            }
            self.expect(")", Wanted::CommaOrClose)?;
        }
        let (least, most) = function.arguments();
        if (least..=most).contains(&arguments.len()) {
            Ok(Expression::Call(function, arguments))
        } else {
            Err(self.error(begun, Fault::Arguments { function, got: arguments.len() }))
        }
    }
}
