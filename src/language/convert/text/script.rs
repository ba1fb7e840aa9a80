//! Values in shell scripts. Where a quoted word can stand, the value is written there; elsewhere it goes through a
//! variable. The quoting of the language itself says which is which.

use super::literal::literal_script;
use crate::language::expression::{Context, shell_holes};
use crate::language::lower::interpreter;
use crate::language::plan::Interpreter;

/// A piece of a script as it was written elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) enum Segment {
    Text(String),
    Hole(Hole),
}

/// A value in a script.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) struct Hole {
    /// What the variable is called, where it goes through one.
    pub variable: String,
    pub hold: Hold,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::language::convert) enum Hold {
    /// An expression whose value is one word.
    Word(String),
    /// An expression whose value may be several words, as when it was pasted into the script.
    Words(String),
    /// An expression that only an environment variable may hold: a secret.
    Secret(String),
    /// The script's environment has it already.
    There,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::language::convert) struct Script {
    pub text: String,
    pub env: Vec<(String, String)>,
}

/// Whether values can be put into scripts of this interpreter.
pub(in crate::language::convert) fn is_posix(with: Option<&str>) -> bool {
    with.is_none_or(|with| !matches!(interpreter(with), Interpreter::Other(_)))
}

/// Whether a script uses what only bash has.
pub(in crate::language::convert) fn wants_bash(script: &str) -> bool {
    const SIGNS: [&str; 18] = [
        "[[",
        "<<<",
        "=(",
        "pipefail",
        "source ",
        "function ",
        "declare ",
        "mapfile",
        "readarray",
        "&>",
        "<(",
        "$'",
        "shopt",
        "BASH_",
        "PIPESTATUS",
        "read -ra",
        "((i",
        "let ",
    ];
    let code = script.lines().filter(|line| !line.trim_start().starts_with('#'));
    let has = |line: &str| SIGNS.iter().any(|sign| line.contains(sign)) || expands(line);
    code.into_iter().any(has)
}

/// `${x//a/b}`, `${x^^}`, `${x:1}` and `${x[0]}`.
fn expands(line: &str) -> bool {
    line.match_indices("${").any(|(at, _)| {
        let rest = line[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let colon = rest
            .strip_prefix(':')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '$'));
        rest.starts_with(['/', '^', ',', '[', '@']) || colon
    })
}

/// The script with its values, or why it can't have them.
pub(in crate::language::convert) fn compose(segments: &[Segment]) -> Result<Script, String> {
    let mut probe = String::new();
    for segment in segments {
        match segment {
            Segment::Text(text) => probe.push_str(&literal_script(text)),
            Segment::Hole(_) => probe.push_str("{{ x }}"),
        }
    }
    let holes = shell_holes(&probe).map_err(|error| error.message)?;
    let mut contexts = holes.iter().map(|hole| hole.context);
    let mut script = Script::default();
    for segment in segments {
        match segment {
            Segment::Text(text) => script.text.push_str(&literal_script(text)),
            Segment::Hole(hole) => script.put(hole, contexts.next().unwrap_or(Context::Unclear))?,
        }
    }
    Ok(script)
}

impl Script {
    fn put(&mut self, hole: &Hole, context: Context) -> Result<(), String> {
        let name = &self.free(hole);
        let (written, uses_variable) = match (context, &hole.hold) {
            (Context::Bare, Hold::Word(expression)) if !self.is_command() => {
                (format!("{{{{ {expression} }}}}"), false)
            }
            (Context::Bare, Hold::Secret(_)) => (format!("\"${name}\""), true),
            (Context::SingleQuoted, _) => (format!("'\"${name}\"'"), true),
            (
                Context::Bare
                | Context::DoubleQuoted
                | Context::Parameter
                | Context::Backquoted
                | Context::Arithmetic
                | Context::Subscript,
                _,
            ) => (format!("${{{name}}}"), true),
            (Context::Heredoc, _) if !self.is_quoted_heredoc() => (format!("${{{name}}}"), true),
            (Context::Comment, _) => (name.clone(), false),
            (Context::Heredoc, _) => {
                return Err(
                    "a value stands in a heredoc whose delimiter is quoted, which keeps variables as text"
                        .to_owned(),
                );
            }
            _ => return Err("a value stands where the shell's quoting can't be made out".to_owned()),
        };
        if context == Context::SingleQuoted && self.text.ends_with(" '") {
            // Quotes around nothing are left out.
            self.text.pop();
            self.text.push_str(&written[1..]);
        } else {
            self.text.push_str(&written);
        }
        if uses_variable
            && let Hold::Word(expression) | Hold::Words(expression) | Hold::Secret(expression) = &hole.hold
            && !self.env.iter().any(|(known, _)| known == name)
        {
            self.env.push((name.clone(), format!("{{{{ {expression} }}}}")));
        }
        Ok(())
    }

