//! Session continuation: a browser comes from Junction, and goes back with a fresh URL if it has a session at the host.

use reqwest::{Method, header::HeaderName, redirect::Policy};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, path},
};

use crate::helpers::{
    Answer, HOST_KEY,
    issuer::Issuer,
    junction::{Lines, MEMBER, OPEN, OTHER_TEAM, Stage, TEAM, scene, table},
    peer::{Peer, Then, answer},
    with,
};

const QUERY: &str = "integration_member_id=emp123&integration_team_id=cardio&modality=feature_embed&feature=order_creation&environment=sandbox";

/// A browser that goes where it is sent, with these headers.
async fn visit(stage: &Stage, query: &str, headers: &[(&str, &str)]) -> Answer {
    arrive(stage, Method::GET, query, headers).await
}

/// The same after a click, whatever page it was on.
async fn click(stage: &Stage, query: &str, headers: &[(&str, &str)]) -> Answer {
    arrive(stage, Method::POST, query, headers).await
}

async fn arrive(stage: &Stage, method: Method, query: &str, headers: &[(&str, &str)]) -> Answer {
    let mut launch = stage.app.request(method, "/junction/session-continuation").query(query);
    for (name, value) in headers {
        launch = launch.header(name, *value);
    }
    launch.send().await
}

/// What a browser says of a form that was sent from the page itself.
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

#[track_caller]
fn is_page(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        answer.text.contains(&format!("<code>{code}</code> ({status})")),
        "{answer:?}"
    );
    assert!(answer.text.contains(answer.header("x-request-id").unwrap()));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!answer.text.contains("<script"));
}

/// A stage whose token host takes the clinician's token from a cookie.
async fn with_token(issuer: &Issuer) -> Stage {
    let host = issuer.host("spa", "gateway", "session = { cookie = \"sid\" }");
    Stage::with(Lines {
        more: host + "integration_team_id = \"team\"\npatient_key = \"patient\"\n",
        ..Lines::default()
    })
    .await
}

/// The same where tokens are about no patient.
async fn with_free_token(issuer: &Issuer) -> Stage {
    let host = issuer.host("spa", "gateway", "session = { cookie = \"sid\" }");
    Stage::with(Lines {
        more: host + "integration_team_id = \"team\"\n",
        ..Lines::default()
    })
    .await
}

fn elodies(issuer: &Issuer) -> Value {
    with(with(issuer.claims(), "sub", "emp123"), "team", "cardio")
}

#[actix_web::test]
async fn a_session_is_continued_with_a_fresh_url() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("theme=dark; sid={}; lang=fr", issuer.token(&elodies(&issuer)));
    let navigation = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = visit(&stage, QUERY, &navigation).await;
    assert_eq!((answer.status, answer.text.as_str()), (307, ""), "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let page = stage.junction.open(answer.location()).await;
    assert!(page.text.contains("Élodie Côté"), "{page:?}");

    let by_id =
        format!("member_id={MEMBER}&team_id={TEAM}&modality=link_out&feature=team_panels&environment=sandbox&state=x");
    assert_eq!(visit(&stage, &by_id, &[("cookie", &cookie)]).await.status, 307);
    let made = stage.sent("create_dashboard_url").await;
    assert_eq!(
        (&made["feature"], &made["modality"]),
        (&"team_panels".into(), &"link_out".into())
    );
}

#[actix_web::test]
async fn a_token_may_be_good_for_the_continuation_alone() {
    let issuer = Issuer::start().await;
    let host = issuer.host(
        "spa",
        "gateway",
        "session = { cookie = \"sid\", audience = \"continuation\" }",
    );
    let stage = Stage::with(Lines {
        more: host + "integration_team_id = \"team\"\n",
        ..Lines::default()
    })
    .await;
    let launch = json!({"feature": "order_creation", "modality": "feature_embed"});
    let rows = [
        (json!("continuation"), 307, 401, "for the continuation"),
        (json!("gateway"), 401, 200, "for the API"),
        (json!(["continuation"]), 307, 401, "for the continuation, in a list"),
        (json!(["gateway", "continuation"]), 401, 401, "for both is for neither"),
        (json!(["other", "continuation"]), 307, 401, "for somebody else too"),
        (json!("other"), 401, 401, "for somebody else"),
    ];
    for (audience, in_cookie, as_bearer, reason) in rows {
        let token = issuer.token(&with(elodies(&issuer), "aud", audience));
        let continued = visit(&stage, QUERY, &[("cookie", &format!("sid={token}"))]).await;
        assert_eq!(continued.status, in_cookie, "{reason}: {continued:?}");
        let launched = stage
            .app
            .request(Method::POST, "/v1/junction/launch")
            .header("authorization", format!("Bearer {token}"))
            .json(&launch);
        let launched = launched.send().await;
        assert_eq!(launched.status, as_bearer, "{reason}: {launched:?}");
        let empego = stage
            .app
            .request(Method::POST, "/v1/embeddable/statistics")
            .json(&json!({}));
        let empego = empego.header("authorization", format!("Bearer {token}")).send().await;
        assert_eq!(empego.status, as_bearer, "{reason}: {empego:?}");
    }
}

