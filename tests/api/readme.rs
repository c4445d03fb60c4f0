//! The README's tables say what the program's tables say.

use domain::{
    code::Code,
    empego::{Endpoint, Intent},
};

const README: &str = include_str!("../../README.md");

/// The cells of the rows whose first cell is a name in backticks.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let section = README
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect()
    })
    .collect()
}

#[test]
fn the_endpoint_table_is_the_programs() {
    let table: Vec<_> = Endpoint::ALL
        .iter()
        .map(|endpoint| {
            let needs: Vec<_> = endpoint.required().iter().map(|name| name.as_str()).collect();
            (endpoint.tail(), endpoint.opens(), needs.join(", "))
        })
        .collect();
    let readme: Vec<_> = rows("Endpoints")
        .iter()
        .map(|row| (row[0], row[1], row[2].to_owned()))
        .collect();
    assert_eq!(readme, table);
}

#[test]
fn the_error_table_has_every_code_with_its_status() {
    let table: Vec<_> = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.status().to_string()))
        .collect();
    let readme: Vec<_> = rows("Errors").iter().map(|row| (row[0], row[1].to_owned())).collect();
    assert_eq!(readme, table);
}

#[test]
fn the_intent_table_has_every_intent() {
    let table: Vec<_> = Intent::ALL.iter().map(|intent| intent.as_str()).collect();
    let readme: Vec<_> = rows("Intents").iter().map(|row| row[0]).collect();
    assert_eq!(readme, table);
}
