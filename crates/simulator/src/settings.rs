//! The settings of a simulator.

use std::net::SocketAddr;

use serde_json::Value;

use super::junction::settings::JunctionSettings;

/// How the simulator reads what Empego's page contradicts itself about: an unknown user with a partial profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partial {
    /// 400, as the page's option 3 and its errors say.
    Reject,
    /// The missing fields are the key owner's, as the page's field table says.
    Clone,
}

/// The simulator's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens: loopback only.
    pub listen: SocketAddr,
    /// The API keys it knows.
    pub api_keys: Vec<String>,
    /// How it reads the contradiction.
    pub partial: Partial,
    /// The settings of Junction's stand-in.
    pub junction: JunctionSettings,
}

/// What a simulator has in a demo beside what Empego and Junction have.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// The one browser origin whose pages may use `/__sim/`.
    pub page_origin: Option<String>,
    /// An identity provider's key set, published at `/__sim/keys`.
    pub key_set: Option<Value>,
    /// Who is known before the first launch, and after each reset; as `PUT /__sim/users` takes it.
    pub users: Option<Value>,
    /// What is at Junction then; as `PUT /__sim/junction` takes it.
    pub junction: Option<Value>,
}
