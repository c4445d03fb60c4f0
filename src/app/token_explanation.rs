//! Explains a token as a configuration reads it, without serving.

use secrecy::SecretString;

use super::Explainer;
use crate::http::TokenExplanation;

impl Explainer {
    /// Checks a token like one of a launch: the keys of its issuer are fetched.
    pub async fn explain_token(&self, token: &SecretString) -> TokenExplanation {
        TokenExplanation::new(self.directory.explain_token(token, None, None).await, None)
    }
}
