//! Text that may appear on a medical record: bounded, visible, and what it seems to be.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script},
};
use validator::ValidateLength as _;

use super::{fault::Fault, placeholder::is_placeholder};

/// What a decoder leaves where it could not read a character.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// Braille with no dots: it looks like a space and is none.
const BLANK_BRAILLE: char = '\u{2800}';

/// Invisible, and yet they change how the letters beside them are written: zero-width non-joiner and joiner.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// The scripts that are written with joiners.
const JOINING_SCRIPTS: &[Script] = &[
    Script::Arabic,
    Script::Bengali,
    Script::Devanagari,
    Script::Gujarati,
    Script::Gurmukhi,
    Script::Kannada,
    Script::Khmer,
    Script::Malayalam,
    Script::Mongolian,
    Script::Myanmar,
    Script::Nko,
    Script::Oriya,
    Script::Sinhala,
    Script::Syriac,
    Script::Tamil,
    Script::Telugu,
];

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
    checked(text, max, normalization, is_visible_at)
}

/// Checks a text that people wrote, such as a name: the same, and joiners may stand where scripts write them. It is kept as
/// it was written.
///
/// # Errors
/// The first rule that is broken.
pub(crate) fn parse_written(text: String, max: usize) -> Result<String, Fault> {
    checked(text, max, Normalization::Keep, |text, at, character| {
        is_visible(character) || (JOINERS.contains(&character) && joins(text, at, character))
    })
}

/// Checks an identifier, which is never rewritten: two that differ must also look different, as far as the characters
/// themselves go. Letters that look alike are not caught.
///
/// # Errors
/// The first rule that is broken.
pub(crate) fn parse_id(text: String, max: usize) -> Result<String, Fault> {
    let text = checked(text, max, Normalization::Require, is_visible_at)?;
    check_id(&text)?;
    Ok(text)
}

/// What is asked of an identifier beside what is asked of every text.
fn check_id(text: &str) -> Result<(), Fault> {
    let is_ignorable = |character| CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character);
    let is_foreign_space = |character: char| character.is_whitespace() && character != ' ';
    if is_placeholder(text) {
        return Err(Fault::Placeholder);
    }
    let is_hidden = |character| {
        !(' '..='~').contains(&character)
            && (is_ignorable(character) || is_foreign_space(character) || character == BLANK_BRAILLE)
    };
    if text.chars().any(is_hidden) {
        return Err(Fault::InvisibleInId);
    }
    Ok(())
}

/// Whether two texts are the same to people who read them: equal in normalization form C.
pub(crate) fn reads_the_same(one: &str, other: &str) -> bool {
    one == other || {
        let nfc = ComposingNormalizerBorrowed::new_nfc();
        nfc.normalize(one) == nfc.normalize(other)
    }
}

fn checked(
    text: String,
    max: usize,
    normalization: Normalization,
    may_stand: impl Fn(&str, usize, char) -> bool,
) -> Result<String, Fault> {
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
    let (mut is_lost, mut may_all_stand) = (false, true);
    for (at, character) in text.char_indices() {
        is_lost |= character == LOST;
        may_all_stand &= may_stand(&text, at, character);
    }
    if is_lost {
        return Err(Fault::LostCharacter);
    }
    if !may_all_stand {
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
        // To the end whatever it finds, so that many bytes are looked at together.
        && text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte))
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

fn is_visible_at(_text: &str, _at: usize, character: char) -> bool {
    is_visible(character)
}

/// Whether a joiner stands between letters, or marks of letters, of one script that is written with joiners.
fn joins(text: &str, at: usize, joiner: char) -> bool {
    let (before, rest) = text.split_at_checked(at).unwrap_or_default();
    let after = rest.strip_prefix(joiner).unwrap_or_default();
    let script = script_beside(before.chars().rev());
    script.is_some_and(|script| JOINING_SCRIPTS.contains(&script)) && script == script_beside(after.chars())
}

