//! What must hold of a token besides its signature: what kind of token it is, when it is valid, and what its host requires.

use std::time::Duration;

use serde::{Deserialize, de::IgnoredAny};

use super::{
    claims::{ClaimPath, Claims},
    reason::Reason,
};

/// How far the issuer's clock may be off, in seconds.
const LEEWAY_SECS: f64 = 60.0;

/// The kinds that every host accepts, besides none: RFC 7519 names the first, RFC 9068 the second.
const TOKEN_TYPES: [&str; 2] = ["jwt", "at+jwt"];

/// Claims whose text is a list of words separated by spaces: RFC 8693 names the first, Microsoft the second.
const WORD_LISTS: [&str; 2] = ["scope", "scp"];

/// The header of a token, as far as the gateway reads it.
#[derive(Debug, Deserialize)]
pub struct TokenHeader {
    /// `alg`.
    #[serde(rename = "alg")]
    pub algorithm: String,
    /// `kid`.
    #[serde(rename = "kid")]
    pub key_id: Option<String>,
    #[serde(rename = "typ")]
    token_type: Option<String>,
    #[serde(rename = "crit")]
    critical: Option<IgnoredAny>,
}

/// When a token was issued and when it is valid, in seconds since 1970. One that is sent twice is no time.
#[derive(Debug, Deserialize)]
pub struct Times {
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

/// A type of token, as in `typ`: without case and without `application/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenType(String);

/// A claim that must have one of these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredClaim {
    claim: ClaimPath,
    values: Vec<String>,
}

/// What a host requires of its tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRules {
    /// Which types it accepts besides the usual ones.
    pub types: Vec<TokenType>,
    /// How long ago a token may have been issued.
    pub max_age: Option<Duration>,
    /// Every one of these claims must have one of its values.
    pub required: Vec<RequiredClaim>,
    /// Which claim names the audience of tokens without `aud`.
    pub audience_claim: Option<ClaimPath>,
}

impl TokenType {
    /// Reads the value of a `typ`, or of the setting.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let bare = text.strip_prefix("application/").unwrap_or(&text);
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (!bare.is_empty() && bare.bytes().all(is_name)).then(|| Self(bare.to_owned()))
    }
}

impl RequiredClaim {
    /// A claim with the values that it may have.
    ///
    /// # Errors
    /// Why no token could ever fulfil this, for the person who wrote the setting.
    pub fn new(claim: ClaimPath, values: Vec<String>) -> Result<Self, &'static str> {
        if values.is_empty() || values.iter().any(String::is_empty) {
            return Err("must list at least one value, and none that is empty");
        }
        if is_word_list(&claim) && values.iter().any(|value| value.contains(' ')) {
            return Err("must list single words: the claim is a list of words separated by spaces");
        }
        Ok(Self { claim, values })
    }

    fn is_met_by(&self, claims: &Claims) -> bool {
        claims.has_text(&self.claim, |text| {
            let is_listed = |text: &str| self.values.iter().any(|value| value == text);
            if is_word_list(&self.claim) {
                text.split(' ').any(is_listed)
            } else {
                is_listed(text)
            }
        })
    }
}

fn is_word_list(claim: &ClaimPath) -> bool {
    WORD_LISTS.contains(&claim.last())
}

