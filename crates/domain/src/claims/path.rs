//! Where a claim is in a token.

use std::fmt;

/// Where a claim is: a name, or a JSON pointer (`/practitioner/license`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(pub(super) Vec<String>);

impl fmt::Display for ClaimPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [name] if !name.starts_with('/') => formatter.write_str(name),
            steps => steps
                .iter()
                .try_for_each(|step| write!(formatter, "/{}", step.replace('~', "~0").replace('/', "~1"))),
        }
    }
}

impl ClaimPath {
    /// Reads a name, or a JSON pointer if it starts with a slash.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let steps: Vec<String> = match text.strip_prefix('/') {
            None => vec![text.to_owned()],
            Some(pointer) => pointer
                .split('/')
                .map(|step| step.replace("~1", "/").replace("~0", "~"))
                .collect(),
        };
        steps.iter().all(|step| !step.is_empty()).then_some(Self(steps))
    }

    /// The claim of this name.
    pub(super) fn name(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// The last name on the way to the claim.
    pub(crate) fn last(&self) -> &str {
        self.0.last().map(String::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claims_path_is_written_as_it_is_read() {
        for path in [
            "sub",
            "https://ehr.example/email",
            "/practitioner/license",
            "/a~1b/~0",
            "/a",
        ] {
            let read = ClaimPath::parse(path).unwrap();
            assert_eq!(ClaimPath::parse(&read.to_string()), Some(read), "{path}");
        }
        assert_eq!(ClaimPath::parse("/a~1b/c").unwrap().to_string(), "/a~1b/c");
    }
}
