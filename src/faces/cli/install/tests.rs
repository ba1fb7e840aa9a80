//! A change to somebody's file is that change and nothing else.

use super::format::{Format, Refusal};
use super::json::without_comments;
use proptest::prelude::*;
use serde_json::{Value, json};

const PATH: [&str; 3] = ["mcpServers", "wfmcp", "command"];

fn set(format: Format, text: &str) -> Result<String, Refusal> {
    let at = |keys: &[&'static str]| [&PATH[..2], keys].concat();
    let settings = [(at(&["command"]), json!("/bin/w")), (at(&["args"]), json!(["serve", "--stdio"]))];
    let changed = format.set_all(text, &settings)?;
    assert_eq!(format.set_all(&changed, &settings).as_deref(), Ok(changed.as_str()), "twice is once");
    Ok(changed)
}

#[track_caller]
fn becomes(format: Format, text: &str, expected: &str) {
    assert_eq!(set(format, text).unwrap(), expected);
}

#[test]
fn json_keeps_its_order_its_indents_and_what_else_is_in_it() {
    let ours = r#""command": "/bin/w""#;
    let args = r#""args": ["serve", "--stdio"]"#;
    let new = format!(
        "{{\n  \"mcpServers\": {{\n    \"wfmcp\": {{\n      {ours},\n      {args}\n    }}\n  }}\n}}\n"
    );
    becomes(Format::Json, "{}\n", &new);
    becomes(
        Format::Json,
        "{\n\t\"z\": [1,  2],\n\t\"mcpServers\": {\n\t\t\"b\": {}\n\t},\n\t\"a\": 1.50\n}",
        &format!(
            "{{\n\t\"z\": [1,  2],\n\t\"mcpServers\": {{\n\t\t\"b\": {{}},\n\t\t\"wfmcp\": {{\n\t\t\t{ours},\n\t\t\t{args}\n\t\t}}\n\t}},\n\t\"a\": 1.50\n}}"
        ),
    );
    becomes(
        Format::Json,
        "{\r\n    \"mcpServers\": {}\r\n}\r\n",
        &format!(
            "{{\r\n    \"mcpServers\": {{\r\n        \"wfmcp\": {{\r\n            {ours},\r\n            {args}\r\n        }}\r\n    }}\r\n}}\r\n"
        ),
    );
    becomes(
        Format::Json,
        r#"{"mcpServers":{"b":{"command":"x"}},"é\"}":"{"}"#,
        &format!(r#"{{"mcpServers":{{"b":{{"command":"x"}}, "wfmcp": {{{ours}, {args}}}}},"é\"}}":"{{"}}"#),
    );
    becomes(
        Format::Json,
        r#"{"mcpServers": {"wfmcp": {"command": "/old", "env": {"A": "1"}, "args": [ "x" ]}}}"#,
        &format!(r#"{{"mcpServers": {{"wfmcp": {{{ours}, "env": {{"A": "1"}}, {args}}}}}}}"#),
    );
}

#[test]
fn comments_stay_where_comments_may_be() {
    let text = "{\n  // mine: \"}\"\n  \"mcpServers\": {\n    \"b\": {}, /* , } */\n  },\n}\n";
    let expected = "{\n  // mine: \"}\"\n  \"mcpServers\": {\n    \"b\": {},\n    \"wfmcp\": {\n      \"command\": \"/bin/w\",\n      \"args\": [\"serve\", \"--stdio\"]\n    }, /* , } */\n  },\n}\n";
    becomes(Format::CommentedJson, text, expected);
    assert!(matches!(set(Format::Json, text), Err(Refusal::Invalid(_))));
    for odd in ["{ /* never closed", "{\"a", "// nothing", "/", "\"\\", "{}}", ","] {
        assert!(matches!(set(Format::CommentedJson, odd), Err(Refusal::Invalid(_))), "{odd}");
        assert_eq!(without_comments(odd).len(), odd.len());
    }
}

#[test]
fn what_is_not_json_or_has_something_else_there_is_refused() {
    for text in ["{", "{'a': 1}", "{} x", "{\"a\": 1,}", "\u{feff}{}"] {
        assert!(matches!(set(Format::Json, text), Err(Refusal::Invalid(_))), "{text}");
    }
    for text in
        ["[]", "7", "{\"mcpServers\": []}", "{\"mcpServers\": null}", "{\"mcpServers\": {\"wfmcp\": \"x\"}}"]
    {
        assert_eq!(set(Format::Json, text), Err(Refusal::Unfit), "{text}");
    }
}

fn toml(text: &str) -> Result<String, Refusal> {
    let at = |keys: &[&'static str]| [&["mcp_servers", "wfmcp"], keys].concat();
    let settings = [
        (at(&["command"]), json!("/bin/w")),
        (at(&["args"]), json!(["serve", "--stdio"])),
        (at(&["env", "WFMCP_HOME"]), json!("/ho\"me")),
    ];
    let changed = Format::Toml.set_all(text, &settings)?;
    assert_eq!(Format::Toml.set_all(&changed, &settings).as_deref(), Ok(changed.as_str()), "twice is once");
    Ok(changed)
}

#[test]
fn toml_keeps_everything_but_our_table() {
    let ours = "[mcp_servers.wfmcp]\ncommand = \"/bin/w\"\nargs = [\"serve\", \"--stdio\"]\nenv = { WFMCP_HOME = '/ho\"me' }\n";
    assert_eq!(toml("").unwrap(), ours);
    let other =
        "# top\nmodel = 'x'   # why\n\n[mcp_servers.other]\ncommand = \"\"\"\n[mcp_servers.wfmcp]\n\"\"\"";
    assert_eq!(toml(other).unwrap(), format!("{other}\n\n{ours}"));
    assert_eq!(toml("[mcp_servers]\n").unwrap(), format!("[mcp_servers]\n\n{ours}"));
    assert_eq!(toml(other).unwrap().replace('\n', "\r\n"), toml(&other.replace('\n', "\r\n")).unwrap());
    assert_eq!(
        toml("[mcp_servers.wfmcp] # ours\nstartup_timeout_sec = 9 # slow\nargs = [\n  \"x\", # old\n]\n[mcp_servers.wfmcp.env]\nA = \"1\"\n[z]\n").unwrap(),
        "[mcp_servers.wfmcp] # ours\nstartup_timeout_sec = 9 # slow\nargs = [\"serve\", \"--stdio\"]\ncommand = \"/bin/w\"\n[mcp_servers.wfmcp.env]\nA = \"1\"\nWFMCP_HOME = '/ho\"me'\n[z]\n"
    );
    let inline = "mcp_servers = { wfmcp = { command = 'a', args = [], env = { WFMCP_HOME = '' } } }\n";
    assert!(toml(inline).unwrap().contains("command = \"/bin/w\", args = [\"serve\", \"--stdio\"]"));
    toml("mcp_servers.other.command = 'x'\n").unwrap();
}

#[test]
fn what_is_not_toml_or_has_something_else_there_is_refused() {
    for text in ["a", "[a", "a = ", "a = 1\na = 2\n"] {
        assert!(matches!(toml(text), Err(Refusal::Invalid(_))), "{text}");
    }
    for text in ["mcp_servers = 1\n", "mcp_servers = {}\n", "[[mcp_servers]]\n", "[mcp_servers]\nwfmcp = 1\n"]
    {
        assert_eq!(toml(text), Err(Refusal::Unfit), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "[a-z\"\\\\{}é/ ]{0,6}".prop_map(Value::from)
    ];
    let key = prop_oneof![Just("mcpServers".to_owned()), Just("wfmcp".to_owned()), "[a-z\"{ ]{0,3}"];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever the file, it is refused, or everything else in it is as it was and the former text can be found again.
    #[test]
    fn json_is_never_damaged(value in any_json(), is_pretty: bool) {
        let text = if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        for format in [Format::Json, Format::CommentedJson] {
            let Ok(changed) = format.set_all(&text, &[(PATH.to_vec(), json!("x"))]) else { continue };
            let mut after: Value = serde_json::from_str(&changed).unwrap();
            prop_assert_eq!(&after["mcpServers"]["wfmcp"]["command"], "x");
            if value["mcpServers"]["wfmcp"].get("command").is_none() {
                let kept: String = changed.chars().filter(|letter| !letter.is_whitespace()).collect();
                after["mcpServers"]["wfmcp"].as_object_mut().unwrap().shift_remove("command");
                prop_assert!(kept.len() >= text.chars().filter(|letter| !letter.is_whitespace()).count());
            }
        }
    }

    #[test]
    fn toml_is_never_damaged(text in "(\\[mcp_servers\\]\n|\\[mcp_servers.wfmcp\\]\n|\\[a\\]\n|mcp_servers.wfmcp.|wfmcp.|command = |args = |b = |1\n|'x'\n|\\{ c = 1 \\}\n|# e\n|\n){0,10}") {
        if let Ok(changed) = toml(&text) {
            prop_assert!(changed.parse::<toml_edit::DocumentMut>().is_ok());
        }
    }
}
