//! Where Junction's own clients call in Junction's place: with the host's key in the place of Junction's, and with errors in the form
//! that they know.

mod asked;
mod error;

use actix_web::{
    FromRequest as _, HttpRequest, HttpResponse, ResponseError as _,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web::{self, Data},
};
use domain::{audit::Subject, junction::operation::FACADE, reason::Reason};

use self::asked::{FacadeAsked, named};
use crate::{
    gateway::{Gateway, PassedOn},
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure, rim::RefusalBody},
    },
};

/// A name that says nothing of the patient.
const DISPOSITION: &str = r#"attachment; filename="document.pdf""#;

/// The one route: which paths below it there are is in the gateway's table.
pub(in crate::http) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource(format!("{}{{tail:.*}}", asked::PREFIX))
            .app_data(FACADE)
            .app_data(RefusalBody(error::body))
            .default_service(web::to(call)),
    );
}

async fn call(request: HttpRequest, payload: web::Payload, gateway: Data<Gateway>) -> HttpResponse {
    let outcome = passed_on(&request, payload, gateway).await;
    outcome.unwrap_or_else(|failure| error::for_clients(&failure).error_response())
}

async fn passed_on(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let mut payload = payload.into_inner();
    let asked = Authenticated::<FacadeAsked>::from_request(request, &mut payload).await?;
    let Authenticated {
        caller,
        launch: FacadeAsked(asked),
        context,
    } = asked;
    let (wanted, whose) = (asked.wanted.clone(), asked.whose.clone());
    let passed = Attempt::launching(request, async |progress| {
        gateway.pass_on(&caller, asked, context, progress).await
    });
    Ok(match or_internal(passed).await? {
        PassedOn::Json { status, body, placed } => {
            if let (Some(order), Some(audit)) = (placed, &gateway.audit) {
                // Only now has the order an id to be found by.
                let mut named = named(&wanted, &whose);
                named.subjects.push((Subject::Order, order.to_string().into()));
                Attempt::concerns(request, audit, &named)?;
            }
            let status = StatusCode::from_u16(status).map_err(|_never| Reason::Defect)?;
            HttpResponse::build(status)
                .insert_header((CONTENT_TYPE, "application/json"))
                .body(body)
        }
        PassedOn::Document(pdf) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/pdf"))
            .insert_header((CONTENT_DISPOSITION, DISPOSITION))
            .streaming(pdf),
    })
}
