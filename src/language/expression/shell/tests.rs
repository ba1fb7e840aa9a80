//! Values in scripts: read by the lexer, and proved by the real shells.

use super::*;
use crate::language::expression::{ErrorKind, Scope};
use proptest::prelude::*;
use serde_json::{Value, json};

fn scope() -> Scope {
    let mut scope = Scope::new();
    for (name, value) in [
        ("v", json!("it's; $(reboot) `x` \"q\" \\")),
        ("n", json!(5)),
        ("b", json!(true)),
        ("z", json!(null)),
        ("l", json!(["a b", 1, "'"])),
        ("e", json!([])),
        ("m", json!({ "k": "it's" })),
        ("nul", json!("a\0b")),
        ("cmd", json!("echo 'x")),
    ] {
        scope.insert(name, &value);
    }
    scope
}

#[test]
fn values_become_words() {
    for (script, expected) in [
        ("echo hi # {x}", "echo hi # {x}"),
        ("echo {{ v }}", "echo 'it'\\''s; $(reboot) `x` \"q\" \\'"),
        ("f --x={{ z }} {{ n }} {{ b }} {{ e }}.", ""),
        ("f --x={{ z }} {{ n }} {{ b }} {{ e }}", "f --x='' 5 true "),
        ("f {{ l }}; g ({{ l }})", "f 'a b' 1 ''\\'''; g ('a b' 1 ''\\''')"),
        ("f {{ m }}{{ n }}>x", "f '{\"k\":\"it'\\''s\"}''5'>x"),
        ("a=\"$(f {{ n }} \"x\")\" b={{ b }}", "a=\"$(f 5 \"x\")\" b=true"),
        ("echo $(( {{ n }} + 1 )) ${x:-{{ n }}}", "echo $(( 5 + 1 )) ${x:-5}"),
        ("{% for i in l %}f {{ i }}\n{% endfor %}", "f 'a b'\nf 1\nf ''\\'''\n"),
        ("echo ${#x} {{ n }} # it's", "echo ${#x} 5 # it's"),
        ("{{ 'ls -l' | raw }} {{ n }}", "ls -l 5"),
        ("cat <<E\nit's \"\nE\necho {{ n }}", "cat <<E\nit's \"\nE\necho 5"),
        (
            "case x in a) echo \"$(case y in b) f {{ n }};; esac)\";; esac; g {{ n }}",
            "case x in a) echo \"$(case y in b) f 5;; esac)\";; esac; g 5",
        ),
    ] {
        match render_shell(script, &scope()) {
            Ok(rendered) => assert_eq!(rendered, expected, "{script}"),
            Err(error) => assert_eq!(expected, "", "{script}: {error:?}"),
        }
    }
}

