//! An identity provider that signs tokens, and where its keys are.

use std::{fmt, path::PathBuf};

use url::Url;

use super::address::is_loopback;

/// Where an issuer's keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLocation {
    /// In the `jwks_uri` of the issuer's discovery document, which must name this issuer as its own.
    Discovery {
        /// The issuer, to the letter.
        issuer: String,
        /// Where its discovery document is.
        document: Url,
    },
    /// At this address.
    Address(Url),
    /// In this file.
    File(PathBuf),
}

impl fmt::Display for KeyLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovery { issuer, .. } => write!(formatter, "of issuer {issuer}"),
            Self::Address(url) => write!(formatter, "at {url}"),
            Self::File(path) => write!(formatter, "in {}", path.display()),
        }
    }
}

impl KeyLocation {
    /// The discovery document of an issuer (section 4 of the discovery standard of `OpenID` Connect).
    ///
    /// # Errors
    /// What is wrong with the issuer, for the person who wrote the setting.
    pub fn discovery(issuer: &str) -> Result<Self, &'static str> {
        let mut document = key_address(issuer)?;
        if document.query().is_some() {
            return Err("must not have a query");
        }
        if let Ok(mut segments) = document.path_segments_mut() {
            segments.pop_if_empty().extend([".well-known", "openid-configuration"]);
        }
        Ok(Self::discovery_at(issuer, document))
    }

    /// The discovery document of an issuer that is elsewhere than the standard says. An issuer that is never asked need not
    /// be an address.
    #[must_use]
    pub fn discovery_at(issuer: &str, document: Url) -> Self {
        Self::Discovery {
            issuer: issuer.to_owned(),
            document,
        }
    }
}

/// An address that keys may come from: https, or http on loopback. An attacker who can change what comes from there can
/// sign as any clinician.
///
/// # Errors
/// What is wrong with it, for the person who wrote the setting.
pub fn key_address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_the_setting_is_named| "is not a URL")?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err("must be https; http is for loopback only");
    }
    if url.username() != "" || url.password().is_some() || url.fragment().is_some() {
        return Err("must have neither userinfo nor fragment");
    }
    Ok(url)
}

/// An origin as browsers write it in `Origin`: scheme, host, and the port unless it is the default.
///
/// # Errors
/// What is wrong with it, for the person who wrote the setting.
pub fn browser_origin(text: &str) -> Result<String, &'static str> {
    let url = Url::parse(text).map_err(|_the_setting_is_named| "is not an origin")?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err("must be https; http is for loopback only");
    }
    if url.origin().ascii_serialization() == text && !text.contains('*') {
        Ok(text.to_owned())
    } else {
        Err("must be an origin as browsers write it, such as https://ehr.example")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_documents_are_below_their_issuer() {
        for issuer in [
            "https://idp.example/realms/clinic",
            "https://idp.example/realms/clinic/",
        ] {
            let Ok(KeyLocation::Discovery { document, issuer: kept }) = KeyLocation::discovery(issuer) else {
                panic!("{issuer}");
            };
            assert_eq!(
                document.as_str(),
                "https://idp.example/realms/clinic/.well-known/openid-configuration"
            );
            assert_eq!(kept, issuer, "to the letter");
        }
        for bad in [
            "http://idp.example",
            "idp.example",
            "https://u@idp.example",
            "https://idp.example/?x",
            "https://idp.example/#x",
        ] {
            assert!(KeyLocation::discovery(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_written_as_browsers_do() {
        for good in [
            "https://ehr.example",
            "https://ehr.example:8443",
            "http://localhost:3000",
        ] {
            assert_eq!(browser_origin(good).as_deref(), Ok(good));
        }
        for bad in [
            "https://ehr.example/",
            "https://EHR.example",
            "https://ehr.example:443",
            "http://ehr.example",
            "null",
            "*",
            "https://*.ehr.example",
        ] {
            assert!(browser_origin(bad).is_err(), "{bad}");
        }
    }
}
