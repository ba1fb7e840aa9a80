//! The order of the layers, the words for what is wrong, and that editing a file keeps the rest of it.
#![expect(clippy::disallowed_methods, reason = "makes the files the tests read")]

use super::*;
use crate::platform::environment::Simulated;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A home and a project below one folder.
struct Sandbox {
    folder: TempDir,
    environment: Simulated,
}

fn place() -> Sandbox {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project/inner");
    std::fs::create_dir_all(&project).unwrap();
    let mut environment = Simulated { current_dir: project, ..Simulated::default() };
    environment.vars.insert("WFMCP_HOME".to_owned(), folder.path().join("home").display().to_string());
    Sandbox { folder, environment }
}

impl Sandbox {
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn user(&self, text: &str) -> PathBuf {
        self.write("home/config.yaml", text)
    }

    fn project(&self, text: &str) -> PathBuf {
        self.write("project/.wfmcp/config.yaml", text)
    }

    fn var(&mut self, name: &str, value: &str) {
        self.environment.vars.insert(name.to_owned(), value.to_owned());
    }

    fn load(&self, flags: Flags<'_>) -> Result<Config, Error> {
        Config::load(&self.environment, flags)
    }

    /// The problems, without the folder of the test.
    fn problems(&self) -> String {
        let text = self.load(&[]).unwrap_err().to_string();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn row(config: &Config, key: &str) -> (String, String) {
    let row = config.rows().into_iter().find(|row| row.key == key).unwrap();
    (row.value.unwrap_or_default(), row.origin.to_string().split(" /").next().unwrap().to_owned())
}

#[test]
fn each_layer_goes_over_the_one_below() {
    let mut place = place();
    let key = "max_pending_actions";
    let expect = |place: &Sandbox, flags: Flags<'_>, value: u64, origin: &str| {
        let config = place.load(flags).unwrap();
        assert_eq!(config.max_pending_actions(), value);
        assert_eq!(row(&config, key), (value.to_string(), origin.to_owned()));
    };
    expect(&place, &[], 50, "default");
    place.user("max_pending_actions: 10\n");
    expect(&place, &[], 10, "user file");
    place.project("max_pending_actions: 20\n");
    expect(&place, &[], 20, "project file");
    place.var("MAX_PENDING_ACTIONS", "30");
    expect(&place, &[], 30, "environment MAX_PENDING_ACTIONS");
    place.var("WFMCP_MAX_PENDING_ACTIONS", "40");
    expect(&place, &[], 40, "environment WFMCP_MAX_PENDING_ACTIONS");
    expect(&place, &[(key, "60".to_owned())], 60, "flag");
}

#[test]
fn every_kind_of_value_is_read() {
    let mut place = place();
    place
        .user("workflow_definitions_path: [~/flows, more]\nlease: 1h30m\napprovals:\n  self_approval: yes\n");
    place.project(
        "# ours\nworkflow_definitions_path: flows:/shared\nlog: {level: INFO, format: json}\nproject: 7\nkill_grace:\n",
    );
    let root = place.folder.path().join("project");
    let config = place.load(&[]).unwrap();
    assert_eq!(config.workflow_definitions(), [root.join("flows"), "/shared".into()]);
    assert_eq!((config.log_level(), config.log_format()), ("info", "json"));
    assert_eq!((config.lease(), config.kill_grace()), (Duration::from_secs(5400), Duration::from_secs(5)));
    assert_eq!((config.self_approval(), config.project()), (true, Some("7")));
    assert_eq!(config.project_root.as_deref(), Some(root.as_path()));

    place.environment.home = Some("/home/me".into());
    std::fs::remove_dir_all(root.join(".wfmcp")).unwrap();
    let home = place.folder.path().join("home");
    let config = place.load(&[]).unwrap();
    assert_eq!(config.workflow_definitions(), [PathBuf::from("/home/me/flows"), home.join("more")]);
}

#[test]
fn a_project_may_not_permit_itself_what_only_the_owner_may() {
    let mut place = place();
    let model = "model: { url: https://evil.test, ca_file: ca.pem }\nserve: { read_only: false }\n";
    place.project(&format!("files: {{ roots: [/], commands: true }}\n{model}color: never\n"));
    let told = place.problems();
    let refused = ["files.roots", "files.commands", "model.url", "model.ca_file", "serve.read_only"];
    for key in refused {
        assert!(told.contains(&format!("`{key}` can't be set by a project's file")), "{told}");
    }
    place.project("color: never\n");
    place.user("files: { roots: \"~:notes\", commands: true }\n");
    place.environment.home = Some("/home/me".into());
    let config = place.load(&[]).unwrap();
    let notes = place.folder.path().join("home/notes");
    assert_eq!((config.files_roots(), config.files_commands()), (vec!["/home/me".into(), notes], true));
    place.var("WFMCP_FILES_ROOTS", "/a:b");
    let here = place.environment.current_dir.join("b");
    assert_eq!(place.load(&[]).unwrap().files_roots(), [PathBuf::from("/a"), here]);
    assert_eq!(place.load(&[("files.roots", "/c".into())]).unwrap().files_roots(), [PathBuf::from("/c")]);
}

#[test]
fn the_names_of_older_systems_work() {
    let mut place = place();
    for (name, value) in [
        ("TEMPORAL_HOST", "localhost:7233"),
        ("TEMPORAL_NAMESPACE", "default"),
        ("TEMPORAL_TASK_QUEUE", "queue"),
        ("WORKFLOW_DEFINITIONS_PATH", "flows"),
        ("DEBUG_MODE", "1"),
        ("NO_COLOR", "1"),
    ] {
        place.var(name, value);
    }
    let config = place.load(&[]).unwrap();
    assert_eq!(row(&config, "temporal.host"), ("localhost:7233".into(), "environment TEMPORAL_HOST".into()));
    assert_eq!(row(&config, "temporal.task_queue").0, "queue");
    assert_eq!(config.workflow_definitions(), [place.environment.current_dir.join("flows")]);
    assert_eq!((config.log_level(), config.color()), ("debug", "never"));
    place.var("WFMCP_COLOR", "always");
    assert_eq!(place.load(&[]).unwrap().color(), "always");
}

#[test]
fn what_is_wrong_is_said_with_its_place_all_at_once() {
    let mut place = place();
    for (text, expected) in [
        (
            "max_pending_action: 3\nlog:\n  levle: debug\nlease: soon\nproject: [a]\n",
            "project/.wfmcp/config.yaml:1:1: unknown key `max_pending_action` (did you mean `max_pending_actions`?)\n\
             project/.wfmcp/config.yaml:3:3: unknown key `log.levle` (did you mean `log.level`?)\n\
             project/.wfmcp/config.yaml:4:8: `lease` must be a duration such as 500ms, 30s, 15m or 2h, this is `soon`\n\
             project/.wfmcp/config.yaml:5:10: `project` must be a text that is not empty, this is a list",
        ),
        (
            "max_pending_actions: many\nlog: debug\n",
            "project/.wfmcp/config.yaml:1:22: `max_pending_actions` must be a whole number above 0, this is `many`\n\
             project/.wfmcp/config.yaml:2:6: a mapping of keys was expected, this is a single value",
        ),
        ("color: auto\ncolor: never\n", "project/.wfmcp/config.yaml:2:1: `color` is given twice"),
        ("color: *a\n", "project/.wfmcp/config.yaml:1:8: not YAML: while parsing node, found unknown anchor"),
        (
            "mcpServers:\n  a: {comand: x}\n  b: {args: [x]}\n  c: {url: 'http://x'}\n",
            "project/.wfmcp/config.yaml:2:7: unknown key `comand` (did you mean `command`?)\n\
             project/.wfmcp/config.yaml:3:3: server `b` has no `command`\n\
             project/.wfmcp/config.yaml:4:7: only servers on stdio can be called \
             (give the `command` of a server that speaks on stdio)",
        ),
    ] {
        place.project(text);
        assert_eq!(place.problems(), expected, "{text}");
    }
    place.project("");
    place.var("WFMCP_LEASE", "x");
    assert!(place.problems().starts_with("the environment variable WFMCP_LEASE: `lease` must be"));
}

#[test]
fn servers_are_merged_by_name() {
    let place = place();
    place.user("mcpServers:\n  git: {command: user-git}\n  fs: {command: fs, type: stdio}\n");
    place.project(
        "mcpServers:\n  git:\n    command: ./git\n    args: [-v, 2]\n    env: {TOKEN: '{{ secrets.TOKEN }}', N: 1}\n    cwd: sub\n",
    );
    let config = place.load(&[]).unwrap();
    let git = &config.servers()["git"];
    assert_eq!(
        (git.command.as_str(), git.args.as_slice()),
        ("./git", ["-v".to_owned(), "2".to_owned()].as_slice())
    );
    assert_eq!((git.env["TOKEN"].as_str(), git.env["N"].as_str()), ("{{ secrets.TOKEN }}", "1"));
    assert_eq!(git.cwd.as_deref(), Some(place.folder.path().join("project/sub").as_path()));
    assert_eq!(config.servers()["fs"].command, "fs");
}

#[test]
fn setting_a_value_keeps_the_rest_of_the_file() {
    for (old, key, value, expected) in [
        ("", "color", "never", "color: never\n"),
        ("# top\ncolor: auto # why\nlease: 1m\n", "color", "never", "# top\ncolor: never # why\nlease: 1m\n"),
        ("color: auto", "lease", "2m", "color: auto\nlease: 2m\n"),
        ("a: é\n", "color", "auto", "a: é\ncolor: auto\n"),
        ("color:\n", "color", "auto", "color: auto\n"),
        (
            "project: \"ü\" # é\ncolor: auto\n",
            "project",
            "two words",
            "project: \"two words\" # é\ncolor: auto\n",
        ),
        ("project: 'it''s' # x\n", "project", "its", "project: its # x\n"),
        ("", "log.level", "debug", "log:\n  level: debug\n"),
        (
            "log:\n  # f\n  format: json\n",
            "log.level",
            "debug",
            "log:\n  # f\n  level: debug\n  format: json\n",
        ),
        ("log:\n  level: info # i\n", "log.level", "debug", "log:\n  level: debug # i\n"),
        ("log: # l\n", "log.level", "debug", "log:\n  level: debug # l\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/config.yaml");
        if !old.is_empty() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, old).unwrap();
        }
        set(&path, key, value).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected, "{old:?}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}

#[test]
fn setting_what_can_not_be_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    for (old, key, value, says) in [
        ("color: auto\n", "colour", "auto", "unknown key `colour` (did you mean `color`?)"),
        ("color: auto\n", "color", "blue", "must be one of auto, always, never"),
        ("log: {format: json}\n", "log.level", "debug", "without rewriting the file"),
        ("color: [\n", "color", "auto", "not YAML"),
    ] {
        std::fs::write(&path, old).unwrap();
        let error = set(&path, key, value).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), old);
    }
}

