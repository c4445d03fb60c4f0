//! What `init` writes and says. Pure, so that tests see every variant.

use std::path::Path;

use super::answers::{Answers, Api, Host};

/// The configuration: only what has no default, or a default that a first installation should see.
pub(super) fn configuration(answers: &Answers, digest: &str, state: &Path) -> String {
    let tenant = &answers.tenant;
    let policy = match answers.host {
        Host::Server(Api::DropIn) => {
            "policy = \"documented\"                # everything that Empego documents, so that the client goes on working; \"strict\" is safer\n"
        }
        Host::Server(Api::Native) | Host::Browser { .. } => "",
    };
    let host = host(answers, digest);
    let state = state.display();
    format!(
        r#"# empego-gateway. gateway.example.toml explains every setting; `empego-gateway check --config gateway.toml` reports
# every error. Changes take effect without a restart, but for [server] and [store].

[server]
listen = "127.0.0.1:8080"             # for launches; a proxy with TLS in front, or [tls] here
admin_listen = "127.0.0.1:9090"       # /livez, /readyz and /metrics: for the monitoring alone

[audit]                               # a record of every attempt, on the disk before its response leaves
directory = "{state}/audit"
keyring_file = "audit-keys"           # names people in the trail: back it up apart from it

[store]                               # which clinicians were launched with a complete profile
engine = "sqlite"
file = "{state}/store.sqlite3"

[[tenant]]
id = "{tenant}"
api_key_env = "EMPEGO_API_KEY"        # or api_key_file; the key itself never stands here
{policy}endpoints = ["consultation/view", "consultation/dashboard", "consultation/specific", "followup/*"]

{host}"#
    )
}

fn host(answers: &Answers, digest: &str) -> String {
    let tenant = &answers.tenant;
    match &answers.host {
        Host::Server(_) => format!(
            r#"[[host]]
id = "ehr-server"
tenant = "{tenant}"
identity = "asserted"                 # the server states the clinician, so its key speaks for all of them
key_sha256 = "{digest}"
"#
        ),
        Host::Browser {
            issuer,
            audience,
            origin,
        } => format!(
            r#"[[host]]
id = "ehr-browser"
tenant = "{tenant}"
identity = "token"                    # the clinician is who the verified token names, whatever a request says
origins = ["{origin}"]

[host.rate]
per_second = 50                       # of all its clinicians together
burst = 200

[host.jwt]
issuer = "{issuer}"
audience = "{audience}"

[host.jwt.claims]                     # what the token's claims are called
user_id = "sub"
first_name = "given_name"
last_name = "family_name"
email = "email"
"#
        ),
    }
}

/// What to do next. The key is said here, once.
pub(super) fn next_steps(answers: &Answers, key: &str, output: &Path) -> String {
    let file = output.join("gateway.toml");
    let (file, output) = (file.display(), output.display());
    let (about_key, credential) = match &answers.host {
        Host::Server(_) => (
            format!(
                "The host's key, which is shown once and stored nowhere: give it to the EHR's server.\n\n  {key}\n\n"
            ),
            "THE KEY",
        ),
        Host::Browser { .. } => (String::new(), "TOKEN"),
    };
    let launch = match &answers.host {
        Host::Server(Api::Native) => format!(
            "curl -H 'Authorization: Bearer {credential}' -H 'Content-Type: application/json' \\\n       -d '{{\"clinician\": {{\"userId\": \"1\", \
             \"firstName\": \"A\", \"lastName\": \"B\", \"email\": \"a@ehr.example\"}}}}' \\\n       http://127.0.0.1:8080/v1/embeddable/consultation/dashboard"
        ),
        Host::Server(Api::DropIn) => format!(
            "curl -H 'Api-Key: {credential}' -H \"x-integration-user: $(empego-gateway header encode --user-id 1 --first-name A --last-name B --email a@ehr.example)\" \\\n       \
             http://127.0.0.1:8080/empego-integrations/R4/embeddable/consultation/dashboard"
        ),
        Host::Browser { .. } => format!(
            "curl -H 'Authorization: Bearer {credential}' -H 'Content-Type: application/json' -d '{{}}' \\\n       \
             http://127.0.0.1:8080/v1/embeddable/consultation/dashboard"
        ),
    };
    format!(
        "Wrote {file} and the keys of the audit trail beside it, in {output}.\n\n{about_key}Next, with the API key that Empego gave you:\n\n  \
         1.  EMPEGO_API_KEY=… empego-gateway check --strict --config {file}\n  \
         2.  EMPEGO_API_KEY=… empego-gateway serve --config {file}\n  \
         3.  {launch}"
    )
}
