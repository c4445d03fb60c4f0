//! Bad input: all of it refused in the error shape, none of it sent on, none of it repeated.

use serde_json::{Value, json};

use crate::helpers::{Launch, TestApp, TestConfig, alice, base64, raw, with, without};

/// Sends launches that are wrong and checks that nothing came of them.
struct Table {
    app: TestApp,
}

impl Table {
    async fn new(config: TestConfig) -> Self {
        Self {
            app: TestApp::with(config).await,
        }
    }

    async fn row(&self, launch: Launch<'_>, code: &str, fields: &[(&str, &str)], reason: &str) {
        let answer = launch.send().await;
        let found = (answer.status, answer.code());
        assert_eq!(found, (400, code.to_owned()), "{reason}: {answer:?}");
        answer.naming(fields);
        assert!(!answer.text.contains("canary"), "{reason}: {answer:?}");
        self.app.received_nothing().await;
    }
}

const HEADER: &str = "/header/x-integration-user";

#[actix_web::test]
async fn bad_user_headers_are_distinguished() {
    let table = Table::new(TestConfig::documented()).await;
    let rows: &[(&[u8], &str, &[(&str, &str)], &str)] = &[
        (b"", "header_not_base64", &[(HEADER, "not_base64")], "present and empty"),
        (
            b"canary!",
            "header_not_base64",
            &[(HEADER, "not_base64")],
            "not the alphabet",
        ),
        (
            b"eyJ1c2VySWQi-_8",
            "header_not_base64",
            &[(HEADER, "not_base64")],
            "the URL-safe alphabet",
        ),
        (
            b"eyJ1c2VySWQiOiJ1In0=, eyJ1c2VySWQiOiJ1In0=",
            "header_not_base64",
            &[(HEADER, "not_base64")],
            "joined",
        ),
        (
            &[b'A'; 4097],
            "header_too_large",
            &[(HEADER, "too_large")],
            "over 4 KiB",
        ),
    ];
    for (value, code, fields, reason) in rows {
        let launch = table.app.drop_in("statistics").header("x-integration-user", *value);
        table.row(launch, code, fields, reason).await;
    }
    let decoded: &[(&[u8], &str, &[(&str, &str)], &str)] = &[
        (b"{\"userId\":\"canary\xc9\"}", "header_not_utf8", &[(HEADER, "not_utf8")], "a browser's btoa"),
        (b"userId=canary", "header_not_json", &[(HEADER, "not_json")], "not JSON"),
        (b"{\"userId\":\"canary\"", "header_not_json", &[(HEADER, "not_json")], "cut off"),
        (b"null", "header_schema", &[("", "wrong_type")], "null"),
        (b"[\"canary\"]", "header_schema", &[("", "wrong_type")], "a list"),
        (b"\"canary\"", "header_schema", &[("", "wrong_type")], "a string"),
        (b"{}", "header_schema", &[("/userId", "required")], "nobody"),
        (b"{\"userId\":null}", "header_schema", &[("/userId", "required")], "null is nobody"),
        (
            b"{\"userId\":7,\"firstName\":{},\"lastName\":\" \",\"email\":\"canary\",\"licenseNumber\":\"\",\"preferredLanguage\":\"DE\",\"canary\":1,\"email\":\"x@y.ca\"}",
            "header_schema",
            &[
                ("/userId", "wrong_type"),
                ("/firstName", "wrong_type"),
                ("/lastName", "empty"),
                ("/email", "repeated"),
                ("/licenseNumber", "empty"),
                ("/preferredLanguage", "bad_value"),
                ("/*", "unknown"),
            ],
            "everything at once",
        ),
    ];
    for (json, code, fields, reason) in decoded {
        let launch = table
            .app
            .drop_in("statistics")
            .header("x-integration-user", base64(json));
        table.row(launch, code, fields, reason).await;
    }
    let twice = table.app.drop_in("statistics").user(&alice()).user(&alice());
    table
        .row(twice, "header_repeated", &[(HEADER, "repeated")], "two headers")
        .await;
}

#[actix_web::test]
async fn the_latin_1_error_is_explained_in_an_integrators_words() {
    let app = TestApp::documented().await;
    let answer = app
        .drop_in("statistics")
        .header("x-integration-user", base64(b"{\"userId\":\"\xc9lodie\"}"))
        .send()
        .await;
    let body = answer.is_refused(400, "header_not_utf8").json();
    assert_eq!(body["message"], "Invalid x-integration-user header format");
    let message = body["errors"][0]["message"].as_str().unwrap();
    for word in ["btoa", "UTF-8", "Latin-1", "TextEncoder"] {
        assert!(message.contains(word), "{message}");
    }
}

