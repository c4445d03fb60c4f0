//! Fast Launch: an address that a browser goes to by itself. It carries no secret, and leads anywhere only for a browser
//! that has a session at Junction; any other is sent to the session continuation.

use std::fmt;

use percent_encoding::utf8_percent_encode;
use url::Position;

use super::{
    Feature, HostRules, Modality, TeamRef, TenantRules, Vouched,
    query::{LaunchQuery, UnknownNames},
};
use crate::{
    claims::PatientBinding,
    fault::{Fault, FieldErrors},
    native_body::refuse_headers,
    query::ENCODED,
    reason::Reason,
    refusal::Refusal,
};

/// The raw parts of a request.
#[derive(Debug, Default)]
pub struct RawFastLaunch<'a> {
    /// The query as it came, without `?`.
    pub query: &'a str,
    /// Whether a body came with it.
    pub has_body: bool,
    /// Whether `x-integration-user` came with it.
    pub has_user_header: bool,
    /// Whether `x-integration-intent` came with it.
    pub has_intent_header: bool,
    /// Who is vouched for, for hosts whose clinicians come from tokens.
    pub vouched: Option<Vouched>,
    /// Errors that were found before.
    pub errors: FieldErrors,
}

/// A request as it was read. Its errors are reported together with those that only the tenant's rules reveal.
#[derive(Debug)]
pub struct FastLaunchRequest {
    pub(super) stated: LaunchQuery,
    pub(super) vouched: Option<Vouched>,
    errors: FieldErrors,
}

/// What a browser may go to. `Debug` does not show whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct FastLaunch {
    /// The address.
    pub url: String,
    /// Its origin.
    pub origin: String,
    /// What it opens.
    pub feature: Feature,
    /// How.
    pub modality: Modality,
}

impl fmt::Debug for FastLaunch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FastLaunch(…)")
    }
}

/// Who and in which team: by the host's references or by Junction's ids, as Junction's page shows them, never one of each.
enum LaunchIds {
    References(String, String),
    Ids(String, String),
}

/// Reads a request.
///
/// # Errors
/// `clinician_not_accepted` if clinicians come from tokens.
pub fn parse(request: RawFastLaunch<'_>) -> Result<FastLaunchRequest, Refusal> {
    let mut errors = request.errors;
    refuse_headers(request.has_user_header, request.has_intent_header, &mut errors);
    if request.has_body {
        errors.add(
            "",
            Fault::NotAccepted("A body is not accepted here: everything belongs in the query"),
        );
    }
    let stated = LaunchQuery::read(request.query, UnknownNames::Refused, &mut errors);
    if request.vouched.is_some()
        && ["integration_member_id", "member_id"]
            .iter()
            .any(|name| stated.saw(name))
    {
        return Err(Reason::MemberBesideToken.into());
    }
    for name in ["feature", "modality"] {
        if !stated.saw(name) {
            errors.add(format!("/query/{name}"), Fault::Required);
        }
    }
    Ok(FastLaunchRequest {
        stated,
        vouched: request.vouched,
        errors,
    })
}

/// Decides about a request, and writes the address. Junction is not called, so a launch that is bound to a patient is
/// refused whatever would need a call.
///
/// # Errors
/// `invalid_request` with every error, or the refusal of a launch that is not granted.
pub fn plan(request: FastLaunchRequest, rules: &TenantRules, host: &HostRules) -> Result<FastLaunch, Refusal> {
    let FastLaunchRequest {
        stated,
        vouched,
        mut errors,
    } = request;
    if stated.saw("environment") && stated.environment.is_some_and(|stated| stated != rules.environment) {
        return Err(Reason::OtherEnvironment.into());
    }
    let ids = match &vouched {
        Some(vouched) => of_token(vouched, &stated, rules, &mut errors)?,
        None => of_query(&stated, rules, &mut errors)?,
    };
    let (Some(ids), Some(feature), Some(modality), true) = (ids, stated.feature, stated.modality, errors.is_empty())
    else {
        return Err(Refusal::new(Reason::FieldsAtFault).naming(errors));
    };
    if !rules.grant(feature.kind(), modality) {
        return Err(Reason::FeatureNotGranted.into());
    }
    if let Some(Vouched { person, .. }) = &vouched {
        match person.patient {
            PatientBinding::Unbound => {}
            PatientBinding::Missing => return Err(Reason::TokenNamesNoPatient.into()),
            PatientBinding::Bound(_) => host.check_unbound(feature, modality)?,
        }
    }
    Ok(write(&ids, feature, modality, rules))
}

