//! The operations of Junction's two APIs that the stand-in plays, and which of them a request means.

use std::collections::BTreeMap;

use actix_web::http::Method;
use percent_encoding::percent_decode_str;

use super::refused::Refused;

/// One of Junction's two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Management,
    Team,
}

impl Api {
    /// What stands before every path of it.
    pub(super) fn base(self) -> &'static str {
        match self {
            Self::Management => "/junction/management",
            Self::Team => "/junction/api",
        }
    }
}

/// The one table of operations: variant, name in journal and faults, API, method, path.
macro_rules! operations {
    ($($variant:ident $name:literal $api:ident $method:ident $path:literal;)+) => {
        /// One operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Operation {
            $($variant,)+
        }

        impl Operation {
            const ALL: &[Self] = &[$(Self::$variant,)+];

            /// What the journal calls it.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What a fault for it alone names.
            pub(super) fn endpoint(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("junction/", $name),)+
                }
            }

            /// Whose it is, which decides how a caller authenticates.
            pub(super) fn api(self) -> Api {
                match self {
                    $(Self::$variant => Api::$api,)+
                }
            }

            /// Whether a fault may name this.
            pub(super) fn is_endpoint(name: &str) -> bool {
                Self::ALL.iter().any(|operation| operation.endpoint() == name)
            }

            fn place(self) -> (Method, &'static str) {
                match self {
                    $(Self::$variant => (Method::$method, $path),)+
                }
            }
        }
    };
}

operations! {
    ResolveTeam          "resolve_team"            Management POST  "/v1/org/{org_id}/resolve_team";
    CreateTeam           "create_team"             Management POST  "/v1/org/{org_id}/team";
    GetTeam              "get_team"                Management GET   "/v1/org/{org_id}/team/{team_id}";
    CreateApiAccessToken "create_api_access_token" Management POST  "/v1/org/{org_id}/team/{team_id}/create_api_access_token";
    ResolveMember        "resolve_member"          Management POST  "/v1/org/{org_id}/ehr_integration/resolve_member";
    CreateMember         "create_member"           Management POST  "/v1/org/{org_id}/ehr_integration/member";
    GetMember            "get_member"              Management GET   "/v1/org/{org_id}/ehr_integration/member/{member_id}";
    UpdateMember         "update_member"           Management PATCH "/v1/org/{org_id}/ehr_integration/member/{member_id}";
    CreateDashboardUrl   "create_dashboard_url"    Management POST  "/v1/org/{org_id}/ehr_integration/create_dashboard_url";
    GetConfiguration     "get_configuration"       Management GET   "/v1/org/{org_id}/ehr_integration/configuration";
    ListWebhooks         "list_webhooks"           Management GET   "/v1/org/{org_id}/team/{team_id}/{environment}/webhook";
    CreateWebhook        "create_webhook"          Management POST  "/v1/org/{org_id}/team/{team_id}/{environment}/webhook";
    GetWebhook           "get_webhook"             Management GET   "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}";
    UpdateWebhook        "update_webhook"          Management PATCH "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}";
    DeleteWebhook        "delete_webhook"          Management DELETE "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}";
    GetWebhookSecret     "get_webhook_secret"      Management GET   "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}/secret";
    RotateWebhookSecret  "rotate_webhook_secret"   Management POST  "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}/secret/rotate";
    GetWebhookHeaders    "get_webhook_headers"     Management GET   "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}/headers";
    SetWebhookHeaders    "set_webhook_headers"     Management PUT   "/v1/org/{org_id}/team/{team_id}/{environment}/webhook/{webhook_id}/headers";
    GetDeliveryMetric    "get_delivery_metric"     Management GET   "/v1/org/{org_id}/team/{team_id}/{environment}/event_delivery_metric";
    ResolveUser          "resolve_user"            Team       GET   "/v2/user/resolve/{client_user_id}";
    CreateUser           "create_user"             Team       POST  "/v2/user";
    GetUser              "get_user"                Team       GET   "/v2/user/{user_id}";
    UpdateUserInfo       "update_user_info"        Team       PATCH "/v2/user/{user_id}/info";
    GetOrder             "get_order"               Team       GET   "/v3/order/{order_id}";
    CreateOrder          "create_order"            Team       POST  "/v3/order";
    ResendEvents         "resend_events"           Team       POST  "/v3/order/resend_events";
    GetOrders            "get_orders"              Team       GET   "/v3/orders";
    CancelOrder          "cancel_order"            Team       POST  "/v3/order/{order_id}/cancel";
    SimulateOrder        "simulate_order"          Team       POST  "/v3/order/{order_id}/test";
    GetAreaInfo          "get_area_info"           Team       GET   "/v3/order/area/info";
    GetAvailability      "get_availability"        Team       POST  "/v3/order/phlebotomy/appointment/availability";
    GetCancelReasons     "get_cancellation_reasons" Team      GET   "/v3/order/phlebotomy/appointment/cancellation-reasons";
    GetAppointment       "get_appointment"         Team       GET   "/v3/order/{order_id}/phlebotomy/appointment";
    BookAppointment      "book_appointment"        Team       POST  "/v3/order/{order_id}/phlebotomy/appointment/book";
    RequestAppointment   "request_appointment"     Team       POST  "/v3/order/{order_id}/phlebotomy/appointment/request";
    RescheduleAppointment "reschedule_appointment" Team       PATCH "/v3/order/{order_id}/phlebotomy/appointment/reschedule";
    CancelAppointment    "cancel_appointment"      Team       PATCH "/v3/order/{order_id}/phlebotomy/appointment/cancel";
    GetRequisitionPdf    "get_requisition_pdf"     Team       GET   "/v3/order/{order_id}/requisition/pdf";
    GetResult            "get_result"              Team       GET   "/v3/order/{order_id}/result";
    GetResultMetadata    "get_result_metadata"     Team       GET   "/v3/order/{order_id}/result/metadata";
    GetResultPdf         "get_result_pdf"          Team       GET   "/v3/order/{order_id}/result/pdf";
    GetTransaction       "get_transaction"         Team       GET   "/v3/order_transaction/{transaction_id}";
    GetTransactionResult "get_transaction_result"  Team       GET   "/v3/order_transaction/{transaction_id}/result";
    GetTransactionPdf    "get_transaction_pdf"     Team       GET   "/v3/order_transaction/{transaction_id}/result/pdf";
    GetLabTests          "get_lab_tests"           Team       GET   "/v3/lab_test";
    GetLabTest           "get_lab_test"            Team       GET   "/v3/lab_tests/{lab_test_id}";
    GetMarkers           "get_markers"             Team       GET   "/v3/lab_tests/{lab_test_id}/markers";
}

