//! One launch: what was asked for, and what will be done about it.

mod drop_in;
mod explanation;
mod native;

pub use drop_in::{DropIn, parse as parse_drop_in};
pub use explanation::{Explanation, Given, Row, explain};
pub use native::parse as parse_native;

use std::borrow::Cow;

use super::{
    endpoint::Endpoint,
    intent::{Acting, Identity, Intent, Permission, Seen, Warning, decide},
    parameter::{ParameterName, ParameterReader, Parameters},
    rules::{HostRules, TenantRules},
    user_header::UserHeader,
};
use crate::{
    audit::{Named, Subject},
    claims::{PatientBinding, TokenClinician},
    clinician::{Clinician, Profile, UserId},
    code::Code,
    fault::{Fault, FieldErrors},
    reason::Reason,
    refusal::Refusal,
};

/// Which of the two APIs a launch came by: they differ in where things stand and in what silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Empego's own: header and query.
    DropIn,
    /// The gateway's: a JSON body.
    Native,
}

impl Form {
    /// JSON pointer to what holds the parameter of this name.
    fn parameter_prefix(self, name: &str) -> &'static str {
        match self {
            Self::DropIn => "/query",
            Self::Native if matches!(name, "patientKey" | "locale") => "",
            Self::Native => "/params",
        }
    }
}

/// A well-formed request for an embed URL. Nothing in it needs checking again; whether it is allowed is [`plan`]'s.
#[derive(Debug, Clone)]
pub struct Launch {
    form: Form,
    endpoint: Endpoint,
    clinician: Option<Clinician>,
    /// JSON pointer to the clinician: in the body, the decoded header or the token.
    clinician_place: &'static str,
    intent: Option<Intent>,
    parameters: Parameters,
    patient: PatientBinding,
    /// The fields of the profile whose claims the token lacks.
    lacking: Vec<&'static str>,
    /// What was noticed while reading.
    warnings: Vec<Warning>,
}

impl Launch {
    /// What it opens.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let subjects = [
            (Subject::Consultation, ParameterName::ConsultationKey),
            (Subject::Followup, ParameterName::FollowupKey),
        ];
        let subject = |(subject, name)| Some((subject, Cow::from(self.parameters.value(name)?)));
        Named {
            clinician: self
                .clinician
                .as_ref()
                .map(|clinician| clinician.user_id.as_ref().into()),
            patient: self.parameters.patient().map(Cow::from),
            subjects: subjects.into_iter().filter_map(subject).collect(),
        }
    }

    /// The intent the caller sent, if any.
    #[must_use]
    pub fn stated_intent(&self) -> Option<Intent> {
        self.intent
    }

    /// The clinician that the gateway's memory must be asked about, if [`plan`]'s decision depends on it.
    #[must_use]
    pub fn in_question(&self, rules: &TenantRules, host: &HostRules) -> Option<&UserId> {
        let clinician = self.clinician.as_ref()?;
        let intent = applying_intent(self, host).ok()?;
        let decided = |seen| decide(intent, Acting::from(Some(clinician)), rules.identity, seen);
        // Most launches have a complete profile, and need no second decision.
        (clinician.profile() != Profile::Complete && decided(Seen::Yes) != decided(Seen::No))
            .then(|| clinician.user_id())
    }
}

/// What will be sent upstream, and what is reported to the caller about it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The endpoint to call.
    pub endpoint: Endpoint,
    /// The intent that applied, sent or not.
    pub intent: Intent,
    /// The user header; none means a session of the API key's owner.
    pub header: Option<UserHeader>,
    /// The query parameters.
    pub parameters: Parameters,
    /// Whose session it will be.
    pub identity: Identity,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
    /// Who acts, if a clinician is named: for limits, never for logs.
    pub user_id: Option<UserId>,
    /// Whether the profile is complete: the user exists once the launch has gone well.
    pub is_complete: bool,
    /// Where to point if Empego misses fields of a new user: pointers to those that were not sent.
    pub missing_of_new_user: Vec<String>,
}

