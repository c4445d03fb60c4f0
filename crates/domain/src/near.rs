//! Which of several known names the writer may have meant.

/// The longest name that is compared at all.
const LONGEST: usize = 80;

/// The one known name that is near enough to be what was meant: the same but for case, `_`, `-` and few letters. None if
/// two are equally near.
#[must_use]
pub fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = plain(name)?;
    let mut best: Option<(usize, &'static str)> = None;
    let mut is_tied = false;
    for candidate in known.iter().copied() {
        let Some(other) = self::plain(candidate) else { continue };
        let most = (plain.len().min(other.len()) / 3).min(4);
        let Some(distance) = distance(&plain, &other, most) else {
            continue;
        };
        match best {
            Some((before, _)) if distance > before => {}
            Some((before, _)) if distance == before => is_tied = true,
            Some(_) | None => {
                best = Some((distance, candidate));
                is_tied = false;
            }
        }
    }
    best.filter(|_| !is_tied).map(|(_, name)| name)
}

/// Lower case, without what joins words.
fn plain(name: &str) -> Option<Vec<u8>> {
    (name.len() <= LONGEST).then(|| {
        name.bytes()
            .filter(|byte| !b"_- ".contains(byte))
            .map(|byte| byte.to_ascii_lowercase())
            .collect()
    })
}

/// How many letters must be put in, taken out or replaced to make one of the other; none if more than `most`.
fn distance(one: &[u8], other: &[u8], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut least = left;
        let mut next = vec![left];
        for (above, beside) in row.iter().skip(1).zip(other) {
            left = (diagonal + usize::from(byte != beside)).min(above + 1).min(left + 1);
            diagonal = *above;
            least = least.min(left);
            next.push(left);
        }
        if least > most {
            return None;
        }
        row = next;
    }
    row.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: &[&str] = &[
        "userId",
        "firstName",
        "lastName",
        "email",
        "licenseNumber",
        "preferredLanguage",
    ];

    #[test]
    fn a_slip_is_understood_and_a_guess_is_not_made() {
        let rows: &[(&str, Option<&str>, &str)] = &[
            ("UserId", Some("userId"), "other case"),
            ("user_id", Some("userId"), "another convention"),
            ("userid ", Some("userId"), "a space"),
            ("licenceNumber", Some("licenseNumber"), "British spelling"),
            ("usrId", Some("userId"), "a letter too few"),
            ("emial", None, "two letters of five"),
            ("e-mail", Some("email"), "a hyphen"),
            (
                "prefferedLanguage",
                Some("preferredLanguage"),
                "two slips in a long name",
            ),
            ("user", None, "too far away"),
            ("xName", None, "between two"),
            ("", None, "nothing"),
        ];
        for (name, expected, reason) in rows {
            assert_eq!(nearest(name, KNOWN), *expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_judged_without_a_panic_and_its_own_name_is_nearest(name in any::<String>(), own in 0_usize..6) {
            let _either = nearest(&name, KNOWN);
            let own = KNOWN.get(own).copied();
            prop_assert_eq!(own.and_then(|own| nearest(own, KNOWN)), own);
        }
    }
}