/// What stands in a path where its template has a name, decoded.
pub(super) type Arguments = BTreeMap<&'static str, String>;

impl Operation {
    /// Whether its bodies are kept from the journal: what they say of a person, and secrets, do not belong there.
    pub(super) fn is_confidential(self) -> bool {
        let (_, path) = self.place();
        path.starts_with("/v3/") || path.contains("/webhook")
    }

    /// The operation that a request means, by its path as it came.
    pub(super) fn find(api: Api, method: &Method, path: &str) -> Result<(Self, Arguments), Refused> {
        let path = path.strip_prefix(api.base()).unwrap_or_default();
        let mut other_method = false;
        for operation in Self::ALL.iter().filter(|operation| operation.api() == api) {
            let (its_method, template) = operation.place();
            let Some(arguments) = matches(template, path) else {
                continue;
            };
            if its_method == *method {
                return Ok((*operation, arguments));
            }
            other_method = true;
        }
        Err(if other_method {
            Refused::MethodNotAllowed
        } else {
            Refused::NotFound("Not Found")
        })
    }
}

/// Segments are separated before they are decoded, so that an encoded slash belongs to its segment.
fn matches(template: &'static str, path: &str) -> Option<Arguments> {
    if template.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut arguments = Arguments::new();
    for (expected, segment) in template.split('/').zip(path.split('/')) {
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => {
                let decoded = percent_decode_str(segment).decode_utf8().ok()?;
                arguments.insert(name, decoded.into_owned());
            }
            None if segment == expected => {}
            Some(_) | None => return None,
        }
    }
    Some(arguments)
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn find(method: &Method, path: &str) -> Result<&'static str, u16> {
        let found = Operation::find(Api::Team, method, &format!("/junction/api{path}"));
        found
            .map(|(operation, _)| operation.name())
            .map_err(|refused| refused.status().as_u16())
    }

    #[test]
    fn a_request_means_one_operation_or_none() {
        let rows = [
            (
                Method::GET,
                "/v2/user/resolve/p1",
                Ok("resolve_user"),
                "by a partner's own id",
            ),
            (
                Method::GET,
                "/v2/user/resolve/info",
                Ok("resolve_user"),
                "an id that is a word of another path",
            ),
            (Method::PATCH, "/v2/user/x/info", Ok("update_user_info"), "demographics"),
            (Method::GET, "/v2/user/x/info", Err(405), "another method"),
            (Method::GET, "/v2/user/", Err(404), "no id"),
            (
                Method::GET,
                "/v2/user/resolve/a/b",
                Err(404),
                "a slash that was not encoded",
            ),
            (Method::GET, "/v2/user/resolve/%FF", Err(404), "no text"),
            (Method::GET, "/v1/org/o/team/t", Err(404), "the other API's"),
            (Method::GET, "/V2/user/x", Err(404), "in capitals"),
        ];
        for (method, path, expected, reason) in rows {
            assert_eq!(find(&method, path), expected, "{reason}: {path}");
        }
    }

    proptest! {
        #[test]
        fn an_encoded_segment_comes_out_as_it_was(id in ".+") {
            let path = format!("/junction/api/v2/user/resolve/{}", utf8_percent_encode(&id, NON_ALPHANUMERIC));
            let (operation, arguments) = Operation::find(Api::Team, &Method::GET, &path).unwrap();
            prop_assert_eq!(operation, Operation::ResolveUser);
            prop_assert_eq!(arguments.get("client_user_id"), Some(&id));
        }

        #[test]
        fn no_path_is_too_strange(path in ".*") {
            for method in [Method::GET, Method::POST] {
                drop(Operation::find(Api::Management, &method, &path));
            }
        }
    }
}
