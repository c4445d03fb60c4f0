//! What the tests of this folder have in common.

use domain::junction::{Environment, JunctionId, Region};
use serde_json::Value;

use super::{
    account::{Account, Addresses},
    call::Call,
};

pub(super) const ORDER: &str = "00000000-0000-4000-8000-000000000001";
pub(super) const OTHER: &str = "00000000-0000-4000-8000-000000000002";

pub(super) fn id(text: &str) -> JunctionId {
    JunctionId::parse(text).unwrap()
}

/// What is sent of a call: its method and target, its own headers, and its body.
pub(super) struct Sent {
    pub(super) target: String,
    pub(super) headers: Vec<String>,
    pub(super) body: Value,
}

pub(super) fn sent<T>(call: &Call<T>) -> Sent {
    let base: url::Url = "https://api.example/".parse().unwrap();
    let addresses = Addresses {
        management: base.clone(),
        team: base,
    };
    let (key, region) = ("mg".into(), Region::UnitedStates);
    let account = Account::new(id(ORDER), &key, addresses, region, Environment::Sandbox, Vec::new());
    let request = account.unwrap().request(call, None, None).unwrap();
    let target = request.url.as_str().strip_prefix("https://api.example").unwrap();
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "content-type");
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    Sent {
        target: format!("{} {target}", request.method),
        headers: headers.collect(),
        body: request
            .body
            .map_or(Value::Null, |body| serde_json::from_slice(&body).unwrap()),
    }
}
