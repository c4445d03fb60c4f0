//! Text that may appear on a medical record: bounded, visible, and what it seems to be.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointMapData, props::GeneralCategory};
use validator::ValidateLength as _;

use super::fault::Fault;

/// Whether an identifier-like text is refused or rewritten when it is not in normalization form C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Normalization {
    /// Kept as it is: the rule says nothing about this field.
    Keep,
    /// Brought to form C: two spellings of a name are one name.
    Compose,
    /// Refused unless in form C: distinct identifiers must stay distinct.
    Require,
}

/// Checks one text of a clinician: 1 to `max` characters, no white space at the ends, no invisible characters.
///
/// # Errors
/// The first rule that is broken.
pub(crate) fn parse(text: String, max: usize, normalization: Normalization) -> Result<String, Fault> {
    if is_plain(&text, max) {
        return Ok(text);
    }
    if text.trim().is_empty() {
        return Err(Fault::Empty);
    }
    let text = match normalization {
        Normalization::Keep => text,
        Normalization::Compose => compose(text),
        Normalization::Require => {
            if !ComposingNormalizerBorrowed::new_nfc().is_normalized(&text) {
                return Err(Fault::NotNormalized);
            }
            text
        }
    };
    if !text.validate_length(Some(1), Some(max as u64), None) {
        return Err(Fault::TooLong(max));
    }
    if !text.chars().all(is_visible) {
        return Err(Fault::BadCharacter);
    }
    if text.trim() != text {
        return Err(Fault::OuterSpace);
    }
    Ok(text)
}

/// Whether a text keeps every rule because of what it is made of: visible ASCII, with spaces inside at most.
fn is_plain(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

fn compose(text: String) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    if nfc.is_normalized(&text) {
        text
    } else {
        nfc.normalize(&text).into_owned()
    }
}

/// Not of the categories Cc, Cf, Zl, Zp, Co and Cn: nothing that reorders, hides or breaks what people read.
fn is_visible(character: char) -> bool {
    if (' '..='~').contains(&character) {
        return true;
    }
    !matches!(
        CodePointMapData::<GeneralCategory>::new().get(character),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_rule_is_named_by_what_breaks_it() {
        let rows: &[(&str, Fault, &str)] = &[
            ("", Fault::Empty, "nothing"),
            (" \u{a0}", Fault::Empty, "blank, with a no-break space"),
            ("a\u{0}b", Fault::BadCharacter, "Cc: NUL"),
            ("a\r\nb", Fault::BadCharacter, "Cc: a header could be split"),
            ("a\u{200b}b", Fault::BadCharacter, "Cf: zero-width space"),
            ("a\u{202e}b", Fault::BadCharacter, "Cf: right-to-left override"),
            ("a\u{2028}b", Fault::BadCharacter, "Zl"),
            ("a\u{2029}b", Fault::BadCharacter, "Zp"),
            ("a\u{e000}b", Fault::BadCharacter, "Co: private use"),
            ("a\u{378}b", Fault::BadCharacter, "Cn: unassigned"),
            ("a\u{fdd0}b", Fault::BadCharacter, "Cn: a noncharacter"),
            (" a", Fault::OuterSpace, "leading space"),
            ("a\u{3000}", Fault::OuterSpace, "trailing ideographic space"),
            ("aaaaa", Fault::TooLong(4), "one too many"),
        ];
        for (text, fault, reason) in rows {
            assert_eq!(
                parse((*text).to_owned(), 4, Normalization::Keep),
                Err(*fault),
                "{reason}"
            );
        }
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert!(parse("éééé".to_owned(), 4, Normalization::Keep).is_ok());
        assert!(parse("😀😀😀😀".to_owned(), 4, Normalization::Keep).is_ok());
    }

    #[test]
    fn a_decomposed_text_is_composed_refused_or_kept() {
        let decomposed = "E\u{301}lodie".to_owned();
        let composed = Ok("Élodie".to_owned());
        assert_eq!(parse(decomposed.clone(), 9, Normalization::Compose), composed);
        assert_eq!(
            parse(decomposed.clone(), 9, Normalization::Require),
            Err(Fault::NotNormalized)
        );
        assert_eq!(parse(decomposed.clone(), 9, Normalization::Keep), Ok(decomposed));
    }

    proptest! {
        #[test]
        fn a_plain_text_keeps_every_rule(text in "[ -~]{0,6}|[ a-c\u{7f}é\t]{0,4}", max in 1_usize..6) {
            if is_plain(&text, max) {
                prop_assert!((1..=max).contains(&text.chars().count()));
                prop_assert_eq!(text.trim(), &text);
                prop_assert!(text.chars().all(is_visible));
                prop_assert!(ComposingNormalizerBorrowed::new_nfc().is_normalized(&text));
            } else if text.is_ascii() {
                prop_assert!(parse(text, max, Normalization::Require).is_err());
            }
        }

        #[test]
        fn no_accepted_text_carries_a_control_character(text in any::<String>(), max in 1_usize..200) {
            for normalization in [Normalization::Keep, Normalization::Compose, Normalization::Require] {
                if let Ok(accepted) = parse(text.clone(), max, normalization) {
                    prop_assert!(!accepted.chars().any(char::is_control));
                    prop_assert!((1..=max).contains(&accepted.chars().count()));
                    prop_assert_eq!(accepted.trim(), accepted.as_str());
                }
            }
        }

        #[test]
        fn an_accepted_text_is_accepted_again_unchanged(text in "\\PC{1,20}") {
            if let Ok(once) = parse(text, 100, Normalization::Compose) {
                prop_assert_eq!(parse(once.clone(), 100, Normalization::Compose), Ok(once));
            }
        }
    }
}
