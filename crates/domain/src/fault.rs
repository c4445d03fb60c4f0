//! What is wrong with one field of a request, without ever repeating its value.

use std::borrow::Cow;

use super::near::nearest;

/// One error in what a caller sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to the field: into the body (`/clinician/email`), into the decoded header (`/email`), or
    /// `/query/…` and `/header/…`; `/query` alone is a query that was not read, `/path` a path at which there is nothing. A name that the caller made up is never in it: its place is `/clinician/*`.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Collects every error in one request, so that all are reported together.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes one error. The same error at the same place (two unknown members, say) is noted once.
    pub fn add(&mut self, field: impl Into<String>, fault: Fault) {
        let error = FieldError {
            field: field.into(),
            fault,
        };
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// Goes on with errors that were found before.
    #[must_use]
    pub fn after(mistakes: Vec<FieldError>) -> Self {
        Self(mistakes)
    }

    /// Whether nothing was found so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many errors were found so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors in the order they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

/// Writes the enum and its texts from the same rows. The sentence is empty where [`Fault::message`] has something to
/// put in.
macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $(($inside:ty))? = $code:literal, $sentence:literal;)+) => {
        /// The kinds of errors. Each has a stable code and a sentence an integrator can act on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $variant $(($inside))?,)+
        }

        impl Fault {
            /// The codes of all kinds.
            pub const CODES: &[&str] = &[$($code,)+];

            const fn texts(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant { .. } => ($code, $sentence),)+
                }
            }
        }
    };
}

faults! {
    /// It must be there and is not.
    Required = "required", "Required";
    /// A member or parameter that is unknown, or that this tenant was not granted.
    Unknown = "unknown", "This name is not accepted here";
    /// The same of a name where all that are accepted are known.
    UnknownName(UnknownName) = "unknown", "";
    /// More than this many.
    TooMany(usize) = "too_many", "";
    /// Nothing is at this path, with the nearest at which there is something.
    NoSuchPath(&'static str) = "unknown", "";
    /// Sent twice.
    Repeated = "repeated", "Appears more than once: send it once";
    /// Another JSON type than the one named.
    WrongType(&'static str) = "wrong_type", "";
    /// Empty, or white space only.
    Empty = "empty", "Must not be empty or blank: leave it out instead";
    /// Longer than this many characters (Unicode scalar values).
    TooLong(usize) = "too_long", "";
    /// A control, format, line-separating, private-use or unassigned character.
    BadCharacter = "bad_character", "Contains a control, format, private-use or unassigned character";
    /// U+FFFD, where a decoder lost a character.
    LostCharacter = "bad_character",
        "Contains U+FFFD, which a decoder leaves where it could not read a character: send the original text";
    /// In an id: a character that looks like nothing, or like a space that is not U+0020.
    InvisibleInId = "bad_character",
        "An id must not contain invisible characters, or any space but U+0020 inside it: two ids must not look the same";
    /// What stands where an id was never filled in, such as `undefined` or `{{patientKey}}`.
    Placeholder = "placeholder",
        "This is a placeholder for an id that was never filled in, such as undefined, null or a template: send the id";
    /// White space at the start or the end.
    OuterSpace = "outer_space", "Must not start or end with white space";
    /// Not in Unicode normalization form C.
    NotNormalized = "not_normalized", "Must be in Unicode normalization form C";
    /// Not an e-mail address by the rule of the HTML standard, or with a domain that is not plain ASCII.
    BadEmail = "bad_email", "Must be an e-mail address with an ASCII domain name";
    /// The same, where only the part before the `@` is at fault.
    BadEmailName = "bad_email",
        "The part before the @ must be 1 to 64 ASCII letters, digits or characters of .!#$%&'*+/=?^_`{|}~-";
    /// None of the values named.
    BadValue(&'static str) = "bad_value", "";
    /// Not of the form named.
    Malformed(&'static str) = "malformed", "";
    /// Junction's own judgement of a value, where it says which.
    RefusedByJunction = "refused_by_junction", "Junction refused this value";
    /// A known name, in other upper or lower case.
    WrongCase = "wrong_case", "This name must be written in exactly this upper and lower case";
    /// A query pair without `=`.
    NoEqualsSign = "no_equals_sign", "Every query parameter must be written name=value";
    /// `%` without two hexadecimal digits.
    BadPercent = "bad_percent", "A percent sign must be followed by two hexadecimal digits";
    /// Bytes that are not UTF-8.
    NotUtf8 = "not_utf8", "Must be UTF-8";
    /// Not JSON; the offset (in bytes) where reading stopped.
    NotJson(usize) = "not_json", "";
    /// Longer than this many bytes.
    TooLarge(usize) = "too_large", "";
    /// Not base64 in the standard alphabet.
    NotBase64(NotBase64) = "not_base64", "";
    /// Text in a browser's Latin-1, from `btoa` without an encoder.
    Latin1Header = "not_utf8",
        "The decoded bytes are not UTF-8. A browser's btoa(JSON.stringify(user)) yields Latin-1: \
         encode the text with TextEncoder first, then base64 the bytes";
    /// Text in UTF-16, as some platforms keep it in memory.
    Utf16Header = "not_utf8", "The decoded bytes are UTF-16: encode the text as UTF-8 first, then base64 the bytes";
    /// Compressed bytes.
    CompressedHeader = "not_utf8", "The decoded bytes are compressed: base64 the JSON itself";
    /// A byte order mark before the JSON.
    MarkedHeader = "not_json", "The decoded text begins with a byte order mark: encode it without one";
    /// Base64 within base64.
    TwiceEncodedHeader = "not_json", "The decoded text is base64 again: encode the JSON once";
    /// It has no place here; the words say what to do instead.
    NotAccepted(&'static str) = "not_accepted", "";
    /// The connection ended before the whole body was there.
    Truncated = "truncated", "The body ended before it was complete";
}

/// What may be said about a name that is not accepted, without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName {
    /// The accepted name that is near, if one is.
    pub meant: Option<&'static str>,
    /// All that are accepted.
    pub names: &'static [&'static str],
}

/// Why a header value is not base64. Offsets count bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBase64 {
    /// There is nothing in it.
    Empty,
    /// `null`, `undefined` and the like.
    Placeholder,
    /// JSON that was not encoded.
    Json,
    /// The header's own name stands before the value.
    Named,
    /// It stands in quotes.
    Quoted,
    /// `%`: the value was escaped as for a URL.
    Escaped(usize),
    /// White space, mostly of an encoder that wraps lines.
    Space(usize),
    /// `-` or `_`: that is the URL-safe alphabet.
    UrlSafeAlphabet(usize),
    /// A character of neither alphabet.
    Alphabet(usize),
    /// `=` in the wrong number or place.
    Padding,
    /// A number of characters that no encoder produces.
    Length,
}

impl Fault {
    /// The stable code, as in `errors[].code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.texts().0
    }

    /// The sentence, as in `errors[].message`.
    #[must_use]
    pub fn message(self) -> Cow<'static, str> {
        match self {
            Self::WrongType(expected) | Self::Malformed(expected) => format!("Must be {expected}").into(),
            Self::TooLong(max) => format!("At most {max} characters").into(),
            Self::TooMany(max) => format!("At most {max} are accepted").into(),
            Self::UnknownName(name) => name.message(),
            Self::NoSuchPath(nearest) => format!("There is nothing at this path; the nearest is {nearest}").into(),
            Self::TooLarge(max) => format!("At most {max} bytes").into(),
            Self::BadValue(allowed) => format!("Must be one of {allowed}").into(),
            Self::NotJson(offset) => format!("Not valid JSON; reading stopped at byte {offset}").into(),
            Self::NotBase64(why) => why.message(),
            Self::NotAccepted(instead) => instead.into(),
            Self::Required
            | Self::Unknown
            | Self::Repeated
            | Self::Empty
            | Self::BadCharacter
            | Self::LostCharacter
            | Self::InvisibleInId
            | Self::Placeholder
            | Self::OuterSpace
            | Self::NotNormalized
            | Self::BadEmail
            | Self::BadEmailName
            | Self::RefusedByJunction
            | Self::WrongCase
            | Self::NoEqualsSign
            | Self::BadPercent
            | Self::NotUtf8
            | Self::Latin1Header
            | Self::Utf16Header
            | Self::CompressedHeader
            | Self::MarkedHeader
            | Self::TwiceEncodedHeader
            | Self::Truncated => self.texts().1.into(),
        }
    }
}

