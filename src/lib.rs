//! The gateway between an EHR's front end and Empego's and Junction's embedded clinical apps.
//!
//! A launch goes through these modules from the outside in, and back out with an embed URL:
//!
//! - [`http`] takes a request apart and puts a response together. Every attempt passes its rim, and is recorded there.
//! - [`gateway`] is the story of one launch: plan, take a slot, mint, respond.
//! - [`directory`] is who may call, and for which tenant.
//! - [`identity`] says who calls: by key, or by the clinician's own token.
//! - [`domain`], a package of its own, has the rules, and is pure: what a launch is, who may be sent as whom, what the
//!   response may be.
//! - [`resilience`] keeps one party's trouble from spreading to the others.
//! - [`audit`] records each attempt before its response leaves, and writes what others read of the trail.
//! - [`upstream`] calls Empego, Junction, issuers and hosts, all through one HTTP client.
//!
//! Around them, [`app`] wires the parts, and supervises what runs beside the launches. [`config`] reads `gateway.toml`,
//! [`cli`] has the commands, [`sdk`] the package for pages, [`telemetry`] writes the log and the metrics, [`tls`] reads whom this machine trusts. Two more
//! packages are tools: [`simulator`], stand-ins for both vendors that share no code with the rest, and [`conformance`], which
//! checks any deployment from outside; what is shipped has neither.
//!
//! What is Empego's or Junction's stands in a folder or file of that name in each of these places; what stands beside it
//! knows neither.
//!
//! # One launch, without the network
//!
//! ```
//! use std::path::PathBuf;
//!
//! use domain::{
//!     empego::{Endpoint, Identity, Seen, parse_native, plan},
//!     native_body::Native,
//!     reason::Reason,
//! };
//! use empego_gateway::config::{Config, Source};
//!
//! let file = r#"
//!     [[tenant]]
//!     id = "downtown"
//!     api_key_env = "EMPEGO_API_KEY"
//!
//!     [[host]]
//!     id = "ehr-backend"
//!     tenant = "downtown"
//!     identity = "asserted"
//!     key_sha256 = "53be869d38fe3906c19c04c4e2758259a9eeed838be4502a16dd0b153c7ca3b4"
//! "#;
//! let environment = [("EMPEGO_API_KEY".to_owned(), "secret".to_owned())].into();
//! let source = Source::new("gateway.toml", file.to_owned(), PathBuf::new(), environment);
//! let config = Config::load(&source).unwrap();
//! let tenant = config.tenants[0].empego.as_ref().unwrap();
//! let host = &config.hosts[0];
//!
//! // What http does with a request: parse it once, into a type in which nothing needs checking again.
//! let parsed = |body: &[u8]| {
//!     let request = Native { body, ..Native::default() };
//!     parse_native(request, Endpoint::ConsultationView, &tenant.rules, None)
//! };
//! // What the gateway does with it: decide.
//! let planned = |body: &str| plan(parsed(body.as_bytes())?, &tenant.rules, &host.empego, Seen::NotAsked);
//!
//! let complete = r#"{
//!     "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie.cote@clinic.ca"},
//!     "patientKey": "patient123"
//! }"#;
//! assert_eq!(planned(complete).unwrap().identity, Identity::Clinician);
//!
//! // Of an unknown userId alone, Empego would clone the API key's owner: a strict tenant does not risk it.
//! let bare = r#"{"clinician": {"userId": "emp123"}, "patientKey": "patient123"}"#;
//! assert_eq!(planned(bare).unwrap_err().reason, Reason::BareUserId);
//! ```
//!
//! # How to add
//!
//! **An endpoint of Empego's.**
//! 1. A row in `crates/domain/src/empego/endpoint.rs`: routes, grants, metrics and the console read it.
//! 2. A row in `crates/simulator/src/empego/embeddable.rs`, which keeps a list of its own.
//! 3. Its paths in `openapi.yaml`, which `WRITE=1 cargo test --test api the_paths_of_all_endpoints` writes from
//!    those of the first endpoint.
//! 4. Its texts in `web/console/texts.*.json`, a line in CHANGELOG.md. `WRITE=1 cargo test --test api reference` writes
//!    the reference pages.
//!
//! **An error code.**
//! 1. A row in `crates/domain/src/code.rs`, one beside it in `crates/domain/src/code/texts.rs` with its meaning and what to do
//!    in both languages, and one for each place that refuses in `crates/domain/src/reason.rs`.
//! 2. The place itself: `Err(Reason::….into())`.
//! 3. Its test: a way to provoke it in `tests/api/helpers/scenario.rs`, and one in `web/console/provocations.js`.
//! 4. Its example in `openapi.yaml`. The reference pages and the console read the rows:
//!    `WRITE=1 cargo test --test api reference` writes the pages.
//!
//! **A field of the log, a metric, a command.** Its row, its registration or its arguments, and the same command; a metric's page
//! is written by `WRITE=1 cargo test --test api figures`.
//!
//! **A member of audit records.**
//! 1. A field of `crates/domain/src/audit/event.rs`, which `src/http/edge/audit_record.rs` fills. A person's id is none: it is
//!    named in [`domain::audit::Named`], and becomes a pseudonym.
//! 2. What FHIR makes of it, in `crates/domain/src/audit/fhir/`, and a column of `src/audit/export/table.rs` if people read it.
//! 3. Its name in `web/console/texts.*.json`, and its row in `docs/guides/audit-for-privacy-officers.md`.
//!
//! **A check of `doctor`.** A row in `src/app/doctor/check.rs`, the file beside it that looks, and a row for each of its faults in
//! `tests/api/doctor/`. `WRITE=1 cargo test --test api doctor` writes its row in the guide.
//!
//! **A tenant's setting.**
//! 1. Read it where its table is read: `src/config/empego.rs` or `src/config/junction.rs` if it is a vendor's, else
//!    `src/config/tenant.rs`. Errors are collected, not returned.
//! 2. If it decides about launches, it is a field of the vendor's `TenantRules`, and what reads it is in `domain`. If not,
//!    it is a field of [`directory::Tenant`] or its vendor's half, which `src/app/assembly.rs` fills.
//! 3. `gateway.example.toml`, of which the reference is written as above, and a row of `tests/api/config.rs`.
//!
//! **A vendor.**
//! 1. The rules: `crates/domain/src/<vendor>/`, with `TenantRules`, `HostRules`, a launch that is parsed and a plan that is
//!    decided.
//! 2. The calls: `src/upstream/<vendor>/`, over [`upstream::wire`]: an account, requests as data, answers, errors.
//! 3. The tenant's half: `src/directory/<vendor>.rs` with its upstreams, a field of [`directory::Tenant`], and what fills it
//!    in `src/config/<vendor>.rs` and `src/app/assembly.rs`.
//! 4. The story: `src/gateway/<vendor>/`, with what its answers say about retrying.
//! 5. The door: `src/http/<vendor>/`, and its routes in `src/http.rs`.
//! 6. A stand-in in `crates/simulator/src/<vendor>/`, and `tests/api/<vendor>/`. No file of the other vendors changes.

pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod directory;
pub mod gateway;
pub mod http;
pub mod identity;
pub mod resilience;
pub mod sdk;
pub mod telemetry;
pub mod tls;
pub mod upstream;
