//! Session continuation: Junction sends a browser here with what it wants, and nothing to prove it. What it wants is held
//! against the session that the browser has at the host (Junction's page "Session continuation").

use super::{
    Environment, Feature, HostRules, IntegrationTeamId, JunctionId, Modality, Plan, TeamRef, TenantRules, Vouched,
    launch::{Creation, Expected, Launch, Proven, agrees, plan},
    query::{LaunchQuery, UnknownNames},
};
use crate::{
    clinician::UserId,
    fault::{Fault, FieldErrors},
    reason::Reason,
    refusal::Refusal,
};

/// What a browser was sent with. Nothing of it is true yet.
#[derive(Debug, Clone)]
pub struct Continuation {
    claimed: Claimed,
    feature: Feature,
    modality: Modality,
    environment: Environment,
}

/// Whether the person in front of the browser wishes for what they are sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Unknown: any page can send a browser.
    Unproven,
    /// They clicked on a page of the gateway's own.
    Clicked,
}

/// For whom, and in which team: each by the host's reference, by Junction's id, or by both.
#[derive(Debug, Clone)]
struct Claimed {
    integration_member: Option<UserId>,
    member: Option<JunctionId>,
    integration_team: Option<IntegrationTeamId>,
    team: Option<JunctionId>,
}

/// Reads what a browser was sent with. Junction does not publish a list of the parameters, so that unknown ones are passed
/// over; those that are known are all needed, whatever the published example makes of their absence.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn parse(query: &str) -> Result<Continuation, Refusal> {
    let mut errors = FieldErrors::default();
    let stated = LaunchQuery::read(query, UnknownNames::Ignored, &mut errors);
    for names in [
        ["integration_member_id", "member_id"].as_slice(),
        ["integration_team_id", "team_id"].as_slice(),
        ["modality"].as_slice(),
        ["feature"].as_slice(),
        ["environment"].as_slice(),
    ] {
        if let Some(first) = names.first()
            && !names.iter().any(|name| stated.saw(name))
        {
            errors.add(format!("/query/{first}"), Fault::Required);
        }
    }
    let (Some(feature), Some(modality), Some(environment), true) =
        (stated.feature, stated.modality, stated.environment, errors.is_empty())
    else {
        return Err(Refusal::new(Reason::FieldsAtFault).naming(errors));
    };
    Ok(Continuation {
        claimed: Claimed {
            integration_member: stated.integration_member_id,
            member: stated.member_id,
            integration_team: stated.integration_team_id,
            team: stated.team_id,
        },
        feature,
        modality,
        environment,
    })
}

