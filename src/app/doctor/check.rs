//! What is looked at, and what was found. Pure.

use std::fmt;

use serde::{Serialize, Serializer};

/// How one check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is wrong.
    Ok,
    /// Launches work, and something is unwise or will end soon.
    Warning,
    /// A launch would fail, or must not be served so.
    Failed,
    /// Not looked at: what it needs has failed.
    Skipped,
}

impl State {
    /// As in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The one table of checks, in the order of reports: variant, id, group, and what is looked at.
macro_rules! checks {
    ($($variant:ident $id:literal $group:literal $what:literal;)+) => {
        /// What is looked at. In reports, in this order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CheckId {
            $(#[doc = $what] $variant,)+
        }

        impl CheckId {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// The heading that it stands under.
            #[must_use]
            pub const fn group(self) -> &'static str {
                match self {
                    $(Self::$variant => $group,)+
                }
            }

            /// What is looked at, as a sentence.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self {
                    $(Self::$variant => $what,)+
                }
            }
        }
    };
}

checks! {
    Configuration "configuration" "configuration" "The configuration is read as `serve` reads it, with every file and variable that it names";
    Settings "settings" "configuration" "What `check` warns of: settings that are legal and unwise";
    FileModes "file_modes" "this machine" "The configuration, its secrets and certificates: no other user may write them, and not every user may read the secrets";
    FolderModes "folder_modes" "this machine" "The folders of these files, and of the store: not every user may put another file in their place";
    OpenFiles "open_files" "this machine" "The limit of open files, as it is where the command runs: enough for launches, connections and the operator's pages";
    Certificate "certificate" "this machine" "The certificate of `[tls]`, and those that the gateway shows to audit record repositories: a warning from 14 days before they expire";
    Listener "listener" "this machine" "Both addresses to listen on: free, or a gateway that runs already";
    Dns "dns" "peers" "The host name of each peer resolves: the vendors' APIs, issuers, session pages, event endpoints, audit record repositories, embed hosts";
    EgressProxy "egress_proxy" "peers" "The proxy in `[egress]` can be reached, and leads to the peers";
    Connection "connection" "peers" "Each peer responds over HTTP within 5 seconds, whatever it responds";
    Tls "tls" "peers" "The certificate of each peer: its authority, its name, its dates; a warning from 14 days before it expires";
    Clock "clock" "peers" "The clock of this machine, by the `Date` of each peer: a warning from 5 seconds apart, a failure from 60";
    IssuerDiscovery "issuer_discovery" "issuers" "The discovery document of each issuer, which must name that issuer";
    IssuerKeys "issuer_keys" "issuers" "The keys of each issuer, of which one must be usable";
    EmpegoKey "empego_key" "Empego" "The API key: Empego must refuse a malformed user header (400), and the same request without a key (401)";
    JunctionKey "junction_key" "Junction" "The management key and the organization: the integration's configuration can be read";
    JunctionSlug "junction_slug" "Junction" "`integration_slug` is the one in Junction's configuration";
    JunctionModalities "junction_modalities" "Junction" "Each of `modalities` is enabled at Junction";
    JunctionOrigins "junction_origins" "Junction" "Each origin of the tenant's hosts is registered at Junction";
    JunctionContinuation "junction_continuation" "Junction" "Sessions of hosts with `[host.session]` are continued at this gateway, for each of their origins";
    Embedding "embedding" "embedding" "The embed hosts' `frame-ancestors` and `X-Frame-Options`, at their root and without a session: each origin of a host may show them";
    TrailFolder "trail_folder" "audit trail" "The folder of the audit trail: its mode, its format, and that it can be created";
    TrailSpace "trail_space" "audit trail" "As much space is free as `audit.min_free_mb` requires";
    TrailWrite "trail_write" "audit trail" "A file that is removed again can be written and synced there; a warning if one sync takes more than half of `audit.timeout_ms`";
    StoreFile "store_file" "store" "The file of `[store]`: this program's, not newer than the program, readable and writable";
    Database "database" "store" "PostgreSQL: reachable, trusted, migrated, with the rights and the durability that `serve` needs";
    Running "running" "gateways" "The gateway that runs on these addresses already: whether it is ready, and has this configuration";
    Replica "replica" "gateways" "Each gateway that `--replica` names: whether it is ready, and has this configuration";
}

impl CheckId {
    /// Whether it can only be looked at once the way to the peers is set up.
    pub(super) fn needs_peers(self) -> bool {
        matches!(self.group(), "issuers" | "Empego" | "Junction" | "embedding")
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for CheckId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What was found of one thing. No secret and no person is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub id: CheckId,
    /// Of which tenant, host, peer or file; empty if there is only one.
    pub about: String,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do, if there is anything to do.
    pub remedy: Option<String>,
    /// The check that has to succeed first, if it was skipped.
    pub skipped_by: Option<CheckId>,
}

impl Check {
    /// Nothing is wrong.
    pub(super) fn ok(id: CheckId, about: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            id,
            about: about.into(),
            state: State::Ok,
            found: found.into(),
            remedy: None,
            skipped_by: None,
        }
    }

    /// Something is unwise.
    pub(super) fn warning(
        id: CheckId,
        about: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(id, about, found)
        }
    }

    /// Something is wrong.
    pub(super) fn failed(
        id: CheckId,
        about: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Failed,
            ..Self::warning(id, about, found, remedy)
        }
    }

    /// Nothing was looked at, because of this.
    pub(super) fn skipped(id: CheckId, about: impl Into<String>, by: CheckId) -> Self {
        Self {
            state: State::Skipped,
            skipped_by: Some(by),
            ..Self::ok(id, about, format!("not looked at: {by} comes first"))
        }
    }

    /// A problem in a message of the gateway's own, which ends with what to do.
    pub(super) fn of_message(id: CheckId, about: impl Into<String>, state: State, message: &str) -> Self {
        let (found, remedy) = message.rsplit_once(": ").unwrap_or((message, ""));
        Self {
            state,
            ..Self::warning(id, about, found, remedy)
        }
    }
}

/// Everything that was found, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each check, once for each thing that it is about.
    pub checks: Vec<Check>,
}

impl Report {
    /// The report of these.
    pub(super) fn of(mut checks: Vec<Check>) -> Self {
        checks.sort_by_key(|check| check.id);
        Self { checks }
    }

    /// How many ended so.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }
}
