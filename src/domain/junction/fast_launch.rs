//! Fast Launch: an address that a browser goes to by itself. It carries no secret, and leads anywhere only for a browser
//! that has a session at Junction; any other is sent to the session continuation.

use std::fmt;

use percent_encoding::utf8_percent_encode;
use url::{Position, Url};

use super::{
    Feature, JunctionRules, Modality, TeamRef,
    query::{Others, Stated},
};
use crate::domain::{
    claims::{PatientBinding, TokenClinician},
    field::{Fault, FieldErrors},
    parameter::ENCODED,
    refusal::{Code, Refusal},
    rules::HostRules,
};

/// Where Fast Launch begins: `https://{integration_slug}.ehr.junction.com/auth/launch` (Junction's page "Fast Launch").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchPage(Url);

impl LaunchPage {
    /// The page of the app at this address.
    #[must_use]
    pub fn of(app: &Url) -> Self {
        let mut url = app.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["auth", "launch"]);
        }
        Self(url)
    }
}

/// The raw parts of a request.
#[derive(Debug, Default)]
pub struct Query<'a> {
    /// The query as it came, without `?`.
    pub query: &'a str,
    /// Whether a body came with it.
    pub has_body: bool,
    /// The clinician of a verified token, for hosts whose clinicians come from tokens.
    pub token: Option<&'a TokenClinician>,
    /// Mistakes that were found before.
    pub errors: FieldErrors,
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
enum Pair {
    References(String, String),
    Ids(String, String),
}

/// Reads a request and writes the address. Nobody is asked, so whatever would have to be is refused to a launch that is
/// bound to a patient.
///
/// # Errors
/// `invalid_request` with every mistake, or the refusal of a launch that is not granted.
pub fn fast_launch(request: Query<'_>, rules: &JunctionRules, host: &HostRules) -> Result<FastLaunch, Refusal> {
    let mut errors = request.errors;
    if request.has_body {
        errors.add(
            "",
            Fault::NotAccepted("A body is not accepted here: everything belongs in the query"),
        );
    }
    let stated = Stated::read(request.query, Others::Refused, &mut errors);
    if request.token.is_some()
        && ["integration_member_id", "member_id"]
            .iter()
            .any(|name| stated.saw(name))
    {
        return Err(Code::ClinicianNotAccepted.into());
    }
    for name in ["feature", "modality"] {
        if !stated.saw(name) {
            errors.add(format!("/query/{name}"), Fault::Required);
        }
    }
    if stated.saw("environment") && stated.environment.is_some_and(|stated| stated != rules.environment) {
        return Err(Code::FeatureDenied.into());
    }
    let pair = match request.token {
        Some(token) => of_token(token, &stated, rules, &mut errors)?,
        None => of_query(&stated, rules, &mut errors)?,
    };
    let (Some(pair), Some(feature), Some(modality), true) = (pair, stated.feature, stated.modality, errors.is_empty())
    else {
        return Err(Refusal::new(Code::InvalidRequest).naming(errors));
    };
    if !rules.grant(feature.kind(), modality) {
        return Err(Code::FeatureDenied.into());
    }
    if let Some(token) = request.token {
        let fits = match token.patient {
            PatientBinding::Free => true,
            PatientBinding::Nobody => false,
            PatientBinding::Bound(_) => host.unbound_junction.grant(feature, modality),
        };
        if !fits {
            return Err(Code::PatientDenied.into());
        }
    }
    Ok(write(&pair, feature, modality, rules))
}

/// The token says who, and in which team.
fn of_token(
    token: &TokenClinician,
    stated: &Stated,
    rules: &JunctionRules,
    errors: &mut FieldErrors,
) -> Result<Option<Pair>, Refusal> {
    if !errors.is_empty() {
        return Ok(None);
    }
    if !token.errors.is_empty() {
        return Err(Refusal {
            errors: token.errors.clone(),
            ..Code::ClaimUnusable.into()
        });
    }
    let clinician = token.clinician.as_ref().ok_or(Code::IdentityRequired)?;
    let team = rules.team.as_ref().or(token.team.as_ref()).ok_or(Code::TeamDenied)?;
    check_team(&team.reference, stated)?;
    match &team.reference {
        TeamRef::Integration(team) => Ok(Some(Pair::References(
            clinician.user_id().as_ref().to_owned(),
            team.as_ref().to_owned(),
        ))),
        // A token has no id of Junction's to go with it.
        TeamRef::Junction(_) => {
            errors.add(
                "/query/integration_team_id",
                Fault::NotAccepted("Fast Launch of a token host needs a team by integration_team_id in the tenant's junction.team setting"),
            );
            Ok(None)
        }
    }
}

/// The host's server says who, and in which team unless the tenant has but one.
fn of_query(stated: &Stated, rules: &JunctionRules, errors: &mut FieldErrors) -> Result<Option<Pair>, Refusal> {
    let (by_reference, by_id) = (stated.saw("integration_member_id"), stated.saw("member_id"));
    let (team_by_reference, team_by_id) = (stated.saw("integration_team_id"), stated.saw("team_id"));
    if !by_reference && !by_id {
        errors.add("/query/integration_member_id", Fault::Required);
        return Ok(None);
    }
    let mixed = Fault::NotAccepted(
        "Either integration_member_id and integration_team_id, or member_id and team_id: never one of each",
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
        let pair = pair.map(|(member, team)| Pair::References(member.as_ref().to_owned(), team.as_ref().to_owned()));
        ("/query/integration_team_id", pair)
    } else {
        let fixed = match fixed {
            Some(TeamRef::Junction(team)) => Some(*team),
            Some(TeamRef::Integration(_)) | None => None,
        };
        let pair = stated.member_id.zip(stated.team_id.or(fixed));
        (
            "/query/team_id",
            pair.map(|(member, team)| Pair::Ids(member.to_string(), team.to_string())),
        )
    };
    if pair.is_none() && errors.is_empty() {
        errors.add(place, Fault::Required);
    }
    Ok(pair)
}

/// Whoever may not choose the team may repeat it. Of the other kind, it cannot be told to be the same without asking.
fn check_team(own: &TeamRef, stated: &Stated) -> Result<(), Code> {
    let stated_own = stated.integration_team_id.clone().map(TeamRef::Integration);
    let stated_junctions = stated.team_id.map(TeamRef::Junction);
    let is_own = |stated: TeamRef| super::launch::agrees(own, &stated).unwrap_or(false);
    if stated_own.is_none_or(is_own) && stated_junctions.is_none_or(is_own) {
        Ok(())
    } else {
        Err(Code::TeamDenied)
    }
}

fn write(pair: &Pair, feature: Feature, modality: Modality, rules: &JunctionRules) -> FastLaunch {
    let (member, team) = match pair {
        Pair::References(member, team) => (("integration_member_id", member), ("integration_team_id", team)),
        Pair::Ids(member, team) => (("member_id", member), ("team_id", team)),
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
    let mut url = rules.launch_page.0.clone();
    url.set_query(Some(&query.join("&")));
    FastLaunch {
        origin: url[..Position::BeforePath].to_owned(),
        url: url.into(),
        feature,
        modality,
    }
}
