//! Reads a JSON object member by member, so that duplicates, unknown names, wrong types and bad values come out
//! together. Serde's derive would stop at the first. The native body and the decoded user header share it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, SeqAccess, Visitor},
};

use super::fault::{Fault, FieldErrors, UnknownName};

/// A JSON value as far as this API has any use for it. An object keeps all its members, in order, repeated ones too.
#[derive(Clone, PartialEq)]
pub(crate) enum Raw<'a> {
    Null,
    Boolean(bool),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Object(Vec<(Cow<'a, str>, Self)>),
    /// A number; its value if it is an integer of 64 bits, since nothing here takes another.
    Number(Option<i64>),
}

impl<'a> Raw<'a> {
    /// Parses a whole document.
    ///
    /// # Errors
    /// [`Fault::NotUtf8`], or [`Fault::NotJson`] with the byte where reading stopped.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_bytes_stay_secret| Fault::NotUtf8)?;
        serde_json::from_str(text).map_err(|error| Fault::NotJson(offset(text, &error)))
    }

    /// The same, of what is there for longer than the document.
    pub(crate) fn into_owned(self) -> Raw<'static> {
        match self {
            Self::Null => Raw::Null,
            Self::Boolean(boolean) => Raw::Boolean(boolean),
            Self::Text(text) => Raw::Text(text.into_owned().into()),
            Self::List(items) => Raw::List(items.into_iter().map(Self::into_owned).collect()),
            Self::Object(members) => {
                let owned = |(name, value): (Cow<'_, str>, Self)| (name.into_owned().into(), value.into_owned());
                Raw::Object(members.into_iter().map(owned).collect())
            }
            Self::Number(number) => Raw::Number(number),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.into_owned()),
            Self::Null | Self::Boolean(_) | Self::List(_) | Self::Object(_) | Self::Number(_) => None,
        }
    }

    /// The value of an integer of 64 bits.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => *number,
            Self::Null | Self::Boolean(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }
}

/// Up to here, no rounding on the way into a double makes another integer of a number.
const MAX_EXACT: f64 = 1e14;

/// Byte offset of a `serde_json` error, which counts lines and columns from 1.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines_before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    (lines_before + error.column().saturating_sub(1)).min(text.len())
}

/// The members of one object, taken out by name until nothing known is left.
pub(crate) struct Members<'a> {
    /// JSON pointer of the object itself, `""` at the root.
    place: String,
    members: Vec<(Cow<'a, str>, Raw<'a>)>,
}

