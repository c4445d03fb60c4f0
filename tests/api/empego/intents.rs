//! The intent table over the wire: policies, grants, warnings.

use serde_json::{Value, json};

use crate::helpers::{TestApp, TestConfig, alice, without};

fn id_only() -> Value {
    json!({"userId": "emp456"})
}

fn partial() -> Value {
    without(alice(), &["email", "licenseNumber"])
}

#[actix_web::test]
async fn strict_tenants_accept_only_what_suits_both_new_and_existing_users() {
    let app = TestApp::with(TestConfig::strict_with_every_intent()).await;
    let rows: &[(Option<Value>, Option<&str>, u16, &str, &str)] = &[
        (None, None, 403, "owner_session_denied", "no header"),
        (None, Some("owner"), 403, "owner_session_denied", "no header, said so"),
        (None, Some("upsert"), 400, "identity_required", "an intent about nobody"),
        (Some(id_only()), None, 400, "intent_required", "a bare userId"),
        (
            Some(id_only()),
            Some("new"),
            400,
            "user_fields_missing",
            "a bare userId of a new user",
        ),
        (Some(id_only()), Some("clone"), 403, "owner_clone_denied", "a clone"),
        (
            Some(id_only()),
            Some("owner"),
            400,
            "intent_conflict",
            "an owner with a userId",
        ),
        (Some(partial()), None, 400, "user_fields_missing", "a partial profile"),
        (
            Some(partial()),
            Some("clone"),
            400,
            "intent_conflict",
            "a clone with a profile",
        ),
        (
            Some(alice()),
            Some("owner"),
            400,
            "intent_conflict",
            "an owner with a profile",
        ),
    ];
    for (clinician, intent, status, code, reason) in rows {
        let mut launch = app.drop_in("statistics");
        if let Some(clinician) = clinician {
            launch = launch.user(clinician);
        }
        if let Some(intent) = intent {
            launch = launch.intent(intent);
        }
        let answer = launch.send().await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (*status, *code),
            "{reason}: {answer:?}"
        );
    }
    app.received_nothing().await;
}

