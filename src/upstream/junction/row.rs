//! How each call is made. Pure.

use domain::junction::JunctionCall;

use crate::upstream::wire::Method;

/// Which of Junction's two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Of the organization: called with the management key.
    Management,
    /// Of one team: called with a token of that team's.
    Team,
}

/// How a call is written: its method, and its path segment by segment. A segment in braces stands for a value.
#[must_use]
pub fn form_of(call: JunctionCall) -> (Method, &'static [&'static str]) {
    (method(call), path(call))
}

/// Whose a call is, its method, and its path below the API's address, segment by segment. A segment in braces stands for a
/// value.
pub(super) struct Row {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) path: &'static [&'static str],
}

impl Row {
    pub(super) fn of(call: JunctionCall) -> Self {
        let (api, method, path) = (api(call), method(call), path(call));
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

const fn api(call: JunctionCall) -> Api {
    match call {
        JunctionCall::ResolveTeam
        | JunctionCall::CreateTeam
        | JunctionCall::CreateApiAccessToken
        | JunctionCall::ResolveMember
        | JunctionCall::CreateMember
        | JunctionCall::GetMember
        | JunctionCall::UpdateMember
        | JunctionCall::CreateDashboardUrl
        | JunctionCall::GetConfiguration
        | JunctionCall::ListWebhooks
        | JunctionCall::GetWebhook
        | JunctionCall::CreateWebhook
        | JunctionCall::UpdateWebhook
        | JunctionCall::DeleteWebhook
        | JunctionCall::GetWebhookSecret
        | JunctionCall::RotateWebhookSecret
        | JunctionCall::SetWebhookHeaders
        | JunctionCall::GetDeliveryMetric => Api::Management,
        JunctionCall::ResolveUser
        | JunctionCall::CreateUser
        | JunctionCall::GetUser
        | JunctionCall::UpdateUserInfo
        | JunctionCall::GetOrder
        | JunctionCall::CreateOrder
        | JunctionCall::ListOrders
        | JunctionCall::CancelOrder
        | JunctionCall::GetAreaInfo
        | JunctionCall::GetAvailability
        | JunctionCall::GetVisit
        | JunctionCall::BookVisit
        | JunctionCall::RequestVisit
        | JunctionCall::RescheduleVisit
        | JunctionCall::CancelVisit
        | JunctionCall::ListCancellationReasons
        | JunctionCall::GetResults
        | JunctionCall::GetResultsMetadata
        | JunctionCall::GetResultsPdf
        | JunctionCall::GetRequisitionPdf
        | JunctionCall::GetAbnPdf
        | JunctionCall::GetInstructionsPdf
        | JunctionCall::ListLabTests
        | JunctionCall::GetLabTest
        | JunctionCall::ListLabTestMarkers
        | JunctionCall::SimulateOrder
        | JunctionCall::ResendEvents => Api::Team,
    }
}

const fn method(call: JunctionCall) -> Method {
    match call {
        JunctionCall::GetMember
        | JunctionCall::ResolveUser
        | JunctionCall::GetUser
        | JunctionCall::GetOrder
        | JunctionCall::ListOrders
        | JunctionCall::GetAreaInfo
        | JunctionCall::GetVisit
        | JunctionCall::ListCancellationReasons
        | JunctionCall::GetResults
        | JunctionCall::GetResultsMetadata
        | JunctionCall::GetResultsPdf
        | JunctionCall::GetRequisitionPdf
        | JunctionCall::GetAbnPdf
        | JunctionCall::GetInstructionsPdf
        | JunctionCall::ListLabTests
        | JunctionCall::GetLabTest
        | JunctionCall::ListLabTestMarkers
        | JunctionCall::GetConfiguration
        | JunctionCall::ListWebhooks
        | JunctionCall::GetWebhook
        | JunctionCall::GetWebhookSecret
        | JunctionCall::GetDeliveryMetric => Method::GET,
        JunctionCall::ResolveTeam
        | JunctionCall::CreateTeam
        | JunctionCall::CreateApiAccessToken
        | JunctionCall::ResolveMember
        | JunctionCall::CreateMember
        | JunctionCall::CreateDashboardUrl
        | JunctionCall::CreateUser
        | JunctionCall::CreateOrder
        | JunctionCall::CancelOrder
        | JunctionCall::GetAvailability
        | JunctionCall::BookVisit
        | JunctionCall::RequestVisit
        | JunctionCall::SimulateOrder
        | JunctionCall::ResendEvents
        | JunctionCall::CreateWebhook
        | JunctionCall::RotateWebhookSecret => Method::POST,
        JunctionCall::UpdateMember
        | JunctionCall::UpdateUserInfo
        | JunctionCall::RescheduleVisit
        | JunctionCall::CancelVisit
        | JunctionCall::UpdateWebhook => Method::PATCH,
        JunctionCall::SetWebhookHeaders => Method::PUT,
        JunctionCall::DeleteWebhook => Method::DELETE,
    }
}

const fn path(call: JunctionCall) -> &'static [&'static str] {
    match call {
        JunctionCall::ResolveTeam => &["resolve_team"],
        JunctionCall::CreateTeam => &["team"],
        JunctionCall::CreateApiAccessToken => &["team", "{teamId}", "create_api_access_token"],
        JunctionCall::ResolveMember => &["ehr_integration", "resolve_member"],
        JunctionCall::CreateMember => &["ehr_integration", "member"],
        JunctionCall::GetMember | JunctionCall::UpdateMember => &["ehr_integration", "member", "{memberId}"],
        JunctionCall::CreateDashboardUrl => &["ehr_integration", "create_dashboard_url"],
        JunctionCall::GetConfiguration => &["ehr_integration", "configuration"],
        JunctionCall::ResolveUser => &["v2", "user", "resolve", "{clientUserId}"],
        JunctionCall::CreateUser => &["v2", "user"],
        JunctionCall::GetUser => &["v2", "user", "{userId}"],
        JunctionCall::UpdateUserInfo => &["v2", "user", "{userId}", "info"],
        JunctionCall::GetOrder => &["v3", "order", "{orderId}"],
        JunctionCall::CreateOrder => &["v3", "order"],
        JunctionCall::ListOrders => &["v3", "orders"],
        JunctionCall::CancelOrder => &["v3", "order", "{orderId}", "cancel"],
        JunctionCall::GetAreaInfo => &["v3", "order", "area", "info"],
        JunctionCall::GetAvailability => &["v3", "order", "phlebotomy", "appointment", "availability"],
        JunctionCall::GetVisit => &["v3", "order", "{orderId}", "phlebotomy", "appointment"],
        JunctionCall::BookVisit => &["v3", "order", "{orderId}", "phlebotomy", "appointment", "book"],
        JunctionCall::RequestVisit => &["v3", "order", "{orderId}", "phlebotomy", "appointment", "request"],
        JunctionCall::RescheduleVisit => &["v3", "order", "{orderId}", "phlebotomy", "appointment", "reschedule"],
        JunctionCall::CancelVisit => &["v3", "order", "{orderId}", "phlebotomy", "appointment", "cancel"],
        JunctionCall::ListCancellationReasons => &["v3", "order", "phlebotomy", "appointment", "cancellation-reasons"],
        JunctionCall::GetResults => &["v3", "order", "{orderId}", "result"],
        JunctionCall::GetResultsMetadata => &["v3", "order", "{orderId}", "result", "metadata"],
        JunctionCall::GetResultsPdf => &["v3", "order", "{orderId}", "result", "pdf"],
        JunctionCall::GetRequisitionPdf => &["v3", "order", "{orderId}", "requisition", "pdf"],
        JunctionCall::GetAbnPdf => &["v3", "order", "{orderId}", "abn_pdf"],
        JunctionCall::GetInstructionsPdf => &["v3", "order", "{orderId}", "collection_instruction_pdf"],
        JunctionCall::ListLabTests => &["v3", "lab_test"],
        JunctionCall::GetLabTest => &["v3", "lab_tests", "{labTestId}"],
        JunctionCall::ListLabTestMarkers => &["v3", "lab_tests", "{labTestId}", "markers"],
        JunctionCall::SimulateOrder => &["v3", "order", "{orderId}", "test"],
        JunctionCall::ResendEvents => &["v3", "order", "resend_events"],
        JunctionCall::ListWebhooks | JunctionCall::CreateWebhook => &["team", "{teamId}", "{environment}", "webhook"],
        JunctionCall::GetWebhook | JunctionCall::UpdateWebhook | JunctionCall::DeleteWebhook => {
            &["team", "{teamId}", "{environment}", "webhook", "{webhookId}"]
        }
        JunctionCall::GetWebhookSecret => &["team", "{teamId}", "{environment}", "webhook", "{webhookId}", "secret"],
        JunctionCall::RotateWebhookSecret => &[
            "team",
            "{teamId}",
            "{environment}",
            "webhook",
            "{webhookId}",
            "secret",
            "rotate",
        ],
        JunctionCall::SetWebhookHeaders => &["team", "{teamId}", "{environment}", "webhook", "{webhookId}", "headers"],
        JunctionCall::GetDeliveryMetric => &["team", "{teamId}", "{environment}", "event_delivery_metric"],
    }
}
