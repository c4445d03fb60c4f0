//! One launch: what was asked for, and what will be done about it.

use super::{
    ClientUserId, Feature, FeatureKind, HostRules, IntegrationTeamId, JunctionId, MemberTeams, Modality, Patient, Team,
    TeamName, TeamRef, TenantRules, Vouched,
};
use crate::{
    claims::PatientBinding,
    clinician::{Clinician, Email},
    fault::{Fault, FieldErrors},
    native_body::{Native, Opened},
    reason::Reason,
    refusal::Refusal,
};

/// A well-formed request for a URL of Junction's. Whether it is allowed is [`plan`]'s.
#[derive(Debug, Clone)]
pub struct Launch {
    pub(super) clinician: Option<Clinician>,
    /// JSON pointer to the clinician: in the body or the token.
    pub(super) clinician_place: &'static str,
    /// As the request names it.
    pub(super) team: Option<Team>,
    /// Who else may name it.
    pub(super) proven: Proven,
    pub(super) patient: Option<Patient>,
    pub(super) feature: Feature,
    pub(super) modality: Modality,
}

/// What is known of a launch from the party that vouches for the clinician.
#[derive(Debug, Clone)]
pub(super) enum Proven {
    /// The host's server states everything.
    Nothing,
    /// A token or a session names the team and perhaps a patient; a request says no more than that.
    Bound {
        team: Option<Team>,
        patient: PatientBinding,
    },
}

impl Proven {
    pub(super) fn by(vouched: &Vouched) -> Self {
        Self::Bound {
            team: vouched.team.clone(),
            patient: vouched.person.patient.clone(),
        }
    }
}

/// What will be done, with everything decided that can be without asking Junction.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who acts.
    pub clinician: Clinician,
    /// JSON pointer to the clinician: in the body or the token.
    pub clinician_place: &'static str,
    /// In which team.
    pub team: Team,
    /// Whether the team is made if Junction does not know it.
    pub may_create_team: bool,
    /// When team, member and patient are created if Junction does not know them, and a member is added to the team.
    pub creation: Creation,
    /// Where to point if it has to be created and has no name; none if no request could have sent one.
    pub team_name_place: Option<&'static str>,
    /// What it is about.
    pub about: About,
    /// How it is shown.
    pub modality: Modality,
    /// What else has to be true of those ids that only Junction knows.
    pub expected: Expected,
}

/// When a launch may create or change something at Junction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// At once.
    Allowed(MemberTeams),
    /// Not before a person has clicked: a browser that was sent proves no wish of its user's.
    AfterClick(MemberTeams),
}

impl Creation {
    /// Whether the team may be created.
    ///
    /// # Errors
    /// Why not.
    pub fn allows_team(self) -> Result<(), Reason> {
        match self {
            Self::Allowed(MemberTeams::Add | MemberTeams::Keep) => Ok(()),
            Self::AfterClick(MemberTeams::Add | MemberTeams::Keep) => Err(Reason::ContinuationCreatesNoTeam),
        }
    }

    /// Whether a member who is there may be added to the team.
    ///
    /// # Errors
    /// Why not.
    pub fn allows_binding(self) -> Result<(), Reason> {
        match self {
            Self::Allowed(MemberTeams::Add) => Ok(()),
            Self::Allowed(MemberTeams::Keep) | Self::AfterClick(MemberTeams::Keep) => Err(Reason::MemberNotOfTeam),
            Self::AfterClick(MemberTeams::Add) => Err(Reason::ContinuationBindsNobody),
        }
    }

    /// Whether a member may be created.
    ///
    /// # Errors
    /// Why not.
    pub fn allows_member(self) -> Result<(), Reason> {
        match self {
            Self::Allowed(MemberTeams::Add | MemberTeams::Keep) => Ok(()),
            Self::AfterClick(MemberTeams::Add | MemberTeams::Keep) => Err(Reason::ContinuationCreatesNoMember),
        }
    }

    /// Whether a patient may be created.
    ///
    /// # Errors
    /// Why not.
    pub fn allows_patient(self) -> Result<(), Reason> {
        match self {
            Self::Allowed(MemberTeams::Add | MemberTeams::Keep) => Ok(()),
            Self::AfterClick(MemberTeams::Add | MemberTeams::Keep) => Err(Reason::ContinuationCreatesNoPatient),
        }
    }
}