impl TokenRules {
    /// Whether a token with this header is of a kind that the host accepts. Extensions that must be understood are not:
    /// none are known here.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check_header(&self, header: &TokenHeader) -> Result<(), Reason> {
        if header.critical.is_some() {
            return Err(Reason::TokenCritical);
        }
        let Some(text) = &header.token_type else {
            return Ok(());
        };
        let sent = TokenType::parse(text).ok_or(Reason::TokenType)?;
        if TOKEN_TYPES.contains(&sent.0.as_str()) || self.types.contains(&sent) {
            Ok(())
        } else {
            Err(Reason::TokenType)
        }
    }

    /// Whether a token with these claims signs its clinician in at this moment.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check_claims(&self, claims: &Claims, times: &Times, now: f64) -> Result<(), Reason> {
        self.check_times(times, now)?;
        if claims.has("cnf") {
            return Err(Reason::TokenBoundToKey);
        }
        // Every security event token has `events` (RFC 8417), and many of them no `typ`.
        if claims.has("events") {
            return Err(Reason::TokenType);
        }
        if self.required.iter().all(|required| required.is_met_by(claims)) {
            Ok(())
        } else {
            Err(Reason::TokenClaimRequired)
        }
    }

    fn check_times(&self, times: &Times, now: f64) -> Result<(), Reason> {
        let expiry = times.exp.ok_or(Reason::TokenWithoutExpiry)?;
        if expiry + LEEWAY_SECS <= now {
            return Err(Reason::TokenExpired);
        }
        if times.nbf.is_some_and(|nbf| nbf - LEEWAY_SECS > now) {
            return Err(Reason::TokenNotYetValid);
        }
        if times.iat.is_some_and(|iat| iat - LEEWAY_SECS > now) {
            return Err(Reason::TokenFromFuture);
        }
        let is_young = |max: Duration| {
            times
                .iat
                .is_some_and(|iat| iat + max.as_secs_f64() + LEEWAY_SECS >= now)
        };
        if self.max_age.is_none_or(is_young) {
            Ok(())
        } else {
            Err(Reason::TokenTooOld)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn required(claim: &str, values: &[&str]) -> RequiredClaim {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        RequiredClaim::new(ClaimPath::parse(claim).unwrap(), values).unwrap()
    }

    fn checked(rules: &TokenRules, claims: &str) -> Result<(), Reason> {
        let times: Times = serde_json::from_str(claims).unwrap();
        rules.check_claims(&serde_json::from_str(claims).unwrap(), &times, 1000.0)
    }

    #[test]
    fn only_the_usual_types_and_those_of_the_settings_are_accepted() {
        let wider = TokenRules {
            types: vec![TokenType::parse("application/Clinic+JWT").unwrap()],
            ..TokenRules::default()
        };
        let rows = [
            (r#""JWT""#, true, true, "what nearly all have"),
            (r#""jwt""#, true, true, "in another case"),
            (r#""at+jwt""#, true, true, "an access token"),
            (r#""application/at+jwt""#, true, true, "in full"),
            (r#""APPLICATION/JWT""#, true, true, "in full and in another case"),
            ("null", true, true, "none"),
            (r#""clinic+jwt""#, false, true, "one of the settings"),
            (
                r#""application/clinic+jwt""#,
                false,
                true,
                "one of the settings, in full",
            ),
            (r#""logout+jwt""#, false, false, "a logout"),
            (r#""secevent+jwt""#, false, false, "an event"),
            (r#""dpop+jwt""#, false, false, "a proof of possession"),
            (r#""application/application/jwt""#, false, false, "in full, twice"),
            (r#""text/jwt""#, false, false, "of another family"),
            (r#""""#, false, false, "empty"),
            (r#"" JWT""#, false, false, "with a space"),
        ];
        for (typ, usual, widened, reason) in rows {
            let header = serde_json::from_str(&format!("{{\"alg\":\"ES256\",\"typ\":{typ}}}")).unwrap();
            let accepted = |rules: &TokenRules| rules.check_header(&header).is_ok();
            assert_eq!(
                (accepted(&TokenRules::default()), accepted(&wider)),
                (usual, widened),
                "{reason}"
            );
        }
    }

    #[test]
    fn every_required_claim_must_have_one_of_its_values() {
        let rules = TokenRules {
            required: vec![
                required("azp", &["spa", "mobile"]),
                required("scope", &["launch"]),
                required("/realm/roles", &["clinician"]),
            ],
            ..TokenRules::default()
        };
        let with_role = r#""realm":{"roles":["staff","clinician"]}"#;
        let rows = [
            (
                format!(r#""azp":"spa","scope":"openid launch",{with_role}"#),
                true,
                "all",
            ),
            (
                format!(r#""azp":"mobile","scope":["launch"],{with_role}"#),
                true,
                "a list of words",
            ),
            (
                format!(r#""azp":"other","scope":"launch",{with_role}"#),
                false,
                "another app",
            ),
            (
                format!(r#""azp":"spa other","scope":"launch",{with_role}"#),
                false,
                "words where there is one value",
            ),
            (
                format!(r#""azp":"spa","scope":"launchpad",{with_role}"#),
                false,
                "a word that begins alike",
            ),
            (format!(r#""scope":"launch",{with_role}"#), false, "no app"),
            (format!(r#""azp":null,"scope":"launch",{with_role}"#), false, "null"),
            (format!(r#""azp":7,"scope":"launch",{with_role}"#), false, "a number"),
            (
                format!(r#""azp":"spa","azp":"other","scope":"launch",{with_role}"#),
                false,
                "twice",
            ),
            (
                r#""azp":"spa","scope":"launch","realm":{"roles":[]}"#.to_owned(),
                false,
                "no role",
            ),
        ];
        for (claims, good, reason) in rows {
            let expected = if good { Ok(()) } else { Err(Reason::TokenClaimRequired) };
            assert_eq!(
                checked(&rules, &format!("{{\"exp\":2000,{claims}}}")),
                expected,
                "{reason}"
            );
        }
    }

    /// Claims, what a host without a limit and one with a limit make of them, and why.
    type Aged<'a> = (&'a str, Result<(), Reason>, Result<(), Reason>, &'a str);

    #[test]
    fn a_token_is_valid_in_its_time_and_no_older_than_its_host_allows() {
        let young = TokenRules {
            max_age: Some(Duration::from_mins(5)),
            ..TokenRules::default()
        };
        let rows: &[Aged<'_>] = &[
            (r#"{"exp":2000,"iat":900}"#, Ok(()), Ok(()), "in its time"),
            (r#"{"exp":2000.5,"iat":900.25}"#, Ok(()), Ok(()), "fractions of seconds"),
            (r#"{"exp":2000}"#, Ok(()), Err(Reason::TokenTooOld), "no time of issue"),
            (r#"{"exp":2000,"iat":641}"#, Ok(()), Ok(()), "old, within the leeway"),
            (r#"{"exp":2000,"iat":639}"#, Ok(()), Err(Reason::TokenTooOld), "too old"),
            (
                r#"{"exp":2000,"iat":1061}"#,
                Err(Reason::TokenFromFuture),
                Err(Reason::TokenFromFuture),
                "issued in the future",
            ),
            (
                r#"{"exp":940,"iat":900}"#,
                Err(Reason::TokenExpired),
                Err(Reason::TokenExpired),
                "expired",
            ),
            (
                r#"{"exp":2000,"nbf":1061,"iat":900}"#,
                Err(Reason::TokenNotYetValid),
                Err(Reason::TokenNotYetValid),
                "not valid yet",
            ),
            (
                r#"{"iat":900}"#,
                Err(Reason::TokenWithoutExpiry),
                Err(Reason::TokenWithoutExpiry),
                "valid for ever",
            ),
        ];
        for (claims, usual, strict, reason) in rows {
            assert_eq!(checked(&TokenRules::default(), claims), *usual, "{reason}");
            assert_eq!(checked(&young, claims), *strict, "{reason}");
        }
    }

    #[test]
    fn tokens_of_another_purpose_are_recognized_by_their_claims() {
        let rows = [
            (
                r#""cnf":{"jkt":"x"}"#,
                Reason::TokenBoundToKey,
                "bound to a key of the client",
            ),
            (
                r#""cnf":{"x5t#S256":"x"}"#,
                Reason::TokenBoundToKey,
                "bound to a certificate",
            ),
            (
                r#""events":{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
                Reason::TokenType,
                "a logout without a type",
            ),
        ];
        for (claims, expected, reason) in rows {
            let claims = format!("{{\"exp\":2000,{claims}}}");
            assert_eq!(checked(&TokenRules::default(), &claims), Err(expected), "{reason}");
        }
    }

    #[test]
    fn requirements_that_no_token_could_fulfil_are_refused() {
        let path = |name| ClaimPath::parse(name).unwrap();
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        for (claim, values) in [("azp", &[][..]), ("azp", &[""]), ("scope", &["openid launch"])] {
            assert!(
                RequiredClaim::new(path(claim), texts(values)).is_err(),
                "{claim} {values:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_type_and_any_time_is_judged_without_a_panic(typ in any::<String>(), time in any::<f64>(), now in any::<f64>()) {
            let header = TokenHeader {
                algorithm: String::new(),
                key_id: None,
                token_type: Some(typ),
                critical: None,
            };
            let _either_way = TokenRules::default().check_header(&header);
            let times = Times { exp: Some(time), nbf: Some(time), iat: Some(time) };
            let _either_way = TokenRules::default().check_times(&times, now);
        }
    }
}
