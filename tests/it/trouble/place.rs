//! Folders and interpreters that are not there (any more).

use crate::harness::Sandbox;

#[test]
fn a_working_directory_that_vanished_fails_the_step_and_not_the_run_for_good() {
    let sandbox = Sandbox::new();
    let workflow = "
name: w
steps:
  - id: ask
    prompt: Which word?
    result: { type: string }
  - id: say
    shell: echo {{ steps.ask.result }} > said
";
    sandbox.file("w.yaml", workflow);
    sandbox.file("place/kept", "");
    sandbox.wfmcp(["run", "w.yaml", "--in", "place"]).code(4);
    std::fs::remove_dir_all(sandbox.path("place")).unwrap();
    let failed = sandbox.wfmcp(["submit", "@last", "--result", "hi", "--json"]).code(1).json();
    let error = &failed["error"];
    assert!(error["message"].as_str().unwrap().contains("does not exist (any more)"), "{error}");
    assert!(error["hints"][0].as_str().unwrap().contains("make it again"), "{error}");

    std::fs::create_dir(sandbox.path("place")).unwrap();
    sandbox.wfmcp(["runs", "retry", "@last"]).ok();
    assert_eq!(sandbox.read("place/said"), "hi\n");
}

#[test]
fn a_run_cannot_start_where_no_folder_is() {
    let sandbox = Sandbox::new();
    sandbox.file("w.yaml", "name: w\nsteps: [{ id: a, shell: 'true' }]");
    sandbox.wfmcp(["run", "w.yaml", "--in", "nowhere"]).code(3).stderr_has("nowhere is not a folder");
    assert_eq!(sandbox.wfmcp(["runs", "list", "--json"]).ok().json()["items"], serde_json::json!([]));
}

#[test]
fn a_missing_interpreter_is_named_and_its_step_can_be_retried() {
    let sandbox = Sandbox::new();
    sandbox.file("w.yaml", "name: w\nsteps: [{ id: a, shell: { run: 'touch done', with: frobsh } }]");
    let failed = sandbox.wfmcp(["run", "w.yaml", "--json"]).code(1).json();
    assert_eq!(failed["error"]["step"], "a");
    let told = failed["error"].to_string();
    assert!(told.contains("`frobsh`") && told.contains("install frobsh"), "{told}");

    let shell = sandbox.file("bin/frobsh", "#!/bin/sh\nexec /bin/sh \"$@\"\n");
    sandbox.shell(&format!("chmod +x {}", shell.display())).run().ok();
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    sandbox.command(["runs", "retry", "@last"]).env("PATH", path).run().ok();
    assert!(sandbox.path("done").exists());
}

#[test]
fn a_path_without_a_shell_is_no_trouble_where_the_system_has_one() {
    let sandbox = Sandbox::new();
    sandbox.file("w.yaml", "name: w\nsteps: [{ id: a, shell: ': > done' }]");
    sandbox.command(["run", "w.yaml"]).env("PATH", "/nonexistent").run().ok();
    sandbox.command(["run", "w.yaml"]).without_env("PATH").run().ok();
    assert!(sandbox.path("done").exists());
}
