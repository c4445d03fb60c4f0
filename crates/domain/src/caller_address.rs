//! Where a caller is, when proxies stand in between: what is believed of what they say.
//!
//! An address is believed of trusted proxies alone, in the one way that is configured. A gateway that took whichever header
//! happens to be there would let every client choose its own address.

use std::net::IpAddr;

use ipnet::IpNet;

/// How the caller's address is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CallerAddress {
    /// It is the connection's.
    #[default]
    Connection,
    /// These proxies say it before anything else on a connection, in version 2 of the PROXY protocol.
    ProxyProtocol(TrustedProxies),
    /// These proxies say it in `X-Forwarded-For` of each request.
    ForwardedFor(TrustedProxies),
}

/// The proxies that are believed: at least one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// How many entries of `X-Forwarded-For` are looked at: more proxies than any house has.
const MOST: usize = 32;

impl TrustedProxies {
    /// These networks; none if there is none.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Option<Self> {
        (!networks.is_empty()).then_some(Self(networks))
    }

    /// Reads one network: an address, or a network whose host bits are zero.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the setting.
    pub fn parse(text: &str) -> Result<IpNet, String> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(address.to_canonical().into());
        }
        let network = text.parse::<IpNet>();
        let network = network
            .map_err(|_the_setting_is_named| "must be an IP address, or a network such as 10.0.0.0/8".to_owned())?;
        if network.prefix_len() == 0 {
            return Err("must not be a network of all addresses: every client could choose its own".to_owned());
        }
        if network != network.trunc() {
            return Err(format!("must be {}, if the whole network is meant", network.trunc()));
        }
        Ok(network)
    }

    /// Whether this address is one of theirs.
    #[must_use]
    pub fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The caller of a request on a connection of this address, with these values of `X-Forwarded-For`: the last one in them
    /// that is no trusted proxy. What cannot be read ends the search where it is, since nothing before it is known to be true.
    #[must_use]
    pub fn caller(&self, connection: IpAddr, values: &[&[u8]]) -> IpAddr {
        let mut caller = connection.to_canonical();
        let entries = values.iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
        for entry in entries.take(MOST) {
            if !self.include(caller) {
                break;
            }
            let Some(address) = read(entry) else {
                break;
            };
            caller = address;
        }
        caller
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn read(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim_matches([' ', '\t']);
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| {
        text.parse::<std::net::SocketAddr>()
            .ok()
            .map(|with_port| with_port.ip())
    });
    let bracketed = || {
        text.strip_prefix('[')?
            .strip_suffix(']')?
            .parse::<std::net::Ipv6Addr>()
            .ok()
    };
    let address = address.or_else(|| bracketed().map(IpAddr::V6))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn proxies() -> TrustedProxies {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.7"].map(|text| TrustedProxies::parse(text).unwrap());
        TrustedProxies::new(networks.to_vec()).unwrap()
    }

    fn caller(connection: &str, values: &[&str]) -> String {
        let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
        proxies().caller(connection.parse().unwrap(), &values).to_string()
    }

    /// The connection's address, the headers, the caller, and why.
    const ROWS: &[(&str, &[&str], &str, &str)] = &[
        ("10.0.0.1", &["203.0.113.9"], "203.0.113.9", "what a trusted proxy saw"),
        ("10.0.0.1", &[], "10.0.0.1", "a trusted proxy that says nothing"),
        (
            "198.51.100.4",
            &["203.0.113.9"],
            "198.51.100.4",
            "a stranger's own word",
        ),
        (
            "198.51.100.4",
            &["10.0.0.2"],
            "198.51.100.4",
            "a stranger who claims to be a proxy",
        ),
        (
            "10.0.0.1",
            &["1.2.3.4, 203.0.113.9"],
            "203.0.113.9",
            "what the caller wrote before its proxy's word",
        ),
        (
            "10.0.0.1",
            &["203.0.113.9, 10.0.0.3"],
            "203.0.113.9",
            "a chain of two trusted proxies",
        ),
        (
            "10.0.0.1",
            &["1.2.3.4, 203.0.113.9, 10.0.0.3"],
            "203.0.113.9",
            "a forged first entry",
        ),
        (
            "10.0.0.1",
            &["10.9.9.9, 203.0.113.9"],
            "203.0.113.9",
            "a forged trusted address",
        ),
        (
            "10.0.0.1",
            &["1.2.3.4", "203.0.113.9"],
            "203.0.113.9",
            "two headers are one list",
        ),
        (
            "10.0.0.1",
            &["203.0.113.9", "10.0.0.3"],
            "203.0.113.9",
            "the same with a trusted second",
        ),
        ("10.0.0.1", &["unknown"], "10.0.0.1", "a name in an address's place"),
        (
            "10.0.0.1",
            &["1.2.3.4, unknown, 10.0.0.3"],
            "10.0.0.3",
            "nothing before what cannot be read",
        ),
        ("10.0.0.1", &["1.2.3.4,"], "10.0.0.1", "an empty entry"),
        ("10.0.0.1", &[""], "10.0.0.1", "an empty header"),
        ("10.0.0.1", &["203.0.113.9:4711"], "203.0.113.9", "with a port"),
        (
            "10.0.0.1",
            &["[2001:db8:9::1]:4711"],
            "2001:db8:9::1",
            "the newer kind with a port",
        ),
        (
            "10.0.0.1",
            &["[2001:db8:9::1]"],
            "2001:db8:9::1",
            "the newer kind in brackets",
        ),
        ("10.0.0.1", &["2001:db8:9::1"], "2001:db8:9::1", "the newer kind, bare"),
        (
            "10.0.0.1",
            &["::ffff:203.0.113.9"],
            "203.0.113.9",
            "the older kind, wrapped",
        ),
        ("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9", "a wrapped proxy"),
        (
            "2001:db8:1::5",
            &["203.0.113.9"],
            "203.0.113.9",
            "a proxy of the newer kind",
        ),
        (
            "2001:db8:2::5",
            &["203.0.113.9"],
            "2001:db8:2::5",
            "a stranger of the newer kind",
        ),
        (
            "192.0.2.7",
            &["203.0.113.9"],
            "203.0.113.9",
            "a proxy that is listed alone",
        ),
        ("192.0.2.8", &["203.0.113.9"], "192.0.2.8", "its neighbour"),
        (
            "10.0.0.1",
            &["for=203.0.113.9"],
            "10.0.0.1",
            "the syntax of another header",
        ),
        ("10.0.0.1", &["\"203.0.113.9\""], "10.0.0.1", "quoted"),
        ("10.0.0.1", &["203.0.113.9 10.0.0.3"], "10.0.0.1", "without a comma"),
        ("10.0.0.1", &["0xcb.0.113.9"], "10.0.0.1", "in another base"),
        (
            "10.0.0.1",
            &["203.0.113.9\u{a0}"],
            "10.0.0.1",
            "with another kind of space",
        ),
        ("10.0.0.1", &[" \t203.0.113.9\t "], "203.0.113.9", "with white space"),
        (
            "10.0.0.1",
            &["10.0.0.4, 10.0.0.5"],
            "10.0.0.4",
            "proxies alone: the first of them called",
        ),
    ];

    #[test]
    fn only_what_trusted_proxies_say_of_a_caller_is_believed() {
        for (connection, values, expected, reason) in ROWS {
            assert_eq!(caller(connection, values), *expected, "{reason}");
        }
    }

    #[test]
    fn a_list_without_an_end_is_looked_at_from_its_end_only() {
        let long = format!("203.0.113.9{}", ", 10.0.0.2".repeat(MOST));
        assert_eq!(caller("10.0.0.1", &[&long]), "10.0.0.2");
    }

    #[test]
    fn networks_are_read_as_they_were_meant_or_refused() {
        let rows = [
            ("10.0.0.0/8", true, "a network"),
            ("10.0.0.1", true, "an address"),
            ("::1", true, "of the newer kind"),
            ("0.0.0.0/0", false, "everyone"),
            ("::/0", false, "everyone of the newer kind"),
            ("10.0.0.1/8", false, "an address or a network?"),
            ("proxy.example", false, "a name, which others can point elsewhere"),
            ("10.0.0.0/33", false, "no network"),
            ("", false, "nothing"),
        ];
        for (text, fits, reason) in rows {
            assert_eq!(TrustedProxies::parse(text).is_ok(), fits, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn no_value_of_a_stranger_moves_it(value in prop::collection::vec(any::<u8>(), 0..200), last in 1u8..255) {
            let connection = IpAddr::from([198, 51, 100, last]);
            prop_assert_eq!(proxies().caller(connection, &[value.as_slice()]), connection);
        }

        #[test]
        fn what_a_caller_writes_never_replaces_what_its_proxy_saw(forged in "[0-9a-f.:,\\[\\] ]{0,80}", last in 1u8..255) {
            let seen = IpAddr::from([203, 0, 113, last]);
            let value = format!("{forged}, {seen}");
            prop_assert_eq!(proxies().caller(IpAddr::from([10, 0, 0, 1]), &[value.as_bytes()]), seen);
        }
    }
}
