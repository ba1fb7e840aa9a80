//! A script with holes and a value for them: whatever the value, the shells read the same script. They only read it
//! (`-n`): nothing that is made up here is ever run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::process::{Command, Stdio};
use wfmcp::language::expression::{Hole, Scope, render_shell, shell_holes};

const SHELLS: [&str; 2] = ["/bin/dash", "/bin/bash"];
/// Nothing a shell could take for a name or a word of its own, as every value here.
const HARMLESS: &str = "a b";
/// Every way out of quotes, comments, heredocs and brackets.
const EVIL: &str = "'\"`\\)}\nE\n\tE\n;;esac\n))\n$(\n'(\"$((`<<X\n{#";

fuzz_target!(|data: &[u8]| {
    let Some([template, value]) = wfmcp_fuzz::texts(data) else { return };
    let rendered = |value: &str| {
        let mut scope = Scope::new();
        scope.insert("v", &Value::from(value));
        scope.insert("list", &Value::from(vec![value, value]));
        render_shell(template, &scope)
    };
    let Ok(harmless) = rendered(HARMLESS) else { return };
    // What a template computes from a value is not the value.
    let is_plain =
        |hole: &Hole| !hole.raw && hole.references.iter().all(|used| used.whole && used.path.len() == 1);
    let all_plain = shell_holes(template).is_ok_and(|holes| holes.iter().all(is_plain));
    if harmless == template || !all_plain || template.contains("{%") {
        return;
    }
    let ours = format!(" {value}");
    for value in [EVIL, ours.as_str()] {
        let Ok(script) = rendered(value) else {
            assert!(value.contains('\0'), "{template:?} takes {HARMLESS:?} and not {value:?}");
            continue;
        };
        for shell in SHELLS {
            assert_eq!(reads(shell, &script), reads(shell, &harmless), "{shell}: {template:?} {value:?}");
        }
    }
});

fn reads(shell: &str, script: &str) -> Option<bool> {
    let mut command = Command::new(shell);
    command.args(["-n", "-c", script]).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok().map(|status| status.success())
}