#[test]
fn a_hole_is_refused_where_nothing_can_be_quoted() {
    use Context::{
        AnsiQuoted, Arithmetic, Backquoted, Bare, Comment, Dollar, DoubleQuoted, Escaped, Heredoc, Parameter,
        SingleQuoted, Subscript, Unclear,
    };
    for (script, context) in [
        ("echo {{ v }}", Bare),
        ("echo 'a {{ v }}'", SingleQuoted),
        ("echo \"a {{ v }}\"", DoubleQuoted),
        ("echo \"$(f \"{{ v }}\")\"", DoubleQuoted),
        ("echo \"a\\\" {{ v }}\"", DoubleQuoted),
        ("echo $'a{{ v }}'", AnsiQuoted),
        // Where a shell knows no `$'...'`, its second quote ends it.
        ("echo $'a\\'{{ v }}'", Unclear),
        ("echo $'a\\'' {{ v }}", Unclear),
        ("echo $'a\\\\' {{ v }}", Bare),
        // Not every shell sees the quote after what is no parameter, or no operator.
        ("f ${\"}\"}{{ v }}", Unclear),
        ("f ${x\"}\"}{{ v }}", Unclear),
        ("f ${x:'}'}{{ v }}", Unclear),
        ("f ${#\"}\"}{{ v }}", Unclear),
        ("f ${x$'}'}{{ v }}", Unclear),
        ("f ${$\"}\"}{{ v }}", Unclear),
        ("f ${#-\"}\"} ${x:-\"}\"} ${x%\"}\"} ${x:$y} ${x/\\//\"_\"} {{ v }}", Bare),
        ("echo ${{ v }}", Dollar),
        ("echo $${{ v }}", Bare),
        ("echo $$ {{ v }}", Bare),
        ("echo \\{{ v }}", Escaped),
        ("echo \\\n{{ v }}", Bare),
        ("f # it {{ v }}", Comment),
        ("f a#{{ v }}", Bare),
        ("f $# {{ v }}", Bare),
        ("x=`f {{ v }}`", Backquoted),
        ("x=${y:-{{ v }}}", Parameter),
        ("x=\"${y:-'}\" {{ v }}", Bare),
        ("x=\"${y#'}'}\" {{ v }}", Bare),
        ("x=$((1 + {{ v }}))", Arithmetic),
        ("((x < {{ v }}))", Arithmetic),
        ("x[{{ v }}]=1", Subscript),
        ("x=$((f) ; g) {{ v }}", Unclear),
        ("cat <<E\n{{ v }}\nE\n", Heredoc),
        ("cat <<'E' | f\n$(x {{ v }})\nE\n", Heredoc),
        ("cat <<-\"E\"\n\tx\n\tE\nf {{ v }}", Bare),
        ("cat <<E\nx\\\nE\n{{ v }}\nE\n", Heredoc),
        ("cat <<A <<B\nx\nA\n{{ v }}\nB\n", Heredoc),
        ("cat <<{{ v }}\n", Heredoc),
        ("cat <<E`(| f {{ v }} \n", Unclear),
        ("cat <<\"$(E\" | f {{ v }}\nx\n", Unclear),
        ("cat <<'E`$' | f {{ v }}\nx\nE`$\n", Bare),
        ("cat <<<{{ v }}", Bare),
        ("cat <<< \"x\" {{ v }}", Bare),
        ("x=$(cat <<E\n)\nE\n) {{ v }}", Bare),
        ("f 'a' \"b\"'{{ v }}'", SingleQuoted),
        ("case x in (a) f;; b) g {{ v }};; esac", Bare),
        ("echo case \"$(f) {{ v }}\"", DoubleQuoted),
        ("echo 'open {{ n }}", SingleQuoted),
        ("f {{ v }} 'open", Unclear),
    ] {
        let holes = shell_holes(script).unwrap();
        assert_eq!(holes[0].context, context, "{script}");
        assert_eq!(&script[holes[0].span.clone()][..2], "{{", "{script}");
        assert!(script[holes[0].span.clone()].ends_with("}}"), "{script}");
        let rendered = render_shell(script, &scope());
        assert_eq!(rendered.is_ok(), context == Bare, "{script}: {rendered:?}");
        if let Err(error) = rendered {
            assert_eq!(error.kind, ErrorKind::Shell, "{script}");
            assert!(!error.hints.is_empty() && error.range.is_some(), "{script}: {error:?}");
        }
    }
}

#[test]
fn other_refusals() {
    for (script, kind) in [
        ("f --x={{ l }}", ErrorKind::Shell),
        ("f {{ nul }}", ErrorKind::Value),
        ("f {{ nul | raw }}", ErrorKind::Value),
        ("f \0{{ v }}", ErrorKind::Value),
        ("{% set x %}{{ v }}{% endset %}f {{ x }}", ErrorKind::Value),
        ("{{ cmd | raw }} {{ v }}", ErrorKind::Shell),
        ("f {{ secrets.X }}", ErrorKind::Secret),
        ("f {{ gone }}", ErrorKind::Undefined),
        ("f {{ gone | raw }}", ErrorKind::Undefined),
        ("{% if b %}\"{% endif %}{{ v }}\"", ErrorKind::Shell),
    ] {
        let error = render_shell(script, &scope()).unwrap_err();
        assert_eq!(error.kind, kind, "{script}: {error:?}");
    }
}

/// Runs a script in every shell there is and hands over what each wrote.
#[expect(clippy::disallowed_methods, reason = "only a real shell proves what a shell does")]
fn shells(script: &str) -> Vec<(&'static str, Vec<u8>)> {
    let outputs: Vec<_> = ["/bin/sh", "/bin/bash", "/bin/dash", "/bin/ksh", "/bin/zsh"]
        .into_iter()
        .filter_map(|shell| {
            let mut command = std::process::Command::new(shell);
            let output =
                command.arg("-c").arg(script).env_clear().env("PATH", "/nonexistent").output().ok()?;
            Some((shell, output.stdout))
        })
        .collect();
    assert!(!outputs.is_empty(), "a shell is needed to prove anything");
    outputs
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\0]{0,20}",
        "[-'\"$`\\\\(){}\n #;&|<>*?~!=a]{0,12}",
        Just("'; rm -rf ~ #".to_owned()),
        Just("$(reboot)".to_owned()),
        Just("-rf".to_owned()),
        Just(String::new()),
        Just("\u{7f}\u{1}\r\n\u{1b}[0m\u{fffd}".to_owned()),
        Just("'\nE\n\")`echo P`$(echo P)\nE\n".to_owned()),
    ]
}

