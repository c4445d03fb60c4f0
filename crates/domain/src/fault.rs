//! What is wrong with one field of a request, without ever repeating its value.

use std::borrow::Cow;

/// One mistake in what a caller stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to the field: into the body (`/clinician/email`), into the decoded header (`/email`), or
    /// `/query/…` and `/header/…`. A name that the caller made up is never in it: its place is `/clinician/*`.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Collects every mistake of one request, so that all come out together.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes one mistake. The same mistake at the same place (two unknown members, say) is noted once.
    pub fn add(&mut self, field: impl Into<String>, fault: Fault) {
        let error = FieldError {
            field: field.into(),
            fault,
        };
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// Goes on with mistakes that were found before.
    #[must_use]
    pub fn after(mistakes: Vec<FieldError>) -> Self {
        Self(mistakes)
    }

    /// Whether nothing was found so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many mistakes were found so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The mistakes in the order they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

/// Writes the enum and its texts from the same rows. The sentence is empty where [`Fault::message`] has something to
/// put in.
macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $(($inside:ty))? = $code:literal, $sentence:literal;)+) => {
        /// The kinds of mistakes. Each has a stable code and a sentence an integrator can act on.
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
    /// A member or parameter that nobody knows, or that this tenant was not granted.
    Unknown = "unknown", "Not a name that is accepted here";
    /// Stated twice.
    Repeated = "repeated", "Stated more than once";
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
        "An id contains no invisible character, and no space but U+0020 inside: two ids must not look the same";
    /// What stands where an id was never filled in, such as `undefined` or `{{patientKey}}`.
    Placeholder = "placeholder",
        "This is what stands where an id was never filled in, such as undefined, null or a template: send the id";
    /// White space at the start or the end.
    OuterSpace = "outer_space", "Must not start or end with white space";
    /// Not in Unicode normalization form C.
    NotNormalized = "not_normalized", "Must be in Unicode normalization form C";
    /// Not an e-mail address by the rule of the HTML standard, or with a domain that is not plain ASCII.
    BadEmail = "bad_email", "Must be an e-mail address with an ASCII domain name";
    /// None of the values named.
    BadValue(&'static str) = "bad_value", "";
    /// Not of the form named.
    Malformed(&'static str) = "malformed", "";
    /// Junction's own judgement of a value, where it says which.
    RefusedByJunction = "refused_by_junction", "Junction refused this value";
    /// A known name, in other upper or lower case.
    WrongCase = "wrong_case", "This name must be spelt in exactly this upper and lower case";
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
    /// It has no place here; the words say what to do instead.
    NotAccepted(&'static str) = "not_accepted", "";
    /// The connection ended before the whole body was there.
    Truncated = "truncated", "The body ended before it was complete";
}

/// Why a header value is not base64. Offsets count bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBase64 {
    /// There is nothing in it.
    Empty,
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
            | Self::RefusedByJunction
            | Self::WrongCase
            | Self::NoEqualsSign
            | Self::BadPercent
            | Self::NotUtf8
            | Self::Latin1Header
            | Self::Truncated => self.texts().1.into(),
        }
    }
}

impl NotBase64 {
    fn message(self) -> Cow<'static, str> {
        match self {
            Self::Empty => "The header is there but empty: leave it out, or send base64".into(),
            Self::UrlSafeAlphabet(at) => {
                format!("Byte {at} is of the URL-safe alphabet: use standard base64, with + and /").into()
            }
            Self::Alphabet(at) => format!("Byte {at} is not of the base64 alphabet").into(),
            Self::Padding => "The padding is wrong: = belongs at the end only, as often as needed or not at all".into(),
            Self::Length => "Not base64: its length or its last character fits no encoder's output".into(),
        }
    }
}