#[actix_web::test]
async fn a_header_fault_beats_the_others_but_all_are_named() {
    let table = Table::new(TestConfig::documented()).await;
    let launch = table
        .app
        .drop_in("consultation/view")
        .query("locale=de&PatientKey=p")
        .intent("guess")
        .header("x-integration-user", base64("[]"));
    let fields = [
        ("", "wrong_type"),
        ("/query/locale", "bad_value"),
        ("/query/patientKey", "wrong_case"),
        ("/header/x-integration-intent", "bad_value"),
    ];
    table
        .row(launch, "header_schema", &fields, "header, query and intent")
        .await;
}

#[actix_web::test]
async fn bad_queries_and_headers_of_a_drop_in_are_refused() {
    let table = Table::new(TestConfig::strict().tenant("extra_params = [\"ward\"]")).await;
    let long = format!("patientKey={}", "a".repeat(513));
    let rows: &[(&str, &str, &str, &str)] = &[
        ("", "/query/patientKey", "required", "missing"),
        ("patientKey=", "/query/patientKey", "empty", "empty"),
        (&long, "/query/patientKey", "too_long", "513 characters"),
        (
            "patientKey=a%00canary",
            "/query/patientKey",
            "bad_character",
            "a control character",
        ),
        (
            "patientKey=p&patientKey=canary",
            "/query/patientKey",
            "repeated",
            "twice",
        ),
        (
            "patientKey=p&PATIENTKEY=canary",
            "/query/patientKey",
            "wrong_case",
            "twice, in other case",
        ),
        (
            "patientKey=p&locale=canary",
            "/query/locale",
            "bad_value",
            "another language",
        ),
        ("patientKey=p&canary=1", "/query/*", "unknown", "not granted"),
        ("patientKey=p&Ward=1", "/query/*", "wrong_case", "granted in other case"),
        (
            "patientKey=p&ward=1&ward=canary",
            "/query/ward",
            "repeated",
            "a granted one twice",
        ),
        (
            "patientKey=p&x-integration-user=canary",
            "/query/*",
            "unknown",
            "a header in the query",
        ),
        ("patientKey=p&canary", "/query/*", "no_equals_sign", "no ="),
        ("patientKey=p&locale=%zz", "/query/*", "bad_percent", "a bad escape"),
        ("patientKey=p&locale=%ff", "/query/*", "not_utf8", "not UTF-8"),
    ];
    for (query, field, code, reason) in rows {
        let launch = table.app.drop_in("consultation/view").query(query).user(&alice());
        table.row(launch, "invalid_request", &[(field, code)], reason).await;
    }
    let intents: &[(&[&str], &str, &str)] = &[
        (&["canary"], "bad_value", "no intent"),
        (&["Owner"], "bad_value", "other case"),
        (&[""], "bad_value", "empty"),
        (&["upsert", "upsert"], "repeated", "twice"),
    ];
    for (values, code, reason) in intents {
        let launch = values
            .iter()
            .fold(table.app.drop_in("statistics").user(&alice()), |launch, value| {
                launch.intent(value)
            });
        table
            .row(
                launch,
                "invalid_request",
                &[("/header/x-integration-intent", code)],
                reason,
            )
            .await;
    }
    let body = table
        .app
        .drop_in("statistics")
        .user(&alice())
        .json(&json!({"clinician": {"userId": "canary"}}));
    table
        .row(
            body,
            "invalid_request",
            &[("", "not_accepted")],
            "both a header and a body clinician",
        )
        .await;
}