impl<'a> Members<'a> {
    /// The members of `raw`, or a note that it is no object.
    pub(crate) fn of(raw: Raw<'a>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        match raw {
            Raw::Object(members) => Some(Self {
                place: place.to_owned(),
                members,
            }),
            Raw::Null | Raw::Boolean(_) | Raw::Text(_) | Raw::List(_) | Raw::Number(_) => {
                errors.add(place, Fault::WrongType("an object"));
                None
            }
        }
    }

    /// JSON pointer of a member of this object.
    pub(crate) fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.place)
    }

    /// Takes the one member of this name out. A repeated one is noted, and counts as sent but unusable.
    pub(crate) fn take(&mut self, name: &str, errors: &mut FieldErrors) -> Option<Raw<'a>> {
        let mut found = self.members.extract_if(.., |(member, _)| member == name);
        let first = found.next()?;
        let repeated = found.count() > 0;
        if repeated {
            errors.add(self.place(name), Fault::Repeated);
            return None;
        }
        Some(first.1)
    }

    /// Takes a text out; another type is noted.
    pub(crate) fn text(&mut self, name: &str, errors: &mut FieldErrors) -> Option<String> {
        match self.take(name, errors)? {
            Raw::Text(text) => Some(text.into_owned()),
            Raw::Null | Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number(_) => {
                errors.add(self.place(name), Fault::WrongType("a string"));
                None
            }
        }
    }

    /// Takes a text out where `null` counts as absent, as in a clinician.
    pub(crate) fn nullable_text(&mut self, name: &str, errors: &mut FieldErrors) -> Option<String> {
        match self.take(name, errors)? {
            Raw::Null => None,
            Raw::Text(text) => Some(text.into_owned()),
            Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number(_) => {
                errors.add(self.place(name), Fault::WrongType("a string"));
                None
            }
        }
    }

    /// Takes `true` or `false` out; another type is noted.
    pub(crate) fn boolean(&mut self, name: &str, errors: &mut FieldErrors) -> Option<bool> {
        match self.take(name, errors)? {
            Raw::Boolean(boolean) => Some(boolean),
            Raw::Null | Raw::Text(_) | Raw::List(_) | Raw::Object(_) | Raw::Number(_) => {
                errors.add(self.place(name), Fault::WrongType("true or false"));
                None
            }
        }
    }

    /// Takes an integer of 64 bits out; anything else is noted.
    pub(crate) fn integer(&mut self, name: &str, errors: &mut FieldErrors) -> Option<i64> {
        let raw = self.take(name, errors)?;
        let number = raw.integer();
        if number.is_none() {
            errors.add(self.place(name), Fault::WrongType("an integer"));
        }
        number
    }

    /// Takes a list out, of at most so many items, each with its place. Another type, or more, is noted.
    pub(crate) fn list(&mut self, name: &str, max: usize, errors: &mut FieldErrors) -> Option<Vec<(String, Raw<'a>)>> {
        match self.take(name, errors)? {
            Raw::List(items) if items.len() > max => {
                errors.add(self.place(name), Fault::TooMany(max));
                None
            }
            Raw::List(items) => {
                let items = items.into_iter().enumerate();
                Some(
                    items
                        .map(|(at, raw)| (self.place(&format!("{name}/{at}")), raw))
                        .collect(),
                )
            }
            Raw::Null | Raw::Boolean(_) | Raw::Text(_) | Raw::Object(_) | Raw::Number(_) => {
                errors.add(self.place(name), Fault::WrongType("a list"));
                None
            }
        }
    }

    /// Takes a text out and parses it; what is wrong with it is noted.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = self.text(name, errors)?;
        parse(text).map_err(|fault| errors.add(self.place(name), fault)).ok()
    }

    /// The same of a member that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Option<T> {
        if !self.has(name) {
            errors.add(self.place(name), Fault::Required);
        }
        self.parsed(name, errors, parse)
    }

    /// Whether a member of this name is there, in whatever shape.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// Everything that is left, in order.
    pub(crate) fn rest(self) -> Vec<(Cow<'a, str>, Raw<'a>)> {
        self.members
    }

    /// Leaves a member out that is `null`, where that means the same as not being there.
    pub(crate) fn forget_null(&mut self, name: &str) {
        let mut named = self.members.iter().filter(|(member, _)| member == name);
        if let (Some((_, Raw::Null)), None) = (named.next(), named.next()) {
            self.members.retain(|(member, _)| member != name);
        }
    }

    /// Notes what was not taken out, with the names that are accepted. The caller's own names are not repeated.
    pub(crate) fn finish(self, names: &'static [&'static str], errors: &mut FieldErrors) {
        /// How many names are looked at for what was meant.
        const LOOKED_AT: usize = 8;
        for (name, _) in self.members.iter().take(LOOKED_AT) {
            errors.add(self.place("*"), Fault::UnknownName(UnknownName::new(name, names)));
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// The name of a member: borrowed unless it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(Raw::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(text.to_owned().into()))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Boolean(boolean))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Number(Some(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw<'de>, E> {
        Ok(Raw::Number(i64::try_from(number).ok()))
    }

    /// In JSON, 3.0 is an integer, and some clients write every number so.
    fn visit_f64<E>(self, number: f64) -> Result<Raw<'de>, E> {
        let is_exact = number.fract() == 0.0 && number.abs() <= MAX_EXACT;
        let whole = is_exact.then(|| format!("{number:.0}"));
        Ok(Raw::Number(whole.and_then(|digits| digits.parse().ok())))
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Raw<'de>, E> {
        Err(E::custom("JSON has no bytes"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> (Members<'_>, FieldErrors) {
        let mut errors = FieldErrors::default();
        let members = Members::of(Raw::parse(json.as_bytes()).unwrap(), "/o", &mut errors).unwrap();
        (members, errors)
    }

    #[test]
    fn duplicates_wrong_types_and_unknown_names_come_out_together() {
        let (mut members, mut errors) = read(r#"{"a":"1","a":"2","b":3,"c":"x","zz":[],"yy":{}}"#);
        assert_eq!(members.text("a", &mut errors), None);
        assert_eq!(members.text("b", &mut errors), None);
        assert_eq!(members.text("c", &mut errors), Some("x".to_owned()));
        members.finish(&["a"], &mut errors);
        let found: Vec<_> = errors.into_vec().into_iter().map(|e| (e.field, e.fault)).collect();
        assert_eq!(
            found,
            [
                ("/o/a".to_owned(), Fault::Repeated),
                ("/o/b".to_owned(), Fault::WrongType("a string")),
                (
                    "/o/*".to_owned(),
                    Fault::UnknownName(UnknownName {
                        meant: None,
                        names: &["a"]
                    })
                ),
            ]
        );
    }

    #[test]
    fn a_name_spelt_with_an_escape_is_the_same_name() {
        let (mut members, mut errors) = read(r#"{"a":"1","\u0061":"2"}"#);
        assert_eq!(members.text("a", &mut errors), None);
        assert_eq!(errors.into_vec()[0].fault, Fault::Repeated);
    }

    #[test]
    fn invalid_json_is_reported_with_its_place() {
        for (text, at) in [("", 0), ("{\"a\":\n!}", 6), ("{} x", 3), ("{\"a\":\"\\ud800\"}", 12)] {
            assert!(
                matches!(Raw::parse(text.as_bytes()), Err(Fault::NotJson(found)) if found == at),
                "{text}: {:?}",
                Raw::parse(text.as_bytes()).err()
            );
        }
        assert!(matches!(Raw::parse(b"{\"a\":\"\xe9\"}"), Err(Fault::NotUtf8)));
    }

    #[test]
    fn only_integers_of_64_bits_are_integers() {
        let rows = [
            ("1234567890251", Some(1_234_567_890_251), "more than 32 bits"),
            ("9223372036854775807", Some(i64::MAX), "the greatest"),
            (
                "9007199254740993",
                Some(9_007_199_254_740_993),
                "one that a double cannot hold",
            ),
            ("-3", Some(-3), "a negative one"),
            ("9223372036854775808", None, "one too great"),
            ("1.0", Some(1), "what some clients make of every number"),
            ("-2.5e1", Some(-25), "an exponent"),
            ("-0.0", Some(0), "zero with a sign"),
            (
                "1234567890251.0",
                Some(1_234_567_890_251),
                "more than 32 bits, with a point",
            ),
            ("9007199254740993.0", None, "one that would be rounded"),
            ("-9223372036854775809", None, "one too small"),
            ("425911199186739441271700455424", None, "far too great"),
            ("1.5", None, "a fraction"),
            (r#""1""#, None, "a text"),
        ];
        for (json, expected, reason) in rows {
            assert_eq!(Raw::parse(json.as_bytes()).unwrap().integer(), expected, "{reason}");
        }
    }

    #[test]
    fn items_of_a_list_have_places_of_their_own() {
        let (mut members, mut errors) = read(r#"{"a":["x",1],"b":[1,2,3],"c":{}}"#);
        let items = members.list("a", 2, &mut errors).unwrap();
        let places: Vec<_> = items.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["/o/a/0", "/o/a/1"]);
        assert!(members.list("b", 2, &mut errors).is_none());
        assert!(members.list("c", 2, &mut errors).is_none());
        let faults: Vec<_> = errors.into_vec().into_iter().map(|error| error.fault).collect();
        assert_eq!(faults, [Fault::TooMany(2), Fault::WrongType("a list")]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>()) {
            let _either_way = Raw::parse(&bytes).is_ok();
        }
    }
}
