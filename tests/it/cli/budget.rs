//! `budget`: nobody is asked once it is spent.

use crate::harness::Sandbox;
use serde_json::json;

fn place(budget: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let text = format!(
        "name: essay\n\
         budget: {{ {budget} }}\n\
         steps:\n\
         - id: write\n  \
           repeat: {{ until: \"steps.write.result == 'good'\", max: 10 }}\n  \
           prompt: Write.\n  \
           result: {{ type: string }}\n"
    );
    sandbox.file("essay.yaml", &text);
    sandbox.wfmcp(["run", "essay.yaml"]).code(4);
    sandbox
}

#[test]
fn attempts_are_counted_and_the_next_is_refused() {
    let sandbox = place("attempts: 2");
    sandbox.wfmcp(["submit", "@last", "--result", "bad"]).code(4);
    let end = sandbox.wfmcp(["submit", "@last", "--result", "worse", "--json"]).code(1).json();
    assert_eq!(end["error"]["kind"], "budget");
    assert_eq!(end["error"]["message"], "the budget of the run is spent: 2 of 2 attempts");
    assert_eq!(end["spent"], json!({ "attempts": 2, "tokens": 0, "cost": 0.0 }));
    let again = sandbox.wfmcp(["runs", "retry", "@last", "--json"]).code(4).json();
    assert_eq!(again["spent"]["attempts"], 1, "a person's retry begins with the whole budget");
    sandbox.wfmcp(["submit", "@last", "--result", "good"]).ok();
}

#[test]
fn tokens_and_cost_are_what_is_reported_and_the_work_that_spends_them_counts() {
    let sandbox = place("tokens: 1000, cost: 0.5");
    let more =
        sandbox.wfmcp(["submit", "@last", "--result", "bad", "--tokens", "900", "--cost", "0.25", "--json"]);
    assert_eq!(more.code(4).json()["spent"], json!({ "attempts": 2, "tokens": 900, "cost": 0.25 }));
    sandbox.wfmcp(["submit", "@last", "--result", "5", "--tokens", "50"]).code(3);
    let end = sandbox.wfmcp(["submit", "@last", "--result", "bad", "--tokens", "50"]).code(1);
    assert!(end.stdout.contains("1000 of 1000 tokens"), "{}", end.stdout);
    let wrong = sandbox.wfmcp(["submit", "@last", "--result", "bad", "--cost=-1"]).code(3);
    assert!(wrong.stderr.contains("a cost is a number from 0"), "{}", wrong.stderr);
}

#[test]
fn what_is_good_at_the_last_moment_is_good() {
    let sandbox = place("tokens: 10");
    sandbox.wfmcp(["submit", "@last", "--result", "good", "--tokens", "5000"]).ok();
}

#[test]
fn what_a_part_took_counts_for_the_whole() {
    let sandbox = Sandbox::new();
    sandbox.file("part.yaml", "name: part\nsteps: [{ id: ask, prompt: What?, result: { type: string } }]\n");
    sandbox.file(
        "whole.yaml",
        "name: whole\nbudget: { tokens: 100 }\nsteps:\n- { id: part, workflow: ./part.yaml }\n- { id: ask, prompt: And?, result: { type: string } }\n",
    );
    sandbox.wfmcp(["run", "whole.yaml"]).code(4);
    let inbox = sandbox.wfmcp(["inbox", "--json"]).ok().json();
    let action = inbox["items"][0]["action_id"].as_str().unwrap();
    let whole =
        sandbox.wfmcp(["submit", action, "--result", "x", "--tokens", "100", "--json"]).code(1).json();
    assert_eq!(whole["error"]["message"], "the budget of the run is spent: 100 of 100 tokens");
}
