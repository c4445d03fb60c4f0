//! Explains a launch as a configuration has it, without serving.

use domain::{
    claims::Claims,
    empego::{Endpoint, Launch, parse_native},
    native_body::Native,
    refusal::Refusal,
};

use super::{assembly, egress};
use crate::{
    config::Config,
    directory::{Caller, Directory, NoCaller, TokenIdentity},
    gateway::explain,
    http::ExplanationDocument,
    identity::Fetcher,
};

/// A configuration's hosts and tenants, to ask what would become of a launch.
pub struct Explainer(pub(super) Directory);

/// One question.
#[derive(Debug)]
pub struct Question<'a> {
    /// The calling host, by its id in the configuration.
    pub host: &'a str,
    /// The claims of the clinician's token, for a token host.
    pub claims: Option<Claims>,
    /// What would be opened.
    pub endpoint: Endpoint,
    /// The body of a native launch.
    pub body: &'a [u8],
}

impl Explainer {
    /// Makes the parts that a configuration describes.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let fetcher = Fetcher::new(egress::way_out(&config.egress)?)?;
        assembly::directory(config, &fetcher, &Directory::default(), None).map(Self)
    }

    /// The document that a caller of `/v1/explain` would get.
    ///
    /// # Errors
    /// If nobody calls.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "serialising a struct of texts and numbers to memory cannot fail"
    )]
    pub fn explain(&self, question: Question<'_>) -> Result<String, NoCaller> {
        let caller = self.0.caller_by_id(question.host, question.claims)?;
        let explained = explain(&caller, read(&caller, question.endpoint, question.body));
        let document = ExplanationDocument::new(&explained, question.endpoint, None);
        Ok(serde_json::to_string_pretty(&document).expect("texts and numbers serialise"))
    }
}

fn read(caller: &Caller, endpoint: Endpoint, body: &[u8]) -> Result<Launch, Refusal> {
    let empego = caller.empego(endpoint)?;
    let token = caller.token.as_deref().map(TokenIdentity::clinician);
    let raw = Native {
        body,
        ..Native::default()
    };
    parse_native(raw, endpoint, &empego.rules, token.as_ref())
}
