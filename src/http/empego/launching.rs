//! What launches in both forms have in common.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::{
    empego::{Endpoint, Launch},
    reason::Reason,
};

use crate::{
    directory::{Caller, EmpegoTenant},
    gateway::{Embed, Gateway, LaunchContext},
    http::{
        authenticated::or_internal,
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// The endpoint that a request's route is for.
pub(super) fn endpoint(request: &HttpRequest) -> Result<Endpoint, Reason> {
    request.app_data::<Endpoint>().copied().ok_or(Reason::Defect)
}

/// The tenant's side at Empego, if it was granted the endpoint that a request asks for.
pub(super) fn granted<'a>(caller: &'a Caller, request: &HttpRequest) -> Result<&'a EmpegoTenant, Reason> {
    caller.empego(endpoint(request)?)
}

/// Carries a launch out.
pub(super) async fn launched(
    gateway: &Arc<Gateway>,
    caller: &Caller,
    launch: Launch,
    context: LaunchContext,
    request: &HttpRequest,
) -> Result<Embed, Failure> {
    let launch = Attempt::launching(request, async |progress| {
        gateway.launch_empego(caller, launch, context, progress).await
    });
    or_internal(launch).await
}
