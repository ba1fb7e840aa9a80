//! The files through which a script of GitHub hands values on: `GITHUB_OUTPUT` and `GITHUB_ENV`. A script that does so
//! gets a file of its own, and prints what is in it as the step's result.

use super::names::reads;

/// Reads the file as GitHub does, one value a line or between delimiters, and prints it as JSON.
const AWK: &str = r#"outputs() {
  awk '
    function quote(s) { gsub(/["\\]/, "\\\\&", s); gsub(/\t/, "\\t", s); gsub(/\r/, "", s); return s }
    end != "" { if ($0 == end) { end = ""; all[name] = text } else text = text (n++ ? "\\n" : "") quote($0); next }
    match($0, /^[A-Za-z_][A-Za-z0-9_-]*<</) { name = substr($0, 1, RLENGTH - 2); end = substr($0, RLENGTH + 1); text = ""; n = 0; next }
    match($0, /^[A-Za-z_][A-Za-z0-9_-]*=/) { all[substr($0, 1, RLENGTH - 1)] = quote(substr($0, RLENGTH + 1)) }
    END { printf "{"; for (name in all) printf "%s\"%s\": \"%s\"", (c++ ? ", " : ""), name, all[name]; print "}" }
  ' "$GITHUB_OUTPUT"
  rm -f "$GITHUB_OUTPUT"
}
"#;

/// What a script hands on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HandedOn {
    /// To whoever asks for `steps.ID.outputs`.
    pub outputs: bool,
    /// Variables for the steps after it, by name.
    pub variables: Vec<String>,
    /// It writes variables whose names can't be told.
    pub unknown: bool,
}

pub(super) fn handed_on(script: &str) -> HandedOn {
    let mut handed = HandedOn { outputs: reads(script, "GITHUB_OUTPUT"), ..HandedOn::default() };
    if !reads(script, "GITHUB_ENV") {
        return handed;
    }
    for line in script.lines() {
        // A line of a block that is redirected as a whole says nothing of where it goes.
        let goes_elsewhere = line.contains('>') && !reads(line, "GITHUB_ENV") && !line.contains(">&");
        let Some(name) = assigned(line).filter(|_| !goes_elsewhere) else { continue };
        if !handed.variables.contains(&name) {
            handed.variables.push(name);
        }
    }
    handed.unknown = handed.variables.is_empty();
    handed
}

/// What a script hands on whatever else it does: outside of what may be left out.
pub(super) fn certain(script: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    if script.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| matches!(word, "exit" | "return")) {
        return names;
    }
    for line in script.lines() {
        let mut words = line.split_whitespace();
        let (first, last) = (words.next().unwrap_or_default(), words.last().unwrap_or_default());
        let is_end = |word: &str| matches!(word, "fi" | "done" | "esac");
        if matches!(first, "if" | "for" | "while" | "until" | "case") && !is_end(last) {
            depth += 1;
        } else if is_end(first) {
            depth = depth.saturating_sub(1);
        }
        let is_inside = depth > 0 || line.starts_with(char::is_whitespace);
        let is_handed_on = reads(line, "GITHUB_OUTPUT") || reads(line, "GITHUB_ENV");
        names.extend(assigned(line).filter(|_| is_handed_on && !is_inside));
    }
    names
}

/// The variable of `echo "NAME=..." >> $GITHUB_ENV`, or of a block that is redirected there.
fn assigned(line: &str) -> Option<String> {
    let line = line.trim_start().trim_start_matches("{ ");
    let rest = line.strip_prefix("echo ").or_else(|| line.strip_prefix("printf "))?;
    let rest = rest.trim_start_matches("-e ").trim_start_matches(['"', '\'']);
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let is_assignment = rest[length..].starts_with('=') || rest[length..].starts_with("<<");
    (length > 0 && is_assignment && !rest.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| rest[..length].to_owned())
}

/// Around a script that hands values on.
pub(super) fn prologue() -> String {
    format!(
        "# What is written to GITHUB_OUTPUT becomes the result; all else goes to the error stream.\n\
         GITHUB_OUTPUT=$(mktemp) && export GITHUB_OUTPUT GITHUB_ENV=\"$GITHUB_OUTPUT\"\n\
         {AWK}exec 3>&1 >&2\ntrap 'outputs >&3' EXIT\n"
    )
}

/// The commands of old that printed a value, written as the file they were replaced by.
pub(super) fn modern(script: &str) -> String {
    if !script.contains("::set-output name=") {
        return script.to_owned();
    }
    let line = |line: &str| {
        let Some((before, rest)) = line.split_once("::set-output name=") else { return line.to_owned() };
        match rest.split_once("::") {
            Some((name, value)) if before.trim_start().starts_with("echo") => {
                format!("{before}{name}={value} >> \"$GITHUB_OUTPUT\"")
            }
            _ => line.to_owned(),
        }
    };
    let ending = if script.ends_with('\n') { "\n" } else { "" };
    script.lines().map(line).collect::<Vec<_>>().join("\n") + ending
}

#[cfg(test)]
mod tests {
    use super::{certain, handed_on, modern};

    #[test]
    fn what_stands_in_a_branch_is_not_certain() {
        let script = "echo a=1 >> $GITHUB_OUTPUT\nif x; then\n  echo b=1 >> $GITHUB_OUTPUT\nfi\ntest y && echo c=1 >> $GITHUB_ENV\necho d=1 >> $GITHUB_ENV\n";
        assert_eq!(certain(script), ["a", "d"]);
        assert!(certain("test x || exit 0\necho a=1 >> $GITHUB_OUTPUT").is_empty());
    }

    #[test]
    fn what_is_handed_on_is_found() {
        let script = "echo \"A=1\" >> $GITHUB_ENV\n{\n echo 'B<<EOF'\n} >> \"$GITHUB_ENV\"\n";
        assert_eq!(handed_on(script).variables, ["A", "B"]);
        assert!(handed_on("env >> $GITHUB_ENV").unknown);
        assert!(handed_on("echo x=1 >> \"${GITHUB_OUTPUT}\"").outputs);
        assert!(!handed_on("echo $GITHUB_OUTPUTS").outputs);
    }

    #[test]
    fn commands_of_old_become_the_file() {
        assert_eq!(modern("echo \"::set-output name=a::$b\"\n"), "echo \"a=$b\" >> \"$GITHUB_OUTPUT\"\n");
        assert_eq!(modern("echo \"::debug::x\"\n"), "echo \"::debug::x\"\n");
    }
}
