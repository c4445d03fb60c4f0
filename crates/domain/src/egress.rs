//! How requests leave the house: directly, or through the house's own proxy.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use ipnet::IpNet;
use url::{Host, Url};

/// A forward proxy, and what is reached without it. Requests to https go through it, by `CONNECT`, so that it sees names and
/// no contents; those to http stay on this machine and never do. A clone shares the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    bypass: Arc<[Bypass]>,
}

/// What is reached without the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bypass {
    /// A host by its name, and every host below it.
    Domain(String),
    /// Every address of a network, where a URL names one. Names are not looked up for this.
    Network(IpNet),
}

impl Proxy {
    /// Reads a proxy's address.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        // A name and a port alone would be read as a scheme and a path.
        if !text.contains("://") {
            return Err("must be a URL, such as http://proxy.example:3128");
        }
        let url = Url::parse(text).map_err(|_the_setting_is_named| "is not a URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must be http or https: other kinds of proxy are not supported");
        }
        if url.username() != "" || url.password().is_some() {
            return Err(
                "must not carry a user name or password: name a file with user:password in proxy_credentials_file",
            );
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("must be only scheme, host and port");
        }
        Ok(Self {
            url,
            bypass: Arc::default(),
        })
    }

    /// The same, with what is reached without it.
    #[must_use]
    pub fn except(self, bypass: Vec<Bypass>) -> Self {
        Self {
            bypass: bypass.into(),
            ..self
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether requests to this URL go through it.
    #[must_use]
    pub fn is_for(&self, url: &Url) -> bool {
        url.scheme() == "https" && !self.bypass.iter().any(|bypass| bypass.includes(url))
    }
}

impl fmt::Display for Proxy {
    /// As in its setting, without the slash that URLs end with.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl Bypass {
    /// Reads an entry: a name, an address, or a network.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "must be a host name, an IP address or a network such as 10.0.0.0/8, without scheme and port";
        if text == "*" {
            return Err("must not be *: without proxy, everything is reached directly");
        }
        let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Ok(address) = address.unwrap_or(text).parse::<IpAddr>() {
            return Ok(Self::Network(address.to_canonical().into()));
        }
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self::Network(network.trunc()));
        }
        // Many write `*.` or a dot before a name to say what it means without them.
        let name = text.strip_prefix("*.").or(text.strip_prefix('.')).unwrap_or(text);
        if name.contains(['*', ':', '/', '@', '%', '[']) || name.chars().any(char::is_whitespace) {
            return Err(EXPECTED);
        }
        match Host::parse(name) {
            Ok(Host::Domain(name)) => match name.strip_suffix('.').unwrap_or(&name) {
                "" => Err(EXPECTED),
                name => Ok(Self::Domain(name.to_owned())),
            },
            // Such as `127.1`, which URLs take for an address too.
            Ok(Host::Ipv4(address)) => Ok(Self::Network(IpAddr::V4(address).into())),
            Ok(Host::Ipv6(_)) | Err(_) => Err(EXPECTED),
        }
    }

    fn includes(&self, url: &Url) -> bool {
        match (self, url.host()) {
            (Self::Domain(domain), Some(Host::Domain(host))) => {
                let host = host.strip_suffix('.').unwrap_or(host);
                let before = host.strip_suffix(domain.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            (Self::Network(network), Some(Host::Ipv4(address))) => network.contains(&IpAddr::V4(address)),
            (Self::Network(network), Some(Host::Ipv6(address))) => network.contains(&canonical(address)),
            (Self::Domain(_), Some(Host::Ipv4(_) | Host::Ipv6(_)))
            | (Self::Network(_), Some(Host::Domain(_)))
            | (_, None) => false,
        }
    }
}

/// An address of the older kind, if this one only wraps one.
fn canonical(address: Ipv6Addr) -> IpAddr {
    IpAddr::V6(address).to_canonical()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxy(bypass: &[&str]) -> Proxy {
        let bypass = bypass.iter().map(|text| Bypass::parse(text).unwrap()).collect();
        Proxy::parse("http://proxy.example:3128").unwrap().except(bypass)
    }

    #[test]
    fn a_proxy_is_an_address_without_credentials() {
        let rows = [
            ("http://proxy.example:3128", true, "as most are written"),
            ("http://proxy.example:3128/", true, "with a slash"),
            ("https://proxy.example", true, "over TLS"),
            ("http://10.1.2.3:8080", true, "by its address"),
            ("http://[2001:db8::1]:8080", true, "by an address of the newer kind"),
            ("proxy.example:3128", false, "no scheme"),
            ("proxy.example", false, "a name alone"),
            ("socks5://proxy.example:1080", false, "another kind of proxy"),
            ("http://user:pw@proxy.example:3128", false, "credentials"),
            ("http://user@proxy.example:3128", false, "a user name"),
            ("http://proxy.example:3128/pac", false, "a path"),
            ("http://proxy.example:3128/?a", false, "a query"),
            ("http://proxy.example:3128/#a", false, "a fragment"),
            ("http://", false, "no host"),
            ("", false, "nothing"),
        ];
        for (text, is_good, reason) in rows {
            assert_eq!(Proxy::parse(text).is_ok(), is_good, "{reason}");
        }
    }

    #[test]
    fn exceptions_are_names_with_all_below_them_addresses_and_networks() {
        let rows = [
            (&[][..], "https://api.empego.ca/", true, "no exception"),
            (&[], "http://127.0.0.1:8081/", false, "in the clear, on this machine"),
            (&["empego.ca"], "https://empego.ca/", false, "the name itself"),
            (&["empego.ca"], "https://api.empego.ca:8443/x", false, "a name below it"),
            (&[".empego.ca"], "https://api.empego.ca/", false, "with a dot before it"),
            (
                &["*.empego.ca"],
                "https://api.empego.ca/",
                false,
                "with an asterisk before it",
            ),
            (&["Empego.CA."], "https://api.empego.ca/", false, "in other letters"),
            (&["empego.ca"], "https://api.empego.ca./", false, "with the root's dot"),
            (&["empego.ca"], "https://notempego.ca/", true, "a name that ends alike"),
            (&["api.empego.ca"], "https://empego.ca/", true, "the name above"),
            (
                &["hôpital.example"],
                "https://HÔPITAL.example/",
                false,
                "in other letters than ASCII",
            ),
            (
                &["10.0.0.0/8"],
                "https://10.200.1.1/",
                false,
                "an address of the network",
            ),
            (
                &["10.0.0.1/8"],
                "https://10.200.1.1/",
                false,
                "a network by one of its addresses",
            ),
            (&["10.0.0.0/8"], "https://11.0.0.1/", true, "an address outside"),
            (&["10.1.2.3"], "https://10.1.2.3/", false, "an address"),
            (
                &["10.1.2.3"],
                "https://[::ffff:10.1.2.3]/",
                false,
                "an address in the newer form",
            ),
            (
                &["2001:db8::/32"],
                "https://[2001:db8::7]/",
                false,
                "a network of the newer kind",
            ),
            (
                &["[2001:db8::7]"],
                "https://[2001:db8::7]/",
                false,
                "an address as in URLs",
            ),
            (&["localhost"], "https://localhost:8443/", false, "this machine by name"),
            (
                &["a.example", "b.example"],
                "https://b.example/",
                false,
                "the second of two",
            ),
        ];
        for (bypass, url, goes_through, reason) in rows {
            let url = Url::parse(url).unwrap();
            assert_eq!(proxy(bypass).is_for(&url), goes_through, "{reason}");
        }
        for bad in [
            "",
            ".",
            "*",
            "*.",
            "a.*.example",
            "https://a.example",
            "a.example:443",
            "10.0.0.0/33",
            "a.example/x",
            "a b",
            " a",
        ] {
            assert!(Bypass::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_setting_is_read_without_a_panic(text in any::<String>(), host in "[a-z0-9.:-]{1,24}") {
            let _either_way = Proxy::parse(&text).is_ok();
            for text in [text, host.clone()] {
                if let (Ok(bypass), Ok(url)) = (Bypass::parse(&text), Url::parse(&format!("https://{host}/"))) {
                    let _either_way = bypass.includes(&url);
                }
            }
        }

        #[test]
        fn nothing_in_the_clear_goes_through_a_proxy(host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}") {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            prop_assert!(!proxy(&[]).is_for(&url));
        }
    }
}