/// Decides about a launch, by what the gateway remembers of the clinician [in question](Launch::in_question). Pure: the real
/// path and everything that explains it use this one function.
///
/// # Errors
/// The refusal, naming the fields at fault.
pub fn plan(launch: Launch, rules: &TenantRules, host: &HostRules, seen: Seen) -> Result<Plan, Refusal> {
    let intent = applying_intent(&launch, host)?;
    let clinician = launch.clinician.as_ref();
    let session = decide(intent, Acting::from(clinician), rules.identity, seen)
        .session
        .map_err(|reason| with_fields(reason, &launch, rules.identity.missing_licence))?;
    check_patient(&launch, host)?;
    let is_owner_by_silence = launch.intent.is_none() && session.identity == Identity::Owner;
    let noticed = is_owner_by_silence.then_some(Warning::OwnerSession);
    Ok(Plan {
        endpoint: launch.endpoint,
        intent,
        header: clinician.map(UserHeader::encode),
        is_complete: clinician.is_some_and(|clinician| clinician.profile() == Profile::Complete),
        missing_of_new_user: missing_of_new_user(&launch),
        parameters: launch.parameters,
        identity: session.identity,
        warnings: [session.warnings, launch.warnings, noticed.into_iter().collect()].concat(),
        user_id: launch.clinician.map(|clinician| clinician.user_id),
    })
}

/// A token that names a patient opens nothing about any other patient.
fn check_patient(launch: &Launch, host: &HostRules) -> Result<(), Reason> {
    let patient = match &launch.patient {
        PatientBinding::Unbound => return Ok(()),
        PatientBinding::Missing => return Err(Reason::TokenNamesNoPatient),
        PatientBinding::Bound(patient) => patient,
    };
    let endpoint = launch.endpoint;
    let is_unbound = |name: &str| !host.bound_parameters.iter().any(|listed| listed == name);
    if launch.parameters.patient().is_some_and(|stated| stated != patient) {
        Err(Reason::OtherPatient)
    } else if launch.parameters.beside_patient().any(is_unbound) {
        Err(Reason::ParameterMayLeavePatient)
    } else if endpoint.takes_patient() || host.unbound_endpoints.include(endpoint) {
        Ok(())
    } else {
        Err(Reason::EndpointIsAboutNoPatient)
    }
}

/// The intent that was sent if the host may send it, else what silence means. Silence means the owner only for a host
/// that could also have said so.
fn applying_intent(launch: &Launch, host: &HostRules) -> Result<Intent, Refusal> {
    let (intent, otherwise) = match (launch.intent, &launch.clinician, launch.form) {
        (Some(stated), _, _) => (stated, Reason::IntentNotGranted),
        (None, Some(_), _) => return Ok(Intent::Upsert),
        (None, None, Form::DropIn) => (Intent::Owner, Reason::OwnerBySilenceNotGranted),
        (None, None, Form::Native) => return Err(Reason::NobodyStated.into()),
    };
    if host.intents.include(intent) {
        Ok(intent)
    } else {
        Err(otherwise.into())
    }
}

/// Names the fields behind a refusal of the table.
fn with_fields(reason: Reason, launch: &Launch, missing_licence: Permission) -> Refusal {
    let mut errors = FieldErrors::default();
    if matches!(reason.code(), Code::IntentRequired | Code::UserUnknown) {
        // A caller with a token cannot send more than the token has: its issuer can.
        for name in &launch.lacking {
            errors.add(format!("{}/{name}", launch.clinician_place), Fault::Required);
        }
    }
    if reason.code() == Code::UserFieldsMissing {
        for place in missing_of_new_user(launch) {
            errors.add(place, Fault::Required);
        }
        let licensed = launch.clinician.as_ref().is_some_and(Clinician::has_license);
        if missing_licence == Permission::Deny && !licensed {
            errors.add(format!("{}/licenseNumber", launch.clinician_place), Fault::Required);
        }
    }
    Refusal::new(reason).naming(errors)
}

fn missing_of_new_user(launch: &Launch) -> Vec<String> {
    let missing = launch.clinician.as_ref().map_or_else(
        || vec!["firstName", "lastName", "email"],
        Clinician::missing_of_new_user,
    );
    let place = launch.clinician_place;
    missing.into_iter().map(|name| format!("{place}/{name}")).collect()
}

/// What was read of a request, whichever form it came in.
struct Read<'a> {
    form: Form,
    endpoint: Endpoint,
    clinician: Option<Clinician>,
    clinician_place: &'static str,
    intent: Option<Intent>,
    reader: ParameterReader<'a>,
}

