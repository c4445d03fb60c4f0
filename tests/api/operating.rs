//! OPERATING.md lists what the program can say.

use domain::reason::Reason;

const OPERATING: &str = include_str!("../../OPERATING.md");

#[test]
fn every_reason_is_listed_with_its_code_and_meaning() {
    let (_, section) = OPERATING.split_once("\n### Reasons\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let listed: Vec<_> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<_> = Reason::ALL
        .iter()
        .map(|reason| {
            format!(
                "| `{}` | `{}` | {} |",
                reason.as_str(),
                reason.code().as_str(),
                reason.meaning()
            )
        })
        .collect();
    assert_eq!(listed, expected);
}