/// What a launch opens, as far as it has to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A feature that is about no patient.
    Team(Feature),
    /// A new order for a patient, whom Junction may not know yet.
    NewOrder(Patient),
    /// A new order for a patient that the caller knows by Junction's id.
    NewOrderOf(Known),
    /// An order.
    Order(Known),
}

/// Something of a patient, by Junction's id. It must be of the launch's team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: JunctionId,
    /// Whose it must be.
    pub patient: Option<ClientUserId>,
}

/// What a session continuation claims, and only Junction's answers can confirm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The member's id.
    pub member: Option<JunctionId>,
    /// The team's id.
    pub team: Option<JunctionId>,
    /// The team's reference.
    pub integration_team: Option<IntegrationTeamId>,
}

impl Plan {
    /// What Junction needs to create the member, if they may be created.
    ///
    /// # Errors
    /// Why they may not, or `user_fields_missing`, naming what was not sent.
    pub fn new_member(&self) -> Result<(String, &Email), Refusal> {
        // A browser that was sent with a member's id means one who is there.
        if self.expected.member.is_some() {
            return Err(Reason::MemberNotCreated.into());
        }
        let clinician = &self.clinician;
        let (Some(first), Some(last), Some(email)) = (&clinician.first_name, &clinician.last_name, &clinician.email)
        else {
            let mut errors = FieldErrors::default();
            for name in clinician.missing_of_new_user() {
                errors.add(format!("{}/{name}", self.clinician_place), Fault::Required);
            }
            return Err(Refusal::new(Reason::MemberIncomplete).naming(errors));
        };
        // Only now: no clinician is asked to click for something that cannot be done.
        self.creation.allows_member()?;
        Ok((format!("{} {}", first.as_ref(), last.as_ref()), email))
    }

    /// What Junction needs to create the team, if it may be created.
    ///
    /// # Errors
    /// Why it may not, or `invalid_request` if the request should have said what it is called.
    pub fn new_team(&self) -> Result<(&IntegrationTeamId, &TeamName), Refusal> {
        let (reference, name) = match (&self.team.reference, &self.team.name, self.team_name_place) {
            (TeamRef::Integration(id), Some(name), _) if self.may_create_team => (id, name),
            (TeamRef::Integration(_), None, Some(place)) if self.may_create_team => {
                let mut errors = FieldErrors::default();
                errors.add(place, Fault::Required);
                return Err(Refusal::new(Reason::TeamNameNotStated).naming(errors));
            }
            (TeamRef::Integration(_) | TeamRef::Junction(_), _, _) => return Err(Reason::TeamNotCreated.into()),
        };
        // A browser that was sent with a team's id means one that is there.
        if self.expected.team.is_some() {
            return Err(Reason::SessionOfOtherTeam.into());
        }
        self.creation.allows_team()?;
        Ok((reference, name))
    }
}

impl About {
    /// Which grant it needs.
    #[must_use]
    pub const fn kind(&self) -> FeatureKind {
        match self {
            Self::Team(feature) => feature.kind(),
            Self::NewOrder(_) | Self::NewOrderOf(_) => FeatureKind::OrderCreationFor,
            Self::Order(_) => FeatureKind::Order,
        }
    }
}

/// Reads a launch from a JSON body and reports every error at once. `vouched` is for hosts whose
/// clinicians come from tokens.
///
/// # Errors
/// `invalid_request`, with every error; `clinician_not_accepted` if clinicians come from tokens; `claim_unusable`.
pub fn parse(request: Native<'_>, vouched: Option<&Vouched>) -> Result<Launch, Refusal> {
    let Opened {
        mut members,
        mut errors,
    } = request.open(vouched.is_some())?;
    let clinician = members
        .take("clinician", &mut errors)
        .and_then(|raw| Clinician::parse(raw, "/clinician", &mut errors));
    let team = members
        .take("team", &mut errors)
        .and_then(|raw| Team::parse(raw, "/team", &mut errors));
    let patient = members
        .take("patient", &mut errors)
        .and_then(|raw| Patient::parse(raw, "/patient", &mut errors));
    let feature = members.required("feature", &mut errors, |text| Feature::parse(&text));
    let modality = members.required("modality", &mut errors, Modality::read);
    members.finish(&["clinician", "team", "patient", "feature", "modality"], &mut errors);
    if patient.is_some()
        && let Some(Feature::OrderCreationFor(_) | Feature::TeamPanels | Feature::TeamConfig) = feature
    {
        errors.add(
            "/patient",
            Fault::NotAccepted(
                "Send a patient only with order_creation or order:<uuid>: order_creation:<uuid> already names one",
            ),
        );
    }
    if let (
        Some(Feature::Order(_)),
        Some(Patient {
            demographics: Some(_), ..
        }),
    ) = (feature, &patient)
    {
        errors.add(
            "/patient/demographics",
            Fault::NotAccepted("Send demographics only with order_creation: an order already has them"),
        );
    }
    if let Some(Vouched { person, .. }) = vouched
        && errors.is_empty()
        && !person.errors.is_empty()
    {
        return Err(Refusal {
            errors: person.errors.clone(),
            ..Reason::ClaimNotUsable.into()
        });
    }
    let (Some(feature), Some(modality), true) = (feature, modality, errors.is_empty()) else {
        return Err(Refusal::new(Reason::FieldsAtFault).naming(errors));
    };
    Ok(Launch {
        clinician: vouched.map_or(clinician, |vouched| vouched.person.clinician.clone()),
        clinician_place: if vouched.is_some() { "/token" } else { "/clinician" },
        team,
        proven: vouched.map_or(Proven::Nothing, Proven::by),
        patient,
        feature,
        modality,
    })
}