#[actix_web::test]
async fn without_an_audience_of_its_own_the_cookie_holds_a_token_of_the_api() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let token = issuer.token(&elodies(&issuer));
    let continued = visit(&stage, QUERY, &[("cookie", &format!("sid={token}"))]).await;
    assert_eq!(continued.status, 307, "{continued:?}");
    let launch = stage
        .app
        .request(Method::POST, "/v1/embeddable/statistics")
        .json(&json!({}));
    let launched = launch.header("authorization", format!("Bearer {token}")).send().await;
    assert_eq!(launched.status, 200, "{launched:?}");
}

#[actix_web::test]
async fn without_a_session_nothing_is_asked_of_junction() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let claims = elodies(&issuer);
    let good = issuer.token(&claims);
    let expired = issuer.token(&with(claims.clone(), "exp", 1_700_000_000));
    let foreign = issuer.token(&with(claims, "aud", "another"));
    let rows = [
        (String::new(), "none"),
        (format!("other={good}"), "in another cookie"),
        (format!("sid={good}; sid={good}"), "twice"),
        (format!("sid={expired}"), "expired"),
        (format!("sid={foreign}"), "of another audience"),
        (format!("sid={HOST_KEY}"), "a host's key"),
        ("sid=".to_owned(), "empty"),
    ];
    for (cookie, reason) in rows {
        let answer = visit(&stage, QUERY, &[("cookie", &cookie)]).await;
        is_page(&answer, 401, "session_required");
        assert!(answer.header("www-authenticate").is_none(), "{reason}");
    }
    let credential = visit(&stage, QUERY, &[("api-key", HOST_KEY)]).await;
    is_page(&credential, 401, "session_required");
    let bearer = visit(&stage, QUERY, &[("authorization", &format!("Bearer {good}"))]).await;
    is_page(&bearer, 401, "session_required");
    assert!(stage.journal().await.is_empty());
}

#[actix_web::test]
async fn what_is_claimed_must_be_the_sessions() {
    let issuer = Issuer::start().await;
    let other_member = MEMBER.replace('3', "7");
    let rows = [
        (QUERY.replace("emp123", "emp124"), 403, "session_mismatch"),
        (QUERY.replace("cardio", "derma"), 403, "session_mismatch"),
        (
            QUERY.replace("integration_team_id=cardio", &format!("team_id={OTHER_TEAM}")),
            403,
            "session_mismatch",
        ),
        (
            QUERY.replace("integration_member_id=emp123", &format!("member_id={other_member}")),
            403,
            "session_mismatch",
        ),
        (format!("{QUERY}&team_id={OTHER_TEAM}"), 403, "session_mismatch"),
        (format!("{QUERY}&member_id={other_member}"), 403, "session_mismatch"),
        (QUERY.replace("sandbox", "production"), 403, "feature_denied"),
        (QUERY.replace("order_creation", "results"), 400, "invalid_request"),
        (QUERY.replace("&environment=sandbox", ""), 400, "invalid_request"),
        (QUERY.replace("feature_embed", "iframe"), 400, "invalid_request"),
        (format!("{QUERY}&feature=team_config"), 400, "invalid_request"),
        (String::new(), 400, "invalid_request"),
    ];
    for (query, status, code) in rows {
        let stage = with_free_token(&issuer).await;
        let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
        is_page(&visit(&stage, &query, &[("cookie", &cookie)]).await, status, code);
        assert_eq!(stage.urls_made().await, 0, "{query}");
    }
}

#[actix_web::test]
async fn a_claimed_member_who_is_not_there_is_not_made() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "sub", "emp999")));
    let query = QUERY.replace("integration_member_id=emp123", &format!("member_id={MEMBER}"));
    is_page(
        &visit(&stage, &query, &[("cookie", &cookie)]).await,
        403,
        "session_mismatch",
    );
    assert_eq!(stage.state().await["members"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_team_is_never_made_for_a_browser_that_was_sent() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "team", "north")));
    let query = QUERY.replace("cardio", "north");
    is_page(&visit(&stage, &query, &[("cookie", &cookie)]).await, 403, "team_denied");
    assert_eq!(stage.calls().await, ["resolve_team"]);
}

/// A member of one team, as Junction knows them.
fn member(user_id: &str, team: &str) -> Value {
    json!({
        "id": MEMBER.replace('3', "8"), "integration_member_id": user_id, "name": "Noah Roy", "email": "noah@clinic.ca",
        "team_role_bindings": [{"team_id": team}],
    })
}

