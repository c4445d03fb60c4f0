//! Where something may be that is called: https anywhere, http on this machine alone.

use std::net::IpAddr;

use url::{Host, Url};

/// Where something is called, such as `https://api.management.junction.com`: https, or http on loopback; without userinfo,
/// query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address.
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
        Ok(Self(url))
    }

    /// The URL itself.
    #[must_use]
    pub fn into_url(self) -> Url {
        self.0
    }
}

/// Whether a URL's host is this machine: an address of the loopback ranges, or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_are_read() {
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
            assert_eq!(Address::parse(text).is_ok(), *good, "{reason}");
        }
    }
}
