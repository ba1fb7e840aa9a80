//! What reaches the file, without its secrets, and that the file does not grow for ever.
#![expect(clippy::disallowed_methods, reason = "reads the log files")]

use super::Told;
use super::rotation::{Rotation, older};
use super::setup::{Format, Setup, listener};
use std::sync::{Arc, Mutex};

fn logged(level: &str, speak: impl FnOnce()) -> String {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        level: level.to_owned(),
        format: Format::Plain,
        folder: Some(folder.path().join("log")),
        redact: Arc::new(|line| line.replace("hunter22", "***")),
        relay: None,
    };
    tracing::dispatcher::with_default(&listener(&setup).0, speak);
    std::fs::read_to_string(folder.path().join("log/wfmcp.log")).unwrap_or_default()
}

#[test]
fn the_file_has_what_the_level_lets_through_and_no_secret() {
    let text = logged("error", || {
        tracing::info!(run = "r-1", token = "hunter22", "started");
        tracing::debug!("too fine");
        tracing::warn!(target: "rmcp", "not ours");
    });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    let line: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(
        (&line["message"], &line["run"], &line["token"]),
        (&"started".into(), &"r-1".into(), &"***".into())
    );
    assert!(logged("debug", || tracing::debug!("fine")).contains("fine"));
    assert_eq!(logged("off", || tracing::error!("nothing")), "");
}

#[test]
fn the_level_changes_while_the_program_runs_and_a_relay_is_told_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let heard = Arc::clone(&told);
    let setup = Setup {
        level: "off".to_owned(),
        format: Format::Plain,
        folder: Some(folder.path().to_owned()),
        redact: Arc::new(|line| line.replace("hunter22", "***")),
        relay: Some(Arc::new(move |line| heard.lock().unwrap().push(line))),
    };
    let (dispatch, switch) = listener(&setup);
    tracing::dispatcher::with_default(&dispatch, || {
        tracing::warn!("before");
        switch("debug");
        tracing::debug!(count = 3, token = "hunter22", "after");
        switch("off");
        tracing::error!("too late");
    });
    let text = std::fs::read_to_string(folder.path().join("wfmcp.log")).unwrap();
    assert!(text.contains("after") && !text.contains("before") && !text.contains("too late"), "{text}");
    let told = told.lock().unwrap();
    let messages: Vec<&str> = told.iter().map(|told| told.fields["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["before", "after", "too late"]);
    assert_eq!((&told[1].fields["count"], &told[1].fields["token"]), (&3.into(), &"***".into()));
}

#[test]
fn a_file_that_has_grown_starts_anew_and_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    // Two processes that share the file.
    let (one, two) = (Rotation::new(path.clone(), 10), Rotation::new(path.clone(), 10));
    for round in 0..6 {
        one.append(format!("one {round} .\n").as_bytes()).unwrap();
        two.append(format!("two {round} .\n").as_bytes()).unwrap();
    }
    let text = |path| std::fs::read_to_string(path).unwrap();
    assert!(text(path.clone()).ends_with("two 5 .\n"));
    let kept: String =
        (1..=3).rev().map(|age| text(older(&path, age))).collect::<String>() + &text(path.clone());
    let all = (0..6).map(|round| format!("one {round} .\ntwo {round} .\n")).collect::<Vec<_>>().concat();
    assert!(all.ends_with(&kept), "{kept}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
}