#[actix_web::test]
async fn nothing_is_created_or_changed_for_a_browser_that_was_sent() {
    let issuer = Issuer::start().await;
    let complete = json!({"given_name": "Noah", "family_name": "Roy", "email": "noah@clinic.ca"});
    let mut claims = with(elodies(&issuer), "sub", "emp999");
    claims
        .as_object_mut()
        .unwrap()
        .extend(complete.as_object().unwrap().clone());
    let rows = [
        (json!([]), "confirmation_required", "a member who is not there"),
        (
            json!([member("emp999", OTHER_TEAM)]),
            "confirmation_required",
            "a member of another team",
        ),
    ];
    for (members, code, reason) in rows {
        let stage = with_free_token(&issuer).await;
        stage.arrange(json!({"members": members})).await;
        let before = stage.state().await;
        let cookie = format!("sid={}", issuer.token(&claims));
        let answer = visit(&stage, &QUERY.replace("emp123", "emp999"), &[("cookie", &cookie)]).await;
        is_page(&answer, 403, code);
        assert_eq!(stage.state().await["members"], before["members"], "{reason}");
        assert_eq!(stage.calls().await, ["resolve_team", "resolve_member"], "{reason}");
    }

    let stage = with_token(&issuer).await;
    let before = stage.state().await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "patient", "nobody-yet")));
    is_page(
        &visit(&stage, QUERY, &[("cookie", &cookie)]).await,
        403,
        "confirmation_required",
    );
    assert_eq!(
        stage.state().await["users"],
        before["users"],
        "a patient who is not there"
    );
    assert_eq!(stage.urls_made().await, 0);
}

#[actix_web::test]
async fn a_session_bound_to_a_patient_continues_with_theirs() {
    let issuer = Issuer::start().await;
    let stage = with_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "patient", "patient123")));
    let answer = visit(&stage, QUERY, &[("cookie", &cookie)]).await;
    assert_eq!(answer.status, 307, "{answer:?}");
    let feature = stage.sent("create_dashboard_url").await["feature"].clone();
    assert_eq!(feature, format!("order_creation:{}", crate::helpers::junction::PATIENT));
    let panels = QUERY.replace("order_creation", "team_panels");
    is_page(
        &visit(&stage, &panels, &[("cookie", &cookie)]).await,
        403,
        "patient_denied",
    );
    let nobody = format!("sid={}", issuer.token(&elodies(&issuer)));
    is_page(
        &visit(&stage, QUERY, &[("cookie", &nobody)]).await,
        403,
        "patient_denied",
    );
}

#[actix_web::test]
async fn what_is_no_navigation_is_no_continuation() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
    for headers in [
        [("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")],
        [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "object")],
        [("sec-fetch-mode", "same-origin"), ("sec-fetch-dest", "document")],
    ] {
        let headers = [headers[0], headers[1], ("cookie", cookie.as_str())];
        is_page(&visit(&stage, QUERY, &headers).await, 403, "origin_denied");
    }
    assert!(stage.journal().await.is_empty());
    for method in [Method::HEAD, Method::PUT] {
        let request = stage.app.request(method, "/junction/session-continuation").query(QUERY);
        let answer = request.header("cookie", cookie.clone()).send_unchecked().await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")));
    }
}

