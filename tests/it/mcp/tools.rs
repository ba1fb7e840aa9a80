//! Tools: which are offered, how they are described, and that a call answers what the terminal answers.

use crate::harness::{Sandbox, Server};
use serde_json::json;

#[test]
fn the_usual_tools_fit_a_model_and_are_described_in_full() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &[]);
    let listed = server.result("tools/list", json!({}));
    let tokens = listed.to_string().len() / 4;
    assert!(tokens < 8_000, "{tokens} tokens");
    for tool in listed["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        assert!(tool["title"].as_str().is_some_and(|title| !title.contains('_')), "{name}");
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name}: {hint}");
        }
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}: {schema}");
            assert!(jsonschema::meta::is_valid(&tool[schema]), "{name}: {schema}");
        }
    }
    server.close().ok();
}
