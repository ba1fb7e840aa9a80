//! Completion in a shell: the script asks the program, which knows what there is.

use crate::harness::Sandbox;

#[test]
fn a_shell_completes_commands_options_and_names() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "greet.yaml",
        "name: greet\nsteps:\n  - id: ask\n    prompt: Who?\n    result: { type: string }\n",
    );
    let run =
        sandbox.wfmcp(["run", "greet.yaml", "--json"]).code(4).json()["run_id"].as_str().unwrap().to_owned();
    sandbox.wfmcp(["projects", "create", "website"]).ok();
    let complete = |line: &[&str]| {
        let mut arguments = vec!["--", "wfmcp"];
        arguments.extend(line);
        let index = (arguments.len() - 2).to_string();
        let asked = sandbox.command(arguments).env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index);
        asked.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_IFS", "\n").run().ok().stdout
    };
    assert!(complete(&["va"]).contains("validate"));
    assert!(complete(&["runs", "show", ""]).contains(&run));
    assert!(complete(&["status", "r-"]).contains(&run));
    assert!(complete(&["projects", "use", "web"]).contains("website"));
    assert!(complete(&["runs", "list", "--project", "web"]).contains("website"));
    assert!(complete(&["run", "gr"]).contains("greet.yaml"));
    assert!(complete(&["prompts", "show", "code"]).contains("code_review"));
    let item = sandbox.wfmcp(["work", "create", "Dig", "--json"]).ok().json();
    let item = item["work_item_id"].as_str().unwrap().to_owned();
    assert!(complete(&["work", "show", ""]).contains(&item));
    assert!(complete(&["work", "depend", "w-"]).contains(&item));
    assert!(complete(&["work", "list", "--under", ""]).contains(&item));
    assert!(complete(&["run", "--de"]).contains("--detach"));
}