#[actix_web::test]
async fn bad_bodies_are_refused_with_every_error_at_once() {
    let table = Table::new(TestConfig::documented()).await;
    let good = json!({"clinician": alice(), "patientKey": "p"});
    let rows: Vec<(Value, Vec<(&str, &str)>, &str)> = vec![
        (json!(null), vec![("", "wrong_type")], "null"),
        (json!([]), vec![("", "wrong_type")], "a list"),
        (
            with(good.clone(), "clinician", Value::Null),
            vec![("/clinician", "wrong_type")],
            "clinician: null",
        ),
        (
            with(good.clone(), "clinician", json!([])),
            vec![("/clinician", "wrong_type")],
            "a list of clinicians",
        ),
        (
            with(good.clone(), "canary", 1),
            vec![("/*", "unknown")],
            "an unknown member",
        ),
        (
            with(good.clone(), "intent", "canary"),
            vec![("/intent", "bad_value")],
            "no intent",
        ),
        (
            with(good.clone(), "intent", 7),
            vec![("/intent", "wrong_type")],
            "a number",
        ),
        (
            without(good.clone(), &["patientKey"]),
            vec![("/patientKey", "required")],
            "no patient",
        ),
        (
            with(good.clone(), "patientKey", 7),
            vec![("/patientKey", "wrong_type")],
            "stated, so not called missing",
        ),
        (
            with(good.clone(), "patientKey", ""),
            vec![("/patientKey", "empty")],
            "an empty one",
        ),
        (
            with(good.clone(), "locale", "de"),
            vec![("/locale", "bad_value")],
            "another language",
        ),
        (
            with(good.clone(), "params", json!([])),
            vec![("/params", "wrong_type")],
            "params as a list",
        ),
        (
            with(good.clone(), "params", json!({"patientKey": "canary"})),
            vec![("/params/patientKey", "not_accepted")],
            "params.patientKey",
        ),
        (
            with(good.clone(), "params", json!({"LOCALE": "fr"})),
            vec![("/params/locale", "not_accepted")],
            "params.locale, shouted",
        ),
        (
            with(good.clone(), "params", json!({"accessKey": 7})),
            vec![("/params/accessKey", "wrong_type")],
            "a number",
        ),
        (
            with(good.clone(), "params", json!({"AccessKey": "canary"})),
            vec![("/params/accessKey", "wrong_case")],
            "other case",
        ),
        (
            with(good.clone(), "params", json!({"api_key": "canary"})),
            vec![("/params/*", "unknown")],
            "a reserved name",
        ),
        (
            with(good.clone(), "params", json!({"canary /": "x"})),
            vec![("/params/*", "unknown")],
            "no plain name",
        ),
        (
            json!({
                "clinician": {"firstName": "", "email": "canary", "nickname": "canary"},
                "intent": "guess", "locale": 1, "params": {"x": null}, "y": 1,
            }),
            vec![
                ("/clinician/userId", "required"),
                ("/clinician/firstName", "empty"),
                ("/clinician/email", "bad_email"),
                ("/clinician/*", "unknown"),
                ("/intent", "bad_value"),
                ("/locale", "wrong_type"),
                ("/params/*", "wrong_type"),
                ("/patientKey", "required"),
                ("/*", "unknown"),
            ],
            "everything at once",
        ),
    ];
    for (body, fields, reason) in rows {
        table
            .row(
                table.app.native("consultation/view").json(&body),
                "invalid_request",
                &fields,
                reason,
            )
            .await;
    }
}

#[actix_web::test]
async fn bodies_that_are_no_json_are_refused() {
    let table = Table::new(TestConfig::documented()).await;
    let rows: &[(&[u8], &str, &str)] = &[
        (b"", "not_json", "nothing"),
        (b"clinician=canary", "not_json", "a form"),
        (b"{\"clinician\":{\"userId\":\"canary\"", "not_json", "cut off"),
        (
            b"{\"clinician\":{\"userId\":\"u\"}} canary",
            "not_json",
            "something behind it",
        ),
        (b"\xef\xbb\xbf{}", "not_json", "a byte order mark"),
        (b"{\"patientKey\":\"\xe9\"}", "not_utf8", "Latin-1"),
    ];
    for (body, code, reason) in rows {
        let launch = table
            .app
            .native("statistics")
            .header("content-type", "application/json")
            .body(*body);
        table.row(launch, "invalid_request", &[("", code)], reason).await;
    }
    let twice = r#"{"clinician":{"userId":"u"},"clinician":{"userId":"canary"},"patientKey":"p","patientKey":"q"}"#;
    let launch = table
        .app
        .native("statistics")
        .header("content-type", "application/json")
        .body(twice);
    table
        .row(
            launch,
            "invalid_request",
            &[("/clinician", "repeated"), ("/patientKey", "repeated")],
            "stated twice",
        )
        .await;
}

#[actix_web::test]
async fn native_launches_state_each_fact_in_one_place() {
    let table = Table::new(TestConfig::documented()).await;
    let body = json!({"clinician": alice(), "patientKey": "p"});
    let native = || table.app.native("consultation/view").json(&body);
    let fields = [("/query/*", "not_accepted")];
    table
        .row(
            native().query("patientKey=canary"),
            "invalid_request",
            &fields,
            "a query",
        )
        .await;
    let fields = [("/header/x-integration-user", "not_accepted")];
    table
        .row(
            native().user(&alice()),
            "invalid_request",
            &fields,
            "both a header and a body clinician",
        )
        .await;
    let fields = [("/header/x-integration-intent", "not_accepted")];
    table
        .row(
            native().intent("upsert"),
            "invalid_request",
            &fields,
            "an intent header",
        )
        .await;
}

