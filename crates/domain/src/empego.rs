//! What a launch of Empego's embedded app is, and when it may happen. The facts are Empego's: its page on user
//! authentication, and its embeddable endpoints.

mod base_url;
mod endpoint;
mod intent;
mod launch;
mod parameter;
mod rules;
pub mod user_header;

pub use base_url::BaseUrl;
pub use endpoint::{Area, Audience, Endpoint, EndpointGrants};
pub use intent::{
    Acting, ExistingUsers, Identity, IdentityPolicy, Intent, Permission, Ruling, Seen, Session, Warning, decide,
};
pub use launch::{DropIn, Explanation, Form, Given, Launch, Plan, Row, explain, parse_drop_in, parse_native, plan};
pub use parameter::{ExtraParameters, Locale, ParameterName, Parameters};
pub use rules::{HostRules, IntentGrants, TenantRules, Upstream401};
pub use user_header::UserHeader;
