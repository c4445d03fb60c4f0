//! Query strings: split and decoded strictly, and written back percent-encoded.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str};

use crate::{
    fault::{Fault, FieldErrors},
    text,
};

/// The most characters a parameter's value may have.
const MAX_VALUE: usize = 512;

/// The most parameters one request may have.
pub(crate) const MAX_PARAMETERS: usize = 64;

/// The most bytes a query may have.
pub(crate) const MAX_BYTES: usize = 8 * 1024;

/// What is sent as it is; everything else is percent-encoded, a space as `%20`.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The rule for every parameter's value.
pub(crate) fn check_value(value: &str) -> Result<(), Fault> {
    if value.is_empty() {
        Err(Fault::Empty)
    } else if value.chars().count() > MAX_VALUE {
        Err(Fault::TooLong(MAX_VALUE))
    } else if value.chars().any(char::is_control) {
        Err(Fault::BadCharacter)
    } else if value.contains(char::REPLACEMENT_CHARACTER) {
        Err(Fault::LostCharacter)
    } else {
        Ok(())
    }
}

/// The rule for the values that name a patient.
pub(crate) fn patient_id(value: String) -> Result<String, Fault> {
    text::parse_id(value, MAX_VALUE)
}

/// Whether a query is small enough to be looked at, before anything in it is: work grows with the number of its pairs.
fn fits(query: &str) -> Result<(), Fault> {
    // A pair and what parts it from the next take two bytes at least.
    let may_be_too_many = query.len() > 2 * MAX_PARAMETERS;
    if query.len() > MAX_BYTES {
        Err(Fault::TooLarge(MAX_BYTES))
    } else if may_be_too_many && stated(query).count() > MAX_PARAMETERS {
        Err(Fault::TooMany(MAX_PARAMETERS))
    } else {
        Ok(())
    }
}

/// The pairs as they came. An empty one, as a trailing `&` makes it, says nothing.
fn stated(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

/// Splits a query string into decoded pairs, of which there are none if it is too large. Stricter than forms are: what is
/// malformed is noted, not guessed.
pub(crate) fn pairs<'q>(query: &'q str, errors: &mut FieldErrors) -> Vec<(Cow<'q, str>, Cow<'q, str>)> {
    if let Err(fault) = fits(query) {
        errors.add("/query", fault);
        return Vec::new();
    }
    let decoded = stated(query).filter_map(|pair| {
        let decode = |(name, value)| Ok((decode(name)?, decode(value)?));
        pair.split_once('=')
            .ok_or(Fault::NoEqualsSign)
            .and_then(decode)
            .map_err(|fault| errors.add("/query/*", fault))
            .ok()
    });
    decoded.collect()
}

fn decode(text: &str) -> Result<Cow<'_, str>, Fault> {
    let stands_for_itself = |byte: u8| !matches!(byte, b'%' | b'+');
    if text.bytes().all(stands_for_itself) {
        return Ok(Cow::Borrowed(text));
    }
    let mut rest = text.split('%');
    let _before_the_first_sign = rest.next();
    let is_escape = |after: &str| matches!(after.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
    if !rest.all(is_escape) {
        return Err(Fault::BadPercent);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(|decoded| Cow::Owned(decoded.into_owned()))
        .map_err(|_bytes_stay_secret| Fault::NotUtf8)
}