#[actix_web::test]
async fn invisible_and_ambiguous_clinicians_are_refused() {
    let table = Table::new(TestConfig::documented()).await;
    let rows: &[(&str, &str, &str, &str)] = &[
        ("userId", "emp\u{200b}1", "bad_character", "zero-width space"),
        ("userId", "emp\u{202e}1", "bad_character", "bidi override"),
        ("userId", "emp\u{feff}1", "bad_character", "zero-width no-break space"),
        ("userId", "emp1 ", "outer_space", "trailing space"),
        ("userId", "\u{a0}emp1", "outer_space", "leading no-break space"),
        ("userId", "e\u{301}", "not_normalized", "not NFC"),
        ("userId", "\u{212b}", "not_normalized", "the Ångström sign"),
        ("userId", "a\r\nX-Evil: 1", "bad_character", "a header of its own"),
        ("userId", "", "empty", "empty"),
        ("userId", " \t", "empty", "blank"),
        ("firstName", "\u{3000}", "empty", "blank, ideographic"),
        ("lastName", "O\u{0}", "bad_character", "NUL"),
        ("email", "a@b@c", "bad_email", "two @"),
        ("licenseNumber", "1\u{2028}2", "bad_character", "line separator"),
        ("preferredLanguage", "french", "bad_value", "a word"),
    ];
    for (field, value, code, reason) in rows {
        let launch = table
            .app
            .native("statistics")
            .json(&json!({"clinician": with(alice(), field, *value)}));
        table
            .row(
                launch,
                "invalid_request",
                &[(&format!("/clinician/{field}"), code)],
                reason,
            )
            .await;
    }
    for (field, max) in [
        ("userId", 255),
        ("firstName", 100),
        ("lastName", 100),
        ("licenseNumber", 64),
    ] {
        let clinician = with(alice(), field, "é".repeat(max + 1));
        let launch = table.app.native("statistics").json(&json!({"clinician": clinician}));
        table
            .row(
                launch,
                "invalid_request",
                &[(&format!("/clinician/{field}"), "too_long")],
                field,
            )
            .await;
    }
}

#[actix_web::test]
async fn required_params_of_the_tenant_are_required() {
    let lines =
        "extra_params = [\"ward\"]\nrequired_params = { \"followup/plan\" = [\"patientKey\", \"ward\", \"locale\"] }";
    let table = Table::new(TestConfig::strict().tenant(lines)).await;
    let drop_in = table.app.drop_in("followup/plan").query("patientKey=p").user(&alice());
    let fields = [("/query/ward", "required"), ("/query/locale", "required")];
    table.row(drop_in, "invalid_request", &fields, "drop-in").await;
    let native = table
        .app
        .native("followup/plan")
        .json(&json!({"clinician": without(alice(), &["preferredLanguage"])}));
    let fields = [
        ("/patientKey", "required"),
        ("/params/ward", "required"),
        ("/locale", "required"),
    ];
    table.row(native, "invalid_request", &fields, "native").await;

    let body = json!({"clinician": alice(), "patientKey": "p", "params": {"ward": "7"}});
    table.app.native("followup/plan").json(&body).send().await.is_launched();
    table
        .app
        .native("followup/dashboard")
        .json(&json!({"clinician": alice()}))
        .send()
        .await
        .is_launched();
}

#[actix_web::test]
async fn extra_params_are_passed_on_as_the_tenant_lists_them() {
    let app = TestApp::with(TestConfig::strict().tenant("extra_params = [\"ward\"]")).await;
    app.drop_in("statistics")
        .query("ward=7")
        .user(&alice())
        .send()
        .await
        .is_launched();
    assert_eq!(app.received_one().await.url.query(), Some("ward=7"));

    let app = TestApp::documented().await;
    app.drop_in("statistics")
        .query("anything=7")
        .user(&alice())
        .send()
        .await
        .is_launched();
    assert_eq!(app.received_one().await.url.query(), Some("anything=7"));
}

#[actix_web::test]
async fn reserved_headers_and_their_look_alikes_are_refused() {
    let app = TestApp::documented().await;
    for name in [
        "x_integration_user",
        "X-Integration_User",
        "x_integration-intent",
        "API_KEY",
        "x-tenant_key",
        "x_management_key",
        "x-management-key",
        "X-Management-Key",
    ] {
        app.drop_in("statistics")
            .user(&alice())
            .header(name, "v")
            .send()
            .await
            .is_refused(400, "reserved_header");
        app.native("statistics")
            .json(&json!({"clinician": alice()}))
            .header(name, "v")
            .send()
            .await
            .is_refused(400, "reserved_header");
    }
    app.received_nothing().await;
    let harmless = app.drop_in("statistics").user(&alice()).header("x_forwarded_for", "v");
    harmless.send().await.is_launched();
}

#[actix_web::test]
async fn a_body_that_ends_too_early_is_reported_to_a_listening_caller() {
    let app = TestApp::documented().await;
    let key = crate::helpers::HOST_KEY;
    let head = format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\napi-key: {key}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n5\r\n{{\"cli\r\nzz\r\n"
    );
    let answer = raw(&app.address, &head).await;
    assert!(answer.contains(r#""code":"truncated""#), "{answer}");
    app.received_nothing().await;
}