    /// A variable that holds this value or nothing yet.
    fn free(&self, hole: &Hole) -> String {
        let (Hold::Word(expression) | Hold::Words(expression) | Hold::Secret(expression)) = &hole.hold else {
            return hole.variable.clone();
        };
        let value = format!("{{{{ {expression} }}}}");
        let mut name = hole.variable.clone();
        let mut number = 1;
        while self.env.iter().any(|(known, of)| *known == name && *of != value) {
            number += 1;
            name = format!("{}_{number}", hole.variable);
        }
        name
    }

    /// Whether the next word is the name of a command.
    fn is_command(&self) -> bool {
        let before = self.text.trim_end_matches([' ', '\t']);
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let is_apart = before.len() < self.text.len();
        before.is_empty()
            || before.ends_with(['\n', ';', '|', '(', '`'])
            || before.ends_with("&&")
            || (is_apart && matches!(word, "then" | "do" | "else" | "exec" | "sudo" | "!"))
    }

    fn is_quoted_heredoc(&self) -> bool {
        let mut open: Option<(String, bool)> = None;
        for line in self.text.lines() {
            if let Some((delimiter, _)) = &open {
                if line.trim() == delimiter {
                    open = None;
                }
                continue;
            }
            let Some((_, rest)) = line.split_once("<<") else { continue };
            let word = rest.trim_start_matches('-').trim_start();
            let quoted = word.starts_with(['\'', '"', '\\']);
            let word: String = word
                .trim_start_matches(['\'', '"', '\\'])
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            open = (!word.is_empty()).then_some((word, quoted));
        }
        open.is_some_and(|(_, quoted)| quoted)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hold, Hole, Segment, compose, wants_bash};

    /// `@` stands for the value.
    fn composed(script: &str) -> String {
        let hole = || Hole { variable: "V".to_owned(), hold: Hold::Word("inputs.v".to_owned()) };
        let mut segments = Vec::new();
        for (at, text) in script.split('@').enumerate() {
            if at > 0 {
                segments.push(Segment::Hole(hole()));
            }
            segments.push(Segment::Text(text.to_owned()));
        }
        compose(&segments).map_or_else(|error| error, |script| script.text)
    }

    #[test]
    fn a_value_stands_where_its_quoting_allows() {
        for (script, expected) in [
            ("echo @", "echo {{ inputs.v }}"),
            ("echo x-@-y", "echo x-{{ inputs.v }}-y"),
            ("echo \"a @ b\"", "echo \"a ${V} b\""),
            ("echo 'a @ b'", "echo 'a '\"$V\"' b'"),
            ("x=${Y:-@}", "x=${Y:-${V}}"),
            ("@ --all", "${V} --all"),
            ("true && @", "true && ${V}"),
            ("# say @\ntrue", "# say V\ntrue"),
            ("cat <<E\n@\nE\n", "cat <<E\n${V}\nE\n"),
            (
                "docker inspect -f '{{.Id}}' @",
                "docker inspect -f '{% raw %}{{.Id}}{% endraw %}' {{ inputs.v }}",
            ),
        ] {
            assert_eq!(composed(script), expected);
        }
        assert!(composed("cat <<'E'\n@\nE\n").contains("heredoc"));
        let hole =
            |of: &str| Segment::Hole(Hole { variable: "V".to_owned(), hold: Hold::Words(of.to_owned()) });
        let script =
            compose(&[Segment::Text("f ".to_owned()), hole("a.v"), hole("b.v"), hole("a.v")]).unwrap();
        assert_eq!(script.text, "f ${V}${V_2}${V}");
        assert_eq!(
            script.env,
            [("V", "{{ a.v }}"), ("V_2", "{{ b.v }}")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
        assert!(composed("echo $@").contains("quoting"));
    }

    #[test]
    fn bash_is_recognized_by_what_only_it_has() {
        for script in
            ["[[ -f x ]]", "a=(1 2)", "set -o pipefail", "echo ${x//a/b}", "echo ${x:0:3}", "cat <<< x"]
        {
            assert!(wants_bash(script), "{script}");
        }
        for script in ["test -f x", "echo ${x:-y} ${#x} ${x%.*}", "# use [[ here", "a=$(b)"] {
            assert!(!wants_bash(script), "{script}");
        }
    }
}
