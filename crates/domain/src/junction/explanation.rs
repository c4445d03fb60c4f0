//! What a launch would come to, without carrying it out: which calls it would make, in order, and what each depends on.

use super::{About, ClientUserId, JunctionCall, JunctionId, Known, Plan, TeamRef};
use crate::refusal::Refusal;

/// A launch that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The team's id.
    pub team: Id,
    /// The member's id.
    pub member: Id,
    /// The patient's id, if it is about one.
    pub patient: Option<Id>,
    /// Every call that may be made, in order.
    pub calls: Vec<Announced>,
    /// What would be done.
    pub plan: Plan,
}

/// An id of Junction's, as far as it is known before anything was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// The caller or the configuration names it.
    Known(JunctionId),
    /// This call tells, or the one that creates what it does not find.
    From(JunctionCall),
}

/// A call that a launch would make.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Which one.
    pub call: JunctionCall,
    /// What its path names.
    pub target: Target,
    /// On what it depends.
    pub when: When,
    /// Whether it is left out while what it would tell is still remembered; so is then what depends on it.
    pub unless_remembered: bool,
    /// Why the launch is refused in the place of this call, where policy does not allow it.
    pub refusal: Option<Refusal>,
}

/// What a call's path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing but the organization.
    Organization,
    /// Something of Junction's.
    Id(Id),
    /// A patient, by the host's reference.
    Patient(ClientUserId),
}

/// On what a call depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// On nothing that is asked.
    Always,
    /// On one of these calls, the last that was made before, having found this.
    After(&'static [JunctionCall], Finding),
}

/// What a call found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// What was asked for does not exist.
    Nothing,
    /// What was to be created exists: another caller created it meanwhile.
    Existing,
    /// The member may not act for the launch's team yet.
    OtherTeam,
}

impl Finding {
    /// As in the explanation's `when.finding`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Existing => "existing",
            Self::OtherTeam => "other_team",
        }
    }
}

impl Announced {
    pub(super) fn always(call: JunctionCall) -> Self {
        Self {
            call,
            target: Target::Organization,
            when: When::Always,
            unless_remembered: false,
            refusal: None,
        }
    }

    fn after(call: JunctionCall, calls: &'static [JunctionCall], finding: Finding) -> Self {
        Self {
            when: When::After(calls, finding),
            ..Self::always(call)
        }
    }

    pub(super) fn unless_remembered(self) -> Self {
        Self {
            unless_remembered: true,
            ..self
        }
    }

    pub(super) fn of(self, target: Target) -> Self {
        Self { target, ..self }
    }

    fn if_allowed<T>(self, allowed: Result<T, Refusal>) -> Self {
        Self {
            refusal: allowed.err(),
            ..self
        }
    }
}

/// Explains a plan: every call that it may come to, as long as Junction responds to each at once. What only reads comes before
/// what changes something; calls that do not depend on each other are made at once. It does not foresee retried calls,
/// replaced tokens, or changes that others make meanwhile.
#[must_use]
pub fn explain(plan: Plan) -> Explanation {
    let (team, mut calls) = team(&plan);
    let member = Id::From(JunctionCall::ResolveMember);
    calls.push(find_member());
    let patient = check_subject(&plan.about, team, &mut calls);
    calls.extend(find_patient(&plan, team));
    calls.extend(member_changes(&plan, member));
    calls.extend(patient_changes(&plan));
    calls.push(Announced::always(JunctionCall::CreateDashboardUrl));
    Explanation {
        team,
        member,
        patient,
        calls,
        plan,
    }
}

pub(super) fn team(plan: &Plan) -> (Id, Vec<Announced>) {
    let find = Announced::always(JunctionCall::ResolveTeam);
    // What a browser was sent with is held against what Junction says, and not against what was said before.
    let confirm = plan.expected.integration_team.as_ref().map(|_| find.clone());
    match plan.team.reference {
        TeamRef::Junction(id) => (Id::Known(id), confirm.into_iter().collect()),
        TeamRef::Integration(_) => {
            let create = Announced::after(JunctionCall::CreateTeam, &[JunctionCall::ResolveTeam], Finding::Nothing);
            let calls = [
                find.unless_remembered(),
                create.if_allowed(plan.new_team()),
                Announced::after(
                    JunctionCall::ResolveTeam,
                    &[JunctionCall::CreateTeam],
                    Finding::Existing,
                ),
            ];
            let team = Id::From(JunctionCall::ResolveTeam);
            (team, calls.into_iter().chain(confirm).collect())
        }
    }
}

/// Adds what has to be true before a person is created or changed, and says whom the launch is about.
fn check_subject(about: &About, team: Id, calls: &mut Vec<Announced>) -> Option<Id> {
    let user = |id| Announced::always(JunctionCall::GetUser).of(Target::Id(id));
    match about {
        About::Team(_) => None,
        About::NewOrder(_) => Some(Id::From(JunctionCall::ResolveUser)),
        About::NewOrderOf(Known { id, .. }) => {
            calls.extend([token(team), user(Id::Known(*id))]);
            Some(Id::Known(*id))
        }
        About::Order(Known { id, patient }) => {
            let whose = Id::From(JunctionCall::GetOrder);
            let order = Announced::always(JunctionCall::GetOrder).of(Target::Id(Id::Known(*id)));
            calls.extend([token(team), order]);
            calls.extend(patient.as_ref().map(|_| user(whose)));
            Some(whose)
        }
    }
}

