//! What a launch of Junction's embedded app is, and when it may happen. The facts are Junction's: its Management API, and
//! its pages on Junction Connect (until July 2026 "App Embed").

mod continuation;
mod fast_launch;
mod feature;
mod id;
mod launch;
mod patient;
mod query;
mod rules;
mod team;
mod words;

pub use continuation::{Continuation, parse as parse_continuation};
pub use fast_launch::{FastLaunch, LaunchPage, Query, fast_launch};
pub use feature::{Feature, FeatureGrants, FeatureKind};
pub use id::JunctionId;
pub use launch::{About, Expected, JunctionLaunch, JunctionPlan, Known, Native, parse, plan};
pub use patient::{ClientUserId, Demographics, Patient};
pub use rules::{JunctionRules, UnboundGrants};
pub use team::{IntegrationTeamId, Team, TeamName, TeamRef};
pub use words::{Environment, JunctionCall, Modality, Region};
