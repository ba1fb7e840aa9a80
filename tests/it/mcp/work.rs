//! Work items for agents: a set of tools that is offered on demand, and the same answers as at a terminal.

use crate::harness::{Sandbox, Server};
use serde_json::{Value, json};

fn offered(server: &mut Server) -> Vec<Value> {
    server.result("tools/list", json!({}))["tools"].as_array().unwrap().clone()
}

#[test]
fn agents_plan_work_and_see_what_is_ready() {
    let sandbox = Sandbox::new();
    let mut server = Server::session(&sandbox, &["--toolsets", "work_items"]);
    let tools = offered(&mut server);
    assert_eq!(tools.len(), 10);
    let bytes = json!(tools).to_string().len();
    assert!(bytes < 12_000, "{bytes} bytes");
    let destroys = |tool: &&Value| tool["annotations"]["destructiveHint"] == true;
    let destructive: Vec<&Value> = tools.iter().filter(destroys).map(|tool| &tool["name"]).collect();
    assert_eq!(destructive, ["delete_work_item"]);

    let task = server.call("create_work_item", json!({ "name": "Move the login", "item_type": "task" }));
    let id = task["work_item_id"].as_str().unwrap().to_owned();
    let part = |server: &mut Server, title: &str| {
        let part = server.call("create_work_item", json!({ "title": title, "parent_id": id }));
        part["work_item_id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (part(&mut server, "Write it"), part(&mut server, "Test it"));
    server.call("add_dependency", json!({ "from": second, "to": first }));
    let refused = server.fails("add_dependency", json!({ "from": first, "to": second }));
    assert!(refused["message"].as_str().unwrap().contains("cycle"), "{refused}");
    let ready = server.call("query_work_items", json!({ "ready": true, "type": "subtask" }));
    assert_eq!(ready["items"].as_array().unwrap().len(), 1);
    assert_eq!(ready["items"][0]["work_item_id"], json!(first));
    server.call("update_work_item", json!({ "work_item_id": first, "status": "completed", "version": 1 }));
    let refused =
        server.fails("update_work_item", json!({ "id": first, "status": "blocked", "priority": "hihg" }));
    assert_eq!(refused["details"][0]["pointer"], "/priority");
    let tree = server.call("get_work_item_tree", json!({ "item": id }));
    let terminal = sandbox.wfmcp(["work", "tree", &id, "--json"]).ok().json();
    assert_eq!(tree, terminal);
    assert_eq!(tree["items"][0]["item"]["children_finished"], 1);
    let kept = server.fails("delete_work_item", json!({ "item": id }));
    assert_eq!(kept["kind"], "conflict");
    let gone = server.call("delete_work_item", json!({ "item": id, "recursive": true }));
    assert_eq!(gone["deleted"], 3);
    server.close().ok();
}

#[test]
fn they_are_not_among_the_usual_tools() {
    let sandbox = Sandbox::new();
    let usual = offered(&mut Server::session(&sandbox, &[]));
    assert!(usual.iter().all(|tool| !tool["name"].as_str().unwrap().contains("work_item")));
    let mut reading = Server::session(&sandbox, &["--toolsets", "work_items", "--read-only"]);
    let names: Vec<Value> = offered(&mut reading).into_iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["query_work_items", "get_work_item_tree", "get_work_item"]);
}