pub(super) fn token(team: Id) -> Announced {
    let call = Announced::always(JunctionCall::CreateApiAccessToken);
    call.unless_remembered().of(Target::Id(team))
}

pub(super) fn find_member() -> Announced {
    Announced::always(JunctionCall::ResolveMember).unless_remembered()
}

pub(super) fn member_changes(plan: &Plan, member: Id) -> Vec<Announced> {
    const FOUND: &[JunctionCall] = &[JunctionCall::ResolveMember, JunctionCall::GetMember];
    const RESOLVE: &[JunctionCall] = &[JunctionCall::ResolveMember];
    const CREATE: &[JunctionCall] = &[JunctionCall::CreateMember];
    let elsewhere = |call, found| Announced::after(call, found, Finding::OtherTeam).of(Target::Id(member));
    vec![
        Announced::after(JunctionCall::CreateMember, RESOLVE, Finding::Nothing).if_allowed(plan.new_member()),
        Announced::after(JunctionCall::GetMember, CREATE, Finding::Existing).of(Target::Id(member)),
        elsewhere(JunctionCall::GetMember, FOUND).if_allowed(plan.creation.allows_binding().map_err(Refusal::from)),
        elsewhere(JunctionCall::UpdateMember, &[JunctionCall::GetMember]),
        // The same as before, to see that it took.
        elsewhere(JunctionCall::GetMember, &[JunctionCall::GetMember]),
    ]
}

pub(super) fn find_patient(plan: &Plan, team: Id) -> Vec<Announced> {
    let About::NewOrder(patient) = &plan.about else {
        return Vec::new();
    };
    let reference = Target::Patient(patient.client_user_id.clone());
    let find = Announced::always(JunctionCall::ResolveUser).unless_remembered();
    vec![token(team), find.of(reference)]
}

pub(super) fn patient_changes(plan: &Plan) -> Vec<Announced> {
    const RESOLVE: &[JunctionCall] = &[JunctionCall::ResolveUser];
    const CREATE: &[JunctionCall] = &[JunctionCall::CreateUser];
    let About::NewOrder(patient) = &plan.about else {
        return Vec::new();
    };
    let id = Target::Id(Id::From(JunctionCall::ResolveUser));
    let allowed = plan.creation.allows_patient().map_err(Refusal::from);
    let mut calls = vec![
        Announced::after(JunctionCall::CreateUser, RESOLVE, Finding::Nothing).if_allowed(allowed),
        Announced::after(JunctionCall::GetUser, CREATE, Finding::Existing).of(id.clone()),
    ];
    if patient.demographics.is_some() {
        calls.push(Announced::always(JunctionCall::UpdateUserInfo).of(id));
    }
    calls
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        junction::{
            Creation, MemberTeams, TenantRules, parse, plan,
            tests::{host, id, rules},
        },
        native_body::Native,
        reason::Reason,
    };

    fn planned(rules: &TenantRules) -> Plan {
        let body = json!({
            "clinician": {"userId": "u", "firstName": "Zoé", "lastName": "Roy", "email": "zoe.roy@example.com"},
            "team": {"integrationTeamId": "t", "name": "T"}, "patient": {"clientUserId": "p"},
            "feature": "order_creation", "modality": "feature_embed",
        });
        let body = body.to_string();
        let request = Native {
            body: body.as_bytes(),
            ..Native::default()
        };
        plan(parse(request, None).unwrap(), rules, &host()).unwrap()
    }

    /// The calls in whose place a launch is refused, and why.
    fn refused(plan: Plan) -> Vec<(JunctionCall, Reason)> {
        let calls = explain(plan).calls.into_iter();
        calls
            .filter_map(|announced| Some((announced.call, announced.refusal?.reason)))
            .collect()
    }

    #[test]
    fn what_may_not_be_created_or_changed_is_refused_in_the_place_of_the_call() {
        let open = TenantRules {
            create_team: true,
            ..rules()
        };
        assert_eq!(refused(planned(&open)), []);
        let keeping = TenantRules {
            member_teams: MemberTeams::Keep,
            ..rules()
        };
        assert_eq!(
            refused(planned(&keeping)),
            [
                (JunctionCall::CreateTeam, Reason::TeamNotCreated),
                (JunctionCall::GetMember, Reason::MemberNotOfTeam),
            ]
        );
        let sent = Plan {
            creation: Creation::AfterClick(MemberTeams::Add),
            ..planned(&open)
        };
        assert_eq!(
            refused(sent),
            [
                (JunctionCall::CreateTeam, Reason::ContinuationCreatesNoTeam),
                (JunctionCall::CreateMember, Reason::ContinuationCreatesNoMember),
                (JunctionCall::GetMember, Reason::ContinuationBindsNobody),
                (JunctionCall::CreateUser, Reason::ContinuationCreatesNoPatient),
            ]
        );
    }

    #[test]
    fn a_call_depends_on_earlier_calls_alone() {
        let by_id = Plan {
            team: crate::junction::Team::known(TeamRef::Junction(id(1))),
            ..planned(&rules())
        };
        for plan in [planned(&rules()), by_id] {
            let calls = explain(plan).calls;
            for (at, announced) in calls.iter().enumerate() {
                if let When::After(earlier, _) = announced.when {
                    let is_earlier = |call: &JunctionCall| calls[..at].iter().any(|before| before.call == *call);
                    assert!(earlier.iter().all(is_earlier), "{:?}", announced.call);
                }
            }
        }
    }
}
