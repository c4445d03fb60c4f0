//! The claims of a verified token, read strictly: what is there twice cannot be used.

mod clinician;
mod mapped;
mod path;

use serde::{Deserialize, Deserializer};

pub(crate) use self::clinician::PatientBinding;
pub use self::{
    clinician::{ClaimsMap, TokenClinician},
    mapped::{MappedClaim, MappedOutcome},
    path::ClaimPath,
};
use super::{
    fault::{Fault, FieldErrors},
    json::Raw,
};

/// The claims of a token, members that were sent twice included.
#[derive(Clone)]
pub struct Claims(Raw<'static>);

/// How long a token's id may be, in bytes, to stand in a record.
const MOST_OF_TOKEN_ID: usize = 256;

impl Claims {
    /// Who issued it, if it says so in one text.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        match self.find(&ClaimPath::name("iss")) {
            Ok(Some(Raw::Text(issuer))) => Some(issuer),
            Ok(_) | Err(_) => None,
        }
    }

    /// The token's own id, if it is one that can stand in a record.
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        match self.find(&ClaimPath::name("jti")) {
            Ok(Some(Raw::Text(id)))
                if id.len() <= MOST_OF_TOKEN_ID && id.bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                Some(id)
            }
            Ok(_) | Err(_) => None,
        }
    }

    /// Whether this audience is among those the token is for. Where it has no `aud` at all, `instead` may name it.
    #[must_use]
    pub fn is_for(&self, audience: &str, instead: Option<&ClaimPath>) -> bool {
        let is_this = |text: &str| text == audience;
        match (self.find(&ClaimPath::name("aud")), instead) {
            (Ok(None), Some(instead)) => self.has_text(instead, is_this),
            (Ok(Some(_)), _) => self.has_text(&ClaimPath::name("aud"), is_this),
            (Ok(None), None) | (Err(_), _) => false,
        }
    }

    /// Whether a claim is a text of this kind, or a list with one.
    pub(crate) fn has_text(&self, path: &ClaimPath, is_such: impl Fn(&str) -> bool) -> bool {
        match self.find(path) {
            Ok(Some(Raw::Text(only))) => is_such(only),
            Ok(Some(Raw::List(several))) => several.iter().any(|one| matches!(one, Raw::Text(one) if is_such(one))),
            Ok(None | Some(Raw::Null | Raw::Boolean(_) | Raw::Number(_) | Raw::Object(_))) | Err(_) => false,
        }
    }

    /// Whether a claim of this name is there, in whatever shape; `null` is nothing.
    pub(crate) fn has(&self, name: &str) -> bool {
        !matches!(self.find(&ClaimPath::name(name)), Ok(None | Some(Raw::Null)))
    }

    /// A mapped claim that is no id, as directories write it: blank is absent, and outer white space says nothing.
    pub(crate) fn words<T>(
        &self,
        path: Option<&ClaimPath>,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Option<T> {
        let is_blank = |text: &str| text.trim().is_empty();
        if let Ok(Some(Raw::Text(text))) = self.find(path?)
            && is_blank(text)
        {
            return None;
        }
        self.text(path, name, errors, |text| parse(text.trim().to_owned()))
    }

    /// A mapped claim that is a text; absent or `null` is nothing, anything else an error.
    pub(crate) fn text<T>(
        &self,
        path: Option<&ClaimPath>,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(String) -> Result<T, Fault>,
    ) -> Option<T> {
        let parsed = match self.find(path?) {
            Ok(None | Some(Raw::Null)) => return None,
            Ok(Some(Raw::Text(text))) => parse(text.clone().into_owned()),
            Ok(Some(Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number(_))) => {
                Err(Fault::WrongType("a string"))
            }
            Err(fault) => Err(fault),
        };
        parsed.map_err(|fault| errors.add(format!("/token/{name}"), fault)).ok()
    }

    fn find(&self, path: &ClaimPath) -> Result<Option<&Raw<'static>>, Fault> {
        let mut here = &self.0;
        for step in &path.0 {
            let next = match here {
                Raw::Object(members) => {
                    let mut found = members.iter().filter(|(name, _)| name == step);
                    let first = found.next();
                    if found.next().is_some() {
                        return Err(Fault::Repeated);
                    }
                    first.map(|(_, value)| value)
                }
                Raw::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)),
                Raw::Null | Raw::Boolean(_) | Raw::Text(_) | Raw::Number(_) => None,
            };
            let Some(next) = next else {
                return Ok(None);
            };
            here = next;
        }
        Ok(Some(here))
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Raw::deserialize(deserializer).map(Raw::into_owned).map(Self)
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Claims(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_are_one_or_several() {
        for (aud, fits) in [
            (r#""gw""#, true),
            (r#"["x","gw"]"#, true),
            (r#""gw2""#, false),
            ("[7]", false),
            ("null", false),
        ] {
            let claims: Claims = serde_json::from_str(&format!("{{\"aud\":{aud}}}")).unwrap();
            assert_eq!(claims.is_for("gw", None), fits, "{aud}");
        }
    }

    #[test]
    fn another_claim_names_the_audience_only_of_tokens_without_one() {
        let instead = ClaimPath::parse("client_id");
        for (json, fits, reason) in [
            (r#"{"client_id":"gw"}"#, true, "no audience"),
            (r#"{"aud":"other","client_id":"gw"}"#, false, "another audience"),
            (r#"{"aud":[],"client_id":"gw"}"#, false, "an empty list"),
            (r#"{"aud":null,"client_id":"gw"}"#, false, "null"),
            (r#"{"aud":"gw","client_id":"other"}"#, true, "the audience itself"),
            (r#"{"aud":"x","aud":"gw","client_id":"gw"}"#, false, "twice"),
            (r#"{"client_id":"gw2"}"#, false, "another client"),
            ("{}", false, "neither"),
        ] {
            let claims: Claims = serde_json::from_str(json).unwrap();
            assert_eq!(claims.is_for("gw", instead.as_ref()), fits, "{reason}");
        }
    }
}
