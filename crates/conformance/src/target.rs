//! Where a run is pointed at.

use domain::address::Address;
use url::Url;

use super::{case::Case, place::Place, report::Suite};

/// The path below a gateway that is Empego's own.
const EMPEGO_PATH: &str = "/empego-integrations/R4";

/// The base of what is tested: a gateway's address, or an Empego environment's API. https, or http on loopback, since the
/// key goes there.
#[derive(Debug, Clone)]
pub struct Target {
    base: Url,
    suite: Suite,
}

impl Target {
    /// Reads a target.
    ///
    /// # Errors
    /// What is wrong with it, for the person who entered it.
    pub fn parse(text: &str, suite: Suite) -> Result<Self, &'static str> {
        let base = Address::parse(text)?.into_url();
        let is_empegos = base.path().trim_end_matches('/').ends_with(EMPEGO_PATH);
        match suite {
            Suite::Compat | Suite::Native | Suite::Junction | Suite::Orders if is_empegos => {
                Err("must be the gateway's own address, without /empego-integrations/R4")
            }
            Suite::Compat | Suite::Native | Suite::Upstream | Suite::Junction | Suite::Orders => {
                Ok(Self { base, suite })
            }
        }
    }

    /// The address of one request, without its query.
    pub(super) fn url(&self, place: Place, case: &Case) -> Url {
        self.below(&self.path(place, case))
    }

    /// The address of a path below the target's own.
    pub(super) fn below(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// The part of a request's path that comes after the target's own.
    fn path(&self, place: Place, case: &Case) -> String {
        let (tail, below) = (place.tail(), case.ask.below);
        match self.suite {
            Suite::Compat => format!("{EMPEGO_PATH}/embeddable/{tail}{below}"),
            Suite::Native => format!("/v1/embeddable/{tail}{below}"),
            Suite::Upstream => format!("/embeddable/{tail}{below}"),
            Suite::Junction | Suite::Orders => format!("/v1/{tail}{below}"),
        }
    }

    /// The paths that an error may repeat: the request's own, and the same as it is behind a proxy that takes the target's
    /// own path away.
    pub(super) fn paths(&self, place: Place, case: &Case) -> [String; 2] {
        [self.url(place, case).path().to_owned(), self.path(place, case)]
    }

    /// For the report. It has neither userinfo nor query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.base.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_safe_and_is_what_the_suite_is_about() {
        let rows = [
            ("http://127.0.0.1:8080", Suite::Compat, true, "a gateway on loopback"),
            (
                "https://gateway.ehr.example/launch/",
                Suite::Native,
                true,
                "below a path",
            ),
            (
                "http://127.0.0.1:8081/empego-integrations/R4",
                Suite::Upstream,
                true,
                "the stand-in",
            ),
            (
                "http://127.0.0.1:8080/empego-integrations/R4/",
                Suite::Compat,
                false,
                "an Empego client's base",
            ),
            (
                "http://gateway.ehr.example",
                Suite::Native,
                false,
                "the key would travel in the clear",
            ),
            ("https://user:pw@gateway.ehr.example", Suite::Native, false, "userinfo"),
            ("gateway", Suite::Native, false, "no URL"),
        ];
        for (text, suite, good, reason) in rows {
            assert_eq!(Target::parse(text, suite).is_ok(), good, "{reason}");
        }
    }
}
