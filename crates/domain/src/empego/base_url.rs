//! Where the upstream's API is, and the addresses below it.

use std::sync::Arc;

use url::Url;

use super::{endpoint::Endpoint, parameter::Parameters};
use crate::address::is_loopback;

/// An upstream's base URL, such as Empego's `https://api.empego.ca/empego-integrations/R4`: https, or http on
/// loopback; without userinfo, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    base: Url,
    /// The address of each endpoint, in the order of [`Endpoint::ALL`]; shared, since most tenants have the same base.
    endpoints: Arc<[Url]>,
}

impl BaseUrl {
    /// Reads a base URL.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_the_setting_is_named| "is not a URL")?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err("must be https; http is for loopback only"),
            _other => return Err("must be https"),
        }
        if url.username() != "" || url.password().is_some() {
            return Err("must not carry a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must have neither query nor fragment");
        }
        let endpoints = Endpoint::ALL.iter().map(|endpoint| below(&url, *endpoint)).collect();
        Ok(Self { base: url, endpoints })
    }

    /// The URL itself, for those who address more than launches.
    #[must_use]
    pub fn into_url(self) -> Url {
        self.base
    }

    /// The address of one launch. Whatever the parameters hold, it is below this base.
    #[must_use]
    pub fn embeddable(&self, endpoint: Endpoint, parameters: &Parameters) -> Url {
        #[expect(clippy::indexing_slicing, reason = "there is one for every endpoint")]
        let mut url = self.endpoints[endpoint as usize].clone();
        let query = parameters.query();
        url.set_query((!query.is_empty()).then_some(&query));
        url
    }
}

fn below(base: &Url, endpoint: Endpoint) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments
            .pop_if_empty()
            .push("embeddable")
            .extend(endpoint.tail().split('/'));
    }
    url
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        empego::parameter::{ExtraParameters, ParameterReader},
        fault::FieldErrors,
    };

    #[test]
    fn only_safe_bases_are_read() {
        let rows: &[(&str, bool, &str)] = &[
            ("https://api.empego.ca/empego-integrations/R4", true, "production"),
            (
                "https://api.empego.ca/empego-integrations/R4/",
                true,
                "with a slash at the end",
            ),
            ("http://127.0.0.1:8081/empego-integrations/R4", true, "loopback"),
            ("http://localhost:8081", true, "loopback by name"),
            ("http://[::1]:8081", true, "loopback, IPv6"),
            ("http://api.empego.ca/R4", false, "the key would travel in the clear"),
            ("http://127.0.0.1.evil.test/", false, "a name that looks like loopback"),
            ("ftp://api.empego.ca/", false, "another scheme"),
            ("https://user:pw@api.empego.ca/", false, "userinfo"),
            ("https://api.empego.ca/?a=b", false, "a query"),
            ("https://api.empego.ca/#a", false, "a fragment"),
            ("api.empego.ca", false, "no scheme"),
        ];
        for (text, good, reason) in rows {
            assert_eq!(BaseUrl::parse(text).is_ok(), *good, "{reason}");
        }
    }

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        let urls = ["https://h/R4", "https://h/R4/"].map(|base| {
            BaseUrl::parse(base)
                .unwrap()
                .embeddable(Endpoint::Statistics, &Parameters::default())
                .to_string()
        });
        assert_eq!(urls, ["https://h/R4/embeddable/statistics"; 2]);
    }

    proptest! {
        #[test]
        fn the_built_url_never_leaves_its_base(
            at in 0_usize..12,
            values in prop::collection::vec(("[a-zA-Z._:-]{1,9}", "\\PC{1,40}|[./?#&%\\\\@:]{1,12}"), 0..4),
        ) {
            let extra = ExtraParameters::Any;
            let mut reader = ParameterReader::new(&extra);
            for (name, value) in values {
                reader.read("", &name, value, &mut FieldErrors::default());
            }
            let parameters = reader.into_parameters();
            let endpoint = Endpoint::ALL[at];
            let url = BaseUrl::parse("https://api.empego.ca/empego-integrations/R4").unwrap().embeddable(endpoint, &parameters);
            prop_assert_eq!(url.host_str(), Some("api.empego.ca"));
            prop_assert_eq!(url.path(), format!("/empego-integrations/R4/embeddable/{}", endpoint.tail()));
            prop_assert_eq!(url.fragment(), None);
            prop_assert_eq!(url.query().unwrap_or(""), parameters.query());
            prop_assert!(url.username().is_empty());
        }
    }
}
