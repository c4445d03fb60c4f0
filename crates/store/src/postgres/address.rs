//! Where a database is, and who asks it.

use std::{fmt, net::IpAddr, time::Duration};

use sha2::{Digest as _, Sha256};
use tokio_postgres::config::{Config, Host, SslMode, TargetSessionAttrs};

/// How long a server may say nothing on an idle connection before it is asked whether it is there.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// How long what was sent may stay unacknowledged before the connection is lost.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`. Several hosts are tried in turn until one takes writes.
#[derive(Clone)]
pub struct Address {
    config: Config,
    /// Distinguishes it from others; the password is in it.
    digest: [u8; 32],
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Address {}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Address")
            .field(&self.config.get_hosts())
            .finish()
    }
}

impl Address {
    /// Reads it. Whether TLS is used is a setting of its own, and not said here.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence. Nothing of it is repeated.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !text.starts_with("postgresql://") && !text.starts_with("postgres://") {
            return Err("must be a URL such as postgresql://USER:PASSWORD@HOST:5432/DATABASE".to_owned());
        }
        if ["sslmode=", "sslnegotiation=", "channel_binding="]
            .iter()
            .any(|parameter| text.contains(parameter))
        {
            return Err("must not decide about TLS: remove sslmode and its like, and set tls".to_owned());
        }
        let mut config: Config = text.parse().map_err(|_may_repeat_the_password| {
            "is not a URL of PostgreSQL: write postgresql://USER:PASSWORD@HOST:5432/DATABASE, with %-escapes for \
             :, /, ?, # and @ in the password"
                .to_owned()
        })?;
        if config.get_user().is_none_or(str::is_empty) {
            return Err("must name the user: postgresql://USER:PASSWORD@HOST:5432/DATABASE".to_owned());
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err("must name the database: postgresql://USER:PASSWORD@HOST:5432/DATABASE".to_owned());
        }
        if config.get_hosts().is_empty() {
            return Err("must name the host: postgresql://USER:PASSWORD@HOST:5432/DATABASE".to_owned());
        }
        if config.get_options().is_some() {
            return Err("must not set options, which poolers do not pass on: use ALTER ROLE … SET".to_owned());
        }
        config
            .application_name("empego-gateway")
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .keepalives_idle(KEEPALIVE)
            .tcp_user_timeout(UNACKNOWLEDGED);
        Ok(Self {
            config,
            digest: Sha256::digest(text).into(),
        })
    }

    /// Whether what is sent there could be seen outside this machine.
    #[must_use]
    pub fn is_beyond_this_machine(&self) -> bool {
        let by_name = self.config.get_hosts().iter().any(|host| match host {
            Host::Tcp(name) => !is_here(name),
            Host::Unix(_) => false,
        });
        by_name || self.config.get_hostaddrs().iter().any(|address| !address.is_loopback())
    }

    /// Whether it is reached by a socket of this machine, on which there is no TLS.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        let mut hosts = self.config.get_hosts().iter();
        hosts.any(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(_) => false,
        })
    }

    /// What connects there, with TLS or without.
    pub(super) fn config(&self, tls: bool) -> Config {
        let mut config = self.config.clone();
        config.ssl_mode(if tls { SslMode::Require } else { SslMode::Disable });
        config
    }
}

fn is_here(name: &str) -> bool {
    name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_user_database_or_host_or_with_tls_is_refused() {
        let rows = [
            ("host=db user=gateway", "must be a URL"),
            ("mysql://gateway@db/gateway", "must be a URL"),
            ("postgresql://db/gateway", "must name the user"),
            ("postgresql://gateway@db", "must name the database"),
            ("postgresql://gateway@/gateway", "must name the host"),
            (
                "postgresql://gateway@db/gateway?sslmode=disable",
                "must not decide about TLS",
            ),
            (
                "postgresql://gateway@db/gateway?options=-cfsync%3Doff",
                "must not set options",
            ),
            (
                "postgresql://gateway:canary@db:port/gateway",
                "is not a URL of PostgreSQL",
            ),
        ];
        for (text, why) in rows {
            let message = Address::parse(text).unwrap_err();
            assert!(message.starts_with(why), "{text}: {message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn only_loopback_and_sockets_stay_on_this_machine() {
        let rows = [
            ("postgresql://gateway:p@127.0.0.1:5432/gateway", false),
            ("postgresql://gateway:p@[::1]/gateway", false),
            ("postgresql://gateway:p@localhost/gateway", false),
            ("postgres://gateway:p@%2Frun%2Fpostgresql/gateway", false),
            ("postgresql://gateway:p@localhost.example/gateway", true),
            ("postgresql://gateway:p@localhost,db.example/gateway", true),
            ("postgresql://gateway:p@localhost/gateway?hostaddr=10.0.0.1", true),
            ("postgresql://gateway:p@10.0.0.1/gateway", true),
        ];
        for (text, beyond) in rows {
            assert_eq!(Address::parse(text).unwrap().is_beyond_this_machine(), beyond, "{text}");
        }
    }

    #[test]
    fn no_password_is_shown_and_another_one_is_another_address() {
        let address = |password: &str| Address::parse(&format!("postgresql://gateway:{password}@db/gateway")).unwrap();
        assert!(!format!("{:?}", address("canary")).contains("canary"));
        assert_eq!(address("one"), address("one"));
        assert_ne!(address("one"), address("two"));
    }
}
