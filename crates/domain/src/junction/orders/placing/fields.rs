//! What the parts of an order are read from and written to, where an object with members is not enough.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
};

/// A date as ISO 8601 and Junction write it, that the calendar has.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
    date.ok_or(Fault::Malformed("a date such as 1986-03-09"))
}

/// Texts of a list, each read, and none twice.
pub(super) fn unique<T: PartialEq>(
    items: Vec<(String, Raw<'_>)>,
    errors: &mut FieldErrors,
    parse: impl Fn(String) -> Result<T, Fault>,
) -> Option<Vec<T>> {
    let before = errors.len();
    let mut read = Vec::with_capacity(items.len());
    for (place, raw) in items {
        let one = raw.text().ok_or(Fault::WrongType("a string")).and_then(&parse);
        match one {
            Ok(one) if read.contains(&one) => errors.add(place, Fault::Repeated),
            Ok(one) => read.push(one),
            Err(fault) => errors.add(place, fault),
        }
    }
    (errors.len() == before).then_some(read)
}

/// Integers of a list; anything else is noted.
pub(super) fn integers(items: Vec<(String, Raw<'_>)>, errors: &mut FieldErrors) -> Vec<i64> {
    let numbers = items.into_iter().filter_map(|(place, raw)| {
        let number = raw.integer();
        if number.is_none() {
            errors.add(place, Fault::WrongType("an integer"));
        }
        number
    });
    numbers.collect()
}

/// Objects of a list, each read with its place.
pub(super) fn objects<T>(
    members: &mut Members<'_>,
    name: &str,
    max: usize,
    errors: &mut FieldErrors,
    parse: impl Fn(Raw<'_>, &str, &mut FieldErrors) -> Option<T>,
) -> Option<Vec<T>> {
    let items = members.list(name, max, errors)?.into_iter();
    Some(items.filter_map(|(place, raw)| parse(raw, &place, errors)).collect())
}

/// An object of those texts that are there.
pub(super) fn texts<const N: usize>(members: [(&str, Option<&str>); N]) -> Map<String, Value> {
    let members = members.into_iter();
    members
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
        .collect()
}