#[test]
fn a_link_to_a_file_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.yaml"), folder.path().join("config.yaml"));
    std::fs::write(&real, "").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    set(&link, "color", "auto").unwrap();
    assert_eq!(std::fs::read_to_string(&real).unwrap(), "color: auto\n");
    assert!(link.is_symlink());
}

#[test]
fn the_users_own_file_is_not_a_project() {
    let mut place = place();
    place.write("project/.wfmcp/config.yaml", "color: never\n");
    place.var("WFMCP_HOME", &place.folder.path().join("project/.wfmcp").display().to_string());
    let config = place.load(&[]).unwrap();
    assert_eq!(row(&config, "color").1, "user file");
    assert_eq!(project_root(Path::new("/"), &config.paths), None);
}

proptest! {
    /// Whatever a file holds, setting a value gives that value or leaves the file alone.
    #[test]
    fn setting_never_damages(old in "(color|log|a|é| |:|#|\n|\n  |'|\"|-|\\[|\\]|\\{|\\}|x){0,12}", key in "(color|log.level)") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.yaml");
        std::fs::write(&path, &old).unwrap();
        let value = if key == "color" { "never" } else { "debug" };
        let done = set(&path, &key, value);
        let new = std::fs::read_to_string(&path).unwrap();
        let is_right = if done.is_ok() { new.contains(value) } else { new == old };
        prop_assert!(is_right, "{:?} became {:?}", old, new);
    }
}