impl UnknownName {
    /// What to say about a name that is none of these.
    #[must_use]
    pub fn new(name: &str, names: &'static [&'static str]) -> Self {
        Self {
            meant: nearest(name, names),
            names,
        }
    }

    fn message(self) -> Cow<'static, str> {
        let names = self.names.join(", ");
        match self.meant {
            Some(meant) => format!("This name is not accepted here: did you mean {meant}? Accepted: {names}").into(),
            None => format!("This name is not accepted here. Accepted: {names}").into(),
        }
    }
}

impl NotBase64 {
    fn message(self) -> Cow<'static, str> {
        match self {
            Self::Empty => "The header is present but empty: leave it out, or send base64".into(),
            Self::Placeholder => {
                "The header contains a placeholder, such as null or undefined: the clinician was lost before it was encoded"
                    .into()
            }
            Self::Json => "The header contains plain JSON: encode it as base64".into(),
            Self::Named => "The value repeats the header's name: send only the base64".into(),
            Self::Quoted => "The value is in quotes: send it without them".into(),
            Self::Escaped(at) => {
                format!("Byte {at} is a percent sign: send the base64 itself, not escaped for a URL").into()
            }
            Self::Space(at) => format!(
                "Byte {at} is white space: send the base64 on one line; some encoders wrap it at 64 or 76 characters by default"
            )
            .into(),
            Self::UrlSafeAlphabet(at) => {
                format!("Byte {at} is from the URL-safe alphabet: use standard base64, with + and /").into()
            }
            Self::Alphabet(at) => format!("Byte {at} is not in the base64 alphabet").into(),
            Self::Padding => "The padding is wrong: = belongs only at the end, as often as needed or not at all".into(),
            Self::Length => "Not base64: no encoder produces this length or this last character".into(),
        }
    }
}
