//! How `.env` files are read, where secrets are looked for, and what asks for them.
#![expect(clippy::disallowed_methods, reason = "writes the files the tests read")]

use super::*;
use crate::config::Place;
use crate::platform::environment::Simulated;
use proptest::prelude::*;

#[test]
fn the_file_is_read_as_shells_and_tools_write_it() {
    let text = "# top\nA=1\nexport B = two words # note\nC=\"x # \\\"y\\\"\\n\" # z\nD='raw \\n'\nE=a#b\nF=\n\r\nG=\"l1\nl2\"\nA=2\r\n";
    let values = parse(text).unwrap();
    let expected = [
        ("A", "2"),
        ("B", "two words"),
        ("C", "x # \"y\"\n"),
        ("D", "raw \\n"),
        ("E", "a#b"),
        ("F", ""),
        ("G", "l1\nl2"),
    ];
    assert_eq!(values, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
}

#[test]
fn what_is_no_assignment_is_named_by_line() {
    for (text, line) in [("A=1\nwhat\n", 2), ("=x", 1), ("A B=1", 1), ("\nA=\"open\n", 2), ("A='x' y", 1)] {
        assert_eq!(parse(text), Err(line), "{text:?}");
    }
}

#[test]
fn the_environment_goes_first_and_the_missing_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "ONE=file\nTWO=file\n").unwrap();
    let mut environment = Simulated::default();
    environment.vars.insert("ONE".to_owned(), "variable".to_owned());
    let folders = [Path::new("/nowhere"), folder.path()];
    let values = resolve(["ONE", "TWO"], &environment, &folders).unwrap();
    assert_eq!((values["ONE"].as_str(), values["TWO"].as_str()), ("variable", "file"));
    let error = resolve(["ONE", "THREE", "FOUR"], &environment, &folders).unwrap_err();
    assert!(
        error
            .message
            .starts_with("the secrets THREE, FOUR are neither in the environment nor in /nowhere/.env or ")
    );
    assert!(!error.to_string().contains("variable"));
}

#[test]
fn references_are_found_and_filled() {
    let text = "Bearer {{ secrets.TOKEN }}/{{secrets.OTHER}}/{{ inputs.x }}/{{ secrets.";
    assert_eq!(named_in(text).collect::<Vec<_>>(), ["TOKEN", "OTHER"]);
    let values = BTreeMap::from([("TOKEN".to_owned(), "{{x}}".to_owned())]);
    assert_eq!(fill_in(text, &values), "Bearer {{x}}/{{secrets.OTHER}}/{{ inputs.x }}/{{ secrets.");
}

#[test]
fn a_server_asks_for_secrets_in_its_arguments_and_environment() {
    let server = McpServer {
        name: "git".to_owned(),
        command: "git-server".to_owned(),
        args: vec!["--key={{ secrets.KEY }}".to_owned()],
        env: BTreeMap::from([("TOKEN".to_owned(), "{{ secrets.TOKEN }}".to_owned())]),
        cwd: None,
        place: Place::Flag("test".to_owned()),
    };
    assert_eq!(named_by(&server), ["KEY", "TOKEN"]);
    let values = ["KEY", "TOKEN"].map(|name| (name.to_owned(), name.to_lowercase()));
    let filled = fill_in_server(&server, &values.into());
    assert_eq!((filled.args[0].as_str(), filled.env["TOKEN"].as_str()), ("--key=key", "token"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[A-Z=\"'\\\\# \n\ré{}.s]{0,40}") {
        let _ = parse(&text);
        prop_assert_eq!(fill_in(&text, &BTreeMap::new()), text);
    }

    #[test]
    fn a_quoted_value_comes_back(value in "[^'\r]{0,30}") {
        prop_assert_eq!(&parse(&format!("A='{value}'\nB=1")).unwrap()["A"], &value);
    }
}