impl Continuation {
    /// Holds it against a session: the same clinician, the same team, and nothing that was not granted. What can only be
    /// told by asking Junction is in the plan.
    ///
    /// # Errors
    /// The refusal.
    pub fn plan(&self, session: &Vouched, rules: &TenantRules, host: &HostRules, wish: Wish) -> Result<Plan, Refusal> {
        if !session.person.errors.is_empty() {
            return Err(Refusal {
                errors: session.person.errors.clone(),
                ..Reason::SessionNotUsable.into()
            });
        }
        let clinician = session.person.clinician.as_ref().ok_or(Reason::SessionNamesNobody)?;
        let Claimed {
            integration_member,
            member,
            integration_team,
            team,
        } = &self.claimed;
        if integration_member
            .as_ref()
            .is_some_and(|claimed| claimed != clinician.user_id())
        {
            return Err(Reason::SessionOfOtherClinician.into());
        }
        if self.environment != rules.environment {
            return Err(Reason::OtherEnvironment.into());
        }
        let launch = Launch {
            clinician: Some(clinician.clone()),
            clinician_place: "/token",
            team: None,
            proven: Proven::by(session),
            patient: None,
            feature: self.feature,
            modality: self.modality,
        };
        let mut planned = plan(launch, rules, host)?;
        let own = &planned.team.reference;
        let mut expected = Expected {
            member: *member,
            ..Expected::default()
        };
        if let Some(claimed) = integration_team {
            match agrees(own, &TeamRef::Integration(claimed.clone())) {
                Some(true) => {}
                Some(false) => return Err(Reason::SessionOfOtherTeam.into()),
                None => expected.integration_team = Some(claimed.clone()),
            }
        }
        if let Some(claimed) = team {
            match agrees(own, &TeamRef::Junction(*claimed)) {
                Some(true) => {}
                Some(false) => return Err(Reason::SessionOfOtherTeam.into()),
                None => expected.team = Some(*claimed),
            }
        }
        planned.expected = expected;
        planned.creation = match wish {
            Wish::Unproven => Creation::AfterClick(rules.member_teams),
            Wish::Clicked => Creation::Allowed(rules.member_teams),
        };
        Ok(planned)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::junction::{
        MemberTeams,
        tests::{host, id, mistakes, rules, token, token_for},
    };

    const REST: &str = "&modality=feature_embed&feature=order_creation&environment=sandbox";

    /// A query, the errors in it, and what it is an example of.
    type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

    #[test]
    fn nothing_is_defaulted_and_nothing_is_read_twice() {
        let rows: &[Row] = &[
            (
                "",
                &[
                    ("/query/integration_member_id", "required"),
                    ("/query/integration_team_id", "required"),
                    ("/query/modality", "required"),
                    ("/query/feature", "required"),
                    ("/query/environment", "required"),
                ],
                "nothing",
            ),
            (
                "integration_member_id=u&integration_team_id=t&modality=feature_embed&feature=order_creation",
                &[("/query/environment", "required")],
                "the example's default for the environment is no environment",
            ),
            (
                "integration_member_id=u&integration_team_id=t&modality=x&feature=order&environment=test",
                &[
                    ("/query/modality", "bad_value"),
                    ("/query/feature", "bad_value"),
                    ("/query/environment", "bad_value"),
                ],
                "words of nobody's",
            ),
            (
                "integration_member_id=u&integration_member_id=v&integration_team_id=t&modality=feature_embed\
                 &feature=order_creation&environment=sandbox",
                &[("/query/integration_member_id", "repeated")],
                "two members",
            ),
        ];
        for (query, expected, reason) in rows {
            assert_eq!(mistakes(&parse(query).unwrap_err()), *expected, "{reason}");
        }
        assert!(parse(&format!("integration_member_id=u&integration_team_id=t&state=x{REST}")).is_ok());
    }

    #[test]
    fn what_is_claimed_must_be_the_sessions() {
        let (own, other) = (id(2), id(3));
        let fixed = TenantRules {
            team: Some(crate::junction::Team::known(TeamRef::Junction(own))),
            create_team: true,
            ..rules()
        };
        let (free, bound) = (token("t"), token_for("t", Some("p")));
        let outcome = |query: &str, rules: &TenantRules, session: &Vouched| {
            let asked = parse(&format!("{query}{REST}")).unwrap();
            let plan = asked.plan(session, rules, &host(), Wish::Unproven);
            plan.map(|plan| {
                assert_eq!(plan.creation, Creation::AfterClick(rules.member_teams), "{query}");
                plan.expected
            })
            .map_err(|refusal| refusal.reason)
        };
        let mismatch = Err(Reason::SessionOfOtherTeam);
        let somebody_else = Err(Reason::SessionOfOtherClinician);
        let nothing = Expected::default();
        assert_eq!(
            outcome("integration_member_id=u&integration_team_id=t", &rules(), &free),
            Ok(nothing.clone())
        );
        assert_eq!(
            outcome("integration_member_id=v&integration_team_id=t", &rules(), &free),
            somebody_else
        );
        assert_eq!(
            outcome("integration_member_id=U&integration_team_id=t", &rules(), &free),
            somebody_else
        );
        assert_eq!(
            outcome("integration_member_id=u&integration_team_id=T", &rules(), &free),
            mismatch
        );
        assert_eq!(
            outcome(
                &format!("integration_member_id=u&integration_team_id=s&team_id={own}"),
                &rules(),
                &free
            ),
            mismatch,
            "one of two is wrong"
        );
        assert_eq!(
            outcome(&format!("integration_member_id=u&team_id={other}"), &fixed, &free),
            mismatch
        );
        assert_eq!(
            outcome(&format!("integration_member_id=u&team_id={own}"), &fixed, &free),
            Ok(nothing)
        );
        assert_eq!(
            outcome(&format!("member_id={other}&team_id={own}"), &rules(), &free),
            Ok(Expected {
                member: Some(other),
                team: Some(own),
                integration_team: None
            }),
            "what only Junction knows is left to be asked"
        );
        assert_eq!(
            outcome("integration_member_id=u&integration_team_id=t", &fixed, &free)
                .unwrap()
                .integration_team
                .map(|team| team.as_ref().to_owned()),
            Some("t".to_owned())
        );
        assert!(outcome("integration_member_id=u&integration_team_id=t", &rules(), &bound).is_ok());
    }

    #[test]
    fn a_redirected_browser_creates_and_binds_nothing() {
        let asked = parse(&format!("integration_member_id=u&integration_team_id=t{REST}")).unwrap();
        let creation = |wish, member_teams| {
            let rules = TenantRules {
                member_teams,
                ..rules()
            };
            let creation = asked.plan(&token("t"), &rules, &host(), wish).unwrap().creation;
            [
                creation.allows_team(),
                creation.allows_member(),
                creation.allows_binding(),
                creation.allows_patient(),
            ]
        };
        let sent = [
            Err(Reason::ContinuationCreatesNoTeam),
            Err(Reason::ContinuationCreatesNoMember),
            Err(Reason::ContinuationBindsNobody),
            Err(Reason::ContinuationCreatesNoPatient),
        ];
        let rows = [
            (Wish::Unproven, MemberTeams::Add, sent, "sent"),
            (
                Wish::Clicked,
                MemberTeams::Add,
                [Ok(()); 4],
                "a click is as good as a launch",
            ),
            (
                Wish::Unproven,
                MemberTeams::Keep,
                [sent[0], sent[1], Err(Reason::MemberNotOfTeam), sent[3]],
                "no click helps against a setting",
            ),
            (
                Wish::Clicked,
                MemberTeams::Keep,
                [Ok(()), Ok(()), Err(Reason::MemberNotOfTeam), Ok(())],
                "nor does it overrule one",
            ),
        ];
        for (wish, member_teams, expected, reason) in rows {
            assert_eq!(creation(wish, member_teams), expected, "{reason}");
        }
    }

    #[test]
    fn a_session_without_a_team_or_in_another_world_continues_nothing() {
        let query = |rest: &str| format!("integration_member_id=u&integration_team_id=t&modality=feature_embed{rest}");
        let mut nowhere = token("t");
        nowhere.team = None;
        let rows = [
            (
                query("&feature=order_creation&environment=production"),
                token("t"),
                Reason::OtherEnvironment,
            ),
            (
                query("&feature=team_config&environment=sandbox"),
                token("t"),
                Reason::FeatureNotGranted,
            ),
            (
                query("&feature=team_panels&environment=sandbox"),
                token_for("t", Some("p")),
                Reason::FeatureIsAboutNoPatient,
            ),
            (
                query("&feature=order_creation&environment=sandbox"),
                nowhere,
                Reason::TokenNamesNoTeam,
            ),
        ];
        for (query, session, reason) in rows {
            for wish in [Wish::Unproven, Wish::Clicked] {
                let asked = parse(&query).unwrap();
                let refusal = asked.plan(&session, &rules(), &host(), wish).unwrap_err();
                assert_eq!(refusal.reason, reason, "{query}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_without_a_panic(query in "\\PC{0,80}|([a-z_]{1,22}=[^&]{0,12}&){0,9}") {
            let _either_way = parse(&query).is_ok();
        }
    }
}
