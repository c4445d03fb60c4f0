//! How long a caller is ready to wait: the header `x-request-timeout-ms`.

use std::time::Duration;

use super::fault::Fault;

/// The header, in milliseconds.
pub const NAME: &str = "x-request-timeout-ms";

/// Longer is the same as this: no upstream call may take so long.
const LONGEST: Duration = Duration::from_hours(1);

/// Reads the header's values: one whole number above zero, or no header.
///
/// # Errors
/// What is wrong with it.
pub fn read(values: &[&[u8]]) -> Result<Option<Duration>, Fault> {
    let value = match values {
        [] => return Ok(None),
        [value] => value,
        [..] => return Err(Fault::NotAccepted("Send it once")),
    };
    let millis = std::str::from_utf8(value).ok().filter(|text| is_whole_number(text));
    match millis.map(str::parse::<u32>) {
        None | Some(Ok(0)) => Err(Fault::NotAccepted("Must be a whole number of milliseconds above 0")),
        Some(Ok(millis)) => Ok(Some(LONGEST.min(Duration::from_millis(millis.into())))),
        Some(Err(_too_large)) => Ok(Some(LONGEST)),
    }
}

/// Rust's own reading takes a sign too.
fn is_whole_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_whole_number_above_zero_is_a_timeout() {
        type Row = (&'static [&'static str], Option<Option<u64>>, &'static str);
        let rows: &[Row] = &[
            (&[], Some(None), "nothing stated"),
            (&["1"], Some(Some(1)), "the shortest"),
            (&["1500"], Some(Some(1500)), "a usual one"),
            (&["99999999999999999999"], Some(Some(3_600_000)), "as good as none"),
            (&["0"], None, "no time at all"),
            (&[""], None, "empty"),
            (&["+5"], None, "a sign"),
            (&["1.5"], None, "a fraction"),
            (&["5s"], None, "a unit"),
            (&["10", "20"], None, "twice"),
        ];
        for (values, expected, reason) in rows {
            let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
            let expected = expected.map(|patience| patience.map(Duration::from_millis));
            assert_eq!(read(&values).ok(), expected, "{reason}");
        }
    }
}