#[actix_web::test]
async fn a_persons_own_click_creates_what_is_missing() {
    let issuer = Issuer::start().await;
    let nobody_yet = with(elodies(&issuer), "sub", "emp999");
    let query = QUERY.replace("emp123", "emp999");
    let rows = [
        (
            json!({"members": []}),
            nobody_yet.clone(),
            &query,
            "members",
            "a member who is not there",
        ),
        (
            json!({"members": [member("emp999", OTHER_TEAM)]}),
            nobody_yet,
            &query,
            "members",
            "a member of another team",
        ),
        (
            json!({}),
            with(elodies(&issuer), "patient", "nobody-yet"),
            &QUERY.to_owned(),
            "users",
            "a patient who is not there",
        ),
    ];
    for (arranged, claims, query, changed, reason) in rows {
        let stage = if claims["patient"].is_null() {
            with_free_token(&issuer).await
        } else {
            with_token(&issuer).await
        };
        stage.arrange(arranged).await;
        let cookie = format!("sid={}", issuer.token(&claims));
        let before = stage.state().await[changed].clone();
        let asked = visit(&stage, query, &[("cookie", &cookie)]).await;
        is_page(&asked, 403, "confirmation_required");
        assert!(
            asked
                .text
                .contains("<form method=\"post\"><button>Continue</button></form>")
        );
        assert_eq!(asked.header("referrer-policy"), Some("strict-origin"));
        let app = format!("http://{}", stage.junction.address);
        let policy = asked.header("content-security-policy").unwrap();
        assert!(
            policy.contains("form-action 'self' ") && policy.contains(&app),
            "{policy}"
        );
        assert_eq!(stage.state().await[changed], before, "{reason}");

        let answer = click(&stage, query, &[("cookie", &cookie), OWN_PAGE]).await;
        assert_eq!((answer.status, answer.text.as_str()), (303, ""), "{reason}: {answer:?}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
        assert_ne!(stage.state().await[changed], before, "{reason}");
        let page = stage.junction.open(answer.location()).await;
        assert_eq!(page.status, 200, "{reason}: {page:?}");
    }
}

#[actix_web::test]
async fn a_team_that_may_be_created_takes_a_click_too() {
    let issuer = Issuer::start().await;
    let host = issuer.host("spa", "gateway", "session = { cookie = \"sid\" }");
    let stage = Stage::with(Lines {
        more: host + "integration_team_id = \"team\"\nintegration_team_name = \"team\"\n",
        ..Lines::default()
    })
    .await;
    let claims = with(with(elodies(&issuer), "team", "north"), "sub", "emp999");
    let cookie = format!("sid={}", issuer.token(&claims));
    let query = QUERY.replace("cardio", "north").replace("emp123", "emp999");
    is_page(
        &visit(&stage, &query, &[("cookie", &cookie)]).await,
        403,
        "confirmation_required",
    );
    assert_eq!(stage.calls().await, ["resolve_team"]);
    let by_id = format!("{query}&team_id={TEAM}");
    is_page(
        &click(&stage, &by_id, &[("cookie", &cookie), OWN_PAGE]).await,
        403,
        "session_mismatch",
    );
    assert_eq!(stage.calls().await, ["resolve_team"; 2], "another team is meant");
    let answer = click(&stage, &query, &[("cookie", &cookie), OWN_PAGE]).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(stage.calls().await.contains(&"create_team".to_owned()));
}

#[actix_web::test]
async fn a_click_on_any_other_page_creates_nothing() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "sub", "emp999")));
    let query = QUERY.replace("emp123", "emp999");
    let own = format!("http://{}", stage.app.address);
    let rows: &[(&[(&str, &str)], &str)] = &[
        (&[], "a browser that says nothing"),
        (&[("sec-fetch-site", "cross-site")], "another site"),
        (&[("sec-fetch-site", "same-site")], "a sibling domain"),
        (&[("sec-fetch-site", "none")], "nobody's page"),
        (&[("origin", "https://evil.example")], "another origin"),
        (&[("origin", "null")], "no origin"),
        (
            &[("sec-fetch-site", "cross-site"), ("origin", &own)],
            "one of both is wrong",
        ),
        (
            &[OWN_PAGE, ("origin", "https://evil.example")],
            "the other of both is wrong",
        ),
        (
            &[OWN_PAGE, ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
            "a script",
        ),
    ];
    for (headers, reason) in rows {
        let mut headers = headers.to_vec();
        headers.push(("cookie", &cookie));
        is_page(&click(&stage, &query, &headers).await, 403, "origin_denied");
        assert!(stage.journal().await.is_empty(), "{reason}");
    }
    let older_browser = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    assert_eq!(click(&stage, &query, &older_browser).await.status, 303);
}

#[actix_web::test]
async fn no_click_is_requested_where_it_would_not_help() {
    let issuer = Issuer::start().await;
    let incomplete = with(with(elodies(&issuer), "sub", "emp999"), "email", Value::Null);
    let keep = r#"
        features = ["order_creation"]
        modalities = ["feature_embed"]
        member_teams = "keep"
    "#;
    let rows = [
        (None, json!([]), incomplete, 400, "user_fields_missing"),
        (
            Some(keep),
            json!([member("emp999", OTHER_TEAM)]),
            with(elodies(&issuer), "sub", "emp999"),
            403,
            "team_denied",
        ),
    ];
    for (junction, members, claims, status, code) in rows {
        let host = issuer.host("spa", "gateway", "session = { cookie = \"sid\" }");
        let stage = Stage::with(Lines {
            junction,
            more: host + "integration_team_id = \"team\"\n",
            ..Lines::default()
        })
        .await;
        stage.arrange(json!({"members": members})).await;
        let cookie = format!("sid={}", issuer.token(&claims));
        let query = QUERY.replace("emp123", "emp999");
        let sent = visit(&stage, &query, &[("cookie", &cookie)]).await;
        is_page(&sent, status, code);
        assert!(!sent.text.contains("<form"));
        let clicked = click(&stage, &query, &[("cookie", &cookie), OWN_PAGE]).await;
        is_page(&clicked, status, code);
        assert_eq!(stage.urls_made().await, 0);
    }
}

#[actix_web::test]
async fn a_claimed_member_is_not_bound_by_a_click_if_another_is_there() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    stage.arrange(json!({"members": [member("emp123", OTHER_TEAM)]})).await;
    let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
    let before = stage.state().await;
    let query = format!("{QUERY}&member_id={MEMBER}");
    is_page(
        &click(&stage, &query, &[("cookie", &cookie), OWN_PAGE]).await,
        403,
        "session_mismatch",
    );
    assert_eq!(stage.state().await["members"], before["members"]);
}

/// Two hosts of two tenants, each with a cookie and an issuer of its own, in either order.
async fn of_two_tenants(own: &Issuer, planted: &Issuer, planted_first: bool) -> Stage {
    let of = |issuer: &Issuer, id: &str| {
        let session = format!("session = {{ cookie = \"{id}\" }}");
        issuer.host(id, "gateway", &session) + "integration_team_id = \"team\"\n"
    };
    let planted = of(planted, "planted").replace("\"downtown\"", "\"uptown\"");
    let hosts = if planted_first {
        planted + &of(own, "own")
    } else {
        of(own, "own") + &planted
    };
    let uptown = "[[tenant]]\nid = \"uptown\"\n".to_owned() + &table("127.0.0.1:9", OPEN);
    Stage::with(Lines {
        more: uptown + &hosts,
        ..Lines::default()
    })
    .await
}

