//! The words of docs/style.md, in what a person reads.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::{code::Code, reason::Reason, vendor::Vendor};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

use crate::helpers::run;

/// A word that is not used, and the better one.
const WORDS: [(&str, &str); 21] = [
    ("answered", "responded"),
    ("anybody", "anyone, or the role"),
    ("are told", "get, are reported"),
    ("asks for patience", "is busy"),
    ("everybody", "everyone, or the role"),
    ("in the clear", "unencrypted, without TLS"),
    ("it is no endpoint", "it is not an endpoint"),
    ("it is no url", "it is not a URL"),
    ("mistake", "error"),
    ("mistakes", "errors"),
    ("nobody", "no caller, no clinician"),
    ("organisation", "organization"),
    ("organisations", "organizations"),
    ("recognise", "recognize"),
    ("somebody", "someone, or the role"),
    ("spelt", "written"),
    ("stated", "sent"),
    ("is told", "gets, is reported"),
    ("under way", "in flight"),
    ("whoever", "anyone who, or the role"),
    ("whomever", "anyone whom, or the role"),
];

/// What is read, each with where it is.
type Texts = Vec<(String, String)>;

#[test]
fn messages_of_codes_and_reasons_keep_to_the_style() {
    let codes = Code::ALL.iter().map(|code| {
        (
            code.as_str().to_owned(),
            code.message(Some(Vendor::Empego)).into_owned(),
        )
    });
    let reasons = Reason::ALL
        .iter()
        .map(|reason| (reason.as_str().to_owned(), reason.meaning().to_owned()));
    holds(&codes.chain(reasons).collect::<Texts>());
}

#[test]
fn texts_in_the_source_keep_to_the_style() {
    let mut texts = Texts::new();
    for folder in ["src", "crates/domain/src", "crates/conformance/src"] {
        for file in files(&root().join(folder), "rs") {
            let source = fs::read_to_string(&file).unwrap();
            let shipped = source.split("\n#[cfg(test)]\nmod tests").next().unwrap();
            collect_literals(shipped.parse().unwrap(), &shown(&file), &mut texts);
        }
    }
    assert!(texts.len() > 100, "{}", texts.len());
    holds(&texts);
}

#[test]
fn comments_keep_to_the_style() {
    let mut texts = Texts::new();
    for folder in ["src", "crates", "tests"] {
        for file in files(&root().join(folder), "rs") {
            let source = fs::read_to_string(&file).unwrap();
            let comments = source.lines().filter_map(|line| line.trim_start().strip_prefix("//"));
            let comments: Vec<_> = comments.map(|line| line.trim_start_matches(['/', '!'])).collect();
            texts.push((shown(&file), comments.join("\n")));
        }
    }
    assert!(texts.len() > 300, "{}", texts.len());
    holds(&texts);
}

#[test]
fn texts_of_the_console_keep_to_the_style() {
    let console = serde_json::from_str(include_str!("../../web/console/texts.en.json")).unwrap();
    let mut texts = Texts::new();
    collect_values(&console, "texts.en.json", &|_| true, &mut texts);
    holds(&texts);
}

#[test]
fn descriptions_in_the_contract_keep_to_the_style() {
    let contract = yaml_serde::from_str(include_str!("../../openapi.yaml")).unwrap();
    let mut texts = Texts::new();
    let is_prose = |place: &str| [".description", ".summary"].iter().any(|end| place.ends_with(end));
    collect_values(&contract, "openapi.yaml", &is_prose, &mut texts);
    assert!(texts.len() > 100, "{}", texts.len());
    holds(&texts);
}

#[test]
fn annotations_of_alerts_keep_to_the_style() {
    let alerts = yaml_serde::from_str(include_str!("../../deploy/alerts.yml")).unwrap();
    let mut texts = Texts::new();
    collect_values(
        &alerts,
        "alerts.yml",
        &|place| place.contains(".annotations."),
        &mut texts,
    );
    assert!(!texts.is_empty());
    holds(&texts);
}

