//! Which project a command means: an option, a variable, a folder, the active one, in this order; and that it is told.

use crate::harness::Sandbox;

/// The project in use, and what names it.
fn told(sandbox: &Sandbox, words: &[&str], variable: &str) -> (String, String) {
    let words = [&["projects", "active", "--json"], words].concat();
    let active = sandbox.command(words).env("WFMCP_PROJECT", variable.to_owned()).run().ok().json();
    let name = active["project"]["name"].as_str().unwrap().to_owned();
    (name, active["named_by"].as_str().unwrap_or("nothing").to_owned())
}

#[test]
fn an_option_goes_over_a_variable_over_a_folder_over_the_active_one() {
    let sandbox = Sandbox::new();
    for name in ["by-option", "by-variable", "by-folder", "by-use"] {
        sandbox.wfmcp(["projects", "create", name]).ok();
    }
    assert_eq!(told(&sandbox, &[], ""), ("default".to_owned(), "nothing".to_owned()));
    sandbox.wfmcp(["projects", "use", "by-use"]).ok();
    assert_eq!(told(&sandbox, &[], "").0, "by-use");
    sandbox.file(".wfmcp/config.yaml", "project: by-folder\n");
    let (name, by) = told(&sandbox, &[], "");
    assert!(
        name == "by-folder" && by.starts_with("project file") && by.contains("config.yaml:1"),
        "{name} {by}"
    );
    let variable = told(&sandbox, &[], "by-variable");
    assert_eq!(variable, ("by-variable".to_owned(), "environment WFMCP_PROJECT".to_owned()));
    let option = told(&sandbox, &["--project", "by-option"], "by-variable");
    assert_eq!(option, ("by-option".to_owned(), "flag".to_owned()));

    sandbox.file("ask.yaml", "name: ask\nsteps: [{ id: q, prompt: What?, result: { type: string } }]\n");
    sandbox.file("deep/er/file", "");
    let deep = sandbox.path("deep/er");
    sandbox.command(["run", "../../ask.yaml"]).dir(deep).run().code(4);
    sandbox
        .wfmcp(["projects", "show"])
        .ok()
        .stdout_has("by-folder")
        .stdout_has("1 pending_action")
        .stdout_has("project file");
    sandbox.wfmcp(["projects", "show", "by-use"]).ok().stdout_has("not in use");
    sandbox
        .wfmcp(["config", "show", "--project", "by-option"])
        .ok()
        .stdout_has("by-option")
        .stdout_has("flag");
    sandbox
        .wfmcp(["projects", "use", "default"])
        .ok()
        .stderr_has("here, commands still mean project by-folder");
}

#[test]
fn a_name_that_names_nothing_says_where_it_stands() {
    let sandbox = Sandbox::new();
    sandbox.wfmcp(["projects", "create", "website"]).ok();
    let list = || sandbox.command(["runs", "list"]);
    let variable = list().env("WFMCP_PROJECT", "webiste").run().code(5);
    variable.stderr_has("did you mean `website`?").stderr_has("named by: environment WFMCP_PROJECT");
    sandbox.file(".wfmcp/config.yaml", "project: webiste\n");
    list().run().code(5).stderr_has("config.yaml:1");
    sandbox.wfmcp(["runs", "list", "--project", "website"]).ok();
    sandbox.wfmcp(["projects", "create", "webiste"]).ok();
    list().run().ok();
}

#[test]
fn there_is_a_default_project_from_the_first_command() {
    for first in [&["projects", "list"][..], &["inbox"], &["projects", "show"], &["runs", "list"]] {
        let sandbox = Sandbox::new();
        sandbox.wfmcp(first).ok();
        sandbox.wfmcp(["projects", "active"]).ok().stdout_has("default  default  the active project");
    }
}