/// The script of the letter next to a joiner, read away from it. Marks that belong to no script stand on it.
fn script_beside(characters: impl Iterator<Item = char>) -> Option<Script> {
    let written = GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Mark);
    characters
        .take_while(|character| {
            let category = CodePointMapData::<GeneralCategory>::new().get(*character);
            written.contains(category)
        })
        .map(|character| CodePointMapData::<Script>::new().get(character))
        .find(|script| *script != Script::Inherited)
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
            ("a\u{fffd}b", Fault::LostCharacter, "what a decoder leaves"),
            ("a\u{200d}b", Fault::BadCharacter, "Cf: a joiner"),
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

    #[test]
    fn joiners_stand_in_names_where_scripts_write_them() {
        let rows: &[(&str, bool, &str)] = &[
            ("علی\u{200c}رضا", true, "Persian: Alireza"),
            ("نیک\u{200c}نام", true, "Persian: Niknam"),
            ("ශ්\u{200d}රී", true, "Sinhala: Shri"),
            (
                "അന്\u{200d}വര്",
                true,
                "Malayalam: Anwar, with a chillu of before Unicode 5.1",
            ),
            ("শর\u{200d}্যা", true, "Bengali: a joiner before the mark"),
            ("श्\u{200d}याम", true, "Devanagari: Shyam, with a half form"),
            ("عل\u{64e}\u{200c}ر", true, "a vowel mark between letter and joiner"),
            ("Jo\u{200d}hn", false, "Latin needs none"),
            ("Jo\u{200c}hn", false, "Latin needs none"),
            ("علی\u{200c}", false, "at the end"),
            ("\u{200c}علی", false, "at the beginning"),
            ("علی\u{200c} رضا", false, "before a space"),
            ("علی\u{200c}\u{200c}رضا", false, "twice"),
            ("علی\u{200c}John", false, "between two scripts"),
            ("علی\u{200c}1", false, "before a digit"),
            ("👩\u{200d}⚕️", false, "a picture is no letter"),
            ("علی\u{200b}رضا", false, "a zero-width space is no joiner"),
        ];
        for (text, accepted, reason) in rows {
            let read = parse_written((*text).to_owned(), 100);
            assert_eq!(read.is_ok(), *accepted, "{reason}: {read:?}");
            if text.contains(JOINERS) {
                assert!(parse_id((*text).to_owned(), 100).is_err(), "never in an id: {reason}");
            }
        }
    }

    #[test]
    fn an_id_has_nothing_that_cannot_be_seen() {
        let hidden = "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{34f}\u{17b4}\u{17b5}\u{180b}\u{180f}\u{fe00}\u{fe0f}\u{e0100}\u{2800}\u{a0}\u{1680}\u{2003}\u{202f}\u{205f}\u{3000}";
        for character in hidden.chars() {
            let read = parse_id(format!("a{character}b"), 100);
            assert_eq!(read, Err(Fault::InvisibleInId), "U+{:04X}", u32::from(character));
        }
        for character in "\u{200b}\u{200c}\u{200d}\u{2060}\u{ad}\u{feff}\u{e0041}\u{61c}".chars() {
            assert!(
                parse_id(format!("a{character}b"), 100).is_err(),
                "U+{:04X}",
                u32::from(character)
            );
        }
        for id in ["Jane Roe", "Zoé-42", "山田", "a|b"] {
            assert_eq!(parse_id(id.to_owned(), 100), Ok(id.to_owned()));
        }
        assert_eq!(parse_id("undefined".to_owned(), 100), Err(Fault::Placeholder));
    }

    #[test]
    fn two_spellings_of_a_name_read_the_same() {
        assert!(reads_the_same("E\u{301}lodie", "Élodie"));
        assert!(reads_the_same("\u{fa10}", "\u{585a}"), "a compatibility ideograph");
        assert!(!reads_the_same("Elodie", "Élodie"));
        let written = "\u{fa10}".to_owned();
        assert_eq!(
            parse_written(written.clone(), 100),
            Ok(written),
            "kept as it was written"
        );
    }

    proptest! {
        #[test]
        fn no_accepted_id_hides_anything(text in "[ -~é]{0,3}(\\PC|\\p{Zs}|\\p{Cf}|\u{3164}|\u{fffd}){0,2}[ -~]{0,3}") {
            if let Ok(id) = parse_id(text, 20) {
                prop_assert!(!id.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ') || c == LOST));
                prop_assert!(!id.chars().any(|c| CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)));
                prop_assert!(ComposingNormalizerBorrowed::new_nfc().is_normalized(&id));
            }
        }

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
