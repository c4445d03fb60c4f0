//! How a request about orders is read: whose orders it may touch, which order it means, and what its body asks for.

use actix_web::{
    HttpRequest,
    dev::Payload,
    http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, TRANSFER_ENCODING},
};
use domain::{
    audit::Named,
    fault::{Fault, FieldErrors},
    junction::{
        Environment, IntegrationTeamId, JunctionId,
        orders::{
            bare,
            grant::OrderGrant,
            whose::{StatedTeam, Whose},
        },
    },
    native_body::Native,
    reason::Reason,
    refusal::Refusal,
};

use super::story::AboutOrders;
use crate::{
    directory::{Caller, TokenIdentity},
    http::{
        authenticated::{ReadLaunch, Reading, values},
        body::{is_there, parsed},
        edge::failure::Failure,
    },
};

/// The host's own reference of the team, in requests without a body of their own for it.
const TEAM: HeaderName = HeaderName::from_static("x-junction-team");

/// Junction's id of the team.
const TEAM_ID: HeaderName = HeaderName::from_static("x-junction-team-id");

/// What one operation asks for in its body.
pub(in crate::http) trait Asks: Sized + 'static {
    /// What the host must be granted.
    const GRANT: OrderGrant;

    /// Whether its path names an order.
    const IS_ABOUT_AN_ORDER: bool;

    /// Reads its body; the body of an operation that has none is `{}`.
    fn parse(body: Native<'_>, environment: Environment) -> Result<Self, Refusal>;

    /// Whether its body may be left out.
    const MAY_BE_EMPTY: bool = false;
}

/// A request about orders.
pub(in crate::http) struct Asked<T> {
    pub(super) whose: Whose,
    order: Option<JunctionId>,
    pub(super) body: T,
}

impl<T> AboutOrders for Asked<T> {
    type Body = T;

    fn order(&self) -> Result<JunctionId, Reason> {
        self.order.ok_or(Reason::Defect)
    }

    fn parts(self) -> (Whose, T) {
        (self.whose, self.body)
    }
}

impl<T: Asks> ReadLaunch for Asked<T> {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(T::GRANT)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self::read_or_refuse(reading, payload).await??)
    }

    fn named(&self) -> Named<'_> {
        self.whose.named(self.order)
    }
}

impl<T: Asks> Asked<T> {
    /// Reads a request. What is no JSON body at all is a failure; what is wrong with it is a refusal.
    pub(super) async fn read_or_refuse(
        reading: Reading<'_>,
        payload: Payload,
    ) -> Result<Result<Self, Refusal>, Failure> {
        let Reading {
            request,
            caller,
            mut errors,
        } = reading;
        let stated = stated_team(request, &mut errors);
        let order = if T::IS_ABOUT_AN_ORDER {
            order_in_path(request, &mut errors)
        } else {
            None
        };
        let reading = Reading {
            request,
            caller,
            errors,
        };
        let environment = caller.junction()?.rules.environment;
        let parse = |body: Native<'_>| T::parse(body, environment);
        let body = if T::MAY_BE_EMPTY && !has_body(request) {
            parse(native(reading, b"{}"))
        } else {
            parsed(reading, payload, parse).await?
        };
        Ok(body.and_then(|body| Self::decide(caller, stated, order, body)))
    }
}

impl<T> Asked<T> {
    fn decide(caller: &Caller, stated: StatedTeam, order: Option<JunctionId>, body: T) -> Result<Self, Refusal> {
        let vouched = caller.token.as_deref().map(TokenIdentity::vouched);
        let whose = Whose::decide(stated, vouched.as_ref(), &caller.junction()?.rules)?;
        Ok(Self { whose, order, body })
    }
}

/// An operation whose method has no body.
pub(in crate::http) trait Gets: 'static {
    /// What the host must be granted.
    const GRANT: OrderGrant;

    /// Whether its path names an order.
    const IS_ABOUT_AN_ORDER: bool;
}

/// A request about orders without a body.
pub(in crate::http) struct Got<T: Gets> {
    pub(super) whose: Whose,
    order: Option<JunctionId>,
    what: std::marker::PhantomData<T>,
}

impl<T: Gets> AboutOrders for Got<T> {
    type Body = ();

    fn order(&self) -> Result<JunctionId, Reason> {
        self.order.ok_or(Reason::Defect)
    }

    fn parts(self) -> (Whose, ()) {
        (self.whose, ())
    }
}

impl<T: Gets> ReadLaunch for Got<T> {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(T::GRANT)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let Reading {
            request,
            caller,
            mut errors,
        } = reading;
        let stated = stated_team(request, &mut errors);
        let order = if T::IS_ABOUT_AN_ORDER {
            order_in_path(request, &mut errors)
        } else {
            None
        };
        if is_there(request, payload).await {
            errors.add("", Fault::NotAccepted("Send no body with this method"));
        }
        let reading = Reading {
            request,
            caller,
            errors,
        };
        bare::nothing(native(reading, b"{}"))?;
        let asked = Asked::decide(caller, stated, order, ())?;
        Ok(Self {
            whose: asked.whose,
            order: asked.order,
            what: std::marker::PhantomData,
        })
    }

    fn named(&self) -> Named<'_> {
        self.whose.named(self.order)
    }
}

fn native<'a>(reading: Reading<'a>, body: &'a [u8]) -> Native<'a> {
    let headers = reading.request.headers();
    Native {
        body,
        query: reading.request.query_string(),
        has_user_header: headers.contains_key("x-integration-user"),
        has_intent_header: headers.contains_key("x-integration-intent"),
        errors: reading.errors,
    }
}

fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(TRANSFER_ENCODING)
        || headers.contains_key(CONTENT_TYPE)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

fn order_in_path(request: &HttpRequest, errors: &mut FieldErrors) -> Option<JunctionId> {
    let id = request.match_info().get("id").unwrap_or_default();
    JunctionId::parse(id)
        .map_err(|fault| errors.add("/path/id", fault))
        .ok()
}

fn stated_team(request: &HttpRequest, errors: &mut FieldErrors) -> StatedTeam {
    let mut header = |name: HeaderName| {
        let place = format!("/header/{name}");
        match values(request, name).as_slice() {
            [] => None,
            [only] => std::str::from_utf8(only)
                .map_err(|_not_text| errors.add(place, Fault::NotUtf8))
                .ok()
                .map(str::to_owned),
            [_, _, ..] => {
                errors.add(place, Fault::Repeated);
                None
            }
        }
    };
    let (reference, id) = (header(TEAM), header(TEAM_ID));
    if reference.is_some() && id.is_some() {
        errors.add(
            "/header/x-junction-team-id",
            Fault::NotAccepted("Send either x-junction-team or x-junction-team-id, not both"),
        );
    }
    let mut noted = |name: HeaderName, fault| errors.add(format!("/header/{name}"), fault);
    StatedTeam {
        reference: reference.and_then(|text| IntegrationTeamId::parse(text).map_err(|fault| noted(TEAM, fault)).ok()),
        id: id.and_then(|text| JunctionId::parse(&text).map_err(|fault| noted(TEAM_ID, fault)).ok()),
    }
}