#[actix_web::test]
async fn the_session_of_the_claimed_member_goes_whatever_stands_first() {
    let (own, planted) = (Issuer::start().await, Issuer::start().await);
    let attackers = |sub: &str| planted.token(&with(with(planted.claims(), "sub", sub), "team", "cardio"));
    let mine = own.token(&elodies(&own));
    for planted_first in [true, false] {
        for cookies in [
            format!("planted={}; own={mine}", attackers("emp666")),
            format!("own={mine}; planted={}", attackers("emp666")),
        ] {
            let stage = of_two_tenants(&own, &planted, planted_first).await;
            let answer = visit(&stage, QUERY, &[("cookie", &cookies)]).await;
            assert_eq!(answer.status, 307, "{answer:?}");
            let page = stage.junction.open(answer.location()).await;
            assert!(page.text.contains("Élodie Côté"), "{page:?}");
            let nobodys = QUERY.replace("emp123", "emp777");
            is_page(
                &visit(&stage, &nobodys, &[("cookie", &cookies)]).await,
                403,
                "session_mismatch",
            );
        }
        let stage = of_two_tenants(&own, &planted, planted_first).await;
        let twins = format!("own={mine}; planted={}", attackers("emp123"));
        is_page(
            &visit(&stage, QUERY, &[("cookie", &twins)]).await,
            403,
            "session_mismatch",
        );
        assert!(stage.journal().await.is_empty(), "nobody knows which is meant");
    }
}

/// Two token hosts of one tenant, `web` with the audience `gateway` and `mobile` with `other`, each with a cookie of its name.
async fn of_two_hosts(issuer: &Issuer) -> Stage {
    let of = |id: &str, audience: &str| {
        let session = format!("session = {{ cookie = \"{id}\" }}");
        issuer.host(id, audience, &session) + "integration_team_id = \"team\"\n"
    };
    let lines = Lines {
        more: of("web", "gateway") + &of("mobile", "other"),
        ..Lines::default()
    };
    Stage::with(lines).await
}

#[actix_web::test]
async fn two_hosts_of_one_tenant_may_share_a_clinicians_sessions() {
    let issuer = Issuer::start().await;
    let stage = of_two_hosts(&issuer).await;
    let token = |audience: &str| issuer.token(&with(elodies(&issuer), "aud", audience));
    let cookies = format!("web={}; mobile={}", token("gateway"), token("other"));
    assert_eq!(visit(&stage, QUERY, &[("cookie", &cookies)]).await.status, 307);
}

#[actix_web::test]
async fn junctions_ids_tell_which_of_several_sessions_is_meant() {
    let issuer = Issuer::start().await;
    let stage = of_two_hosts(&issuer).await;
    let other = member("emp999", TEAM);
    let members = json!([scene()["members"][0], other]);
    stage.arrange(json!({"members": members})).await;
    let hers = issuer.token(&elodies(&issuer));
    let his = issuer.token(&with(with(elodies(&issuer), "sub", "emp999"), "aud", "other"));
    let cookies = format!("web={hers}; mobile={his}");
    for (id, name) in [(MEMBER, "Élodie Côté"), (other["id"].as_str().unwrap(), "Noah Roy")] {
        let query = QUERY.replace("integration_member_id=emp123", &format!("member_id={id}"));
        let answer = visit(&stage, &query, &[("cookie", &cookies)]).await;
        assert_eq!(answer.status, 307, "{answer:?}");
        let page = stage.junction.open(answer.location()).await;
        assert!(page.text.contains(name), "{page:?}");
    }
}

#[actix_web::test]
async fn a_token_that_cannot_be_checked_yet_is_no_missing_session() {
    let issuer = Issuer::start().await;
    issuer.server.reset().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
    let answer = visit(&stage, QUERY, &[("cookie", &cookie)]).await;
    is_page(&answer, 503, "identity_provider_unavailable");
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn a_browser_that_goes_round_in_circles_is_stopped() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
    let mut continued = 0;
    let stopped = loop {
        let answer = visit(&stage, QUERY, &[("cookie", &cookie)]).await;
        if answer.status != 307 {
            break answer;
        }
        continued += 1;
        assert!(continued <= 10);
    };
    is_page(&stopped, 429, "continuation_loop");
    assert!(stopped.header("retry-after").unwrap().parse::<u64>().unwrap() <= 20);
    assert!(continued >= 3, "{continued}");
    stage.arrange(json!({"members": [member("emp999", TEAM)]})).await;
    let somebody_else = format!("sid={}", issuer.token(&with(elodies(&issuer), "sub", "emp999")));
    let query = QUERY.replace("emp123", "emp999");
    assert_eq!(visit(&stage, &query, &[("cookie", &somebody_else)]).await.status, 307);
}

