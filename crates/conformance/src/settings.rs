//! What a run is begun with, and how far it is.

use std::fmt;

use domain::empego::EndpointGrants;
use secrecy::SecretString;

use super::{
    names::JunctionNames,
    report::{Policy, Report, Suite},
    target::Target,
};

/// The settings of a run.
pub struct Settings {
    /// Where to.
    pub target: Target,
    /// Which cases.
    pub suite: Suite,
    /// What the target's tenant permits; an Empego environment has none.
    pub policy: Policy,
    /// The intents that the target's host may state, as on the wire; nothing if they are those that the policy presumes.
    pub intents: Option<Vec<String>>,
    /// The endpoints that the target's tenant is granted.
    pub granted: EndpointGrants,
    /// A host's key, or Empego's API key.
    pub key: SecretString,
    /// The patient that launches are about.
    pub patient: String,
    /// What launches of Junction's app name.
    pub junction: JunctionNames,
    /// Another team of the target's tenant, by the host's reference, which must not see the run's order.
    pub other_team: String,
    /// Whether requests may be sent that open sessions, and create users, members, teams, patients and orders.
    pub allow_writes: bool,
    /// An earlier run to compare with.
    pub compare: Option<Report>,
}

/// Why nothing could be sent. Its text holds no secret.
#[derive(Debug)]
pub struct CannotRun(String);

impl CannotRun {
    pub(super) fn because(what: &str, error: &dyn fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for CannotRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CannotRun {}

/// Where a run is: the next case, how many are done, and how many there are.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The next case's id.
    pub id: &'a str,
    /// How many cases are done.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

/// The time, as reports have it.
pub(super) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
