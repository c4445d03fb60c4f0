//! Where Fast Launch begins.

use url::Url;

/// Where Fast Launch begins: `https://{integration_slug}.ehr.junction.com/auth/launch` (Junction's page "Fast Launch").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchPage(Url);

impl LaunchPage {
    /// The page of the app at this address.
    #[must_use]
    pub fn of(app: &Url) -> Self {
        let mut url = app.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["auth", "launch"]);
        }
        Self(url)
    }

    /// Its address, without a query.
    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}