#[actix_web::test]
async fn a_person_may_click_after_the_browser_was_sent_as_often_as_it_may_be() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    stage.arrange(json!({"members": [member("emp999", OTHER_TEAM)]})).await;
    let cookie = format!("sid={}", issuer.token(&with(elodies(&issuer), "sub", "emp999")));
    let query = QUERY.replace("emp123", "emp999");
    for _ in 0..3 {
        let sent = visit(&stage, &query, &[("cookie", &cookie)]).await;
        is_page(&sent, 403, "confirmation_required");
    }
    for _ in 0..3 {
        let clicked = click(&stage, &query, &[("cookie", &cookie), OWN_PAGE]).await;
        assert_eq!(clicked.status, 303, "{clicked:?}");
    }
    let clicked = click(&stage, &query, &[("cookie", &cookie), OWN_PAGE]).await;
    is_page(&clicked, 429, "continuation_loop");
}

#[actix_web::test]
async fn the_page_speaks_the_browsers_language() {
    let stage = Stage::open().await;
    let french = visit(&stage, QUERY, &[("accept-language", "fr-CA,en;q=0.5")]).await;
    is_page(&french, 401, "session_required");
    assert!(french.text.contains("<html lang=\"fr\">") && french.text.contains("Votre session a expiré"));
    let english = visit(&stage, QUERY, &[]).await;
    assert!(english.text.contains("You are no longer signed in"));
}

/// A stage whose host has its session page on a plain socket.
async fn with_plain_page(page: &Peer, lines: &str) -> Stage {
    let url = format!("http://{}/session", page.address);
    Stage::with(Lines {
        host: format!("{lines}\nsession = {{ cookie = \"ehr_session\", url = \"{url}\" }}"),
        ..Lines::default()
    })
    .await
}

/// A page that knows no clinician.
fn page_of_strangers() -> Peer {
    Peer::start(|_, connection| answer(connection, "401 Unauthorized", "", "sign in"))
}

/// A page that takes every cookie for Élodie's.
fn page_of_elodie() -> Peer {
    let session = r#"{"clinician":{"userId":"emp123"},"team":{"integrationTeamId":"cardio"}}"#;
    Peer::start(move |_, connection| answer(connection, "200 OK", "", session))
}

#[actix_web::test]
async fn an_invalid_continuation_causes_no_call_to_the_host() {
    let page = page_of_elodie();
    let stage = with_plain_page(&page, "").await;
    let rows = [
        String::new(),
        QUERY.replace("&environment=sandbox", ""),
        QUERY.replace("order_creation", "results"),
        format!("{QUERY}&feature=order_creation"),
    ];
    for query in rows {
        let answer = visit(&stage, &query, &[("cookie", "ehr_session=a")]).await;
        is_page(&answer, 400, "invalid_request");
        let answer = click(&stage, &query, &[("cookie", "ehr_session=a"), OWN_PAGE]).await;
        is_page(&answer, 400, "invalid_request");
    }
    let elsewhere = click(&stage, QUERY, &[("cookie", "ehr_session=a")]).await;
    is_page(&elsewhere, 403, "origin_denied");
    assert_eq!(page.received(), 0);
}

#[actix_web::test]
async fn a_bad_cookie_that_is_repeated_costs_its_host_nothing() {
    let rows = [
        (page_of_strangers(), "a refusal"),
        (
            Peer::start(|_, connection| answer(connection, "200 OK", "", "<html>sign in</html>")),
            "a page to sign in at",
        ),
    ];
    for (page, reason) in rows {
        let stage = with_plain_page(&page, "").await;
        for _ in 0..20 {
            let answer = visit(&stage, QUERY, &[("cookie", "ehr_session=made-up")]).await;
            is_page(&answer, 401, "session_required");
        }
        // It is remembered for some seconds, which a slow machine may take longer for.
        assert!(page.received() < 10, "{reason}: {}", page.received());
    }
}

#[actix_web::test]
async fn made_up_cookies_cost_their_host_little_and_keep_no_known_clinician_out() {
    let session = json!({"clinician": {"userId": "emp123"}, "team": {"integrationTeamId": "cardio"}});
    let page = session_page(ResponseTemplate::new(200).set_body_json(&session)).await;
    let stage = with_page(&page).await;
    assert_eq!(visit(&stage, QUERY, &[("cookie", COOKIES)]).await.status, 307);
    let mut told = std::collections::BTreeSet::new();
    for made_up in 0..1500 {
        let cookie = format!("ehr_session=made-up-{made_up}");
        told.insert(visit(&stage, QUERY, &[("cookie", &cookie)]).await.status);
    }
    assert_eq!(told, [401, 429].into());
    let asked = page.received_requests().await.unwrap().len();
    assert!(asked < 1000, "{asked} questions");
    let again = visit(&stage, QUERY, &[("cookie", COOKIES)]).await;
    assert_eq!(again.status, 307, "{again:?}");
}