/// Decides about a launch, as far as that is possible without asking Junction.
///
/// # Errors
/// The refusal, naming the fields at fault.
pub fn plan(launch: Launch, rules: &TenantRules, host: &HostRules) -> Result<Plan, Refusal> {
    let clinician = launch.clinician.ok_or(Reason::NobodyStated)?;
    let patient = match &launch.proven {
        Proven::Nothing => &PatientBinding::Unbound,
        Proven::Bound { patient, .. } => patient,
    };
    let about = about(launch.feature, launch.patient, patient);
    let kind = about.as_ref().map_or_else(|_| launch.feature.kind(), About::kind);
    if !rules.grant(kind, launch.modality) {
        return Err(Reason::FeatureNotGranted.into());
    }
    let stated = launch.team.is_some();
    let team = team(launch.team, &launch.proven, rules)?;
    let about = about?;
    check_binding(&about, launch.modality, patient, host)?;
    Ok(Plan {
        clinician,
        clinician_place: launch.clinician_place,
        team,
        may_create_team: rules.create_team,
        creation: Creation::Allowed(rules.member_teams),
        team_name_place: stated.then_some("/team/name"),
        about,
        modality: launch.modality,
        expected: Expected::default(),
    })
}

/// What a launch is about, with the patient that a token binds it to.
///
/// # Errors
/// If the token should name one, or the request names another.
fn about(feature: Feature, stated: Option<Patient>, binding: &PatientBinding) -> Result<About, Reason> {
    let bound = match binding {
        PatientBinding::Unbound => None,
        PatientBinding::Missing => return Err(Reason::TokenNamesNoPatient),
        PatientBinding::Bound(patient) => {
            let patient = ClientUserId::parse(patient.clone());
            Some(patient.map_err(|_names_no_value| Reason::PatientNotForJunction)?)
        }
    };
    let named = stated.as_ref().map(|patient| &patient.client_user_id);
    if named.is_some() && bound.is_some() && named != bound.as_ref() {
        return Err(Reason::OtherPatient);
    }
    let whose = named.cloned().or_else(|| bound.clone());
    Ok(match feature {
        Feature::OrderCreation => match stated.or(bound.map(Patient::known)) {
            Some(patient) => About::NewOrder(patient),
            None => About::Team(feature),
        },
        Feature::OrderCreationFor(id) => About::NewOrderOf(Known { id, patient: whose }),
        Feature::Order(id) => About::Order(Known { id, patient: whose }),
        Feature::TeamPanels | Feature::TeamConfig => About::Team(feature),
    })
}

/// A token that names a patient opens nothing about any other patient.
fn check_binding(about: &About, modality: Modality, binding: &PatientBinding, host: &HostRules) -> Result<(), Reason> {
    match (binding, about) {
        (PatientBinding::Unbound, _) => Ok(()),
        (PatientBinding::Missing, _) => Err(Reason::TokenNamesNoPatient),
        (PatientBinding::Bound(_), About::Team(feature)) => host.check_unbound(*feature, modality),
        (PatientBinding::Bound(_), About::NewOrder(_) | About::NewOrderOf(_) | About::Order(_)) => {
            host.check_unbound_modality(modality)
        }
    }
}