/// Pieces of scripts that open, close and nest what a lexer can get wrong. `H` is a hole.
const PIECES: [&str; 34] = [
    "printf '%s\\0' H\n",
    "printf '%s\\0' H;",
    " ",
    "\n",
    "'",
    "\"",
    "`",
    "\\",
    "$",
    "$(",
    ")",
    "${x:-",
    "${x#",
    "}",
    "$((",
    "))",
    "cat <<E\n",
    "\nE\n",
    "cat <<'E'\n",
    "cat <<-E\n",
    "\n\tE\n",
    "# ",
    "x",
    "case a in a) ",
    ";; esac\n",
    "(",
    "((",
    "$'",
    "\\\n",
    "x=",
    "\"$(printf '%s\\0' H)\"",
    "<<<",
    "if :; then ",
    "\nfi\n",
];

/// Scripts a shell accepts, with holes where words may be, and rarely where they may not.
fn script() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        &["H", "H", "xH", "H'a b'", "\"q\"H", "a#H", "${#y}", "$'n\\n'", "\"$y\"", "'H'", "\\H"][..],
    );
    let leaf = word.prop_map(|word| format!("printf '%s\\0' {word} H"));
    leaf.prop_recursive(4, 24, 3, |inner| {
        (inner.clone(), inner, 0..14usize).prop_map(|(one, two, shape)| match shape {
            0 => format!("y=H; {one}"),
            1 => format!("printf '%s' \"$({one})\" H"),
            2 => format!("printf '%s' \"it's $({one}\n) \\\" \" H"),
            3 => format!("case H in a) {one};; (*) {two};; esac"),
            4 => format!("if :; then {one}\nfi\n{two}"),
            5 => format!("( {one} ); {two}"),
            6 => format!("{one} # it's \" $(\n{two}"),
            7 => format!("read y <<E\nit's \" ${{y}}\nE\n{one}"),
            8 => format!("read y <<-'E' <<F\n\t`\n\tE\n'\nF\n{one}"),
            9 => format!("y=${{y:-\"$({one})\"}} ; {two}"),
            10 => format!("y=$((1 + (2)))\n{one}"),
            11 => format!("y=`{one}`; {two}"),
            12 => format!("f() {{ {one}; }}; f; {two}"),
            _ => format!("printf '%s' \"${{y#'}}'}}\" H \\\n H; {one}"),
        })
    })
}

/// Tries every way out of its quotes.
const EVIL: &str =
    "'\"`\\)}\nE\n\tE\nF\n;;esac\necho RAN;$(echo RAN >&2)`echo RAN`'\nE\necho RAN\"\necho RAN\n#";

fn never_runs(template: &str) -> Result<(), TestCaseError> {
    let mut scope = Scope::new();
    scope.insert("v", &Value::from(EVIL));
    if let Ok(script) = render_shell(&template.replace('H', "{{ v }}"), &scope) {
        for (shell, output) in shells(&script) {
            let output =
                String::from_utf8_lossy(&output).replace(EVIL, "").replace(&EVIL.replace('\n', " "), "");
            prop_assert!(
                !output.lines().any(|line| line.trim() == "RAN"),
                "{}: {}\n{}",
                shell,
                script,
                output
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_arrive_as_data(one in text(), glued in text(), list in prop::collection::vec(text(), 0..4)) {
        let mut scope = Scope::new();
        scope.insert("one", &json!(one));
        scope.insert("glued", &json!(glued));
        scope.insert("list", &json!(list));
        let script = "printf '%s\\0' {{ one }} -x{{ glued }}y {{ list }}\nprintf '%s\\0' \"$(printf '%s' {{ one }}x)\"";
        let script = render_shell(script, &scope).unwrap();
        let mut expected = vec![one.clone(), format!("-x{glued}y")];
        expected.extend(list);
        expected.push(format!("{one}x"));
        let expected: Vec<u8> = expected.iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect();
        for (shell, output) in shells(&script) {
            prop_assert_eq!(&output, &expected, "{}: {}", shell, script);
        }
    }

    /// Whatever the script looks like.
    #[test]
    fn no_value_runs_in_broken_scripts(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..9)) {
        never_runs(&pieces.concat())?;
    }

    #[test]
    fn no_value_runs_in_sound_scripts(script in script()) {
        never_runs(&script)?;
    }
}