#[actix_web::test]
async fn strangers_who_wait_for_a_slow_page_leave_places_for_clinicians() {
    let server = MockServer::start().await;
    let session = |user_id: &str| json!({"clinician": {"userId": user_id}, "team": {"integrationTeamId": "cardio"}});
    for cookie in ["known", "new"] {
        Mock::given(header("cookie", format!("ehr_session={cookie}").as_str()))
            .respond_with(ResponseTemplate::new(200).set_body_json(session("emp123")))
            .mount(&server)
            .await;
    }
    let slowly = ResponseTemplate::new(401).set_delay(std::time::Duration::from_secs(4));
    Mock::given(path("/session")).respond_with(slowly).mount(&server).await;
    let stage = with_page(&server).await;
    let known = visit(&stage, QUERY, &[("cookie", "ehr_session=known")]).await;
    assert_eq!(known.status, 307, "{known:?}");

    let strangers: Vec<_> = (0..64).map(|at| format!("ehr_session=stranger-{at}")).collect();
    let strangers = futures_util::future::join_all(strangers.iter().map(async |cookie| {
        let answer = visit(&stage, QUERY, &[("cookie", cookie)]).await;
        answer.status
    }));
    let clinicians = async {
        // As soon as they have taken whatever they get.
        while server.received_requests().await.unwrap().len() < 1 + 32 {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let known = visit(&stage, QUERY, &[("cookie", "ehr_session=known")]).await;
        let elsewhere = reqwest::Client::builder()
            .local_address(std::net::IpAddr::from([127, 0, 0, 2]))
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let url = format!("http://{}/junction/session-continuation?{QUERY}", stage.app.address);
        let new = elsewhere.get(url).header("cookie", "ehr_session=new").send();
        (known.status, new.await.unwrap().status().as_u16())
    };
    let (strangers, clinicians) = futures_util::future::join(strangers, clinicians).await;
    assert_eq!(clinicians, (307, 307));
    assert_eq!(
        strangers.iter().filter(|status| **status == 503).count(),
        32,
        "{strangers:?}"
    );
}

#[actix_web::test]
async fn a_caller_over_a_limit_causes_no_call_to_the_host() {
    let rows = [
        ("", "continuation_loop", "one clinician's continuations"),
        (
            "rate = { per_second = 1, burst = 1 }",
            "rate_limited",
            "the host's launches",
        ),
        (
            "rate = { clinician_per_second = 1, clinician_burst = 1 }",
            "rate_limited",
            "a clinician's launches",
        ),
    ];
    for (lines, code, reason) in rows {
        let page = page_of_elodie();
        let stage = with_plain_page(&page, lines).await;
        let mut visits = 0;
        loop {
            visits += 1;
            assert!(visits < 20, "{reason}");
            if visit(&stage, QUERY, &[("cookie", "ehr_session=a")]).await.status == 429 {
                break;
            }
        }
        let asked = page.received();
        let answer = visit(&stage, QUERY, &[("cookie", "ehr_session=a")]).await;
        // A second later, the limit may be over.
        if answer.status == 429 {
            is_page(&answer, 429, code);
            assert!(answer.header("retry-after").is_some());
            assert_eq!(page.received(), asked, "{reason}");
        }
    }
}

#[actix_web::test]
async fn endless_redirects_for_others_do_not_call_the_host_endlessly() {
    let page = page_of_elodie();
    let stage = with_plain_page(&page, "").await;
    let somebody_elses = QUERY.replace("emp123", "emp124");
    let mut told = std::collections::BTreeMap::new();
    for _ in 0..200 {
        let answer = visit(&stage, &somebody_elses, &[("cookie", "ehr_session=a")]).await;
        *told.entry(answer.status).or_insert(0) += 1;
    }
    assert_eq!(told.keys().copied().collect::<Vec<_>>(), [403, 429]);
    assert_eq!(page.received(), told[&403], "{told:?}");
}

#[actix_web::test]
async fn a_host_is_asked_on_one_connection_that_is_kept() {
    let page = page_of_strangers();
    let stage = with_plain_page(&page, "").await;
    for stranger in 0..5 {
        let cookie = format!("ehr_session={stranger}");
        is_page(
            &visit(&stage, QUERY, &[("cookie", &cookie)]).await,
            401,
            "session_required",
        );
    }
    assert_eq!((page.received(), page.connections()), (5, 1));
}

#[actix_web::test]
async fn a_session_survives_a_kept_connection_that_was_closed_meanwhile() {
    let session = r#"{"clinician":{"userId":"emp123"},"team":{"integrationTeamId":"cardio"}}"#;
    let page = Peer::start(move |before, connection| match before {
        1 => Then::Reset,
        _ => answer(connection, "200 OK", "", session),
    });
    let stage = with_plain_page(&page, "").await;
    for _ in 0..2 {
        let answer = visit(&stage, QUERY, &[("cookie", "ehr_session=a")]).await;
        assert_eq!(answer.status, 307, "{answer:?}");
    }
}

/// A host's own session page.
async fn session_page(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/session"))
        .and(header("cookie", "ehr_session=opaque/1=="))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn with_page(page: &MockServer) -> Stage {
    let url = format!("{}/session", page.uri());
    Stage::with(Lines {
        host: format!("session = {{ cookie = \"ehr_session\", url = \"{url}\" }}"),
        ..Lines::default()
    })
    .await
}

const COOKIES: &str = "theme=dark; ehr_session=opaque/1==; other=secret";

#[actix_web::test]
async fn a_host_says_itself_whose_session_it_is() {
    let session = json!({
        "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie@clinic.ca"},
        "team": {"integrationTeamId": "cardio"},
    });
    let page = session_page(ResponseTemplate::new(200).set_body_json(&session)).await;
    let stage = with_page(&page).await;
    let answer = visit(&stage, QUERY, &[("cookie", COOKIES)]).await;
    assert_eq!(answer.status, 307, "{answer:?}");
    let asked = page.received_requests().await.unwrap();
    let headers: Vec<_> = asked[0].headers.keys().map(HeaderName::as_str).collect();
    assert_eq!(
        asked[0].headers["cookie"], "ehr_session=opaque/1==",
        "no other cookie goes there"
    );
    assert!(
        !headers.contains(&"referer") && !headers.contains(&"origin"),
        "{headers:?}"
    );

    let mismatch = visit(&stage, &QUERY.replace("emp123", "emp124"), &[("cookie", COOKIES)]).await;
    is_page(&mismatch, 403, "session_mismatch");
    let stranger = visit(&stage, QUERY, &[("cookie", "ehr_session=other")]).await;
    is_page(&stranger, 401, "session_required");
}

#[actix_web::test]
async fn a_session_may_need_more_cookies_than_one() {
    let server = MockServer::start().await;
    Mock::given(path("/session"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let url = format!("{}/session", server.uri());
    let stage = Stage::with(Lines {
        host: format!(
            "session = {{ cookie = \"ehr_session\", url = \"{url}\", more_cookies = [\"route\", \"ehr_session.2\", \"gone\"] }}"
        ),
        ..Lines::default()
    })
    .await;
    let cookies = "other=secret; ehr_session.2=b; route=r; ehr_session=a; gone=1; gone=2";
    is_page(
        &visit(&stage, QUERY, &[("cookie", cookies)]).await,
        401,
        "session_required",
    );
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked[0].headers["cookie"], "ehr_session=a; route=r; ehr_session.2=b");
}

#[actix_web::test]
async fn a_session_page_with_another_response_vouches_for_no_clinician() {
    let rows = [
        (ResponseTemplate::new(401), 401, "session_required", "no session"),
        (ResponseTemplate::new(500), 401, "session_required", "broken"),
        (
            ResponseTemplate::new(302).insert_header("location", "/login"),
            401,
            "session_required",
            "a redirect",
        ),
        (
            ResponseTemplate::new(200).set_body_string("<html>"),
            401,
            "session_required",
            "a page",
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!({})),
            403,
            "claim_unusable",
            "nobody",
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!({"clinician": {"userId": "emp123"}})),
            403,
            "team_denied",
            "somebody without a team",
        ),
        (
            ResponseTemplate::new(200).set_body_json(
                json!({"clinician": {"userId": "emp123"}, "team": {"integrationTeamId": "cardio"}, "patientKey": ""}),
            ),
            403,
            "claim_unusable",
            "a patient that is nobody",
        ),
    ];
    for (answer, status, code, reason) in rows {
        let page = session_page(answer).await;
        let stage = with_page(&page).await;
        is_page(&visit(&stage, QUERY, &[("cookie", COOKIES)]).await, status, code);
        assert_eq!(stage.urls_made().await, 0, "{reason}");
    }
}

