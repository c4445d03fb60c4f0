//! Where the upstream's API is, and the addresses below it.

use std::sync::Arc;

use url::Url;

use super::{endpoint::Endpoint, parameter::Parameters};
use crate::address::Address;

/// The base URL of Empego's API, such as `https://api.empego.ca/empego-integrations/R4`: an [`Address`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// The address of each endpoint, in the order of [`Endpoint::ALL`]; shared, since most tenants have the same base.
    endpoints: Arc<[Url]>,
}

impl BaseUrl {
    /// Reads a base URL.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let base = Address::parse(text)?.into_url();
        let endpoints = Endpoint::ALL.iter().map(|endpoint| below(&base, *endpoint)).collect();
        Ok(Self { endpoints })
    }

    /// The server that it is on.
    #[must_use]
    pub fn server(&self) -> Option<Url> {
        let mut server = self.endpoints.first()?.clone();
        server.set_path("/");
        Some(server)
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