/// The token says who, and in which team.
fn of_token(
    vouched: &Vouched,
    stated: &LaunchQuery,
    rules: &TenantRules,
    errors: &mut FieldErrors,
) -> Result<Option<LaunchIds>, Refusal> {
    if !errors.is_empty() {
        return Ok(None);
    }
    let Vouched { person, team } = vouched;
    if !person.errors.is_empty() {
        return Err(Refusal {
            errors: person.errors.clone(),
            ..Reason::ClaimNotUsable.into()
        });
    }
    let clinician = person.clinician.as_ref().ok_or(Reason::NobodyStated)?;
    let team = rules.team.as_ref().or(team.as_ref()).ok_or(Reason::TokenNamesNoTeam)?;
    check_team(&team.reference, stated)?;
    match &team.reference {
        TeamRef::Integration(team) => Ok(Some(LaunchIds::References(
            clinician.user_id().as_ref().to_owned(),
            team.as_ref().to_owned(),
        ))),
        // A token has no id of Junction's to go with it.
        TeamRef::Junction(_) => {
            errors.add(
                "/query/integration_team_id",
                Fault::NotAccepted(
                    "Fast Launch by a token host requires integration_team_id in the tenant's junction.team setting",
                ),
            );
            Ok(None)
        }
    }
}

/// The host's server says who, and in which team unless the tenant has but one.
fn of_query(stated: &LaunchQuery, rules: &TenantRules, errors: &mut FieldErrors) -> Result<Option<LaunchIds>, Refusal> {
    let (by_reference, by_id) = (stated.saw("integration_member_id"), stated.saw("member_id"));
    let (team_by_reference, team_by_id) = (stated.saw("integration_team_id"), stated.saw("team_id"));
    if !by_reference && !by_id {
        errors.add("/query/integration_member_id", Fault::Required);
        return Ok(None);
    }
    let mixed = Fault::NotAccepted(
        "Send either integration_member_id and integration_team_id, or member_id and team_id: never one of each",
    );
    if by_reference && (by_id || team_by_id) {
        errors.add(if by_id { "/query/member_id" } else { "/query/team_id" }, mixed);
        return Ok(None);
    }
    if by_id && team_by_reference {
        errors.add("/query/integration_team_id", mixed);
        return Ok(None);
    }
    if let Some(fixed) = &rules.team {
        check_team(&fixed.reference, stated)?;
    }
    let fixed = rules.team.as_ref().map(|team| &team.reference);
    let (place, pair) = if by_reference {
        let fixed = match fixed {
            Some(TeamRef::Integration(team)) => Some(team),
            Some(TeamRef::Junction(_)) | None => None,
        };
        let team = stated.integration_team_id.as_ref().or(fixed);
        let member = stated.integration_member_id.as_ref();
        let pair = member.zip(team);
        let pair =
            pair.map(|(member, team)| LaunchIds::References(member.as_ref().to_owned(), team.as_ref().to_owned()));
        ("/query/integration_team_id", pair)
    } else {
        let fixed = match fixed {
            Some(TeamRef::Junction(team)) => Some(*team),
            Some(TeamRef::Integration(_)) | None => None,
        };
        let pair = stated.member_id.zip(stated.team_id.or(fixed));
        (
            "/query/team_id",
            pair.map(|(member, team)| LaunchIds::Ids(member.to_string(), team.to_string())),
        )
    };
    if pair.is_none() && errors.is_empty() {
        errors.add(place, Fault::Required);
    }
    Ok(pair)
}

/// Callers who may not choose the team may still send their own. Whether an id of the other kind is theirs is unknown.
fn check_team(own: &TeamRef, stated: &LaunchQuery) -> Result<(), Reason> {
    let stated_own = stated.integration_team_id.clone().map(TeamRef::Integration);
    let stated_junctions = stated.team_id.map(TeamRef::Junction);
    let is_own = |stated: TeamRef| super::launch::agrees(own, &stated).unwrap_or(false);
    if stated_own.is_none_or(is_own) && stated_junctions.is_none_or(is_own) {
        Ok(())
    } else {
        Err(Reason::OtherTeam)
    }
}