/// The tenant's one team, or else the token's, or else the one that the host's server sends. Callers who may not choose
/// the team may still send the one that applies.
pub(super) fn team(stated: Option<Team>, proven: &Proven, rules: &TenantRules) -> Result<Team, Refusal> {
    let given = match (&rules.team, proven) {
        (Some(fixed), _) => Some(fixed),
        (None, Proven::Bound { team: Some(team), .. }) => Some(team),
        (None, Proven::Bound { team: None, .. }) => return Err(Reason::TokenNamesNoTeam.into()),
        (None, Proven::Nothing) => None,
    };
    match (given, stated) {
        (Some(given), None) => Ok(given.clone()),
        (Some(given), Some(stated)) if given.reference == stated.reference => Ok(Team {
            name: given.name.clone().or(stated.name),
            ..stated
        }),
        (Some(_), Some(_)) => Err(Reason::OtherTeam.into()),
        (None, Some(stated)) => Ok(stated),
        (None, None) => {
            let mut errors = FieldErrors::default();
            errors.add("/team", Fault::Required);
            Err(Refusal::new(Reason::TeamNotStated).naming(errors))
        }
    }
}

/// Whether a team's reference is the same as far as can be told without asking Junction.
pub(super) fn agrees(team: &TeamRef, stated: &TeamRef) -> Option<bool> {
    match (team, stated) {
        (TeamRef::Integration(own), TeamRef::Integration(stated)) => Some(own == stated),
        (TeamRef::Junction(own), TeamRef::Junction(stated)) => Some(own == stated),
        (TeamRef::Integration(_), TeamRef::Junction(_)) | (TeamRef::Junction(_), TeamRef::Integration(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        code::Code,
        junction::tests::{demographics, host, id, mistakes, rules, token, token_for},
    };

    fn asked(body: &Value, rules: &TenantRules, vouched: Option<&Vouched>) -> Result<Plan, Refusal> {
        let body = body.to_string();
        let request = Native {
            body: body.as_bytes(),
            ..Native::default()
        };
        plan(parse(request, vouched)?, rules, &host())
    }

    fn body(more: &Value) -> Value {
        let mut body = json!({
            "clinician": {"userId": "u"}, "team": {"integrationTeamId": "t"}, "feature": "order_creation",
            "modality": "feature_embed",
        });
        for (name, value) in more.as_object().unwrap() {
            if value.is_null() {
                body.as_object_mut().unwrap().remove(name);
            } else {
                body[name] = value.clone();
            }
        }
        body
    }

    #[test]
    fn every_error_is_reported_at_its_place() {
        let rows = [
            (
                json!({"feature": null, "modality": null}),
                vec![("/feature", "required"), ("/modality", "required")],
                "nothing to open",
            ),
            (
                json!({"feature": "order", "modality": "embed"}),
                vec![("/feature", "bad_value"), ("/modality", "bad_value")],
                "nothing known",
            ),
            (
                json!({"team": {}}),
                vec![("/team/integrationTeamId", "required")],
                "no team",
            ),
            (
                json!({"patient": {}}),
                vec![("/patient/clientUserId", "required")],
                "no patient",
            ),
            (
                json!({"environment": "sandbox"}),
                vec![("/*", "unknown")],
                "a world of the caller's choice",
            ),
            (
                json!({"patient": {"clientUserId": "p"}, "feature": "team_panels"}),
                vec![("/patient", "not_accepted")],
                "a patient of a team's feature",
            ),
            (
                json!({"patient": {"clientUserId": "p"}, "feature": format!("order_creation:{}", id(1))}),
                vec![("/patient", "not_accepted")],
                "two patients",
            ),
            (json!({"team": null}), vec![("/team", "required")], "no team at all"),
            (
                json!({"patient": {"clientUserId": "p", "demographics": demographics()},
                    "feature": format!("order:{}", id(1))}),
                vec![("/patient/demographics", "not_accepted")],
                "demographics that nobody would be sent",
            ),
        ];
        for (more, expected, reason) in rows {
            let refusal = asked(&body(&more), &rules(), None).unwrap_err();
            assert_eq!(
                (refusal.code, mistakes(&refusal)),
                (Code::InvalidRequest, expected),
                "{reason}"
            );
        }
        let nobody = asked(&body(&json!({"clinician": null})), &rules(), None).unwrap_err();
        assert_eq!(nobody.code, Code::IdentityRequired);
    }

    /// What the body says, whose token came with it, what the launch is about, and why.
    type Row<'a> = (Value, Option<&'a Vouched>, Result<About, Reason>, &'static str);

    #[test]
    fn a_launch_is_about_whom_the_token_says() {
        let known = |patient: Option<&str>| Known {
            id: id(7),
            patient: patient.map(|patient| ClientUserId::parse(patient.to_owned()).unwrap()),
        };
        let named = |patient: &str| About::NewOrder(Patient::known(ClientUserId::parse(patient.to_owned()).unwrap()));
        let order = format!("order:{}", id(7));
        let of_user = format!("order_creation:{}", id(7));
        let patient = json!({"clientUserId": "p"});
        let (free, bound, nobody) = (token("t"), token_for("t", Some("p")), token_for("t", None));
        let rows: Vec<Row<'_>> = vec![
            (json!({}), None, Ok(About::Team(Feature::OrderCreation)), "nobody"),
            (
                json!({"patient": patient}),
                None,
                Ok(named("p")),
                "whom the server names",
            ),
            (
                json!({"feature": order}),
                None,
                Ok(About::Order(known(None))),
                "an order of the team",
            ),
            (
                json!({"feature": order, "patient": patient}),
                None,
                Ok(About::Order(known(Some("p")))),
                "an order of whom the server names",
            ),
            (
                json!({"feature": of_user}),
                None,
                Ok(About::NewOrderOf(known(None))),
                "somebody of the team",
            ),
            (
                json!({}),
                Some(&free),
                Ok(About::Team(Feature::OrderCreation)),
                "nobody, with a token for all",
            ),
            (json!({}), Some(&bound), Ok(named("p")), "whom the token names"),
            (
                json!({"patient": patient}),
                Some(&bound),
                Ok(named("p")),
                "whom both name",
            ),
            (
                json!({"patient": {"clientUserId": "q"}}),
                Some(&bound),
                Err(Reason::OtherPatient),
                "another than the token's",
            ),
            (
                json!({"feature": order}),
                Some(&bound),
                Ok(About::Order(known(Some("p")))),
                "an order, if it is the token's patient's",
            ),
            (
                json!({"feature": of_user}),
                Some(&bound),
                Ok(About::NewOrderOf(known(Some("p")))),
                "somebody, if it is the token's patient",
            ),
            (
                json!({"feature": "team_panels"}),
                Some(&bound),
                Err(Reason::FeatureIsAboutNoPatient),
                "nobody, with a token for one",
            ),
            (
                json!({}),
                Some(&nobody),
                Err(Reason::TokenNamesNoPatient),
                "a token that should name somebody",
            ),
            (
                json!({"feature": "team_panels"}),
                Some(&free),
                Ok(About::Team(Feature::TeamPanels)),
                "a team's feature",
            ),
        ];
        for (mut more, token, expected, reason) in rows {
            if token.is_some() {
                more["clinician"] = Value::Null;
                more["team"] = Value::Null;
            }
            let about = asked(&body(&more), &rules(), token)
                .map(|plan| plan.about)
                .map_err(|refusal| refusal.reason);
            assert_eq!(about, expected, "{reason}");
        }
    }

    #[test]
    fn a_bound_launch_opens_features_without_a_patient_only_if_allowed() {
        let bound = token_for("t", Some("p"));
        let launch = |feature: Feature, modality| Launch {
            clinician: bound.person.clinician.clone(),
            clinician_place: "/token",
            team: None,
            proven: Proven::by(&bound),
            patient: None,
            feature,
            modality,
        };
        let rules = TenantRules {
            modalities: Modality::ALL.to_vec(),
            ..rules()
        };
        let mut generous = host();
        generous.unbound_features = crate::junction::FeatureGrants::of([FeatureKind::TeamPanels]);
        let mut most_generous = generous.clone();
        most_generous.unbound_link_out = true;
        for (feature, modality, strictly, generously, most_generously) in [
            (Feature::OrderCreation, Modality::FeatureEmbed, true, true, true),
            (Feature::OrderCreation, Modality::LinkOut, false, false, true),
            (Feature::TeamPanels, Modality::FeatureEmbed, false, true, true),
            (Feature::TeamPanels, Modality::LinkOut, false, false, true),
        ] {
            for (host, opens) in [
                (&host(), strictly),
                (&generous, generously),
                (&most_generous, most_generously),
            ] {
                let outcome = plan(launch(feature, modality), &rules, host).map_err(|refusal| refusal.code);
                assert_eq!(outcome.is_ok(), opens, "{feature:?} {modality:?}");
                assert!(outcome.is_ok() || outcome.is_err_and(|code| code == Code::PatientDenied));
            }
        }
    }

    #[test]
    fn a_team_is_the_tenants_or_the_tokens_before_it_is_the_requests() {
        let own = Team::known(TeamRef::Integration(IntegrationTeamId::parse("t".to_owned()).unwrap()));
        let fixed = TenantRules {
            team: Some(own),
            ..rules()
        };
        let stated = |team: &str| body(&json!({"team": {"integrationTeamId": team}}));
        let code = |outcome: Result<Plan, Refusal>| outcome.err().map(|refusal| refusal.code);
        assert_eq!(code(asked(&stated("t"), &fixed, None)), None);
        assert_eq!(code(asked(&stated("u"), &fixed, None)), Some(Code::TeamDenied));
        assert_eq!(code(asked(&body(&json!({"team": null})), &fixed, None)), None);
        assert_eq!(
            code(asked(
                &body(&json!({"team": {"teamId": id(1).to_string()}})),
                &fixed,
                None
            )),
            Some(Code::TeamDenied)
        );
        let token = token("t");
        let of_token = |team: &Value| body(&json!({"clinician": null, "team": team}));
        assert_eq!(code(asked(&of_token(&Value::Null), &rules(), Some(&token))), None);
        assert_eq!(
            code(asked(
                &of_token(&json!({"integrationTeamId": "t"})),
                &rules(),
                Some(&token)
            )),
            None
        );
        let other = asked(&of_token(&json!({"integrationTeamId": "u"})), &rules(), Some(&token));
        assert_eq!(code(other), Some(Code::TeamDenied));
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_a_panic(bytes in any::<Vec<u8>>()) {
            let request = Native { body: &bytes, ..Native::default() };
            let _either_way = parse(request, None).is_ok();
        }

        #[test]
        fn whatever_a_bound_launch_asks_for_it_is_about_its_patient(
            feature in "order_creation|order:00000000-0000-4000-8000-00000000000[1-3]|team_panels|team_config\
                        |order_creation:00000000-0000-4000-8000-00000000000[1-3]",
            modality in "feature_embed|link_out",
            patient in prop::option::of("[pq]"),
            team in prop::option::of("[tu]"),
        ) {
            let mut body = json!({"feature": feature, "modality": modality});
            if let Some(patient) = patient {
                body["patient"] = json!({"clientUserId": patient});
            }
            if let Some(team) = team {
                body["team"] = json!({"integrationTeamId": team});
            }
            let generous = TenantRules {
                features: crate::junction::FeatureGrants::of(FeatureKind::ALL.iter().copied()),
                modalities: Modality::ALL.to_vec(),
                create_team: true,
                ..rules()
            };
            if let Ok(plan) = asked(&body, &generous, Some(&token_for("t", Some("p")))) {
                let whose = match &plan.about {
                    About::Team(_) => None,
                    About::NewOrder(patient) => Some(&patient.client_user_id),
                    About::NewOrderOf(known) | About::Order(known) => known.patient.as_ref(),
                };
                prop_assert_eq!(whose.map(AsRef::as_ref), Some("p"));
                prop_assert_eq!(plan.clinician.user_id().as_ref(), "u");
                prop_assert_eq!(plan.team.reference, TeamRef::Integration(IntegrationTeamId::parse("t".to_owned()).unwrap()));
                prop_assert_eq!(plan.modality, Modality::FeatureEmbed);
            }
        }
    }

    #[test]
    fn a_team_is_made_if_it_may_be_and_has_a_name() {
        let making = TenantRules {
            create_team: true,
            ..rules()
        };
        let with_name = body(&json!({"team": {"integrationTeamId": "t", "name": "North"}}));
        let outcome = |body: &Value, rules: &TenantRules| {
            let plan = asked(body, rules, None).unwrap();
            plan.new_team()
                .map(drop)
                .map_err(|refusal| (refusal.code, mistakes(&refusal).len()))
        };
        assert_eq!(outcome(&with_name, &making), Ok(()));
        assert_eq!(outcome(&with_name, &rules()), Err((Code::TeamDenied, 0)));
        assert_eq!(outcome(&body(&json!({})), &making), Err((Code::InvalidRequest, 1)));
        let by_id = body(&json!({"team": {"teamId": id(1).to_string(), "name": "North"}}));
        assert_eq!(outcome(&by_id, &making), Err((Code::TeamDenied, 0)));
    }
}