impl Read<'_> {
    /// Puts the clinician of a verified token in the place of the request's: a host whose clinicians come from tokens
    /// states none.
    fn of_token(mut self, token: Option<&TokenClinician>) -> Self {
        if let Some(token) = token {
            self.clinician.clone_from(&token.clinician);
            self.clinician_place = "/token";
        }
        self
    }

    /// Completes the parameters with what silence means, and holds everything together.
    ///
    /// # Errors
    /// `reason` with every error in the request; if there is none, `claim_unusable` with those of the token.
    fn finish(
        self,
        rules: &TenantRules,
        token: Option<&TokenClinician>,
        reason: Reason,
        mut errors: FieldErrors,
    ) -> Result<Launch, Refusal> {
        let Self {
            form,
            endpoint,
            reader,
            clinician,
            ..
        } = self;
        let patient = token.map_or(PatientBinding::Unbound, |token| token.patient.clone());
        let stated: Vec<&str> = rules.required(endpoint).filter(|name| reader.saw(name)).collect();
        let patient_stated = reader.saw(ParameterName::PatientKey.as_str());
        let mut parameters = reader.into_parameters();
        parameters.default_locale(silent_locale(form, endpoint, clinician.as_ref(), rules));
        if let PatientBinding::Bound(patient) = &patient
            && endpoint.takes_patient()
            && !patient_stated
        {
            parameters.default_patient(patient);
        }
        for name in rules.required(endpoint) {
            if !stated.contains(&name) && !parameters.has(name) {
                errors.add(format!("{}/{name}", form.parameter_prefix(name)), Fault::Required);
            }
        }
        if !errors.is_empty() {
            return Err(Refusal::new(reason).naming(errors));
        }
        let mut warnings = Vec::new();
        if let Some(token) = token {
            if !token.errors.is_empty() {
                return Err(Refusal {
                    errors: token.errors.clone(),
                    ..Reason::ClaimNotUsable.into()
                });
            }
            warnings.extend(token.language_ignored.then_some(Warning::LanguageIgnored));
        }
        Ok(Launch {
            form,
            endpoint,
            clinician,
            clinician_place: self.clinician_place,
            intent: self.intent,
            parameters,
            patient,
            lacking: token.map(|token| token.lacking.clone()).unwrap_or_default(),
            warnings,
        })
    }
}