fn write(ids: &LaunchIds, feature: Feature, modality: Modality, rules: &TenantRules) -> FastLaunch {
    let (member, team) = match ids {
        LaunchIds::References(member, team) => (("integration_member_id", member), ("integration_team_id", team)),
        LaunchIds::Ids(member, team) => (("member_id", member), ("team_id", team)),
    };
    let slug = feature.to_string();
    let parameters = [
        (member.0, member.1.as_str()),
        (team.0, team.1.as_str()),
        ("modality", modality.as_str()),
        ("feature", &slug),
        ("environment", rules.environment.as_str()),
    ];
    let query: Vec<_> = parameters
        .into_iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, ENCODED)))
        .collect();
    let mut url = rules.launch_page.url();
    url.set_query(Some(&query.join("&")));
    FastLaunch {
        origin: url[..Position::BeforePath].to_owned(),
        url: url.into(),
        feature,
        modality,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junction::{
        IntegrationTeamId, Team,
        tests::{host, id, mistakes, rules, token, token_for},
    };

    fn asked(query: &str, rules: &TenantRules, vouched: Option<&Vouched>) -> Result<String, Refusal> {
        let raw = RawFastLaunch {
            query,
            vouched: vouched.cloned(),
            ..RawFastLaunch::default()
        };
        plan(parse(raw)?, rules, &host()).map(|launch| launch.url)
    }

    const EMBED: &str = "&feature=order_creation&modality=feature_embed";

    #[test]
    fn the_address_names_both_by_reference_or_both_by_id() {
        let (member, team) = (id(1), id(2));
        let page = "https://my-ehr.ehr.junction.com/auth/launch?";
        let written = |query: String| asked(&query, &rules(), None);
        assert_eq!(
            written(format!(
                "integration_member_id=emp+1&integration_team_id=north%26south{EMBED}"
            )),
            Ok(format!(
                "{page}integration_member_id=emp%201&integration_team_id=north%26south&modality=feature_embed\
                 &feature=order_creation&environment=sandbox"
            ))
        );
        assert_eq!(
            written(format!(
                "member_id={member}&team_id={team}&feature=order:{team}&modality=feature_embed"
            )),
            Ok(format!(
                "{page}member_id={member}&team_id={team}&modality=feature_embed&feature=order%3A{team}&environment=sandbox"
            ))
        );
    }

    #[test]
    fn each_error_names_its_place() {
        let (member, team) = (id(1), id(2));
        let rows = [
            (
                String::new(),
                vec![
                    ("/query/feature", "required"),
                    ("/query/modality", "required"),
                    ("/query/integration_member_id", "required"),
                ],
                "nothing",
            ),
            (
                format!("integration_member_id=a{EMBED}"),
                vec![("/query/integration_team_id", "required")],
                "no team",
            ),
            (
                format!("member_id={member}{EMBED}"),
                vec![("/query/team_id", "required")],
                "no team",
            ),
            (
                format!("integration_member_id=a&team_id={team}{EMBED}"),
                vec![("/query/team_id", "not_accepted")],
                "mixed",
            ),
            (
                format!("member_id={member}&integration_team_id=t{EMBED}"),
                vec![("/query/integration_team_id", "not_accepted")],
                "mixed",
            ),
            (
                format!("integration_member_id=a&member_id={member}&integration_team_id=t{EMBED}"),
                vec![("/query/member_id", "not_accepted")],
                "both",
            ),
            (
                format!("integration_member_id=a&integration_member_id=b&integration_team_id=t{EMBED}"),
                vec![("/query/integration_member_id", "repeated")],
                "twice",
            ),
            (
                format!("integration_member_id=a&integration_team_id=t&x=1{EMBED}"),
                vec![("/query/*", "unknown")],
                "something else",
            ),
            (
                "integration_member_id=a&integration_team_id=t&feature=order&modality=iframe".to_owned(),
                vec![("/query/feature", "bad_value"), ("/query/modality", "bad_value")],
                "no feature, no modality",
            ),
        ];
        for (query, expected, reason) in rows {
            let refusal = asked(&query, &rules(), None).unwrap_err();
            assert_eq!(refusal.reason, Reason::FieldsAtFault, "{reason}");
            assert_eq!(mistakes(&refusal), expected, "{reason}");
        }
    }

    /// A query, under which rules, whose token came with it, why it is refused, and what it is an example of.
    type Row<'a> = (
        &'a str,
        &'a TenantRules,
        Option<&'a Vouched>,
        Option<Reason>,
        &'static str,
    );

    #[track_caller]
    fn hold(rows: &[Row<'_>]) {
        for (query, rules, token, refused, reason) in rows {
            let outcome = asked(query.trim_start_matches('&'), rules, *token);
            assert_eq!(outcome.err().map(|refusal| refusal.reason), *refused, "{reason}");
        }
    }

    fn with_team(reference: TeamRef) -> TenantRules {
        TenantRules {
            team: Some(Team::known(reference)),
            ..rules()
        }
    }

    fn team(text: &str) -> TeamRef {
        TeamRef::Integration(IntegrationTeamId::parse(text.to_owned()).unwrap())
    }

    #[test]
    fn the_tenants_team_may_be_left_out_or_repeated_and_nothing_else() {
        let (by_reference, by_id) = (with_team(team("t")), with_team(TeamRef::Junction(id(2))));
        let embed = |query: &str| format!("{query}{EMBED}");
        let repeated = embed("integration_member_id=a&integration_team_id=t");
        let unsaid = embed("integration_member_id=a");
        let another = embed("integration_member_id=a&integration_team_id=u");
        let perhaps = embed(&format!("member_id={0}&team_id={0}", id(2)));
        let unsaid_id = embed(&format!("member_id={}", id(2)));
        hold(&[
            (&repeated, &by_reference, None, None, "the tenant's team"),
            (&unsaid, &by_reference, None, None, "the tenant's team, unsaid"),
            (&another, &by_reference, None, Some(Reason::OtherTeam), "another"),
            (
                &perhaps,
                &by_reference,
                None,
                Some(Reason::OtherTeam),
                "an id that may be another's",
            ),
            (&unsaid_id, &by_id, None, None, "the tenant's team by id, unsaid"),
            (
                &unsaid,
                &by_id,
                None,
                Some(Reason::FieldsAtFault),
                "a reference without a team's",
            ),
        ]);
    }

    #[test]
    fn a_token_says_who_and_where_and_a_bound_one_opens_nothing_unchecked() {
        let (open, by_id) = (rules(), with_team(TeamRef::Junction(id(2))));
        let (bound, free) = (token_for("t", Some("p")), token("t"));
        let member = format!("integration_member_id=a{EMBED}");
        let other = format!("integration_team_id=u{EMBED}");
        hold(&[
            (EMBED, &open, Some(&free), None, "the token's clinician and team"),
            (
                EMBED,
                &by_id,
                Some(&free),
                Some(Reason::FieldsAtFault),
                "an id that no token goes with",
            ),
            (
                &member,
                &open,
                Some(&free),
                Some(Reason::MemberBesideToken),
                "a clinician beside the token's",
            ),
            (
                &other,
                &open,
                Some(&free),
                Some(Reason::OtherTeam),
                "a team beside the token's",
            ),
            (
                EMBED,
                &open,
                Some(&bound),
                Some(Reason::FeatureIsAboutNoPatient),
                "a patient that nobody can check",
            ),
        ]);
    }

    #[test]
    fn only_what_was_granted_is_written() {
        let own = with_team(team("t"));
        let denied = Some(Reason::FeatureNotGranted);
        let config = "integration_member_id=a&feature=team_config&modality=feature_embed";
        let window = "integration_member_id=a&feature=team_panels&modality=link_out";
        let production = format!("integration_member_id=a&environment=production{EMBED}");
        let sandbox = format!("integration_member_id=a&environment=sandbox{EMBED}");
        hold(&[
            (config, &own, None, denied, "a feature that was not granted"),
            (window, &own, None, denied, "a modality that was not granted"),
            (
                &production,
                &own,
                None,
                Some(Reason::OtherEnvironment),
                "the other world",
            ),
            (&sandbox, &own, None, None, "the same world"),
        ]);
    }
}
