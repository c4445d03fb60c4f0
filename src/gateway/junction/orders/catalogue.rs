//! What is asked before there is an order: tests, coverage, reasons. Remembered for an hour.

use std::sync::Arc;

use domain::{
    junction::{
        JunctionId,
        orders::{
            parse::CoverageQuery,
            seen::{CancellationReason, CollectionMethod, Coverage, LabTest, Tier},
        },
    },
    reason::Reason,
    refusal::Refusal,
};

use super::{
    super::calls::{Stopped, contradicted},
    ordering::{InTeam, Ordering},
};
use crate::{
    gateway::{Gateway, OrderRequest},
    upstream::junction::{Area, Call},
};

/// The most pages of tests that are read: 50 tests each.
const MAX_PAGES: usize = 40;

impl Gateway {
    /// Who comes to a ZIP code.
    ///
    /// # Errors
    /// Why that cannot be told, as reported to the caller.
    pub async fn coverage(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        asked: CoverageQuery,
    ) -> Result<Arc<Coverage>, Refusal> {
        self.about_team(request, async move |ordering, InTeam { team, .. }| {
            ordering.coverage(team, asked.zip.area(), asked.lab.as_deref()).await
        })
        .await
    }

    /// The tests that can be ordered for a visit at home.
    ///
    /// # Errors
    /// Why that cannot be told, as reported to the caller.
    pub async fn tests(self: &Arc<Self>, request: OrderRequest<'_>) -> Result<Arc<Vec<LabTest>>, Refusal> {
        self.about_team(request, async move |ordering, InTeam { team, .. }| {
            ordering.tests(team).await
        })
        .await
    }

    /// The reasons that a visit can be cancelled for.
    ///
    /// # Errors
    /// Why that cannot be told, as reported to the caller.
    pub async fn cancellation_reasons(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
    ) -> Result<Arc<Vec<CancellationReason>>, Refusal> {
        self.about_team(request, async move |ordering, InTeam { team, .. }| {
            ordering.reasons(team).await
        })
        .await
    }
}

impl Ordering<'_> {
    /// Who comes to a ZIP code, which must have five digits.
    pub(super) async fn coverage(
        &self,
        team: JunctionId,
        zip: &str,
        lab: Option<&str>,
    ) -> Result<Arc<Coverage>, Stopped> {
        let known = &self.calls.memory.catalogue.coverage;
        let area = Area {
            team,
            zip: zip.to_owned(),
            lab: lab.map(str::to_owned),
        };
        if let Some(coverage) = known.get(&area) {
            return Ok(coverage);
        }
        let coverage = self.calls.ask_team(team, &Call::area_info(zip, lab)).await?;
        let coverage = Arc::new(coverage);
        known.insert(area, Arc::clone(&coverage));
        Ok(coverage)
    }

    /// Refuses a ZIP code where there are no visits, or none that come about so.
    pub(super) async fn check_area(&self, team: JunctionId, zip: &str, tier: Option<Tier>) -> Result<(), Stopped> {
        let coverage = self.coverage(team, zip, None).await?;
        if !coverage.is_served {
            return Err(Reason::ZipNotServed.into());
        }
        if tier.is_some_and(|tier| !coverage.has(tier)) {
            return Err(Reason::TierNotOffered.into());
        }
        Ok(())
    }

    /// The tests that can be ordered for a visit at home.
    pub(super) async fn tests(&self, team: JunctionId) -> Result<Arc<Vec<LabTest>>, Stopped> {
        let known = &self.calls.memory.catalogue.tests;
        if let Some(tests) = known.get(&team) {
            return Ok(tests);
        }
        let mut tests = Vec::new();
        let mut cursor = None;
        for _page in 0..MAX_PAGES {
            let page = self.calls.ask_team(team, &Call::lab_tests(cursor.as_deref())).await?;
            tests.extend(page.items.into_iter().filter(is_offered));
            cursor = page.cursor;
            if cursor.is_none() {
                let tests = Arc::new(self.with_questions(team, tests).await?);
                known.insert(team, Arc::clone(&tests));
                return Ok(tests);
            }
        }
        // A cursor that never ends.
        Err(contradicted(200))
    }

    /// The reasons that a visit can be cancelled for.
    pub(super) async fn reasons(&self, team: JunctionId) -> Result<Arc<Vec<CancellationReason>>, Stopped> {
        let known = &self.calls.memory.catalogue.reasons;
        if let Some(reasons) = known.get(&team) {
            return Ok(reasons);
        }
        let reasons = Arc::new(self.calls.ask_team(team, &Call::cancellation_reasons()).await?);
        known.insert(team, Arc::clone(&reasons));
        Ok(reasons)
    }

    /// The tests with what must be said to order them, which the list of tests leaves out.
    async fn with_questions(&self, team: JunctionId, tests: Vec<LabTest>) -> Result<Vec<LabTest>, Stopped> {
        let mut complete = Vec::with_capacity(tests.len());
        for test in tests {
            let mut markers = Vec::new();
            let mut page = 1;
            loop {
                let found = self
                    .calls
                    .ask_team(team, &Call::lab_test_markers(test.id, page))
                    .await?;
                markers.extend(found.items);
                if found.is_last {
                    break;
                }
                page += 1;
            }
            complete.push(LabTest { markers, ..test });
        }
        Ok(complete)
    }
}

fn is_offered(test: &LabTest) -> bool {
    test.is_active && test.method == CollectionMethod::AtHomePhlebotomy
}
