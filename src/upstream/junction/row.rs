//! How each call is made. Pure.

use domain::junction::JunctionCall;

use super::call::Api;
use crate::upstream::wire::Method;

/// Whose a call is, its method, and its path below the API's address, segment by segment. A segment in braces stands for a
/// value.
pub(super) struct Row {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) path: &'static [&'static str],
}

impl Row {
    pub(super) fn of(call: JunctionCall) -> Self {
        let (api, method, path): (_, _, &'static [&'static str]) = match call {
            JunctionCall::ResolveTeam => (Api::Management, Method::POST, &["resolve_team"]),
            JunctionCall::CreateTeam => (Api::Management, Method::POST, &["team"]),
            JunctionCall::CreateApiAccessToken => (
                Api::Management,
                Method::POST,
                &["team", "{teamId}", "create_api_access_token"],
            ),
            JunctionCall::ResolveMember => (Api::Management, Method::POST, &["ehr_integration", "resolve_member"]),
            JunctionCall::CreateMember => (Api::Management, Method::POST, &["ehr_integration", "member"]),
            JunctionCall::GetMember => (
                Api::Management,
                Method::GET,
                &["ehr_integration", "member", "{memberId}"],
            ),
            JunctionCall::UpdateMember => (
                Api::Management,
                Method::PATCH,
                &["ehr_integration", "member", "{memberId}"],
            ),
            JunctionCall::CreateDashboardUrl => (
                Api::Management,
                Method::POST,
                &["ehr_integration", "create_dashboard_url"],
            ),
            JunctionCall::ResolveUser => (Api::Team, Method::GET, &["v2", "user", "resolve", "{clientUserId}"]),
            JunctionCall::CreateUser => (Api::Team, Method::POST, &["v2", "user"]),
            JunctionCall::GetUser => (Api::Team, Method::GET, &["v2", "user", "{userId}"]),
            JunctionCall::UpdateUserInfo => (Api::Team, Method::PATCH, &["v2", "user", "{userId}", "info"]),
            JunctionCall::GetOrder => (Api::Team, Method::GET, &["v3", "order", "{orderId}"]),
        };
        Self { api, method, path }
    }

    /// The path with these values in the places of those in braces, in order.
    pub(super) fn path_of(&self, values: &[&str]) -> Vec<String> {
        let mut values = values.iter().copied();
        let segments = self.path.iter().copied();
        segments
            .map(|segment| {
                let value = segment.starts_with('{').then(|| values.next().unwrap_or_default());
                value.unwrap_or(segment).to_owned()
            })
            .collect()
    }
}
