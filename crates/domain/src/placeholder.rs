//! What stands where an id was never filled in: a template, or how a language prints nothing.

use memchr::memchr3;

/// How languages print nothing, or something that is no text, in lower case.
const NOTHING: &[&str] = &["undefined", "null", "nan", "none"];

/// Whether a text is what a program writes in the place of an id that it did not have. No id looks like that; a launch
/// with one would open whatever chart an earlier error was filed under.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let word = unwrapped(text);
    if NOTHING.iter().any(|nothing| word.eq_ignore_ascii_case(nothing)) {
        return true;
    }
    // Hardly any id has one of these, and each that has none is looked at no further.
    if memchr3(b'{', b'[', b'%', text.as_bytes()).is_none() {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    is_object(&lower) || has_template(&lower)
}

/// Without the quotes or brackets that some languages print around it: `"null"`, `(null)`, `<null>`.
fn unwrapped(text: &str) -> &str {
    match text.as_bytes() {
        [b'"', .., b'"'] | [b'\'', .., b'\''] | [b'(', .., b')'] | [b'<', .., b'>'] => {
            text.get(1..text.len() - 1).unwrap_or(text)
        }
        [..] => text,
    }
}

/// `[object Object]` and its kin, also escaped once too often.
fn is_object(lower: &str) -> bool {
    (lower.starts_with("[object ") && lower.ends_with(']')) || lower.starts_with("%5bobject")
}

/// `{{id}}`, `${id}`, `#{id}`, `<%= id %>`, `{id}`, also escaped once too often.
fn has_template(lower: &str) -> bool {
    let holds = |open: &str, close: &str| lower.split_once(open).is_some_and(|(_, rest)| rest.contains(close));
    holds("{{", "}}")
        || holds("${", "}")
        || holds("#{", "}")
        || holds("<%", "%>")
        || lower.contains("%7b")
        || lower
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(is_variable)
}

/// The name of a variable. A UUID in braces, as Windows writes them, is none.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.$ ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_distinguished_from_possible_ids() {
        let rows: &[(&str, bool, &str)] = &[
            ("undefined", true, "JavaScript"),
            ("Undefined", true, "in any case"),
            ("null", true, "JavaScript, Java, SQL"),
            ("NULL", true, "SQL, shouted"),
            ("NaN", true, "a number that was none"),
            ("None", true, "Python"),
            ("\"null\"", true, "as JSON in quotes"),
            ("(null)", true, "C and Objective-C"),
            ("<null>", true, "Foundation"),
            ("[object Object]", true, "an object as a text"),
            ("[object Promise]", true, "an await that is missing"),
            ("%5Bobject%20Object%5D", true, "the same, escaped twice"),
            ("{{patientKey}}", true, "a template"),
            ("{{ patient.id }}", true, "a template with spaces"),
            ("MRN-{{id}}", true, "a template inside"),
            ("${id}", true, "a template literal in plain quotes"),
            ("#{id}", true, "Ruby"),
            ("<%= id %>", true, "ERB, EJS, JSP"),
            ("{patientKey}", true, "a path's template"),
            ("%7BpatientKey%7D", true, "the same, escaped twice"),
            ("%7b%7Bid%7D%7d", true, "in any case"),
            ("$%7Bid%7D", true, "partly escaped"),
            ("{}", true, "an empty template"),
            ("nullable", false, "a word that begins so"),
            ("Nonet", false, "a name"),
            ("un-defined", false, "not the word"),
            ("MRN-42", false, "an id"),
            (
                "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
                false,
                "a UUID as Windows writes it",
            ),
            (
                "{f2504e0-4F89-11D3-9A0C-0305E82C3301}",
                false,
                "one that begins with a letter",
            ),
            ("100%", false, "a percent sign"),
            ("a{b}c", false, "braces in the middle"),
            ("$42", false, "a dollar sign"),
            ("[42]", false, "brackets"),
        ];
        for (text, expected, reason) in rows {
            assert_eq!(is_placeholder(text), *expected, "{text}: {reason}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in any::<String>()) {
            let _either = is_placeholder(&text);
        }

        #[test]
        fn a_template_is_one_whatever_it_names(name in "[a-zA-Z_. ]{0,12}") {
            for text in [format!("{{{{{name}}}}}"), format!("${{{name}}}"), format!("%7B{name}%7D")] {
                prop_assert!(is_placeholder(&text), "{}", text);
            }
        }

        #[test]
        fn numbers_and_uuids_are_ids(id in "[0-9]{1,20}|[A-Z]{1,3}-?[0-9]{1,12}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") {
            prop_assert!(!is_placeholder(&id));
        }
    }
}
