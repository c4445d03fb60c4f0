//! Rules for single values of orders, as Junction's schema and guides have them.

use serde_json::{Map, Value};

use crate::junction::{
    fields::{self, Fields, Read},
    id::Id,
};

const STATES: [&str; 56] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "PR", "GU", "VI", "AS", "MP",
];

/// The names that labs take: words of unaccented letters, digits and `-.,'`, with one space between them.
pub(in crate::junction) fn person_name(value: &Value) -> Read<String> {
    let name = fields::text(value)?;
    let is_letter = |character: char| character.is_ascii_alphanumeric() || "-.,'".contains(character);
    let is_word = |word: &str| !word.is_empty() && word.chars().all(is_letter);
    let begins = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if begins && name.len() <= 50 && name.split(' ').all(is_word) {
        Ok(name)
    } else {
        fields::wrong("value_error", "Value error, Invalid name")
    }
}

/// An international number. Whether there is such a number is another question.
pub(in crate::junction) fn phone(value: &Value) -> Read<String> {
    let phone = fields::text(value)?;
    let digits = phone.strip_prefix('+').unwrap_or_default();
    if (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(phone)
    } else {
        fields::wrong("value_error", "Value error, Invalid phone number")
    }
}

pub(in crate::junction) fn state(value: &Value) -> Read<String> {
    let state = fields::text(value)?;
    if STATES.contains(&state.as_str()) {
        Ok(state)
    } else {
        fields::wrong("value_error", "Value error, Invalid state")
    }
}

/// Five digits, with or without the other four.
pub(in crate::junction) fn zip(value: &Value) -> Read<String> {
    let zip = fields::text(value)?;
    let is_digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zip = match zip.split_once('-') {
        None => is_digits(&zip, 5),
        Some((area, block)) => is_digits(area, 5) && is_digits(block, 4),
    };
    if is_zip {
        Ok(zip)
    } else {
        fields::wrong(
            "string_pattern_mismatch",
            r"String should match pattern '^\d{5}(-\d{4})?$'",
        )
    }
}

/// Five digits alone.
pub(in crate::junction) fn area(value: &Value) -> Read<String> {
    let zip = zip(value)?;
    if zip.len() == 5 {
        Ok(zip)
    } else {
        fields::wrong("string_pattern_mismatch", r"String should match pattern '^\d{5}$'")
    }
}

/// At most 1000 characters.
pub(in crate::junction) fn notes(value: &Value) -> Read<String> {
    let notes = fields::text(value)?;
    if notes.chars().count() <= 1000 {
        Ok(notes)
    } else {
        fields::wrong("string_too_long", "String should have at most 1000 characters")
    }
}

pub(in crate::junction) fn one_of(value: &Value, words: &'static [&'static str]) -> Read<String> {
    let text = fields::text(value)?;
    if words.contains(&text.as_str()) {
        Ok(text)
    } else {
        fields::wrong("enum", format!("Input should be {}", words.join(", ")))
    }
}

pub(in crate::junction) fn integer(value: &Value) -> Read<i64> {
    value
        .as_i64()
        .map_or_else(|| fields::wrong("int_type", "Input should be a valid integer"), Ok)
}

/// A number in a query.
pub(in crate::junction) fn number(value: &Value) -> Read<i64> {
    let parsed = fields::text(value)?.parse();
    parsed.map_or_else(
        |_not_a_number| fields::wrong("int_parsing", "Input should be a valid integer"),
        Ok,
    )
}

pub(in crate::junction) fn texts(value: &Value) -> Read<Vec<String>> {
    fields::list(value, fields::text)
}

pub(in crate::junction) fn ids(value: &Value) -> Read<Vec<Id>> {
    fields::list(value, fields::id)
}

/// A visit's address: its ZIP has another name than in an order.
pub(in crate::junction) fn us_address(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut address = Map::new();
    let required = [
        ("first_line", fields::text as fn(&Value) -> Read<String>),
        ("city", fields::text),
        ("state", state),
        ("zip_code", zip),
    ];
    let optional = [
        ("second_line", fields::text as fn(&Value) -> Read<String>),
        ("unit", fields::text),
        ("access_notes", notes),
    ];
    for (name, read) in required {
        let value = fields.required(name, read);
        address.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    for (name, read) in optional {
        let value = fields.optional(name, read);
        address.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_strict_as_labs_are() {
        let rows = [
            (person_name(&"O'Connor".into()).is_ok(), true, "an apostrophe"),
            (person_name(&"Dr. Smith".into()).is_ok(), true, "two words"),
            (person_name(&"J".into()).is_ok(), true, "one letter"),
            (person_name(&"Élodie".into()).is_ok(), false, "an accent"),
            (
                person_name(&"O’Connor".into()).is_ok(),
                false,
                "a typographic apostrophe",
            ),
            (person_name(&"Jean  Paul".into()).is_ok(), false, "two spaces"),
            (person_name(&"-John".into()).is_ok(), false, "a hyphen first"),
            (person_name(&"".into()).is_ok(), false, "nothing"),
            (phone(&"+16025550123".into()).is_ok(), true, "an international number"),
            (phone(&"(602) 555-0123".into()).is_ok(), false, "a national one"),
            (zip(&"85004-1234".into()).is_ok(), true, "nine digits"),
            (zip(&"850041234".into()).is_ok(), false, "nine digits without a hyphen"),
            (area(&"02134".into()).is_ok(), true, "a zero first"),
            (area(&"85004-1234".into()).is_ok(), false, "more than the area"),
            (state(&"DC".into()).is_ok(), true, "a district"),
            (state(&"az".into()).is_ok(), false, "in lower case"),
            (notes(&"é".repeat(1000).into()).is_ok(), true, "characters, not bytes"),
            (notes(&"é".repeat(1001).into()).is_ok(), false, "one too many"),
        ];
        for (is_read, expected, reason) in rows {
            assert_eq!(is_read, expected, "{reason}");
        }
    }
}
