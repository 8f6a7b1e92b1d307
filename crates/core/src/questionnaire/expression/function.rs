//! The functions of expressions: their names, and how many arguments each takes (ODK XForms specification,
//! "XPath functions", and XPath 1.0, 4).

macro_rules! functions {
    ($($name:ident = $text:literal, $least:literal..=$most:expr;)+) => {
        /// A function that expressions may call.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // The name says it; what each does stands in docs/questionnaire.md.
        pub enum Function { $($name,)+ }

        impl Function {
            /// Every function.
            pub const ALL: &'static [Function] = &[$(Function::$name),+];

            /// As it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Function::$name => $text),+ }
            }

            /// The fewest and the most arguments it takes.
            pub const fn arguments(self) -> (usize, usize) {
                match self { $(Function::$name => ($least, $most)),+ }
            }
        }
    };
}

/// For functions that take as many arguments as one likes.
const ANY: usize = usize::MAX;

functions! {
    Abs = "abs", 1..=1;
    Acos = "acos", 1..=1;
    Area = "area", 1..=1;
    Asin = "asin", 1..=1;
    Atan = "atan", 1..=1;
    Atan2 = "atan2", 2..=2;
    Boolean = "boolean", 1..=1;
    BooleanFromString = "boolean-from-string", 1..=1;
    Ceiling = "ceiling", 1..=1;
    Checklist = "checklist", 3..=ANY;
    ChoiceName = "jr:choice-name", 2..=2;
    Coalesce = "coalesce", 2..=ANY;
    Concat = "concat", 0..=ANY;
    Contains = "contains", 2..=2;
    Cos = "cos", 1..=1;
    Count = "count", 1..=1;
    CountNonEmpty = "count-non-empty", 1..=1;
    CountSelected = "count-selected", 1..=1;
    Date = "date", 1..=1;
    DateTime = "date-time", 1..=1;
    DecimalDateTime = "decimal-date-time", 1..=1;
    DecimalTime = "decimal-time", 1..=1;
    Distance = "distance", 1..=ANY;
    EndsWith = "ends-with", 2..=2;
    Exp = "exp", 1..=1;
    Exp10 = "exp10", 1..=1;
    False = "false", 0..=0;
    Floor = "floor", 1..=1;
    FormatDate = "format-date", 2..=2;
    FormatDateTime = "format-date-time", 2..=2;
    If = "if", 3..=3;
    IndexedRepeat = "indexed-repeat", 3..=7;
    Int = "int", 1..=1;
    Join = "join", 1..=ANY;
    Log = "log", 1..=1;
    Log10 = "log10", 1..=1;
    Max = "max", 1..=ANY;
    Min = "min", 1..=ANY;
    NormalizeSpace = "normalize-space", 0..=1;
    Not = "not", 1..=1;
    Now = "now", 0..=0;
    Number = "number", 0..=1;
    Once = "once", 1..=1;
    Pi = "pi", 0..=0;
    Position = "position", 0..=1;
    Pow = "pow", 2..=2;
    Random = "random", 0..=0;
    Regex = "regex", 2..=2;
    Round = "round", 1..=2;
    Selected = "selected", 2..=2;
    SelectedAt = "selected-at", 2..=2;
    Sin = "sin", 1..=1;
    Sqrt = "sqrt", 1..=1;
    StartsWith = "starts-with", 2..=2;
    StringOf = "string", 0..=1;
    StringLength = "string-length", 0..=1;
    Substr = "substr", 2..=3;
    Substring = "substring", 2..=3;
    SubstringAfter = "substring-after", 2..=2;
    SubstringBefore = "substring-before", 2..=2;
    Sum = "sum", 1..=1;
    Tan = "tan", 1..=1;
    Today = "today", 0..=0;
    Translate = "translate", 3..=3;
    True = "true", 0..=0;
    Uuid = "uuid", 0..=0;
    WeightedChecklist = "weighted-checklist", 4..=ANY;
}

/// Functions that other tools have and we refuse by name: they reach for files that no device of ours has
/// (`pulldata`, `instance`), for secrets, or for what XForms gives only to its own documents.
pub const REFUSED: &[&str] = &[
    "base64-decode",
    "current",
    "digest",
    "extract-signed",
    "id",
    "instance",
    "intersects",
    "lang",
    "last",
    "local-name",
    "name",
    "namespace-uri",
    "property",
    "pulldata",
    "randomize",
    "version",
];

impl Function {
    /// The function written so.
    pub fn named(name: &str) -> Option<Function> {
        Function::ALL.iter().copied().find(|f| f.as_str() == name)
    }
}
