//! Session continuation: a browser comes from Junction, proves who its user is by a session at the host, and is sent
//! back with a fresh URL. Anyone else gets a small page, because a person is looking.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::COOKIE},
    web::Data,
};
use domain::{
    junction::{Continuation, Wish, operation::SESSION_CONTINUATION, parse_continuation},
    reason::Reason,
};

use super::own_page;
use crate::{
    directory::{Browser, Hindrance, Visitors},
    gateway::{Continuable, Gateway, continuable, keys_missing},
    http::{
        authenticated::{or_internal, peer, values},
        edge::{attempt::Attempt, connections::subscriber, failure::Failure},
        navigation,
    },
    identity::{Cookies, SessionClient},
};

/// Where Junction sends browsers.
pub const PATH: &str = "/junction/session-continuation";

/// By which Junction says that another session is meant than the one that was tried; nothing was created or changed by then.
const SAYS_ANOTHER: [Reason; 3] = [
    Reason::JunctionNamesOtherMember,
    Reason::MemberNotCreated,
    Reason::SessionOfOtherTeam,
];

/// The route that Junction sends a browser to. The visit does not prove that the person wants anything, so nothing is
/// created or changed for it.
pub(in crate::http) async fn continuation(
    request: HttpRequest,
    gateway: Data<Gateway>,
    client: Data<SessionClient>,
) -> Result<HttpResponse, Failure> {
    begins(&request)?;
    or_internal(continued(&request, &gateway, &client, Wish::Unproven)).await
}

/// The same after a person has clicked on the page that asked for it.
pub(in crate::http) async fn confirmed(
    request: HttpRequest,
    gateway: Data<Gateway>,
    client: Data<SessionClient>,
) -> Result<HttpResponse, Failure> {
    begins(&request)?;
    if !own_page::is_where_it_began(&request) {
        return Err(Reason::ClickFromElsewhere.into());
    }
    or_internal(continued(&request, &gateway, &client, Wish::Clicked)).await
}

fn begins(request: &HttpRequest) -> Result<(), Reason> {
    Attempt::note(request, |attempt| attempt.operation = Some(SESSION_CONTINUATION));
    navigation::check(request)
}

/// The request is parsed before any session is checked: an invalid request costs no session lookup.
async fn continued(
    request: &HttpRequest,
    gateway: &Arc<Gateway>,
    client: &SessionClient,
    wish: Wish,
) -> Result<HttpResponse, Failure> {
    let asked = parse_continuation(request.query_string())?;
    let sessions = sessions(request, gateway, client, &asked, wish).await?;
    let mut mistaken = None;
    for one in &sessions {
        let caller = &one.visitor.caller;
        Attempt::note(request, |attempt| attempt.caller = Some(caller.clone()));
        if let Some(audit) = &gateway.audit {
            Attempt::concerns(request, audit, &one.named())?;
        }
        let reach = gateway.check_rates(caller).await?;
        let launched = Attempt::launching(request, async |progress| {
            gateway.continue_junction(one, reach, progress).await
        });
        match launched.await {
            Ok(embed) => return redirect(embed.url.as_str(), wish),
            Err(failure) if SAYS_ANOTHER.contains(&failure.refusal().reason) => mistaken = Some(failure),
            Err(failure) => {
                one.visitor.hold_off(failure.refusal());
                return Err(failure);
            }
        }
    }
    Err(mistaken.unwrap_or_else(|| Reason::NoSession.into()))
}

/// The sessions that may be meant.
async fn sessions(
    request: &HttpRequest,
    gateway: &Arc<Gateway>,
    client: &SessionClient,
    asked: &Continuation,
    wish: Wish,
) -> Result<Vec<Continuable>, Failure> {
    let browser = Browser {
        cookies: &Cookies::read(&values(request, COOKIE)),
        subscriber: subscriber(peer(request)),
        client,
    };
    let Visitors { confirmed, hindered } = gateway.directory.load_full().visitors(browser).await;
    let nobody = confirmed.is_empty();
    let none_fits = match continuable(asked, confirmed, wish) {
        Ok(sessions) => return Ok(sessions),
        Err(none_fits) => none_fits,
    };
    if let Some(Hindrance {
        refusal,
        caller,
        candidate,
    }) = hindered
    {
        Attempt::note(request, |attempt| {
            attempt.candidate = Some(candidate).filter(|_| caller.is_none());
            attempt.caller = caller;
        });
        if refusal.reason == Reason::IssuerWithoutKeys {
            return Err(keys_missing().into());
        }
        return Err(refusal.into());
    }
    if nobody {
        return Err(gateway.refuse_stranger(peer(request), Reason::NoSession).into());
    }
    Attempt::note(request, |attempt| attempt.caller = none_fits.caller);
    Err((*none_fits.refusal).into())
}

/// Sends the browser on: with the method that it came with, or after a click with a `GET`, since Junction takes no form.
fn redirect(url: &str, wish: Wish) -> Result<HttpResponse, Failure> {
    let status = match wish {
        Wish::Unproven => StatusCode::TEMPORARY_REDIRECT,
        Wish::Clicked => StatusCode::SEE_OTHER,
    };
    navigation::on_to(url, status)
}