#[actix_web::test]
async fn junctions_trouble_is_a_page_too() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let cookie = format!("sid={}", issuer.token(&elodies(&issuer)));
    stage
        .fault("create_dashboard_url", json!({"status": 503, "body": "canary"}))
        .await;
    let answer = visit(&stage, QUERY, &[("cookie", &cookie)]).await;
    is_page(&answer, 503, "upstream_busy");
    assert!(answer.header("retry-after").is_some() && !answer.text.contains("canary"));
}

#[actix_web::test]
async fn fast_launch_without_a_session_at_junction_comes_full_circle() {
    let issuer = Issuer::start().await;
    let stage = with_free_token(&issuer).await;
    let continuation = format!("http://{}/junction/session-continuation", stage.app.address);
    stage.arrange(json!({"continuationUrl": continuation})).await;
    let token = issuer.token(&elodies(&issuer));
    let fast = stage
        .app
        .request(Method::GET, "/v1/junction/fast-launch")
        .query("feature=order_creation&modality=feature_embed")
        .header("authorization", format!("Bearer {token}"));
    let url = fast.send().await.is_launched().json()["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let browser = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let sent = Answer::of(browser.get(&url).send().await.unwrap()).await;
    assert_eq!(sent.status, 302);
    let back = browser.get(sent.location()).header("cookie", format!("sid={token}"));
    let back = Answer::of(back.send().await.unwrap()).await;
    assert_eq!(back.status, 307, "{back:?}");
    let page = stage.junction.open(back.location()).await;
    assert!(page.text.contains("Élodie Côté"), "{page:?}");
}
