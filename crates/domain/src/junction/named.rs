//! Whom launches of Junction's app are about, as their records name them.

use std::borrow::Cow;

use super::{
    Feature, Launch, Plan, Team, TeamRef, Vouched,
    fast_launch::FastLaunchRequest,
    launch::{About, Known, Proven},
};
use crate::{
    audit::{Named, Subject},
    claims::PatientBinding,
};

/// One of Junction's ids.
type Id = Cow<'static, str>;

impl Launch {
    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let (of_feature, order) = of_feature(self.feature);
        let (proven_team, bound) = match &self.proven {
            Proven::Nothing => (None, None),
            Proven::Bound { team, patient } => (team.as_ref(), bound(patient)),
        };
        let stated = self
            .patient
            .as_ref()
            .map(|patient| patient.client_user_id.as_ref().into());
        let team = self.team.as_ref().or(proven_team).map(name_of_team);
        Named {
            clinician: self
                .clinician
                .as_ref()
                .map(|clinician| clinician.user_id().as_ref().into()),
            patient: stated.or(of_feature).or(bound),
            subjects: order.into_iter().chain(team).collect(),
        }
    }
}

impl Plan {
    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let (patient, order) = match &self.about {
            About::Team(_) => (None, None),
            About::NewOrder(patient) => (Some(patient.client_user_id.as_ref().into()), None),
            About::NewOrderOf(Known { id, .. }) => (Some(id.to_string().into()), None),
            About::Order(Known { id, patient }) => (
                patient.as_ref().map(|patient| patient.as_ref().into()),
                Some((Subject::Order, id.to_string().into())),
            ),
        };
        Named {
            clinician: Some(self.clinician.user_id().as_ref().into()),
            patient,
            subjects: order.into_iter().chain([name_of_team(&self.team)]).collect(),
        }
    }
}

impl FastLaunchRequest {
    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let (patient, order) = self.stated.feature.map_or((None, None), of_feature);
        let vouched = self.vouched.as_ref();
        let proven = vouched.and_then(Vouched::clinician).map(Cow::from);
        let stated = self.stated.integration_member_id.as_ref().map(|id| id.as_ref().into());
        let by_id = self.stated.member_id.map(|id| id.to_string().into());
        let team = self.stated.integration_team_id.as_ref().map(|id| id.as_ref().into());
        let team = team.or_else(|| self.stated.team_id.map(|id| Cow::from(id.to_string())));
        let bound = vouched.and_then(|vouched| bound(&vouched.person.patient));
        Named {
            clinician: proven.or(stated).or(by_id),
            patient: patient.or(bound),
            subjects: order
                .into_iter()
                .chain(team.map(|team| (Subject::Team, team)))
                .collect(),
        }
    }
}

impl Vouched {
    /// Who is vouched for, if all that is said of them can be used.
    #[must_use]
    pub fn clinician(&self) -> Option<&str> {
        self.person
            .clinician
            .as_ref()
            .map(|clinician| clinician.user_id().as_ref())
    }
}

/// The patient and the order of a feature. Both are Junction's ids.
fn of_feature(feature: Feature) -> (Option<Id>, Option<(Subject, Id)>) {
    match feature {
        Feature::OrderCreationFor(patient) => (Some(patient.to_string().into()), None),
        Feature::Order(order) => (None, Some((Subject::Order, order.to_string().into()))),
        Feature::OrderCreation | Feature::TeamPanels | Feature::TeamConfig => (None, None),
    }
}

fn bound(patient: &PatientBinding) -> Option<Cow<'_, str>> {
    match patient {
        PatientBinding::Unbound | PatientBinding::Missing => None,
        PatientBinding::Bound(patient) => Some(patient.into()),
    }
}

pub(super) fn name_of_team(team: &Team) -> (Subject, Cow<'_, str>) {
    let name = match &team.reference {
        TeamRef::Integration(id) => id.as_ref().into(),
        TeamRef::Junction(id) => id.to_string().into(),
    };
    (Subject::Team, name)
}