/// The locale of a launch that states none. The patient's page is not in the clinician's language.
fn silent_locale(
    form: Form,
    endpoint: Endpoint,
    clinician: Option<&Clinician>,
    rules: &TenantRules,
) -> Option<super::parameter::Locale> {
    use super::endpoint::Audience;
    let preferred = match (form, endpoint.audience()) {
        (Form::Native, Audience::Clinician) => clinician.and_then(Clinician::preferred_language),
        (Form::Native, Audience::Patient) | (Form::DropIn, _) => None,
    };
    preferred.map(Into::into).or(rules.default_locale)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;
    use crate::{
        clinician_of,
        empego::{
            endpoint::EndpointGrants,
            intent::{ExistingUsers, IdentityPolicy},
            parameter::ExtraParameters,
            rules::IntentGrants,
        },
    };

    fn rules(identity: IdentityPolicy) -> TenantRules {
        TenantRules {
            identity,
            endpoints: EndpointGrants::default(),
            extra_parameters: ExtraParameters::Any,
            required_parameters: std::collections::BTreeMap::default(),
            default_locale: None,
        }
    }

    fn launch(form: Form, clinician: Option<Clinician>, intent: Option<Intent>) -> Launch {
        Launch {
            form,
            endpoint: Endpoint::Statistics,
            clinician,
            clinician_place: "",
            intent,
            parameters: Parameters::default(),
            patient: PatientBinding::Unbound,
            lacking: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn host(intents: &[Intent]) -> HostRules {
        HostRules {
            intents: IntentGrants::of(intents),
            unbound_endpoints: EndpointGrants::default(),
            bound_parameters: Vec::new(),
            upstream_401: crate::empego::Upstream401::AsIs,
            delivery: crate::delivery::Delivery::Url,
        }
    }

    /// What a plan comes to, as far as the intent has a say in it: whose session, the warnings, whether a header goes.
    fn outcome(
        launch: Launch,
        policy: IdentityPolicy,
        host: &HostRules,
    ) -> Result<(Identity, Vec<Warning>, bool), Code> {
        plan(launch, &rules(policy), host, Seen::NotAsked)
            .map(|plan| (plan.identity, plan.warnings, plan.header.is_some()))
            .map_err(|refusal| refusal.code)
    }

    /// No clinician, and a clinician with every subset of the five optional fields.
    fn every_clinician() -> Vec<Option<Clinician>> {
        let fields = [
            ("firstName", "A"),
            ("lastName", "J"),
            ("email", "a@x.ca"),
            ("licenseNumber", "1"),
            ("preferredLanguage", "EN"),
        ];
        let subsets = (0_u8..32).map(|subset| {
            let chosen = fields.iter().enumerate().filter(|(bit, _)| subset & (1 << bit) != 0);
            let mut object: Map<_, Value> = chosen
                .map(|(_, (name, value))| ((*name).to_owned(), (*value).into()))
                .collect();
            object.insert("userId".to_owned(), "u".into());
            clinician_of(&Value::Object(object)).ok()
        });
        let all: Vec<_> = subsets.collect();
        assert!(all.iter().all(Option::is_some));
        std::iter::once(None).chain(all).collect()
    }

    #[test]
    fn silence_about_the_intent_means_what_the_contract_says() {
        let all = host(Intent::ALL);
        for policy in [IdentityPolicy::STRICT, IdentityPolicy::DOCUMENTED] {
            for clinician in every_clinician() {
                for form in [Form::DropIn, Form::Native] {
                    let silent = outcome(launch(form, clinician.clone(), None), policy, &all);
                    let meant = match (&clinician, form) {
                        (Some(_), _) => Intent::Upsert,
                        (None, Form::DropIn) => Intent::Owner,
                        (None, Form::Native) => {
                            assert_eq!(silent, Err(Code::IdentityRequired));
                            continue;
                        }
                    };
                    let stated = outcome(launch(form, clinician.clone(), Some(meant)), policy, &all);
                    let mut expected = stated;
                    if let (Ok((_, warnings, _)), None) = (&mut expected, &clinician) {
                        warnings.push(Warning::OwnerSession);
                    }
                    assert_eq!(silent, expected, "{form:?} {clinician:?} {policy:?}");
                    if let Ok((identity, _, has_header)) = silent {
                        assert_eq!(has_header, identity != Identity::Owner);
                    }
                }
            }
        }
    }

    #[test]
    fn memory_is_asked_only_where_the_decision_depends_on_it() {
        let all = host(Intent::ALL);
        let strict = IdentityPolicy::STRICT;
        let seen = IdentityPolicy {
            existing_users: ExistingUsers::Seen,
            ..strict
        };
        let mut clinicians = every_clinician().into_iter().skip(1);
        let (bare, complete) = (clinicians.next().flatten(), clinicians.last().flatten());
        let existing = Some(Intent::Existing);
        let rows = [
            (&bare, existing, strict, true, "a bare userId that the host vouches for"),
            (&bare, existing, seen, true, "the same, where the gateway's word counts"),
            (&bare, None, strict, false, "refused whatever is known"),
            (&bare, None, IdentityPolicy::DOCUMENTED, true, "sent without an intent"),
            (
                &bare,
                Some(Intent::Clone),
                IdentityPolicy::DOCUMENTED,
                false,
                "a clone was asked for",
            ),
            (&bare, Some(Intent::New), seen, false, "refused whatever is known"),
            (&complete, existing, seen, false, "no user of this id would be a clone"),
            (&None, Some(Intent::Owner), seen, false, "there is no clinician"),
        ];
        for (clinician, intent, policy, expected, reason) in rows {
            let launch = launch(Form::Native, clinician.clone(), intent);
            let asked = launch.in_question(&rules(policy), &all).is_some();
            assert_eq!(asked, expected, "{reason}");
        }
        let not_granted = launch(Form::Native, bare, existing);
        assert_eq!(not_granted.in_question(&rules(seen), &host(&[])), None);
    }

    #[test]
    fn only_a_complete_profile_makes_a_user_known() {
        let policy = IdentityPolicy::DOCUMENTED;
        for clinician in every_clinician().into_iter().flatten() {
            let is_complete = clinician.profile() == Profile::Complete;
            let launch = launch(Form::Native, Some(clinician), None);
            let plan = plan(launch, &rules(policy), &host(Intent::ALL), Seen::NotAsked).unwrap();
            assert_eq!(plan.is_complete, is_complete);
        }
    }

    #[test]
    fn only_granted_intents_apply_and_silence_grants_no_owner() {
        let without_owner = host(&[Intent::Upsert]);
        let complete = every_clinician().pop().flatten();
        let policy = IdentityPolicy::DOCUMENTED;
        for intent in Intent::ALL.iter().copied() {
            let stated = outcome(
                launch(Form::Native, complete.clone(), Some(intent)),
                policy,
                &without_owner,
            );
            assert_eq!(
                stated == Err(Code::IntentDenied),
                intent != Intent::Upsert,
                "{intent:?}"
            );
        }
        let silent = outcome(launch(Form::DropIn, None, None), policy, &without_owner);
        assert_eq!(silent, Err(Code::IntentDenied));
        let nothing_granted = host(&[]);
        assert!(outcome(launch(Form::Native, complete, None), policy, &nothing_granted).is_ok());
    }
}
