//! Whether the first line of an address leads to a door. It is judged and never rewritten.

/// Numbers that stand in words at the start of a line.
const NUMBER_WORDS: [&str; 27] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
];

/// What is written of a post office box, word by word.
const BOXES: [&[&str]; 6] = [
    &["po", "box"],
    &["p", "o", "box"],
    &["pobox"],
    &["pob"],
    &["post", "office", "box"],
    &["postal", "box"],
];

/// Why no phlebotomist can come to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDoor {
    /// Mail is kept there.
    MailOnly,
    /// There is no house number.
    NoNumber,
}

/// Judges a first line.
pub(super) fn check(first_line: &str) -> Result<(), NoDoor> {
    let lower = first_line.to_lowercase();
    let words: Vec<_> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let has_number = |words: &[&str]| {
        let starts_with_number = words.first().is_some_and(|first| NUMBER_WORDS.contains(first));
        starts_with_number || words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()))
    };
    if words.starts_with(&["general", "delivery"]) {
        return Err(NoDoor::MailOnly);
    }
    // A box may follow a street; the number of the box leads to no door.
    let street = match box_in(&words) {
        Some(at) => words.get(..at).unwrap_or_default(),
        None => &words,
    };
    if has_number(street) {
        Ok(())
    } else if street.len() < words.len() {
        Err(NoDoor::MailOnly)
    } else {
        Err(NoDoor::NoNumber)
    }
}

/// Where a post office box begins.
fn box_in(words: &[&str]) -> Option<usize> {
    (0..words.len()).find(|at| {
        let rest = words.get(*at..).unwrap_or_default();
        BOXES.iter().any(|written| rest.starts_with(written))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_first_line_leads_to_a_door_or_does_not() {
        use NoDoor::{MailOnly, NoNumber};
        let rows = [
            ("1 Main St", Ok(()), "a number"),
            ("N6W23001 Bluemound Rd", Ok(()), "a number as Wisconsin writes it"),
            ("12-34 56th St", Ok(()), "one as Queens writes it"),
            ("123½ Elm St", Ok(()), "half a house"),
            ("One Main Street", Ok(()), "a number in words"),
            ("Twenty-One Elm Street", Ok(()), "a longer one"),
            ("RR 2 Box 152", Ok(()), "a rural route"),
            ("12 Box Elder Rd", Ok(()), "a street with a box in its name"),
            ("5 Post Rd", Ok(()), "a street with a post in its name"),
            ("123 Main St, PO Box 7", Ok(()), "a box beside a street"),
            ("West Lincoln Street", Err(NoNumber), "no number"),
            ("Onewood Lane", Err(NoNumber), "a word that only begins like a number"),
            ("Main Street One", Err(NoNumber), "a number word at the end"),
            ("PO Box 7", Err(MailOnly), "a box"),
            ("P.O. Box 7", Err(MailOnly), "with full stops"),
            ("p o box 7", Err(MailOnly), "in lower case"),
            ("POBox 7", Err(MailOnly), "in one word"),
            ("POB 7", Err(MailOnly), "shortened"),
            ("Post Office Box 7", Err(MailOnly), "in full"),
            ("c/o Roy, P.O. Box 7", Err(MailOnly), "after a name"),
            ("General Delivery", Err(MailOnly), "kept at the post office"),
            ("GENERAL DELIVERY 85004", Err(MailOnly), "kept there, with digits"),
        ];
        for (line, expected, reason) in rows {
            assert_eq!(check(line), expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_judged_without_a_panic(line in any::<String>()) {
            let first = line.to_lowercase();
            let first = first.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
            let has_number = line.contains(|c: char| c.is_ascii_digit());
            prop_assert!(has_number || check(&line) != Ok(()) || first.is_some_and(|word| NUMBER_WORDS.contains(&word)));
        }
    }
}