#[test]
fn comments_of_the_example_configuration_keep_to_the_style() {
    let example = include_str!("../../gateway.example.toml").lines().enumerate();
    let comments = example.filter_map(|(at, line)| {
        let (_, comment) = line.split_once('#')?;
        Some((format!("gateway.example.toml:{}", at + 1), comment.to_owned()))
    });
    holds(&comments.collect::<Texts>());
}

#[test]
fn help_of_every_command_keeps_to_the_style() {
    let mut texts = Texts::new();
    let mut commands = vec![Vec::new()];
    while let Some(command) = commands.pop() {
        let mut arguments = command.clone();
        arguments.push("--help".to_owned());
        let help = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let help = String::from_utf8(help.stdout).unwrap();
        let (_, listed) = help.split_once("\nCommands:\n").unwrap_or_default();
        let names = listed.lines().take_while(|line| !line.is_empty());
        for name in names.filter_map(|line| line.split_whitespace().next()) {
            if name != "help" {
                commands.push([command.clone(), vec![name.to_owned()]].concat());
            }
        }
        texts.push((arguments.join(" "), help));
    }
    assert!(texts.len() > 10, "{}", texts.len());
    holds(&texts);
}

#[test]
fn documents_keep_to_the_style() {
    let documents = files(&root(), "md").into_iter();
    let texts: Texts = documents
        .map(|file| (shown(&file), prose(&fs::read_to_string(&file).unwrap())))
        .collect();
    assert!(texts.len() > 20, "{}", texts.len());
    holds(&texts);
}

#[test]
fn a_word_is_found_in_any_case_and_across_lines_and_not_inside_another() {
    let rows = [
        ("Nobody is named", 1),
        ("launches under\n  way", 1),
        ("a `nobody` in code", 0),
        ("unmistaken, nobody_stated, mistake-free", 1),
        ("two mistakes by nobody", 2),
        ("", 0),
    ];
    for (text, expected) in rows {
        assert_eq!(found(&prose(text)).len(), expected, "{text}");
    }
}

/// Fails with every word that should be another.
fn holds(texts: &[(String, String)]) {
    let wrong: Vec<_> = texts
        .iter()
        .flat_map(|(place, text)| {
            let found = found(&prose(text));
            found
                .into_iter()
                .map(move |(word, better)| format!("{place}: \"{word}\" should be \"{better}\" (docs/style.md)"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words of the list that are in a text.
fn found(text: &str) -> Vec<(&'static str, &'static str)> {
    let is_inside = |character: char| character.is_alphanumeric() || character == '_';
    let words = text.to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |wanted: &str| {
        words.match_indices(wanted).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let after = words[at + wanted.len()..].chars().next();
            ![before, after].into_iter().flatten().any(is_inside)
        })
    };
    WORDS.into_iter().filter(|(word, _)| has(word)).collect()
}

/// Without code, which is not prose.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

/// Texts with a space in a source, but those of attributes: doc comments are among them.
fn collect_literals(tokens: TokenStream, place: &str, texts: &mut Texts) {
    let mut is_attribute = false;
    for token in tokens {
        let starts_attribute = match &token {
            TokenTree::Punct(mark) => mark.as_char() == '#' || (is_attribute && mark.as_char() == '!'),
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        match token {
            TokenTree::Group(group) if !is_attribute => collect_literals(group.stream(), place, texts),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') && text.contains(' ') {
                    texts.push((format!("{place}: {text}"), text));
                }
            }
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        is_attribute = starts_attribute;
    }
}

/// The strings of a document whose place, keys joined by dots, is wanted.
fn collect_values(value: &Value, place: &str, is_wanted: &dyn Fn(&str) -> bool, texts: &mut Texts) {
    match value {
        Value::String(text) if is_wanted(place) => texts.push((place.to_owned(), text.clone())),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                collect_values(item, &format!("{place}.{at}"), is_wanted, texts);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect_values(member, &format!("{place}.{name}"), is_wanted, texts);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Files of the repository with this ending, in any folder that is not generated.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "generated"].contains(&name.as_str()) {
                found.extend(files(&path, ending));
            }
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}
