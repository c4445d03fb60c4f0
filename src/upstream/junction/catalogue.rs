//! What is the same for all patients of a team, and changes seldom: tests, where they are offered, why visits are cancelled.

use std::{sync::Arc, time::Duration};

use domain::junction::{
    JunctionId,
    orders::seen::{CancellationReason, Coverage, LabTest},
};
use moka::sync::Cache;

/// How long it is remembered.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The most teams whose tests and reasons are remembered.
const TEAMS: u64 = 1_000;

/// The most ZIP codes whose coverage is remembered: there are 42,000 in all.
const AREAS: u64 = 10_000;

/// What is remembered of one organization; shared by all workers. Nothing of a patient is in it.
#[derive(Debug)]
pub struct Catalogue {
    /// The tests of a team.
    pub tests: Cache<JunctionId, Arc<Vec<LabTest>>>,
    /// The reasons that a team's visits are cancelled for.
    pub reasons: Cache<JunctionId, Arc<Vec<CancellationReason>>>,
    /// Who comes to a ZIP code for a team, with the laboratory that was asked for.
    pub coverage: Cache<Area, Arc<Coverage>>,
}

/// A team's question about a ZIP code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Area {
    /// The team.
    pub team: JunctionId,
    /// Five digits.
    pub zip: String,
    /// The laboratory, if one was named.
    pub lab: Option<String>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            tests: Cache::builder().max_capacity(TEAMS).time_to_live(REMEMBERED).build(),
            reasons: Cache::builder().max_capacity(TEAMS).time_to_live(REMEMBERED).build(),
            coverage: Cache::builder().max_capacity(AREAS).time_to_live(REMEMBERED).build(),
        }
    }
}
