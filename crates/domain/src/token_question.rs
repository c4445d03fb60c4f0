//! A token that a caller asks about, instead of authenticating with it.

use crate::{
    fault::{Fault, FieldErrors},
    native_body::{Native, Opened},
    reason::Reason,
    refusal::Refusal,
};

/// Reads the token out of a body that has nothing else.
///
/// # Errors
/// `invalid_request`, with every error.
pub fn parse(request: Native<'_>) -> Result<String, Refusal> {
    let Opened {
        mut members,
        mut errors,
    } = request.open(false)?;
    let token = members.required("token", &mut errors, Ok::<_, Fault>);
    members.finish(&["token"], &mut errors);
    token.filter(|_| errors.is_empty()).ok_or_else(|| at_fault(errors))
}

fn at_fault(errors: FieldErrors) -> Refusal {
    Refusal::new(Reason::FieldsAtFault).naming(errors)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &[u8]) -> Result<String, Refusal> {
        parse(Native {
            body,
            ..Native::default()
        })
    }

    #[test]
    fn a_question_is_one_token_and_nothing_else() {
        assert_eq!(read(br#"{"token":"a.b.c"}"#), Ok("a.b.c".to_owned()));
        for (body, place, reason) in [
            ("{}", "/token", "none"),
            (r#"{"token":null}"#, "/token", "null"),
            (r#"{"token":7}"#, "/token", "a number"),
            (r#"{"token":"a","token":"b"}"#, "/token", "two"),
            (r#"{"token":"a","clinician":{}}"#, "/*", "a launch beside it"),
            ("[]", "", "a list"),
            ("a.b.c", "", "the token alone"),
        ] {
            let refusal = read(body.as_bytes()).unwrap_err();
            let places: Vec<_> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(places, [place], "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_a_panic(body in any::<Vec<u8>>(), token in any::<String>()) {
            let _either_way = read(&body).is_ok();
            let body = serde_json::json!({"token": token}).to_string();
            prop_assert_eq!(read(body.as_bytes()), Ok(token));
        }
    }
}