#[actix_web::test]
async fn what_goes_ahead_says_whose_session_it_is_and_warns() {
    let app = TestApp::documented().await;
    let unlicensed = without(alice(), &["licenseNumber"]);
    let rows: &[(Option<Value>, Option<&str>, &str, &[&str])] = &[
        (None, Some("owner"), "owner", &[]),
        (Some(id_only()), None, "clinician_or_clone", &["may_clone_owner"]),
        (
            Some(id_only()),
            Some("existing"),
            "clinician_or_clone",
            &["may_clone_owner"],
        ),
        (Some(id_only()), Some("clone"), "clone", &[]),
        (
            Some(partial()),
            None,
            "clinician",
            &["may_be_rejected_if_new", "licence_may_be_inherited"],
        ),
        (Some(partial()), Some("existing"), "clinician", &[]),
        (
            Some(unlicensed.clone()),
            None,
            "clinician",
            &["licence_may_be_inherited"],
        ),
        (
            Some(unlicensed),
            Some("new"),
            "clinician",
            &["licence_may_be_inherited"],
        ),
        (Some(alice()), Some("new"), "clinician", &[]),
    ];
    for (clinician, intent, identity, warnings) in rows {
        let mut body = json!({});
        let mut drop_in = app.drop_in("statistics");
        if let Some(clinician) = clinician {
            body["clinician"] = clinician.clone();
            drop_in = drop_in.user(clinician);
        }
        if let Some(intent) = intent {
            body["intent"] = (*intent).into();
            drop_in = drop_in.intent(intent);
        }
        let native = app.native("statistics").json(&body).send().await;
        let answer = native.is_launched().json();
        assert_eq!(
            (&answer["identity"], &answer["warnings"]),
            (&json!(identity), &json!(warnings)),
            "{body}"
        );
        let drop_in = drop_in.send().await;
        let header = (!warnings.is_empty()).then(|| warnings.join(", "));
        assert_eq!(
            drop_in.is_launched().header("x-gateway-warnings"),
            header.as_deref(),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn silence_about_the_clinician_means_the_owner_only_in_empegos_own_form() {
    let app = TestApp::documented().await;
    app.drop_in("statistics").send().await.is_launched();
    app.native("statistics")
        .json(&json!({}))
        .send()
        .await
        .is_refused(400, "identity_required");
}

#[actix_web::test]
async fn a_strict_policy_accepts_no_intent_without_a_clinician() {
    let rows = [
        (TestConfig::strict(), ["upsert", "new"].as_slice(), "strict, by default"),
        (
            TestConfig::documented(),
            ["owner", "existing", "upsert", "new", "clone"].as_slice(),
            "as Empego documents",
        ),
        (
            TestConfig::strict().host("intents = [\"existing\"]"),
            ["existing"].as_slice(),
            "named",
        ),
    ];
    for (config, granted, reason) in rows {
        let app = TestApp::with(config).await;
        for intent in ["owner", "existing", "upsert", "new", "clone"] {
            // A mistyped id with `existing` would be a session of the key's owner.
            let launch = app.drop_in("statistics").user(&id_only()).intent(intent);
            let answer = launch.send().await;
            let is_denied = answer.status == 403 && answer.code() == "intent_denied";
            assert_eq!(is_denied, !granted.contains(&intent), "{reason}: {intent}");
        }
        let silent = app.drop_in("statistics").send().await;
        let is_denied = silent.status == 403 && silent.code() == "intent_denied";
        assert_eq!(
            is_denied,
            !granted.contains(&"owner"),
            "{reason}: silence means the owner"
        );
    }
}

#[actix_web::test]
async fn each_setting_overrides_its_preset_alone() {
    let rows: &[(TestConfig, Option<Value>, Option<&str>, u16)] = &[
        (
            TestConfig::strict_with_every_intent().tenant("owner_session = \"allow\""),
            None,
            None,
            200,
        ),
        (
            TestConfig::strict_with_every_intent().tenant("owner_clone = \"allow\""),
            Some(id_only()),
            None,
            200,
        ),
        (
            TestConfig::strict_with_every_intent().tenant("partial_profile = \"allow\""),
            Some(partial()),
            None,
            200,
        ),
        (
            TestConfig::documented().tenant("owner_session = \"deny\""),
            None,
            None,
            403,
        ),
        (
            TestConfig::documented().tenant("owner_clone = \"deny\""),
            Some(id_only()),
            Some("clone"),
            403,
        ),
        (
            TestConfig::documented().tenant("partial_profile = \"deny\""),
            Some(partial()),
            None,
            400,
        ),
    ];
    for (config, clinician, intent, status) in rows {
        let app = TestApp::with(config.clone()).await;
        let mut launch = app.drop_in("statistics");
        if let Some(clinician) = clinician {
            launch = launch.user(clinician);
        }
        if let Some(intent) = intent {
            launch = launch.intent(intent);
        }
        assert_eq!(launch.send().await.status, *status, "{config:?}");
    }
}

#[actix_web::test]
async fn missing_fields_are_named_where_the_caller_wrote_the_others() {
    let app = TestApp::with(TestConfig::strict_with_every_intent().tenant("missing_licence = \"deny\"")).await;
    let native = app
        .native("statistics")
        .json(&json!({"clinician": partial()}))
        .send()
        .await;
    native.is_refused(400, "user_fields_missing").naming(&[
        ("/clinician/email", "required"),
        ("/clinician/licenseNumber", "required"),
    ]);
    let drop_in = app
        .drop_in("statistics")
        .user(&without(alice(), &["licenseNumber"]))
        .send()
        .await;
    drop_in
        .is_refused(400, "user_fields_missing")
        .naming(&[("/licenseNumber", "required")]);
    assert_eq!(
        drop_in.json()["message"],
        "User creation failed - missing required fields"
    );
    let existing = app
        .drop_in("statistics")
        .user(&without(alice(), &["licenseNumber"]))
        .intent("existing");
    existing.send().await.is_launched();
}

#[actix_web::test]
async fn a_host_states_only_the_intents_it_was_granted() {
    let app = TestApp::with(TestConfig::documented().host("intents = [\"upsert\", \"new\"]")).await;
    for (intent, status) in [
        ("upsert", 200),
        ("new", 200),
        ("existing", 403),
        ("clone", 403),
        ("owner", 403),
    ] {
        let launch = app.drop_in("statistics").user(&alice()).intent(intent);
        let answer = launch.send().await;
        assert_eq!(answer.status, status, "{intent}");
        if status == 403 {
            answer.is_refused(403, "intent_denied");
        }
    }
    // Silence would mean the owner, whom this host may not state.
    app.drop_in("statistics").send().await.is_refused(403, "intent_denied");
}

#[actix_web::test]
async fn endpoints_that_were_not_granted_are_denied() {
    let app = TestApp::with(TestConfig::default().tenant("endpoints = [\"followup/*\", \"statistics\"]")).await;
    for (tail, status) in [
        ("followup/view", 200),
        ("followup/plan", 200),
        ("statistics", 200),
        ("consultation/view", 403),
        ("administration/franchise-management", 403),
    ] {
        let answer = app.drop_in(tail).query("patientKey=p").user(&alice()).send().await;
        assert_eq!(answer.status, status, "{tail}");
    }
}
