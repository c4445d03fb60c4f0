//! Finds the word that was meant when another one was written.

/// The known word that is nearest to this one, if any is so near that it may have been meant: the same in other case or with
/// other separators, or a few letters apart.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MAX_LENGTH: usize = 64;
    if word.len() > MAX_LENGTH {
        return None;
    }
    let plain = |word: &str| word.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let own = plain(word);
    known
        .map(|known| (strsim::damerau_levenshtein(&own, &plain(known)), known))
        .filter(|(distance, known)| *distance <= (own.chars().count().min(known.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_by_what_it_is_nearest_to() {
        let known = ["jwks_url", "jwks_file", "issuer", "audience", "id", "listen", "workers"];
        let rows = [
            ("jwks_uri", Some("jwks_url"), "a letter"),
            ("jwks_urls", Some("jwks_url"), "a letter too many"),
            ("worker", Some("workers"), "a letter missing"),
            ("lisetn", Some("listen"), "two letters swapped"),
            ("jwksFile", Some("jwks_file"), "another way to join words"),
            ("ISSUER", Some("issuer"), "shouted"),
            ("colour", None, "nothing near"),
            ("xy", None, "short, and nothing in common"),
            ("", None, "nothing at all"),
        ];
        for (word, meant, reason) in rows {
            assert_eq!(nearest(word, known.into_iter()), meant, "{reason}");
        }
    }
}
